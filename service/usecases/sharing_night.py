"""What the worker does with runs by itself: at night, and where nobody works on one."""

from collections.abc import Callable, Mapping

import structlog

from service.errors import Fault
from service.storage.runs import Run, State
from service.tenant import Tenant
from service.usecases.clock import Job
from service.usecases.data_sharing import PULL, PUSH, DataSharing, sharing_of
from service.usecases.sharing_brake import Brake
from service.usecases.sharing_push import JobAborted

NEEDS_A_PERSON = frozenset({Brake.code, JobAborted.code})
"""Stops that the clock does not go on from by itself."""

log = structlog.get_logger()


class NightStopped(Fault):
    """Raised when a nightly run stopped; the clock tries again within its hours."""

    status = 503
    code = "NIGHT_STOPPED"
    title = "Service Unavailable"


def nightly_jobs(sharing: DataSharing, tenants: Mapping[str, Tenant]) -> tuple[Job, ...]:
    """Return what the worker's clock does, for each tenant with a schedule."""
    return tuple(
        Job(
            name=f"data-sharing {tenant.name}",
            schedule=tenant.data_sharing.schedule,
            time_zone=tenant.data_sharing.time_zone,
            work=lambda stopping, tenant=tenant: night(sharing, tenant, stopping),
        )
        for tenant in tenants.values()
        if tenant.data_sharing and tenant.data_sharing.schedule
    )


def night(sharing: DataSharing, tenant: Tenant, stopping: Callable[[], bool]) -> None:
    """Finish what was stopped, then push, then pull.

    What a person has to decide about (the brake, an aborted job) is left to them.
    Raises: the fault a run stopped at, as one that says when to try again.
    """
    configured = sharing_of(tenant)
    for direction in (PUSH, PULL):
        wanted = configured.pushed_objects() if direction == PUSH else configured.pulls()
        if not wanted:
            continue
        stopped = [
            run
            for run in sharing.runs.unfinished(tenant.name, State.STOPPED, State.RUNNING)
            if run.direction == direction
        ]
        if any(run.code in NEEDS_A_PERSON for run in stopped):
            log.warning("a stopped run waits for a person", tenant=tenant.name)
            continue
        for run in stopped:
            _work_at_night(sharing, tenant, run, stopping)
        _work_at_night(sharing, tenant, sharing.begin(tenant, direction, origin="clock"), stopping)


def _work_at_night(sharing: DataSharing, tenant: Tenant, run: Run, stopping) -> None:
    ended = sharing.work(tenant, run, stopping)
    if ended.state == State.STOPPED and ended.code not in NEEDS_A_PERSON:
        raise NightStopped(f"Run {run.id} stopped: {ended.code}.", retry_after=1_800)


def work_on_waiting(
    sharing: DataSharing, tenants: Mapping[str, Tenant], stopping: Callable[[], bool]
) -> int:
    """Work on runs that were begun over HTTP or whose owner is gone; return how many."""
    waiting = [run for run in sharing.runs.waiting() if run.tenant in tenants]
    for run in waiting:
        tenant = tenants[run.tenant]
        if tenant.data_sharing:
            ended = sharing.work(tenant, run, stopping)
            if ended.state in (State.DONE, State.PLANNED) and ended.options.get("then"):
                following = sharing.begin_then(tenant, ended)
                sharing.work(tenant, following, stopping)
    return len(waiting)
