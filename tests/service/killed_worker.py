"""A worker that dies by signal 9 at a chosen point, as a process of its own."""

import os
import signal
from multiprocessing import get_context

POINTS = ("claimed", "before send", "after send", "before ack", "after ack")
SECONDS = 60

_context = get_context("forkserver")
_context.set_forkserver_preload(["service.joining", "service.worker"])


def die_at(point: str, environment: dict[str, str]) -> None:
    """Let a worker take a message and die at `point`; return once it is dead."""
    process = _context.Process(target=_work, args=(point, environment))
    process.start()
    process.join(SECONDS)
    assert process.exitcode == -signal.SIGKILL, f"the worker did not die {point}"


def _work(point: str, environment: dict[str, str]) -> None:
    from service.joining import join
    from service.settings import read_settings
    from service.upstream.personalization import Personalization
    from service.worker import Worker

    parts = join(read_settings(environment))
    delivery = parts.make_delivery()
    owner, method, dies_first = {
        "claimed": (delivery, "deliver", True),
        "before send": (Personalization, "send_event", True),
        "after send": (Personalization, "send_event", False),
        "before ack": (parts.outbox, "acknowledge", False),  # done, not committed
        "after ack": (parts.events, "append_and", False),
    }[point]
    _deadly(owner, method, dies_first)
    Worker(parts.outbox, delivery, threads=1).run_until_idle()


def _deadly(owner: object, method: str, dies_first: bool) -> None:
    original = getattr(owner, method)

    def deadly(*arguments, **options):
        if not dies_first:
            original(*arguments, **options)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, method, deadly)
