"""How often somebody may call, counted over all processes (GCRA).

For each name one number is kept: the time at which the next call would be due if calls came at
their steady rate. A call is let through if it is at most a burst early, and moves that time on
by one interval.

The store is the response cache's, and as dispensable: when it cannot be asked, everybody is
let through, because events matter more than limits.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from service.metrics import RATE_STORE_FAILURES
from service.storage.cache_fork import after_fork

TIMEOUT_SECONDS = 0.05
SWEEP_EVERY_CALLS = 5_000
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rate:
    """So many calls a second, and so many at once after a quiet time."""

    per_second: float
    burst: int

    @property
    def interval(self) -> float:
        return 1 / self.per_second

    @property
    def tolerance(self) -> float:
        """How early a call may be, in seconds."""
        return self.interval * (self.burst - 1)


class RateStore(Protocol):
    """Keeps the due times. May raise sqlite3.Error or OSError."""

    def advance(self, name: str, interval: float, tolerance: float) -> float:
        """Return 0 and move the due time of `name` on, or return the seconds to wait."""

    def close(self) -> None: ...


class RateLimits:
    """Lets calls through, or says how long to wait."""

    def __init__(self, store: RateStore):
        self._store = store

    def wait_for(self, name: str, rate: Rate) -> float:
        """Return 0 when the call may pass, else the seconds after which it may."""
        try:
            return self._store.advance(name, rate.interval, rate.tolerance)
        except (sqlite3.Error, OSError):
            RATE_STORE_FAILURES.inc()
            log.warning("Rates cannot be asked; calls are let through.", exc_info=True)
            return 0.0

    def close(self) -> None:
        self._store.close()


class SqliteRates:
    """Due times in a file of their own, which may be lost: all processes of one machine."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time):
        self._path, self._clock = path, clock
        self._start_afresh()
        after_fork(self._start_afresh)

    def _start_afresh(self) -> None:
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._calls = 0

    def advance(self, name: str, interval: float, tolerance: float) -> float:
        now = self._clock()
        with self._lock:
            connection = self._opened()
            self._sweep_now_and_then(connection, now)
            row = connection.execute(ADVANCE, (name, now, interval, tolerance)).fetchall()
            if row:
                return 0.0
            ((due,),) = connection.execute("select due from rates where name = ?", (name,))
        return max(due - now - tolerance, 0.001)

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(
                self._path,
                isolation_level=None,
                timeout=TIMEOUT_SECONDS,
                check_same_thread=False,
            )
            for statement in ("pragma journal_mode = wal", "pragma synchronous = off", SCHEMA):
                self._connection.execute(statement).fetchall()
        return self._connection

    def _sweep_now_and_then(self, connection: sqlite3.Connection, now: float) -> None:
        self._calls += 1
        if self._calls % SWEEP_EVERY_CALLS == 0:
            connection.execute("delete from rates where due < ?", (now,))


SCHEMA = "create table if not exists rates (name text primary key, due real) without rowid"
ADVANCE = """
insert into rates values (?1, ?2 + ?3) on conflict (name) do update
set due = max(due, ?2) + ?3 where due - ?2 <= ?4 returning due
"""
