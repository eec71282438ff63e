"""The journal of bulk jobs and batches: the intent before each call that cannot be repeated.

An intent is on disk before the call goes out, the answer after it came. What lies between is
found again in the org after a crash.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Column, Connection, Row, insert, select, text, update

from service.storage.database import Database
from service.storage.runs import Run, Runs
from service.storage.runs_rows import PUSH_COLUMNS, SENT_COLUMNS, PushRow, SentRow, Status
from service.storage.runs_tables import share_batches, share_jobs, share_rows


class JobState(StrEnum):
    """intended: perhaps opened; open: takes batches; closed: is worked on; done: all is read."""

    INTENDED = "intended"
    OPEN = "open"
    CLOSED = "closed"
    DONE = "done"


class BatchState(StrEnum):
    """intended: perhaps posted; posted: surely; done: its result is read."""

    INTENDED = "intended"
    POSTED = "posted"
    DONE = "done"


@dataclass(frozen=True)
class Job:
    """A bulk job; `crm_id` is None while nobody knows it."""

    id: int
    object_name: str
    crm_id: str | None
    state: JobState
    intended_at: float


@dataclass(frozen=True)
class Batch:
    """A batch of a job; `crm_id` is None while nobody knows it."""

    id: int
    crm_id: str | None
    state: BatchState


@dataclass(frozen=True)
class Outcome:
    """What is known of one row after its batch; `planned` rows go out again."""

    number: int
    status: Status
    code: str | None = None
    message: str | None = None
    field: str | None = None


ROWS_PER_READ = 500
"""Few, because a row may write many kilobytes."""

_REMEMBER = text("""
    insert into share_sent (tenant, object, record_id, digest, run_id)
    select :tenant, object, record_id, digest, run_id from share_rows
    where batch_id = :batch and status = 'pushed' and digest is not null
    on conflict (tenant, object, record_id)
    do update set digest = excluded.digest, run_id = excluded.run_id
""")
_FORGET = text("""
    delete from share_sent where tenant = :tenant and (object, record_id) in (
        select object, record_id from share_rows
        where batch_id = :batch and status = 'pushed' and digest is null)
""")


class Journal:
    """Writes what one run does; each write checks that the caller still owns the run."""

    def __init__(self, database: Database, runs: Runs, clock: Callable[[], float] = time.time):
        self._database = database
        self._runs = runs
        self._clock = clock

    def unfinished_job(self, run: Run, object_name: str) -> Job | None:
        """Return the job of this object that is not done yet."""
        query = select(share_jobs).where(
            share_jobs.c.run_id == run.id,
            share_jobs.c.object == object_name,
            share_jobs.c.state != JobState.DONE,
        )
        with self._database.reading() as connection:
            row = connection.execute(query.order_by(share_jobs.c.id)).first()
        return row and _job(row)

    def known_ids(self) -> set[str]:
        """Return the ids of all jobs that any run has ever known."""
        query = select(share_jobs.c.crm_id).where(share_jobs.c.crm_id.is_not(None))
        with self._database.reading() as connection:
            return set(connection.execute(query).scalars())

    def intend_job(self, run: Run, object_name: str) -> Job:
        """Note that a job is about to be opened."""
        values = {
            "run_id": run.id,
            "object": object_name,
            "state": JobState.INTENDED,
            "intended_at": self._clock(),
        }

        def work(connection: Connection) -> int:
            self._runs.note_in(connection, run)
            return connection.execute(insert(share_jobs).values(values)).inserted_primary_key[0]

        job_id = self._database.write(work)
        return Job(job_id, object_name, None, JobState.INTENDED, values["intended_at"])

    def set_job(self, run: Run, job: Job, state: JobState, crm_id: str | None = None) -> Job:
        """Note the state of a job, and its id once it is known."""
        crm_id = crm_id or job.crm_id

        def work(connection: Connection) -> None:
            self._runs.note_in(connection, run)
            change = update(share_jobs).where(share_jobs.c.id == job.id)
            connection.execute(change.values(state=state, crm_id=crm_id))

        self._database.write(work)
        return Job(job.id, job.object_name, crm_id, state, job.intended_at)

    def batches(self, job: Job) -> list[Batch]:
        """Return the batches of a job in the order in which they were intended."""
        query = select(share_batches).where(share_batches.c.job_id == job.id)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(share_batches.c.id)).all()
        return [Batch(row.id, row.crm_id, BatchState(row.state)) for row in rows]

    def intend_batch(self, run: Run, job: Job, first: int, last: int, count: int) -> Batch:
        """Note that the `count` planned rows from number to number are about to be posted."""

        def work(connection: Connection) -> int:
            self._runs.note_in(connection, run)
            values = {"job_id": job.id, "state": BatchState.INTENDED}
            added = connection.execute(insert(share_batches).values(values))
            batch_id = added.inserted_primary_key[0]
            chosen = connection.execute(
                update(share_rows)
                .where(
                    share_rows.c.run_id == run.id,
                    share_rows.c.object == job.object_name,
                    share_rows.c.status == Status.PLANNED,
                    share_rows.c.number.between(first, last),
                )
                .values(status=Status.SENT, batch_id=batch_id, attempts=share_rows.c.attempts + 1)
            )
            if chosen.rowcount != count:
                raise AssertionError("a batch would hold other rows than were counted")
            return batch_id

        return Batch(self._database.write(work), None, BatchState.INTENDED)

    def name_batch(self, run: Run, batch: Batch, crm_id: str) -> Batch:
        """Note that a batch is posted."""

        def work(connection: Connection) -> None:
            self._runs.note_in(connection, run)
            change = update(share_batches).where(share_batches.c.id == batch.id)
            connection.execute(change.values(state=BatchState.POSTED, crm_id=crm_id))

        self._database.write(work)
        return Batch(batch.id, crm_id, BatchState.POSTED)

    def rows_of(self, batch: Batch) -> Iterator[SentRow]:
        """Yield the rows of a batch in the order in which they are posted."""
        return map(SentRow._make, self._pages(SENT_COLUMNS, batch))

    def values_of(self, batch: Batch) -> Iterator[PushRow]:
        """Yield what a batch writes, in the same order."""
        return map(PushRow._make, self._pages(PUSH_COLUMNS, batch))

    def _pages(self, columns: Sequence[Column], batch: Batch) -> Iterator[Row]:
        """Yield these columns, the first of them the number, of a batch's rows."""
        page = select(*columns).where(share_rows.c.batch_id == batch.id)
        page = page.order_by(share_rows.c.number).limit(ROWS_PER_READ)
        after = 0
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(page.where(share_rows.c.number > after)).all()
            if not rows:
                return
            yield from rows
            after = rows[-1].number

    def finish_batch(self, run: Run, batch: Batch, exceptions: Sequence[Outcome]) -> int:
        """Note what became of a batch's rows, and return how many: pushed, but for `exceptions`."""

        def work(connection: Connection) -> int:
            self._runs.note_in(connection, run)
            mine = update(share_rows).where(share_rows.c.batch_id == batch.id)
            pushed = mine.values(status=Status.PUSHED, code=None, message=None)
            number = connection.execute(pushed).rowcount
            for each in exceptions:
                values = {"code": each.code, "message": each.message, "field": each.field}
                if each.status == Status.PLANNED:
                    values["batch_id"] = None
                connection.execute(
                    update(share_rows)
                    .where(share_rows.c.run_id == run.id, share_rows.c.number == each.number)
                    .values(status=each.status, **values)
                )
            named = {"tenant": run.tenant, "batch": batch.id}
            connection.execute(_REMEMBER, named)
            connection.execute(_FORGET, named)
            done = update(share_batches).where(share_batches.c.id == batch.id)
            connection.execute(done.values(state=BatchState.DONE))
            return number

        return self._database.write(work)


def _job(row) -> Job:
    return Job(row.id, row.object, row.crm_id, JobState(row.state), row.intended_at)
