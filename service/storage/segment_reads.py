"""Reads of a segment: noted page by page, decided when the last page is there.

One worker at a time reads a segment, for all exports of it; the read's number is its fencing
token. Every method is one transaction, or some in a row.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from service.segment_exports import SegmentExport
from service.storage import segment_members as members
from service.storage.database import Database
from service.storage.segment_members import Moment, Sighting
from service.storage.segment_state import MOST_DETAIL, READS_WELL, change, hold
from service.storage.store_clock import store_time
from service.storage.tombstones import Erased, nobody


@dataclass(frozen=True)
class Read:
    """A read of a segment that the caller may do, for all exports of that segment.

    `number` is the moment it began, in epoch milliseconds, and its fencing token.
    """

    tenant: str
    exports: tuple[SegmentExport, ...]
    number: int


class LostRead(Exception):
    """Raised when another worker has begun a newer read of the segment: write nothing more."""


class SegmentReads:
    """Begins, continues and ends reads; `day_of` and `clock` as `SegmentStore` takes them."""

    def __init__(
        self,
        database: Database,
        day_of: Callable[[str, float], str],
        clock: Callable[[], float] | None = None,
        among_erased: Erased = nobody,
    ):
        self._database = database
        self._day_of = day_of
        self._clock = clock
        self._among_erased = among_erased

    def begin(
        self,
        tenant: str,
        exports: Sequence[SegmentExport],
        lease_seconds: float,
        *,
        only_if_due: bool = True,
    ) -> Read | None:
        """Return a read of one segment for these exports; None when it is not due or under way."""

        def work(connection: Connection) -> Read | None:
            now = store_time(connection, self._clock)
            rows = [hold(connection, tenant, export) for export in exports]
            if any(row.read_until > now for row in rows):
                return None
            if only_if_due and all(row.next_read_at > now for row in rows):
                return None
            number = max(int(now * 1000), *(row.read_ms + 1 for row in rows))
            names = [export.name for export in exports]
            change(connection, tenant, names, read_ms=number, read_until=now + lease_seconds)
            return Read(tenant, tuple(exports), number)

        return self._database.write(work)

    def note_page(self, read: Read, seen: dict[str, list[Sighting]], lease_seconds: float) -> None:
        """Note whom a page of the read has shown, by export, and hold the read for longer.

        Raises: LostRead.
        """

        def work(connection: Connection) -> None:
            now = self._hold_read(connection, read)
            for export in read.exports:
                members.note_seen(
                    connection,
                    read.tenant,
                    export,
                    seen[export.name],
                    read.number,
                    self._among_erased,
                )
            names = [export.name for export in read.exports]
            change(connection, read.tenant, names, read_until=now + lease_seconds)

        self._database.write(work)

    def settle(self, read: Read, export: SegmentExport, lease_seconds: float) -> Counter:
        """Decide, in steps, who has joined and who has left; return new entries by state.

        Raises: LostRead.
        """
        decided: Counter = Counter()
        for decide in (self._decide_joins, self._decide_leaves):
            last = ""
            while last is not None:
                step = self._database.write(
                    lambda c, decide=decide, last=last: decide(c, read, export, last, lease_seconds)
                )
                last = step.last
                decided += step.decided
        return decided

    def end(self, read: Read, export: SegmentExport, rows: int, next_read_at: float) -> None:
        """Note that the read of an export is complete. Raises: LostRead."""

        def work(connection: Connection) -> None:
            now = self._hold_read(connection, read)
            state = hold(connection, read.tenant, export)
            change(
                connection,
                read.tenant,
                [export.name],
                began_at=state.began_at or now,
                read_until=0.0,
                read_at=now,
                read_rows=rows,
                next_read_at=next_read_at,
                **READS_WELL,
            )

        self._database.write(work)

    def give_up(self, read: Read, next_read_at: float, code: str, detail: str) -> None:
        """End a read that failed: nothing of it counts."""
        names = [export.name for export in read.exports]

        def work(connection: Connection) -> None:
            try:
                self._hold_read(connection, read)
            except LostRead:
                return
            trouble = {"read_code": code, "read_detail": detail[:MOST_DETAIL]}
            change(
                connection,
                read.tenant,
                names,
                read_until=0.0,
                next_read_at=next_read_at,
                **trouble,
            )

        self._database.write(work)

    def _decide_joins(self, connection, read: Read, export: SegmentExport, after, lease_seconds):
        now = self._hold_read(connection, read)
        state = hold(connection, read.tenant, export)
        change(connection, read.tenant, [export.name], read_until=now + lease_seconds)
        return members.decide_joins(
            connection,
            read.tenant,
            export,
            Moment(now, self._day_of(read.tenant, now)),
            began=state.began_at is not None,
            seen_ms=read.number,
            after=after,
        )

    def _decide_leaves(self, connection, read: Read, export: SegmentExport, _after, lease_seconds):
        now = self._hold_read(connection, read)
        change(connection, read.tenant, [export.name], read_until=now + lease_seconds)
        moment = Moment(now, self._day_of(read.tenant, now))
        return members.decide_leaves(
            connection, read.tenant, export, moment, unseen_since_ms=read.number
        )

    def _hold_read(self, connection: Connection, read: Read) -> float:
        """Hold the rows of a read and return the time. Raises: LostRead."""
        for export in read.exports:
            if hold(connection, read.tenant, export).read_ms != read.number:
                raise LostRead
        return store_time(connection, self._clock)
