"""The night between Personalization and the CRM: plan, push and pull, in runs that survive us.

A run is begun (by a terminal, over HTTP or by the worker's clock) and then worked on by whoever
owns it. Every stop can be resumed; a finished push can be undone from its own plan.
"""

import time
from collections.abc import Callable
from pathlib import Path

import structlog

from service.data_sharing import DataSharing as Configured
from service.errors import CallerMistake, Fault
from service.storage.database import Database
from service.storage.export_rows import ExportRows
from service.storage.people import People
from service.storage.pulled import Pulled
from service.storage.runs import NotResumable, Phase, Run, Runs, State
from service.storage.runs_journal import JobState, Journal
from service.storage.runs_rows import RunRows, Status
from service.storage.staging import Staging
from service.tenant import Tenant
from service.upstream.crm import Crm
from service.usecases.clock import Interrupted
from service.usecases.sharing_affinities import SharingAffinities
from service.usecases.sharing_brake import Brake, require_plausible
from service.usecases.sharing_export import SharingExport
from service.usecases.sharing_forecast import forecast, forecast_pull, require_calls
from service.usecases.sharing_plan import LATER, Planner
from service.usecases.sharing_preflight import Finding, check_allowance, check_push
from service.usecases.sharing_pull import Puller, check_pull
from service.usecases.sharing_push import Pusher, require_complete
from service.usecases.sharing_recheck import recheck
from service.usecases.sharing_undo import plan_undo
from service.usecases.user_export import UserExport

PUSH, PULL, BOTH = "push", "pull", "both"
RECHECK_AFTER_SECONDS = 3_600
SECONDS_A_DAY = 86_400
NIGHT_SECONDS = 12 * 3_600
"""A night begins later at times: it counts as the same weekday all the same."""
RUNS_TO_LOOK_AT = 100

OURS = {"owned": True}

log = structlog.get_logger()


class NotConfigured(CallerMistake):
    """Raised when a tenant's file has no section data_sharing."""

    status = 409
    code = "NOT_CONFIGURED"
    title = "Conflict"
    default_detail = "The tenants file has no data_sharing section for this tenant."


class DataSharing:
    """Runs of every tenant. `make_crm` connects to a tenant's org with its reserve."""

    def __init__(
        self,
        *,
        database: Database,
        data_dir: Path,
        personalization: Callable,
        make_crm: Callable[[Tenant], Crm],
        make_pull: Callable[..., Puller],
        affinities: SharingAffinities,
        people: People,
        user_export: UserExport,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
        on_step: Callable[[str], None] = lambda step: None,
    ):
        self._database = database
        self._folder = data_dir / "runs"
        self._make_crm = make_crm
        self._make_pull = make_pull
        self._pause = pause
        self._clock = clock
        self._on_step = on_step
        self._export = SharingExport(
            personalization, ExportRows(database), clock=clock, pause=pause
        )
        self._affinities = affinities
        self._people = people
        self._user_export = user_export
        self.runs = Runs(database, clock)
        self.rows = RunRows(database, self.runs)
        self._pulled = Pulled(database, self.runs)
        self._journal = Journal(database, self.runs, clock)

    # -- beginning ------------------------------------------------------------------------------

    def begin(
        self,
        tenant: Tenant,
        direction: str,
        *,
        plan_only: bool = False,
        limit: int | None = None,
        origin: str = "terminal",
        **starting,
    ) -> Run:
        """Add a run; older unfinished ones of this direction are abandoned for it.

        It is the caller's to work on, unless `starting` has `owned=False`: then a worker takes it.
        Raises: NotConfigured, RunInProgress.
        """
        sharing = sharing_of(tenant)
        following = PULL if direction == BOTH and sharing.pulls() else None
        if direction == BOTH:
            direction = PUSH if sharing.pushed_objects() else PULL
        self._give_up_older(tenant, direction)
        phase = Phase.PLAN if direction == PUSH else Phase.PULL
        options = {
            "planOnly": plan_only,
            "limit": limit,
            "origin": origin,
            "then": following if direction == PUSH else None,
        }
        return self.runs.begin(tenant.name, direction, phase, options, **OURS | starting)

    def begin_then(self, tenant: Tenant, ended: Run) -> Run:
        """Begin the run that was asked for after another one, in the same words."""
        asked = {"plan_only": ended.options["planOnly"], "limit": ended.options["limit"]}
        return self.begin(tenant, ended.options["then"], origin=ended.options["origin"], **asked)

    def apply(self, tenant: Tenant, run_id: int, **starting) -> Run:
        """Let a stored plan be applied exactly; rows that changed since are rejected.

        Raises: NotFound, NotResumable.
        """
        run = self.runs.get(tenant.name, run_id)
        if run.state != State.PLANNED:
            raise NotResumable(f"Run {run_id} is {run.state}; only a planned one can be applied.")
        options = {"planOnly": False, "then": None, "recheck": True, "released": True}
        return self.runs.wake(run, options, **OURS | starting)

    def to_resume(self, tenant: Tenant, *, release_brake: bool = False, **starting) -> Run:
        """Return the newest run that can go on. Raises: NotResumable."""
        found = self.runs.unfinished(tenant.name, State.STOPPED, State.RUNNING)
        if not found:
            raise NotResumable("There is nothing to resume.")
        run = found[-1]
        if run.code == Brake.code and not release_brake:
            raise NotResumable(f"{run.detail}")
        options = {"released": True} if release_brake else {}
        return self.runs.wake(run, options, **OURS | starting)

    def begin_undo(self, tenant: Tenant, run_id: int) -> Run:
        """Add a run that puts the values back that a push found.

        What somebody changed since then stays, and is told. Raises: NotResumable.
        """
        done = self.runs.get(tenant.name, run_id)
        if done.direction != PUSH or done.state not in (State.DONE, State.STOPPED):
            raise NotResumable(f"Run {run_id} is no push that is done or stopped.")
        if done.counts.get("pushed") and not self.rows.counts_of(done, Status.PUSHED):
            days = tenant.privacy.run_row_days
            message = f"What run {run_id} found in single records was kept {days} days."
            raise NotResumable(message)
        self._give_up_older(tenant, PUSH)
        options = {"undoes": run_id, "recheck": True, "released": True, "origin": "terminal"}
        return self.runs.begin(tenant.name, PUSH, Phase.PLAN, options, **OURS)

    def _give_up_older(self, tenant: Tenant, direction: str) -> None:
        for run in self.runs.unfinished(tenant.name, State.PLANNED, State.STOPPED):
            if run.direction == direction:
                self._close_jobs(tenant, run)
                self.runs.abandon(run)
                Staging.delete(self._path(run))

    def _close_jobs(self, tenant: Tenant, run: Run) -> None:
        """No job of an abandoned run stays open in Salesforce, as far as we can reach it."""
        for name in ("Contact", "Lead", "Account"):
            job = self._journal.unfinished_job(run, name)
            if job and job.crm_id and job.state == JobState.OPEN:
                try:
                    self._make_crm(tenant).abort_job(job.crm_id)
                except Fault as fault:
                    log.warning("a job of an abandoned run stays", code=fault.code, run=run.id)

    # -- working --------------------------------------------------------------------------------

    def work(self, tenant: Tenant, run: Run, stopping: Callable[[], bool] = lambda: False) -> Run:
        """Work on a run until it is planned, done or stopped; return it as it is then.

        A stop that can be resumed is no exception: `code` says why. Raises: RunInProgress,
        LostRun; Interrupted when `stopping` asked for it.
        """
        run = self.runs.take(run)
        log.info("run taken", run=run.id, tenant=tenant.name, direction=run.direction)
        crm = self._make_crm(tenant)
        calls = run.counts.get("apiCalls", 0)

        def leave() -> None:
            if stopping():
                raise Interrupted

        try:
            if run.direction == PULL:
                self._pull(tenant, run, crm, leave, calls)
            else:
                self._push(tenant, run, crm, leave, calls)
        except Interrupted:
            counts = self._counts_with_calls(run, calls + crm.calls)
            self.runs.note(run, owner=None, lease_until=0, counts=counts)
            raise
        except Fault as fault:
            self._stop(run, fault, calls + crm.calls)
        except Exception as trouble:
            log.exception("run failed unforeseen", run=run.id)
            detail = f"Our own code failed ({type(trouble).__name__}). See the log."
            self.runs.halt(run, State.STOPPED, code="INTERNAL_ERROR", detail=detail)
        return self.runs.get(tenant.name, run.id)

    def _push(self, tenant: Tenant, run: Run, crm: Crm, leave, calls: int) -> None:
        if run.phase == Phase.PLAN:
            if run.options.get("undoes"):
                self._plan_undo(run)
            elif not self._plan(tenant, run, crm, leave, calls):
                return
            run = self.runs.get(tenant.name, run.id)
        if run.code != Brake.code and not run.options.get("planOnly"):
            self._apply(tenant, run, crm, leave, calls)

    def _plan(self, tenant: Tenant, run: Run, crm: Crm, leave, calls: int) -> bool:
        """Make the plan; False when the run halts with it."""
        self._on_step("plan begun")
        self.rows.forget_old(
            tenant.name, self._clock() - tenant.privacy.run_row_days * SECONDS_A_DAY
        )
        staging = Staging(self._path(run))
        try:
            planner = Planner(
                tenant=tenant,
                run=run,
                runs=self.runs,
                rows=self.rows,
                crm=crm,
                export=self._export,
                staging=staging,
                top_affinities=self._affinities.of,
                people=self._people,
                is_whole=self._wants_everybody(tenant),
                on_step=self._on_step,
                stopping=leave,
            )
            counts, findings = planner.plan()
            counts |= forecast(tenant.data_sharing, self.rows.counts(run), crm.limits())
            counts["apiCalls"] = calls + crm.calls
            counts |= self._rows_left(tenant)
            brake = self._brake(tenant, run, staging, counts)
        finally:
            staging.close()
        now = self._clock()
        self.runs.note(run, phase=Phase.PUSH, planned_at=now, counts=counts, progress={})
        Staging.delete(self._path(run))
        self._on_step("plan stored")
        for each in findings:
            log.warning("a finding", run=run.id, code=each.code, field=each.field)
        if run.options.get("planOnly"):
            self.runs.halt(run, State.PLANNED)
            return False
        if brake:
            raise brake
        return True

    def _wants_everybody(self, tenant: Tenant) -> bool:
        """Tell whether it is time to read all users and not the members of a segment alone."""
        sharing = sharing_of(tenant)
        since = self._clock() - (sharing.full_export_days * SECONDS_A_DAY - NIGHT_SECONDS)
        return sharing.export_segment is None or not any(
            run.state == State.DONE
            and run.started_at > since
            and run.counts.get("wholeExport")
            and not run.counts.get(LATER)
            for run in self.runs.newest(tenant.name, RUNS_TO_LOOK_AT, PUSH)
        )

    def _rows_left(self, tenant: Tenant) -> dict[str, int]:
        """Return how many licensed rows of the export this month has used, and has in all."""
        dataset = tenant.dataset(sharing_of(tenant).dataset)
        budget = self._user_export.budget(tenant, dataset)
        allowed = {} if budget.allowed is None else {"exportRowsAllowed": budget.allowed}
        return {"exportRowsUsed": budget.used} | allowed

    def _brake(self, tenant: Tenant, run: Run, staging: Staging, counts: dict) -> Brake | None:
        if run.options.get("released") or run.options.get("planOnly"):
            return None
        try:
            require_plausible(tenant.data_sharing, staging, self.rows, tenant.name, counts)
        except Brake as brake:
            return brake
        return None

    def _plan_undo(self, run: Run) -> None:
        plan_undo(self.rows, self.runs.get(run.tenant, run.options["undoes"]), run)
        counts = {"toChange": sum(self.rows.counts(run).values())}
        self.runs.note(run, phase=Phase.PUSH, planned_at=self._clock(), counts=counts)

    def _apply(self, tenant: Tenant, run: Run, crm: Crm, leave, calls: int) -> None:
        require_calls(run.counts, crm.remaining)
        is_fresh = not self.rows.counts_of(run, Status.SENT, Status.PUSHED, Status.FAILED)
        age = self._clock() - (run.planned_at or 0)
        if is_fresh and (run.options.get("recheck") or age > RECHECK_AFTER_SECONDS):
            self._on_step("recheck begun")
            recheck(crm, self.rows, run, self._on_step, leave)
        pusher = Pusher(
            tenant=tenant,
            run=run,
            runs=self.runs,
            rows=self.rows,
            journal=self._journal,
            crm=crm,
            on_step=self._on_step,
            stopping=leave,
            pause=self._pause,
            clock=self._clock,
        )
        pusher.push()
        require_complete(self.rows.counts(run))
        self._on_step("all rows settled")
        self.runs.halt(
            run,
            State.DONE,
            counts=self._counts_with_calls(run, calls + crm.calls),
            progress={},
        )

    def _pull(self, tenant: Tenant, run: Run, crm: Crm, leave, calls: int) -> None:
        staging = Staging(self._path(run))
        try:
            puller = self._make_pull(
                tenant=tenant,
                run=run,
                runs=self.runs,
                rows=self.rows,
                crm=crm,
                staging=staging,
                on_step=self._on_step,
                stopping=leave,
                pause=self._pause,
            )
            if run.options.get("planOnly"):
                counts = puller.plan()
                counts |= forecast_pull(tenant.data_sharing, self.rows.counts(run), crm.limits())
            elif run.options.get("recheck"):
                counts = puller.apply()
            else:
                counts = puller.pull()
                self.rows.replace(run, puller.told_rows())
        finally:
            staging.close()
        Staging.delete(self._path(run))
        counts[str(Status.REJECTED)] = self.rows.counts_of(run, Status.REJECTED)
        counts["apiCalls"] = calls + crm.calls
        ended = {"counts": counts, "progress": {}}
        if run.options.get("planOnly"):
            self.runs.halt(run, State.PLANNED, planned_at=self._clock(), **ended)
        else:
            self.runs.halt(run, State.DONE, **ended)

    def _stop(self, run: Run, fault: Fault, calls: int) -> None:
        log.warning("run stopped", run=run.id, code=fault.code)
        counts = self._counts_with_calls(run, calls)
        self.runs.halt(run, State.STOPPED, code=fault.code, detail=fault.detail, counts=counts)

    def _counts_with_calls(self, run: Run, calls: int) -> dict:
        counts = dict(self.runs.get(run.tenant, run.id).counts)
        for status in (Status.PUSHED, Status.FAILED, Status.REJECTED):
            counts[str(status)] = self.rows.counts_of(run, status)
        return counts | {"apiCalls": calls}

    def _path(self, run: Run) -> Path:
        return self._folder / f"{run.id}.db"

    # -- looking --------------------------------------------------------------------------------

    def preflight(self, tenant: Tenant, crm: Crm | None = None) -> list[Finding]:
        """Say everything that stands in the way of sharing. Raises: CRM faults of signing in."""
        sharing = sharing_of(tenant)
        crm = crm or self._make_crm(tenant)
        names = {each.name for each in sharing.pushed_objects()}
        _usable, findings = check_push(crm, sharing, sorted(names))
        findings += check_pull(crm, sharing, tenant.dataset(sharing.dataset))
        findings += check_allowance(crm.limits(), sharing.api_reserve)
        return findings

    def explain(self, tenant: Tenant, wanted: str) -> dict:
        """Return what happened to a record, or to a user of Personalization, and why."""
        told = self.rows.of_record(tenant.name, wanted)
        pulled = self._pulled.of_record(tenant.name, wanted)
        return {"rows": told, "sent": self.rows.sent(tenant.name, wanted), "pulled": pulled}


def sharing_of(tenant: Tenant) -> Configured:
    """Return what a tenant configured. Raises: NotConfigured."""
    if tenant.data_sharing is None:
        raise NotConfigured()
    return tenant.data_sharing
