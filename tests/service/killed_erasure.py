"""An erasure that dies by signal 9 right after a named step, as a process of its own."""

import os
import signal
from multiprocessing import get_context

STEPS = (
    "begun",
    "events removed",
    "events over",
    "days removed",
    "declines removed",
    "audit over",
    "messages removed",
    "messages over",
    "answers removed",
    "segments removed",
    "segments over",
    "cache forgotten",
    "deleted upstream",
    "upstream over",
    "records forgotten",
    "share rows removed",
    "sharing over",
    "person removed",
)
SECONDS = 60

_context = get_context("forkserver")
_context.set_forkserver_preload(["service.joining"])


def die_at(step: str, environment: dict[str, str], email: str) -> None:
    """Ask for the erasure, let it go on until `step`; return once its process is dead."""
    process = _context.Process(target=_work, args=(step, environment, email))
    process.start()
    process.join(SECONDS)
    assert process.exitcode == -signal.SIGKILL, f"the erasure did not die at {step}"


def _work(step: str, environment: dict[str, str], email: str) -> None:
    from service.joining import join
    from service.model import Identity
    from service.settings import read_settings

    parts = join(read_settings(environment))
    erasures, tenant = parts.erasures, parts.settings.tenants["acme"]
    erasures._settling_seconds = 0

    def deadly(now: str) -> None:
        if now == step:
            os.kill(os.getpid(), signal.SIGKILL)

    erasures.on_step = deadly
    erasure = erasures.begin(tenant, "retail", Identity("emailAddress", email), "test")
    erasures.work(tenant, erasure)
