"""Throws away what the outbox does not need any more, in small steps, one worker at a time."""

import threading
from collections.abc import Callable

import structlog

from service.errors import StorageUnavailable
from service.metrics import PURGED_ROWS
from service.storage.outbox import Outbox
from service.storage.timers import Timers

EVERY_SECONDS = 3_600
LOOK_SECONDS = 30
PAUSE_SECONDS = 0.05
"""Between two steps, so that others get their turn at writing."""
NAME = "outbox purge"

log = structlog.get_logger()


class OutboxPurge:
    """A thread of the worker. `pause` waits between steps and says whether to stop."""

    def __init__(
        self,
        outbox: Outbox,
        timers: Timers,
        *,
        look_seconds: float = LOOK_SECONDS,
        pause: Callable[[float], bool] | None = None,
    ):
        self._outbox = outbox
        self._timers = timers
        self._look_seconds = look_seconds
        self._stopping = threading.Event()
        self._pause = pause or self._stopping.wait
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look whether it is time."""
        self._thread = threading.Thread(target=self._run, name=NAME, daemon=True)
        self._thread.start()

    def stop(self, seconds: float = 25) -> None:
        """End after the step at work."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def purge(self) -> int:
        """Delete all that is over, or until told to stop; return how many rows went."""
        walks = {"outbox": self._outbox.forget_done, "declines": self._outbox.forget_declines}
        total = sum(self._walk(table, step) for table, step in walks.items())
        while gone := self._outbox.forget_keys():
            total += self._count("accepted_keys", gone)
            if self._pause(PAUSE_SECONDS):
                break
        return total

    def _walk(self, table: str, step: Callable) -> int:
        total, after = 0, 0
        while after is not None:
            done = step(after)
            total, after = total + self._count(table, done.gone), done.after
            if self._pause(PAUSE_SECONDS):
                break
        return total

    def _count(self, table: str, gone: int) -> int:
        PURGED_ROWS.labels(table).inc(gone)
        return gone

    def _run(self) -> None:
        while not self._stopping.wait(self._look_seconds):
            try:
                if self._timers.claim(NAME, EVERY_SECONDS):
                    self.purge()
            except StorageUnavailable:
                log.warning("the purge has to wait: the store does not answer")
            except Exception:
                log.exception("a purge failed unforeseen")
