"""One moment by which everything must have been said."""

import time


class Deadline:
    """A point on the monotonic clock. Passed downwards, so that every wait knows what is left."""

    def __init__(self, at: float, clock=time.monotonic):
        self._at = at
        self._clock = clock

    @classmethod
    def after(cls, seconds: float, clock=time.monotonic) -> "Deadline":
        """Return the moment `seconds` from now."""
        return cls(clock() + seconds, clock)

    @property
    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._at - self._clock())

    @property
    def expired(self) -> bool:
        return self.remaining == 0.0

    def at_most(self, seconds: float) -> "Deadline":
        """Return the earlier of this moment and `seconds` from now."""
        return Deadline(min(self._at, self._clock() + seconds), self._clock)
