"""A clock that a test can move."""

import threading
import time
from datetime import UTC, datetime


class Clock:
    """The stand-ins' idea of now: the machine's clock plus an offset that callers may change."""

    def __init__(self, start: datetime | None = None):
        self._lock = threading.Lock()
        self._start = start
        self._offset_seconds = 0.0
        self.forget()

    def now(self) -> datetime:
        """Return the present moment, in UTC."""
        with self._lock:
            return datetime.fromtimestamp(time.time() + self._offset_seconds, tz=UTC)

    def now_ms(self) -> int:
        """Return the present moment in milliseconds since 1970."""
        return int(self.now().timestamp() * 1000)

    def set(self, moment: datetime) -> None:
        """Continue from `moment`; a moment without a zone is taken as UTC."""
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        with self._lock:
            self._offset_seconds = aware.timestamp() - time.time()

    def advance(self, seconds: float) -> None:
        """Move by `seconds`, backwards when negative."""
        with self._lock:
            self._offset_seconds += seconds

    def forget(self) -> None:
        """Go back to the start that was given, else to the machine's own time."""
        if self._start is not None:
            self.set(self._start)
        else:
            with self._lock:
                self._offset_seconds = 0.0
