"""What we keep of the export of segments to journeys. Every method is one transaction.

Whatever changes an export's members or entries holds the export's row to the end of its
transaction, so that any number of workers decide one after the other.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence

from sqlalchemy import Connection, select

from service.segment_exports import SegmentExport
from service.storage import segment_claims as claims
from service.storage import segment_ledger as books
from service.storage import segment_members as members
from service.storage.database import Database
from service.storage.segment_claims import HeldEntry
from service.storage.segment_entries import EntryState
from service.storage.segment_ledger import LedgerRow, Waiting
from service.storage.segment_looks import SegmentLooks
from service.storage.segment_members import Moment, Sighting
from service.storage.segment_reads import SegmentReads
from service.storage.segment_state import MOST_DETAIL, ExportState, change, hold, state_of
from service.storage.segment_tables import segment_exports, segment_files
from service.storage.store_clock import store_time
from service.storage.tombstones import Erased, nobody
from service.storage.upserts import insert_or_update


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
        among_erased: Erased = nobody,
    ):
        self._database = database
        self._day_of = day_of
        self._clock = clock
        self._among_erased = among_erased
        self.reads = SegmentReads(database, day_of, clock, among_erased)
        self.looks = SegmentLooks(database, clock)

    def now(self) -> float:
        """Return the time by which things are due."""
        with self._database.reading() as connection:
            return store_time(connection, self._clock)

    def states(self, tenant: str) -> dict[str, ExportState]:
        """Return where the tenant's exports stand, by name; one that never ran is missing."""
        query = select(segment_exports).where(segment_exports.c.tenant == tenant)
        with self._database.reading() as connection:
            return {row.name: state_of(row) for row in connection.execute(query)}

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
            state = hold(connection, tenant, export)
            if state.began_at is None and not is_beginning:
                return Counter()
            moment = self._moment(connection, tenant)
            members.note_seen(connection, tenant, export, joined, as_of_ms, self._among_erased)
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
            if hold(connection, tenant, export).began_at is None:
                now = store_time(connection, self._clock)
                change(connection, tenant, [export.name], began_at=now)

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
            state = hold(connection, tenant, export)
            moment = self._moment(connection, tenant)
            if state.held_until > moment.now:
                return []
            return claims.claim(
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
            hold(connection, tenant, export)
            now = store_time(connection, self._clock)
            return claims.claim_open(connection, tenant, export, state, limit, now, lease_seconds)

        return self._database.write(work)

    def report(self, reports: Iterable[tuple[HeldEntry, EntryState, dict]]) -> list[bool]:
        """Note what became of entries, all or nothing; say of each whether it was the caller's."""
        reports = list(reports)

        def work(connection: Connection) -> list[bool]:
            return [
                claims.report(connection, held, state, **values) for held, state, values in reports
            ]

        return self._database.write(work) if reports else []

    def known_instances(self, tenant: str, ids: Collection[str]) -> set[str]:
        """Return which of these event instances belong to entries of the ledger."""
        with self._database.reading() as connection:
            return claims.known_instances(connection, tenant, ids)

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
            hold(connection, tenant, export)
        names = [export.name for export in exports]
        change(connection, tenant, names, next_read_at=0.0, held_until=0.0)

    def replay(self, connection: Connection, tenant: str, ids: Sequence[int] | None) -> list[int]:
        """Queue failed, capped and undecided entries again, in the caller's transaction."""
        return books.replay(connection, tenant, ids, store_time(connection, self._clock))

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
            return books.ledger(
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
            return books.counts(connection, tenant)

    def waiting(self) -> list[Waiting]:
        """Return what waits to be posted, of every tenant."""
        with self._database.reading() as connection:
            return books.waiting(connection)

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

    def _has_open(self, tenant: str, export: SegmentExport, state: EntryState) -> bool:
        with self._database.reading() as connection:
            now = store_time(connection, self._clock)
            return claims.has_open(connection, tenant, export, state, now)

    def _moment(self, connection: Connection, tenant: str) -> Moment:
        now = store_time(connection, self._clock)
        return Moment(now, self._day_of(tenant, now))

    def _note(self, tenant: str, export: SegmentExport, **values) -> None:
        def work(connection: Connection) -> None:
            hold(connection, tenant, export)
            change(connection, tenant, [export.name], **values)

        self._database.write(work)
