"""A push that dies by signal 9 right after a named step, as a process of its own."""

import os
import signal
from multiprocessing import get_context

STEPS = (
    "plan begun",
    "page staged",
    "staged",
    "plan stored",
    "job intended",
    "job created",
    "batch intended",
    "batch posted",
    "batch journaled",
    "job closed",
    "polled",
    "result read",
    "result stored",
    "all rows settled",
)
SECONDS = 120

_context = get_context("forkserver")
_context.set_forkserver_preload(["service.joining", "simple_salesforce"])


def die_at(
    step: str,
    environment: dict[str, str],
    direction: str = "push",
    nth: int = 1,
    run_id: int | None = None,
    bulk_from: int | None = None,
) -> None:
    """Let a run, or the plan `run_id`, go until it comes to `step` for the nth time and dies.

    A pull uses a bulk query for more than `bulk_from` records. Returns once it is dead.
    """
    arguments = (step, environment, direction, nth, run_id, bulk_from)
    process = _context.Process(target=_work, args=arguments)
    process.start()
    process.join(SECONDS)
    assert process.exitcode == -signal.SIGKILL, f"the run did not die at {step}"


def _work(step: str, environment: dict[str, str], direction: str, nth, run_id, bulk_from) -> None:
    from service.joining import join
    from service.settings import read_settings
    from service.usecases import sharing_pull

    if bulk_from is not None:
        sharing_pull.BULK_FROM_ROWS = bulk_from
    parts = join(read_settings(environment))
    sharing = parts.data_sharing
    seen = []

    def deadly(now: str) -> None:
        if now == step:
            seen.append(now)
            if len(seen) == nth:
                os.kill(os.getpid(), signal.SIGKILL)

    sharing._on_step, sharing._pause = deadly, lambda seconds: None
    tenant = parts.settings.tenants["acme"]
    run = sharing.apply(tenant, run_id) if run_id else sharing.begin(tenant, direction)
    sharing.work(tenant, run)
