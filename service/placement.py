"""Where the processes of a web server run: each on a core of its own.

The threads of a process take turns at one interpreter. Left alone, the kernel spreads them over
all cores, and whoever gets the turn finds its data in another core's cache. A core for each
process makes `scripts/bench ingest` faster by a third.

Source: sched_setaffinity(2); Linux only.
"""

import contextlib
import os
from collections import Counter
from collections.abc import Iterable


def core_for(processes: int, taken: Iterable[int | None]) -> int | None:
    """Return the core for one more of so many processes, those of the others being `taken`.

    None where cores would stay unused: on a larger machine who knows who else was told the same.
    """
    cores = sorted(available_cores())
    if processes < len(cores) or not cores:
        return None
    uses = Counter(taken)
    return min(cores, key=uses.__getitem__)


def available_cores() -> set[int]:
    """Return the cores this process may use; none where the system does not tell."""
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()


def bind_to(core: int | None) -> None:
    """Keep this thread, and all that it will start, to `core`; not where the system forbids it."""
    if core is not None:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, {core})
