"""A run's plan and what became of each of its rows."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

import orjson
from sqlalchemy import delete, func, select, update

from service.storage.database import Database
from service.storage.lookups import Lookup
from service.storage.purges import run_rows
from service.storage.runs import Run, Runs
from service.storage.runs_tables import share_rows, share_runs, share_sent
from service.storage.upserts import insert_rows

ROWS_PER_TRANSACTION = 2_000
IDS_PER_QUERY = 500


class Status(StrEnum):
    """What became of a row.

    planned   will be written
    sent      is in a batch whose result has not been read
    pushed    Salesforce has taken it
    told      is on its way to Personalization
    failed    Salesforce has not taken it, or nobody knows
    skipped   is told, but nothing was to be written
    rejected  cannot be written, as its reason says
    """

    PLANNED = "planned"
    SENT = "sent"
    PUSHED = "pushed"
    TOLD = "told"
    FAILED = "failed"
    SKIPPED = "skipped"
    REJECTED = "rejected"


def source_of(person_id: int | str) -> str:
    """Return the source of a pulled row: not a user of Personalization but a person of ours."""
    return f"person {person_id}"


@dataclass(frozen=True)
class RunRow:
    """One row. `before` and `after` map a field to its value; `rung` 0 is *through a contact*."""

    run_id: int
    number: int
    object_name: str
    record_id: str
    source_id: str
    rung: int | None
    status: Status
    code: str | None
    field: str | None
    message: str | None
    attempts: int
    digest: str | None
    before: dict | None
    after: dict | None


class PushRow(NamedTuple):
    """What is written to a record; `after` is JSON."""

    number: int
    record_id: str
    after: str


PUSH_COLUMNS = share_rows.c.number, share_rows.c.record_id, share_rows.c.after


class FoundRow(NamedTuple):
    """What a plan found in a record; `before` is JSON."""

    number: int
    record_id: str
    before: str


FOUND_COLUMNS = share_rows.c.number, share_rows.c.record_id, share_rows.c.before


class SentRow(NamedTuple):
    """What the result of a batch is matched to: little, because a batch has ten thousand."""

    number: int
    record_id: str
    attempts: int


SENT_COLUMNS = share_rows.c.number, share_rows.c.record_id, share_rows.c.attempts


class RunRows:
    """Reads and writes the rows of runs; who writes must own the run."""

    def __init__(self, database: Database, runs: Runs):
        self._database = database
        self._runs = runs

    def replace(self, run: Run, rows: Iterable[dict]) -> None:
        """Make `rows` the plan of a run; their numbers are their order."""

        def forget(connection) -> None:
            self._runs.note_in(connection, run)
            connection.execute(delete(share_rows).where(share_rows.c.run_id == run.id))

        self._database.write(forget)
        numbered = (
            {"run_id": run.id, "number": number, "attempts": 0, "batch_id": None} | row
            for number, row in enumerate(rows, 1)
        )
        while part := list(islice(numbered, ROWS_PER_TRANSACTION)):
            self._database.write(lambda connection, part=part: self._insert(connection, run, part))

    def _insert(self, connection, run: Run, part: list[dict]) -> None:
        self._runs.note_in(connection, run)
        insert_rows(connection, share_rows, [{c: row.get(c) for c in COLUMNS} for row in part])

    def page(
        self,
        run: Run,
        *statuses: Status,
        after: int = 0,
        limit: int = 1_000,
        object_name: str | None = None,
    ) -> list[RunRow]:
        """Return rows (of an object) in these states, all when none is named, by rising number."""
        query = select(share_rows).where(share_rows.c.run_id == run.id, share_rows.c.number > after)
        if statuses:
            query = query.where(share_rows.c.status.in_(statuses))
        if object_name:
            query = query.where(share_rows.c.object == object_name)
        with self._database.reading() as connection:
            found = connection.execute(query.order_by(share_rows.c.number).limit(limit))
            return [as_row(row) for row in found]

    def planned(self, run: Run, object_name: str, after: int, limit: int) -> list[PushRow]:
        """Return what is still to be written to an object, by rising number above `after`."""
        return [
            PushRow(*row) for row in self._planned(PUSH_COLUMNS, run, object_name, after, limit)
        ]

    def found(self, run: Run, object_name: str, after: int, limit: int) -> list[FoundRow]:
        """Return what the same rows saw in their records."""
        rows = self._planned(FOUND_COLUMNS, run, object_name, after, limit)
        return [FoundRow(*row) for row in rows]

    def _planned(self, columns, run: Run, object_name: str, after: int, limit: int) -> Sequence:
        query = (
            select(*columns)
            .where(
                share_rows.c.run_id == run.id,
                share_rows.c.object == object_name,
                share_rows.c.status == Status.PLANNED,
                share_rows.c.number > after,
            )
            .order_by(share_rows.c.number)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return connection.execute(query).all()

    def all(self, run: Run, *statuses: Status) -> Iterator[RunRow]:
        """Yield rows page by page."""
        after = 0
        while rows := self.page(run, *statuses, after=after):
            yield from rows
            after = rows[-1].number

    def counts(self, run: Run) -> Counter:
        """Return how many rows there are by (object, status, code)."""
        columns = (share_rows.c.object, share_rows.c.status, share_rows.c.code)
        query = (
            select(*columns, func.count()).where(share_rows.c.run_id == run.id).group_by(*columns)
        )
        with self._database.reading() as connection:
            return Counter({tuple(row[:3]): row[3] for row in connection.execute(query)})

    def counts_of(self, run: Run, *statuses: Status) -> int:
        """Return how many rows are in these states."""
        return sum(n for (_o, status, _c), n in self.counts(run).items() if status in statuses)

    def settle(self, run: Run, outcomes: Sequence[tuple[int, Status, str, str]]) -> None:
        """Set (number, status, code, message) of rows."""

        def work(connection) -> None:
            self._runs.note_in(connection, run)
            for number, status, code, message in outcomes:
                connection.execute(
                    update(share_rows)
                    .where(share_rows.c.run_id == run.id, share_rows.c.number == number)
                    .values(status=status, code=code, message=message)
                )

        if outcomes:
            self._database.write(work)

    def all_told(self, run: Run) -> None:
        """Note that everything planned of a pull is on its way."""

        def work(connection) -> None:
            self._runs.note_in(connection, run)
            connection.execute(
                update(share_rows)
                .where(share_rows.c.run_id == run.id, share_rows.c.status == Status.PLANNED)
                .values(status=Status.TOLD)
            )

        self._database.write(work)

    def of_record(self, tenant: str, wanted: str, limit: int = 20) -> list[tuple[Run, RunRow]]:
        """Return what recent runs say of a record (15 or 18 characters) or of a user's id."""
        is_it = share_rows.c.record_id.startswith(wanted[:15], autoescape=True) & (
            share_rows.c.record_id != ""
        )
        query = (
            select(share_rows)
            .join(share_runs, share_runs.c.id == share_rows.c.run_id)
            .where(share_runs.c.tenant == tenant, is_it | (share_rows.c.source_id == wanted))
            .order_by(share_rows.c.run_id.desc(), share_rows.c.number)
            .limit(limit)
        )
        with self._database.reading() as connection:
            rows = [as_row(row) for row in connection.execute(query)]
        runs = {row.run_id: self._runs.get(tenant, row.run_id) for row in rows}
        return [(runs[row.run_id], row) for row in rows]

    def sent_digests(self, tenant: str, object_name: str, ids: Sequence[str]) -> dict[str, str]:
        """Return the digest of what was last taken of each record, where something was."""
        keys = [[each] for each in ids]
        with self._database.reading() as connection:
            return dict(_SENT.rows(connection, keys, tenant=tenant, object=object_name))

    def sent(self, tenant: str, record_id: str):
        """Return the last write to a record, None when there is none."""
        query = select(share_sent).where(
            share_sent.c.tenant == tenant,
            share_sent.c.record_id.startswith(record_id[:15], autoescape=True),
        )
        with self._database.reading() as connection:
            return connection.execute(query).first()

    def has_sent(self, tenant: str, object_name: str) -> bool:
        """Return whether anything was ever written to this object."""
        query = select(share_sent.c.record_id).where(
            share_sent.c.tenant == tenant, share_sent.c.object == object_name
        )
        with self._database.reading() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def count_sent(self, tenant: str, object_name: str) -> int:
        """Return how many records of this object were ever written to."""
        query = select(func.count()).where(
            share_sent.c.tenant == tenant, share_sent.c.object == object_name
        )
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one()

    def forget_old(self, tenant: str, before: float) -> None:
        """Forget the rows of runs that ended before that moment; the runs themselves stay."""
        while self._database.write(
            lambda connection: run_rows(connection, tenant, before, ROWS_PER_TRANSACTION)
        ):
            pass

    def forget_sent(self, tenant: str, object_name: str, ids: Sequence[str]) -> None:
        """Forget what was written last, so that it is compared anew."""
        for start in range(0, len(ids), IDS_PER_QUERY):
            gone = delete(share_sent).where(
                share_sent.c.tenant == tenant,
                share_sent.c.object == object_name,
                share_sent.c.record_id.in_(ids[start : start + IDS_PER_QUERY]),
            )
            self._database.write(lambda connection, gone=gone: connection.execute(gone))


_SENT = Lookup(
    "sent.record_id, sent.digest",
    {
        "share_sent sent": "sent.tenant = :tenant and sent.object = :object"
        " and sent.record_id = wanted.record_id"
    },
    wanted={"record_id": "text"},
)
COLUMNS = [str(column.name) for column in share_rows.columns]  # plain texts, for JSON


def as_row(row) -> RunRow:
    """Return a row of the table."""
    return RunRow(
        run_id=row.run_id,
        number=row.number,
        object_name=row.object,
        record_id=row.record_id,
        source_id=row.source_id,
        rung=row.rung,
        status=Status(row.status),
        code=row.code,
        field=row.field,
        message=row.message,
        attempts=row.attempts,
        digest=row.digest,
        before=row.before and orjson.loads(row.before),
        after=row.after and orjson.loads(row.after),
    )
