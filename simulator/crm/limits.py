"""The org's allowances of the last 24 hours, and what is left of them.

Source: REST API Developer Guide, "Limits"; Salesforce Developer Limits Quick Reference.
"""

import threading
from collections import Counter
from datetime import datetime

MAXIMA = {
    "DailyApiRequests": 100_000,
    "DailyBulkApiBatches": 15_000,
    "DailyBulkV2QueryJobs": 10_000,
    "DailyBulkV2QueryFileStorageMB": 976_562,
    "DailyAsyncApexExecutions": 250_000,
    "DataStorageMB": 10_240,
    "FileStorageMB": 10_240,
}
ROLLING_HOURS = 24


class Limits:
    """Counters that move with each call and are forgotten 24 hours later, hour by hour."""

    def __init__(self, clock):
        self._clock = clock
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Start with whole allowances."""
        with self._lock:
            self._maxima = dict(MAXIMA)
            self._used: dict[str, Counter[int]] = {name: Counter() for name in MAXIMA}

    def set_remaining(self, name: str, remaining: int) -> None:
        """Leave so much of an allowance, at this moment; raises KeyError for an unknown one."""
        with self._lock:
            used = self._maxima[name] - remaining
            self._used[name] = Counter({self._hour(): used})

    def set_maximum(self, name: str, maximum: int) -> None:
        """Change an allowance; raises KeyError for an unknown one."""
        if name not in MAXIMA:
            raise KeyError(name)
        with self._lock:
            self._maxima[name] = maximum

    def take(self, name: str) -> bool:
        """Count one use; False, and nothing counted, when the allowance is used up."""
        with self._lock:
            if self._recently(name) >= self._maxima[name]:
                return False
            self._used[name][self._hour()] += 1
            return True

    def usage(self, name: str) -> tuple[int, int]:
        """Return what was used, and the maximum."""
        with self._lock:
            return self._recently(name), self._maxima[name]

    def view(self) -> dict:
        """Return `{name: {Max, Remaining}}`."""
        with self._lock:
            return {
                name: {"Max": maximum, "Remaining": max(0, maximum - self._recently(name))}
                for name, maximum in self._maxima.items()
            }

    def _hour(self) -> int:
        now: datetime = self._clock.now()
        return int(now.timestamp() // 3600)

    def _recently(self, name: str) -> int:
        first = self._hour() - ROLLING_HOURS
        return sum(count for hour, count in self._used[name].items() if hour > first)
