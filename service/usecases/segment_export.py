"""Members of Personalization's segments become entries of Journey Builder's journeys.

`run` does everything once, for a terminal; `tick` does what is due, for the worker's clock.
"""

import dataclasses
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from sqlalchemy import Connection

from service.deadline import Deadline
from service.errors import Fault, NotFound
from service.metrics import SEGMENT_ENTRIES
from service.segment_exports import SegmentExport
from service.storage.database import Database
from service.storage.once import Once
from service.storage.outbox_messages import Accepted, RequestKey
from service.storage.segment_copy import copy_of
from service.storage.segment_entries import EntryState
from service.storage.segment_ledger import LedgerRow, Waiting
from service.storage.segment_state import ExportState
from service.storage.segment_store import SegmentStore
from service.tenant import Tenant
from service.upstream.journey_builder import MOST_MEMBERS
from service.usecases.segment_dispatch import LEASE_SECONDS, SegmentDispatch
from service.usecases.segment_files import FilesDone, SegmentFiles
from service.usecases.segment_looking import SegmentLooking
from service.usecases.segment_preflight import Misfit, unfit
from service.usecases.segment_reading import SegmentReading, segments_of
from service.usecases.segment_sightings import person_with
from service.usecases.user_export import RowBudget, UserExport

FILES_EVERY_SECONDS = 60

log = structlog.get_logger()


class UnknownSegmentExport(NotFound):
    """Raised when the tenant has no export of this name."""

    code = "UNKNOWN_SEGMENT_EXPORT"


@dataclass
class ExportRun:
    """What one pass did for one export: rows it read, states that entries came into.

    `troubles` are (code, sentence) of what kept it from working.
    """

    name: str
    rows: int = 0
    states: Counter = field(default_factory=Counter)
    troubles: list[tuple[str, str]] = field(default_factory=list)

    @property
    def not_taken(self) -> int:
        """How many entries of this pass will not enter by themselves."""
        return self.states[EntryState.REFUSED] + self.states[EntryState.FAILED]


@dataclass(frozen=True)
class ExportStatus:
    """Where an export stands, what its entries have become, and the rows of its dataset."""

    export: SegmentExport
    state: ExportState
    counts: Mapping[str, int]
    budget: RowBudget


class SegmentExports:
    """Exports the segments of every tenant."""

    def __init__(
        self,
        *,
        database: Database,
        store: SegmentStore,
        make_store: Callable[[Database], SegmentStore],
        user_export: UserExport,
        make_dispatch: Callable[[SegmentStore], SegmentDispatch],
        looking: SegmentLooking,
        clock: Callable[[], float] = time.time,
    ):
        self._database = database
        self._once = Once(database)
        self._store = store
        self._make_store = make_store
        self._user_export = user_export
        self._reading = SegmentReading(store=store, user_export=user_export)
        self._files = SegmentFiles(store=store, clock=clock)
        self._dispatch = make_dispatch(store)
        self._make_dispatch = make_dispatch
        self._looking = looking
        self._clock = clock
        self._files_due: dict[tuple[str, str], float] = {}

    def exports(self, tenant: Tenant, name: str | None = None) -> list[SegmentExport]:
        """Return the tenant's exports, or the one of this name. Raises: UnknownSegmentExport."""
        known = tenant.journey_builder.segment_exports if tenant.journey_builder else {}
        if name is None:
            return list(known.values())
        if name not in known:
            named = ", ".join(sorted(known)) or "none"
            raise UnknownSegmentExport(f"There is no export {name[:80]!r}. Known: {named}.")
        return [known[name]]

    def run(self, tenant: Tenant, name: str | None = None) -> list[ExportRun]:
        """Read, decide, send and ask, once and now; say what it did. Never raises for one export.

        Raises: UnknownSegmentExport, StorageUnavailable.
        """
        exports = self.exports(tenant, name)
        runs = {export.name: ExportRun(export.name) for export in exports}
        self._database.write(lambda c: self._store.ask_for_read(c, tenant.name, exports))
        for group in segments_of(exports):
            self._read(tenant, group, runs, self._reading)
        for export in exports:
            run = runs[export.name]
            self._read_files(tenant, export, run)
            run.states += self._dispatch.send(tenant, export)
            run.states += self._dispatch.settle(tenant, export)
            self._add_trouble(tenant, export, run)
        return list(runs.values())

    def dry_run(self, tenant: Tenant, name: str | None = None) -> list[ExportRun]:
        """Do what `run` does on a copy, and send nothing; rows of the licence are used.

        Segment files are not looked at.
        """
        exports = [
            dataclasses.replace(export, max_per_minute=None)
            for export in self.exports(tenant, name)
        ]
        runs = {export.name: ExportRun(export.name) for export in exports}
        with tempfile.TemporaryDirectory(prefix="p13n-dry-run-") as folder:
            copy = copy_of(self._database, tenant.name, exports, Path(folder))
            store = self._make_store(copy)
            copy.write(lambda c: store.ask_for_read(c, tenant.name, exports))
            reading = SegmentReading(store=store, user_export=self._user_export)
            dispatch = self._make_dispatch(store)
            for group in segments_of(exports):
                self._read(tenant, group, runs, reading)
            for export in exports:
                self._try_out(tenant, export, runs[export.name], store, dispatch)
            copy.close()
        return list(runs.values())

    def tick(self, tenant: Tenant) -> None:
        """Do what is due. Raises: StorageUnavailable."""
        exports = self.exports(tenant)
        if not exports:
            return
        for export, decided in self._looking.look(tenant).items():
            _count(tenant, export, decided)
        runs = {export.name: ExportRun(export.name) for export in exports}
        now, states = self._store.now(), self._store.states(tenant.name)
        for group in segments_of(exports):
            if any(_is_due(states.get(export.name), now) for export in group):
                self._read(tenant, group, runs, self._reading)
        for export in exports:
            if self._is_time_for_files(tenant, export):
                self._read_files(tenant, export, runs[export.name])
            self._dispatch.send(tenant, export)
            self._dispatch.settle(tenant, export)

    def ask(
        self,
        tenant: Tenant,
        name: str | None,
        key: RequestKey,
        answer: Callable[[list[str]], bytes],
    ) -> Accepted:
        """Let a worker read and send these exports as soon as it can; `answer` gets their names.

        Raises: UnknownSegmentExport; IdempotencyKeyReused, IdempotencyKeyInUse.
        """
        exports = self.exports(tenant, name)

        def work(connection: Connection) -> bytes:
            self._store.ask_for_read(connection, tenant.name, exports)
            return answer([export.name for export in exports])

        return self._once.run(tenant.name, key, work)

    def status(self, tenant: Tenant) -> list[ExportStatus]:
        """Return where each export stands."""
        states, counts = self._store.states(tenant.name), self._store.counts(tenant.name)
        budgets = {
            name: self._user_export.budget(tenant, tenant.dataset(name))
            for name in {export.dataset for export in self.exports(tenant)}
        }
        return [
            ExportStatus(
                export,
                states.get(export.name, ExportState()),
                counts.get(export.name, {}),
                budgets[export.dataset],
            )
            for export in self.exports(tenant)
        ]

    def now(self) -> float:
        """Return the time by which entries are due."""
        return self._store.now()

    def waiting(self) -> list[Waiting]:
        """Return what waits to be posted, of every tenant."""
        return self._store.waiting()

    def misfit(self, tenant: Tenant, export: SegmentExport, deadline: Deadline) -> Misfit | None:
        """Return what does not fit between an export and its entry event, as it is now.

        Raises: the UpstreamFault that fits.
        """
        _definition, wrong = self._dispatch.look(tenant, export, deadline)
        return wrong

    def ledger(
        self,
        tenant: Tenant,
        *,
        name: str | None = None,
        states: Collection[EntryState] = tuple(EntryState),
        contact_key: str | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> list[LedgerRow]:
        """Return entries by rising number; `contact_key` asks for one person's, of one export."""
        exports = self.exports(tenant, name)
        person = None
        if contact_key is not None and name is not None:
            person = person_with(tenant.name, exports[0], contact_key)
        return self._store.ledger(
            tenant.name, export=name, states=states, person=person, after=after, limit=limit
        )

    def replay(self, tenant: Tenant, ids: Sequence[int] | None) -> list[int]:
        """Queue failed, capped and undecided entries again, those of `ids` or all; return which.

        Who has opted out since is refused all the same, and caps hold.
        """
        return self._database.write(lambda c: self._store.replay(c, tenant.name, ids))

    def replay_once(
        self,
        tenant: Tenant,
        ids: Sequence[int] | None,
        key: RequestKey,
        answer: Callable[[list[int]], bytes],
    ) -> Accepted:
        """Do as `replay` does for a request with a key; `answer` gets the numbers."""
        return self._once.run(
            tenant.name, key, lambda c: answer(self._store.replay(c, tenant.name, ids))
        )

    def _read(self, tenant, group: Sequence[SegmentExport], runs, reading) -> None:
        """Read one segment; a fault is noted with each of its exports."""
        try:
            done = reading.read(tenant, group)
        except Fault as fault:
            log.warning("a segment was not read", tenant=tenant.name, code=fault.code)
            for export in group:
                runs[export.name].troubles.append((fault.code, fault.detail))
            return
        for export in group:
            run = runs[export.name]
            if done is None:
                run.troubles.append(("READ_UNDER_WAY", "Another worker reads this segment."))
                continue
            run.rows += done.rows
            run.states += done.decided[export.name]
            if reading is self._reading:  # a dry run counts nothing
                _count(tenant, export.name, done.decided[export.name])

    def _read_files(self, tenant: Tenant, export: SegmentExport, run: ExportRun) -> None:
        if export.files is None:
            return
        try:
            done: FilesDone = self._files.read(tenant, export)
        except Fault as fault:
            self._store.note_reading(tenant.name, export, fault.code, fault.detail)
            run.troubles.append((fault.code, fault.detail))
            return
        if done.files:
            self._store.note_reading(tenant.name, export, None, None)
        run.states += done.decided
        _count(tenant, export.name, done.decided)

    def _try_out(self, tenant, export, run: ExportRun, store: SegmentStore, dispatch) -> None:
        definition = dispatch.check(tenant, export)
        if definition is None:
            trouble = store.states(tenant.name)[export.name]
            run.troubles.append((trouble.code, trouble.detail))
            return
        while held := store.claim(tenant.name, export, MOST_MEMBERS, LEASE_SECONDS):
            for entry in held:
                if unfit(definition, entry.data):
                    run.states[EntryState.REFUSED] += 1
                    run.states[EntryState.QUEUED] -= 1

    def _add_trouble(self, tenant: Tenant, export: SegmentExport, run: ExportRun) -> None:
        state = self._store.states(tenant.name)[export.name]
        if state.code is not None:
            run.troubles.append((state.code, state.detail))

    def _is_time_for_files(self, tenant: Tenant, export: SegmentExport) -> bool:
        place, now = (tenant.name, export.name), self._clock()
        if export.files is None or self._files_due.get(place, 0.0) > now:
            return False
        self._files_due[place] = now + FILES_EVERY_SECONDS
        return True


def _is_due(state: ExportState | None, now: float) -> bool:
    return state is None or (state.next_read_at <= now and state.read_until <= now)


def _count(tenant: Tenant, export: str, decided: Counter) -> None:
    for state, number in decided.items():
        SEGMENT_ENTRIES.labels(tenant.name, export, state).inc(number)
