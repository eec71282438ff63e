"""Keeps us from calling a Personalization account that asked for peace or lies down.

A `Retry-After` is kept in the shared store, so that no process of any machine calls before
that moment; the breaker is per process: it opens after five failures in a row, and one probe
is let through every few seconds.
"""

import threading
import time
from collections.abc import Callable
from typing import Protocol

from service.errors import (
    Fate,
    UpstreamBusy,
    UpstreamFault,
    UpstreamInvalidAnswer,
    UpstreamUnavailable,
)

FAILURES_TO_OPEN = 5
OPEN_SECONDS = 10
LONGEST_HOLD_SECONDS = 3_600
"""A `Retry-After` beyond this is taken as this: a wrong date must not silence us for a year."""


class SharedNotes(Protocol):
    """Where small facts are kept for all processes, best effort."""

    def put_note(self, name: str, value: bytes, ttl: float) -> None: ...
    def get_note(self, name: str) -> bytes | None: ...


class Guard:
    """Decides before each call whether it may go out, and learns from each outcome."""

    def __init__(self, notes: SharedNotes, clock: Callable[[], float] = time.time):
        self._notes = notes
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: dict[str, int] = {}
        self._open_until: dict[str, float] = {}

    def check(self, tenant: str) -> None:
        """Raise UpstreamBusy or UpstreamUnavailable when this account must not be called now."""
        hold = self._notes.get_note(f"hold:{tenant}")
        left = float(hold) - self._clock() if hold else 0
        if left > 0:
            raise UpstreamBusy(retry_after=max(1, round(left))).with_fate(Fate.UNSENT)
        with self._lock:
            until = self._open_until.get(tenant, 0)
            if until > self._clock():
                left = max(1, round(until - self._clock()))
                raise UpstreamUnavailable(retry_after=left).with_fate(Fate.UNSENT)
            if until:  # this call is the probe; the next one waits for its outcome
                self._open_until[tenant] = self._clock() + OPEN_SECONDS

    def succeeded(self, tenant: str) -> None:
        with self._lock:
            self._failures.pop(tenant, None)
            self._open_until.pop(tenant, None)

    def failed(self, tenant: str, fault: UpstreamFault) -> None:
        """Count what speaks of a sick account; a refused event or token does not."""
        if isinstance(fault, UpstreamBusy):
            self._hold(tenant, fault)
        elif isinstance(fault, UpstreamUnavailable | UpstreamInvalidAnswer):
            with self._lock:
                count = self._failures[tenant] = self._failures.get(tenant, 0) + 1
                if count >= FAILURES_TO_OPEN:
                    self._open_until[tenant] = self._clock() + OPEN_SECONDS

    def _hold(self, tenant: str, fault: UpstreamBusy) -> None:
        seconds = min(fault.retry_after, LONGEST_HOLD_SECONDS)
        until = str(self._clock() + seconds).encode("ascii")
        self._notes.put_note(f"hold:{tenant}", until, seconds)
