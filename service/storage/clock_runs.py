"""What the worker's clock has begun: one row for each job and occasion, shared by all workers."""

from collections.abc import Callable
from dataclasses import dataclass
from time import time

from sqlalchemy import Connection, insert, select, update

from service.storage.database import Database
from service.storage.tables import clock_runs

RUNNING, WAITING, DONE, FAILED = "running", "waiting", "done", "failed"


@dataclass(frozen=True)
class ClaimedOccasion:
    """An occasion that the caller holds; `attempt` is its fencing token."""

    job: str
    occasion: str
    attempt: int


class ClockRuns:
    """Gives each occasion of a job to one worker at a time. Every method is one transaction."""

    def __init__(self, database: Database, clock: Callable[[], float] = time):
        self._database = database
        self._clock = clock

    def claim(self, job: str, occasion: str, lease_seconds: float) -> ClaimedOccasion | None:
        """Return the occasion when it is the caller's to do now, else None.

        It is when nobody has begun it, when it waits for another try whose time has come, or
        when the worker that had it no longer renews its lease. Raises: StorageUnavailable.
        """
        with self._database.reading() as connection:
            found = connection.execute(_one(job, occasion)).one_or_none()
        if found is not None and not self._is_free(found):
            return None
        return self._database.write(lambda c: self._claim(c, job, occasion, lease_seconds))

    def renew(self, held: ClaimedOccasion, lease_seconds: float) -> bool:
        """Hold the occasion for longer; False when another worker has it."""
        return self._change(held, wake_at=self._clock() + lease_seconds)

    def put_back(self, held: ClaimedOccasion, seconds: float, code: str) -> bool:
        """Let the occasion be claimed again after so long."""
        return self._change(held, state=WAITING, wake_at=self._clock() + seconds, code=code)

    def finish(self, held: ClaimedOccasion, *, code: str | None = None) -> bool:
        """Note that the occasion is over: done, or failed with `code`."""
        state = FAILED if code else DONE
        return self._change(held, state=state, finished_at=self._clock(), code=code)

    def _is_free(self, row) -> bool:
        return row.state in (RUNNING, WAITING) and row.wake_at <= self._clock()

    def _claim(self, connection: Connection, job, occasion, lease_seconds):
        now = self._clock()
        row = connection.execute(_one(job, occasion)).one_or_none()
        values = {"state": RUNNING, "wake_at": now + lease_seconds}
        if row is None:
            first = {"job": job, "occasion": occasion, "attempts": 1, "started_at": now}
            connection.execute(insert(clock_runs).values(first | values))
            return ClaimedOccasion(job, occasion, 1)
        if not self._is_free(row):
            return None
        held = ClaimedOccasion(job, occasion, row.attempts)
        change = update(clock_runs).where(*_is(held)).values(attempts=row.attempts + 1, **values)
        is_mine = connection.execute(change).rowcount == 1
        return ClaimedOccasion(job, occasion, row.attempts + 1) if is_mine else None

    def _change(self, held: ClaimedOccasion, **values) -> bool:
        change = update(clock_runs).where(*_is(held), clock_runs.c.state == RUNNING).values(values)
        return self._database.write(lambda connection: connection.execute(change).rowcount == 1)


def _one(job: str, occasion: str):
    return select(clock_runs).where(clock_runs.c.job == job, clock_runs.c.occasion == occasion)


def _is(held: ClaimedOccasion) -> tuple:
    return (
        clock_runs.c.job == held.job,
        clock_runs.c.occasion == held.occasion,
        clock_runs.c.attempts == held.attempt,
    )
