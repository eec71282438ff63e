"""What we keep of the export of segments to journeys. Every method is one transaction.

Whatever changes an export's members or entries holds the export's row to the end of its
transaction, so that any number of workers decide one after the other.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from service.segment_exports import SegmentExport
from service.storage import segment_entries as entries
from service.storage import segment_members as members
from service.storage.database import Database
from service.storage.segment_entries import EntryState, HeldEntry, LedgerRow
from service.storage.segment_members import Moment, Sighting
from service.storage.segment_tables import segment_exports, segment_files, segment_looks
from service.storage.store_clock import store_time
from service.storage.upserts import insert_or_update

MOST_DETAIL = 500


@dataclass(frozen=True)
class ExportState:
    """Where an export stands. Times are epoch seconds, None for never.

    `read_code` and `read_detail` say what is wrong with reading, `code` and `detail` with sending.
    """

    began_at: float | None = None
    read_ms: int = 0
    read_until: float = 0.0
    read_at: float | None = None
    read_rows: int = 0
    next_read_at: float = 0.0
    read_code: str | None = None
    read_detail: str | None = None
    held_until: float = 0.0
    checked_at: float = 0.0
    code: str | None = None
    detail: str | None = None


@dataclass(frozen=True)
class Read:
    """A read of a segment that the caller may do, for all exports of that segment.

    `number` is the moment it began, in epoch milliseconds, and its fencing token.
    """

    tenant: str
    exports: tuple[SegmentExport, ...]
    number: int


@dataclass(frozen=True)
class Look:
    """Somebody whose segments are to be asked for."""

    dataset: str
    person: str
    identity_type: str
    identity_value: str


class LostRead(Exception):
    """Raised when another worker has begun a newer read of the segment: write nothing more."""


class SegmentStore:
    """Keeps exports, members and entries.

    `clock` gives epoch seconds; without one, time is the database server's. `day_of` returns a
    tenant's local date for epoch seconds.
    """

    def __init__(
        self,
        database: Database,
        day_of: Callable[[str, float], str],
        clock: Callable[[], float] | None = None,
    ):
        self._database = database
        self._day_of = day_of
        self._clock = clock

    def now(self) -> float:
        """Return the time by which things are due."""
        with self._database.reading() as connection:
            return store_time(connection, self._clock)

    def states(self, tenant: str) -> dict[str, ExportState]:
        """Return where the tenant's exports stand, by name; one that never ran is missing."""
        query = select(segment_exports).where(segment_exports.c.tenant == tenant)
        with self._database.reading() as connection:
            return {row.name: _state(row) for row in connection.execute(query)}

    def begin_read(
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
            rows = [_hold(connection, tenant, export) for export in exports]
            if any(row.read_until > now for row in rows):
                return None
            if only_if_due and all(row.next_read_at > now for row in rows):
                return None
            number = max(int(now * 1000), *(row.read_ms + 1 for row in rows))
            names = [export.name for export in exports]
            _change(connection, tenant, names, read_ms=number, read_until=now + lease_seconds)
            return Read(tenant, tuple(exports), number)

        return self._database.write(work)

    def note_page(self, read: Read, seen: dict[str, list[Sighting]], lease_seconds: float) -> None:
        """Note whom a page of the read has shown, by export, and hold the read for longer.

        Raises: LostRead.
        """

        def work(connection: Connection) -> None:
            now = self._hold_read(connection, read)
            for export in read.exports:
                members.note_seen(connection, read.tenant, export, seen[export.name], read.number)
            names = [export.name for export in read.exports]
            _change(connection, read.tenant, names, read_until=now + lease_seconds)

        self._database.write(work)

    def settle_read(self, read: Read, export: SegmentExport, lease_seconds: float) -> Counter:
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

    def end_read(self, read: Read, export: SegmentExport, rows: int, next_read_at: float) -> None:
        """Note that the read of an export is complete. Raises: LostRead."""

        def work(connection: Connection) -> None:
            now = self._hold_read(connection, read)
            state = _hold(connection, read.tenant, export)
            _change(
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

    def give_up_read(self, read: Read, next_read_at: float, code: str, detail: str) -> None:
        """End a read that failed: nothing of it counts."""
        names = [export.name for export in read.exports]

        def work(connection: Connection) -> None:
            try:
                self._hold_read(connection, read)
            except LostRead:
                return
            trouble = {"read_code": code, "read_detail": detail[:MOST_DETAIL]}
            _change(
                connection,
                read.tenant,
                names,
                read_until=0.0,
                next_read_at=next_read_at,
                **trouble,
            )

        self._database.write(work)

    def see(
        self,
        tenant: str,
        export: SegmentExport,
        joined: Sequence[Sighting],
        left: Sequence[str],
        as_of_ms: int,
        *,
        is_beginning: bool = False,
    ) -> Counter:
        """Take what another source says of some people as of a moment; return new entries.

        Before the export has begun nothing is taken, unless this `is_beginning` of it.
        """

        def work(connection: Connection) -> Counter:
            state = _hold(connection, tenant, export)
            if state.began_at is None and not is_beginning:
                return Counter()
            moment = self._moment(connection, tenant)
            members.note_seen(connection, tenant, export, joined, as_of_ms)
            joins = members.decide_joins(
                connection,
                tenant,
                export,
                moment,
                began=state.began_at is not None,
                seen_ms=as_of_ms,
                persons=[each.person for each in joined],
            )
            leaves = members.decide_leaves(
                connection, tenant, export, moment, unseen_since_ms=as_of_ms, persons=left
            )
            return joins.decided + leaves.decided

        return self._database.write(work)

    def begin(self, tenant: str, export: SegmentExport) -> None:
        """Note that whoever joins from now on is new."""

        def work(connection: Connection) -> None:
            if _hold(connection, tenant, export).began_at is None:
                now = store_time(connection, self._clock)
                _change(connection, tenant, [export.name], began_at=now)

        self._database.write(work)

    def has_due(self, tenant: str, export: SegmentExport) -> bool:
        """Tell whether an entry waits to be posted now. Costs no write."""
        state = self.states(tenant).get(export.name)
        if state is None or state.held_until > self.now():
            return False
        return self._has_open(tenant, export, EntryState.QUEUED)

    def claim(
        self, tenant: str, export: SegmentExport, limit: int, lease_seconds: float
    ) -> list[HeldEntry]:
        """Give the caller up to `limit` entries to post."""

        def work(connection: Connection) -> list[HeldEntry]:
            state = _hold(connection, tenant, export)
            moment = self._moment(connection, tenant)
            if state.held_until > moment.now:
                return []
            return entries.claim(
                connection, tenant, export, limit, moment.now, moment.day, lease_seconds
            )

        return self._database.write(work)

    def claim_open(
        self,
        tenant: str,
        export: SegmentExport,
        state: EntryState,
        limit: int,
        lease_seconds: float,
    ) -> list[HeldEntry]:
        """Give the caller entries whose fate is to be asked for."""
        if not self._has_open(tenant, export, state):
            return []

        def work(connection: Connection) -> list[HeldEntry]:
            _hold(connection, tenant, export)
            now = store_time(connection, self._clock)
            return entries.claim_open(connection, tenant, export, state, limit, now, lease_seconds)

        return self._database.write(work)

    def report(self, reports: Iterable[tuple[HeldEntry, EntryState, dict]]) -> list[bool]:
        """Note what became of entries, all or nothing; say of each whether it was the caller's."""
        reports = list(reports)

        def work(connection: Connection) -> list[bool]:
            return [
                entries.report(connection, held, state, **values) for held, state, values in reports
            ]

        return self._database.write(work) if reports else []

    def known_instances(self, tenant: str, ids: Collection[str]) -> set[str]:
        """Return which of these event instances belong to entries of the ledger."""
        with self._database.reading() as connection:
            return entries.known_instances(connection, tenant, ids)

    def note_trouble(
        self, tenant: str, export: SegmentExport, code: str, detail: str, hold_until: float
    ) -> None:
        """Note what is wrong with the export as a whole; nothing is sent before `hold_until`."""
        self._note(tenant, export, code=code, detail=detail[:MOST_DETAIL], held_until=hold_until)

    def note_fit(self, tenant: str, export: SegmentExport, checked_at: float) -> None:
        """Note that nothing is wrong."""
        self._note(tenant, export, code=None, detail=None, held_until=0.0, checked_at=checked_at)

    def note_reading(
        self, tenant: str, export: SegmentExport, code: str | None, detail: str | None
    ) -> None:
        """Note what is wrong with reading, or that nothing is."""
        self._note(tenant, export, read_code=code, read_detail=detail and detail[:MOST_DETAIL])

    def ask_for_read(
        self, connection: Connection, tenant: str, exports: Sequence[SegmentExport]
    ) -> None:
        """Make a read due now, in the caller's transaction, and let what is held back be tried."""
        for export in exports:
            _hold(connection, tenant, export)
        names = [export.name for export in exports]
        _change(connection, tenant, names, next_read_at=0.0, held_until=0.0)

    def replay(self, connection: Connection, tenant: str, ids: Sequence[int] | None) -> list[int]:
        """Queue failed, capped and undecided entries again, in the caller's transaction."""
        return entries.replay(connection, tenant, ids, store_time(connection, self._clock))

    def ledger(
        self,
        tenant: str,
        *,
        export: str | None = None,
        states: Collection[EntryState] = tuple(EntryState),
        person: str | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> list[LedgerRow]:
        """Return entries by rising number, those above `after`."""
        with self._database.reading() as connection:
            return entries.ledger(
                connection,
                tenant,
                export=export,
                states=states,
                person=person,
                after=after,
                limit=limit,
            )

    def counts(self, tenant: str) -> dict[str, dict[str, int]]:
        """Return how many entries each export has in each state."""
        with self._database.reading() as connection:
            return entries.counts(connection, tenant)

    def files(self, tenant: str, export: SegmentExport) -> dict[str, int]:
        """Return the segment files that were read, with their sizes."""
        columns = segment_files.c
        query = select(columns.file, columns.size)
        query = query.where(columns.tenant == tenant, columns.export == export.name)
        with self._database.reading() as connection:
            return {row.file: row.size for row in connection.execute(query)}

    def note_file(self, tenant: str, export: SegmentExport, file: str, size: int, rows: int):
        """Note that a segment file was read to its end."""

        def work(connection: Connection) -> None:
            row = {"tenant": tenant, "export": export.name, "file": file, "size": size}
            now = store_time(connection, self._clock)
            insert_or_update(connection, segment_files, [row | {"rows": rows, "read_at": now}])

        self._database.write(work)

    def add_look(self, tenant: str, look: Look, seconds: float) -> None:
        """Note somebody to be asked for in so many seconds; who is noted stays as noted."""

        def work(connection: Connection) -> None:
            now = store_time(connection, self._clock)
            place = (segment_looks.c.tenant == tenant, segment_looks.c.dataset == look.dataset)
            mine = (*place, segment_looks.c.person == look.person)
            if connection.execute(select(segment_looks.c.person).where(*mine)).first() is None:
                values = {"tenant": tenant, "due_at": now + seconds} | vars(look)
                connection.execute(insert(segment_looks).values(values))

        self._database.write(work)

    def has_look(self, tenant: str) -> bool:
        """Tell whether somebody's time to be asked for has come. Costs no write."""
        columns = segment_looks.c
        with self._database.reading() as connection:
            now = store_time(connection, self._clock)
            due = select(columns.person).where(columns.tenant == tenant, columns.due_at <= now)
            return connection.execute(due.limit(1)).first() is not None

    def take_looks(self, tenant: str, limit: int) -> list[Look]:
        """Take out up to `limit` people whose time to be asked for has come."""
        columns = segment_looks.c

        def work(connection: Connection) -> list[Look]:
            now = store_time(connection, self._clock)
            query = select(segment_looks).where(columns.tenant == tenant, columns.due_at <= now)
            query = query.order_by(columns.due_at).limit(limit)
            locking = query.with_for_update(skip_locked=True)
            rows = connection.execute(locking).all()
            for row in rows:
                mine = (columns.tenant == tenant, columns.dataset == row.dataset)
                connection.execute(delete(segment_looks).where(*mine, columns.person == row.person))
            return [
                Look(row.dataset, row.person, row.identity_type, row.identity_value) for row in rows
            ]

        return self._database.write(work)

    def _decide_joins(self, connection, read: Read, export: SegmentExport, after, lease_seconds):
        now = self._hold_read(connection, read)
        state = _hold(connection, read.tenant, export)
        _change(connection, read.tenant, [export.name], read_until=now + lease_seconds)
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
        _change(connection, read.tenant, [export.name], read_until=now + lease_seconds)
        moment = Moment(now, self._day_of(read.tenant, now))
        return members.decide_leaves(
            connection, read.tenant, export, moment, unseen_since_ms=read.number
        )

    def _hold_read(self, connection: Connection, read: Read) -> float:
        """Hold the rows of a read and return the time. Raises: LostRead."""
        for export in read.exports:
            if _hold(connection, read.tenant, export).read_ms != read.number:
                raise LostRead
        return store_time(connection, self._clock)

    def _has_open(self, tenant: str, export: SegmentExport, state: EntryState) -> bool:
        with self._database.reading() as connection:
            now = store_time(connection, self._clock)
            return entries.has_open(connection, tenant, export, state, now)

    def _moment(self, connection: Connection, tenant: str) -> Moment:
        now = store_time(connection, self._clock)
        return Moment(now, self._day_of(tenant, now))

    def _note(self, tenant: str, export: SegmentExport, **values) -> None:
        def work(connection: Connection) -> None:
            _hold(connection, tenant, export)
            _change(connection, tenant, [export.name], **values)

        self._database.write(work)


def _hold(connection: Connection, tenant: str, export: SegmentExport):
    """Return an export's row and keep others from it; one of another origin begins anew."""
    place = (segment_exports.c.tenant == tenant, segment_exports.c.name == export.name)
    query = select(segment_exports).where(*place).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        first = {"tenant": tenant, "name": export.name, "origin": export.origin} | BEGINNING
        connection.execute(insert(segment_exports).values(first | {"read_ms": 0}))
    elif row.origin != export.origin:
        members.forget_members(connection, tenant, export)
        _change(connection, tenant, [export.name], origin=export.origin, **BEGINNING)
    else:
        return row
    return connection.execute(query).one()


READS_WELL = {"read_code": None, "read_detail": None}
BEGINNING = {
    "began_at": None,
    "read_until": 0.0,
    "read_at": None,
    "read_rows": 0,
    "next_read_at": 0.0,
    "read_code": None,
    "read_detail": None,
    "held_until": 0.0,
    "checked_at": 0.0,
    "code": None,
    "detail": None,
}


def _change(connection: Connection, tenant: str, names: Sequence[str], **values) -> None:
    change = update(segment_exports).where(
        segment_exports.c.tenant == tenant, segment_exports.c.name.in_(list(names))
    )
    connection.execute(change.values(values))


def _state(row) -> ExportState:
    return ExportState(**{name: getattr(row, name) for name in ExportState.__dataclass_fields__})
