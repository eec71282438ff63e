"""A worker that exports segments and dies by signal 9 at a chosen point, a process of its own."""

import os
import signal
from multiprocessing import get_context

POINTS = ("read a page", "decided some", "claimed", "before send", "after send", "after report")
SECONDS = 60

_context = get_context("forkserver")
_context.set_forkserver_preload(["service.joining"])


def die_at(point: str, environment: dict[str, str]) -> None:
    """Let a worker export acme's segments and die at `point`; return once it is dead."""
    process = _context.Process(target=_work, args=(point, environment))
    process.start()
    process.join(SECONDS)
    assert process.exitcode == -signal.SIGKILL, f"the worker did not die {point}"


def _work(point: str, environment: dict[str, str]) -> None:
    from service.joining import join
    from service.settings import read_settings
    from service.storage import segment_members
    from service.storage.segment_reads import SegmentReads
    from service.storage.segment_store import SegmentStore
    from service.upstream.journey_builder import JourneyBuilderApi

    segment_members.STEP = 2
    owner, method, dies_first, calls = {
        "read a page": (SegmentReads, "note_page", False, 1),
        "decided some": (SegmentReads, "_decide_joins", True, 2),
        "claimed": (SegmentStore, "claim", False, 1),
        "before send": (JourneyBuilderApi, "enter", True, 1),
        "after send": (JourneyBuilderApi, "enter", False, 1),
        "after report": (SegmentStore, "report", False, 1),
    }[point]
    _deadly(owner, method, dies_first, calls)
    parts = join(read_settings(environment))
    parts.segment_exports.run(parts.settings.tenants["acme"])


def _deadly(owner: object, method: str, dies_first: bool, calls: int) -> None:
    original, left = getattr(owner, method), [calls]

    def deadly(*arguments, **options):
        left[0] -= 1
        is_time = left[0] == 0
        if is_time and dies_first:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = original(*arguments, **options)
        if is_time:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(owner, method, deadly)
