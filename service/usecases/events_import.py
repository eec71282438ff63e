"""Brings the past of a dataset in from a file; killed at any moment, it goes on where it was."""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection

from service.errors import InvalidRequest
from service.events.parsing import Reading, parse_event
from service.events.refusals import EventRefused, Refusal
from service.model import Arrival, EventSource
from service.storage.event_imports import EventImports, ImportState
from service.storage.event_store import Appended, EventStore, UnmatchedCancellation
from service.tenant import Dataset, Tenant
from service.usecases.collector import reading_of
from service.usecases.import_files import Piece, pieces

EVENTS_PER_TRANSACTION = 250
"""Few enough that an import never keeps the site's events waiting for long."""
LISTED_REJECTIONS = 100
DIGEST_BYTES = 1024 * 1024


@dataclass
class ImportReport:
    """How far an import is, earlier runs over the same file included.

    `rejected_rows` lists (row, reason) of this run's first rejections.
    """

    state: ImportState
    rejected_rows: list[tuple[int, str]] = field(default_factory=list)
    unmatched: list[UnmatchedCancellation] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        return sum(self.state.rejected.values())


class EventsImport:
    """Imports files of events; the position in a file is stored together with its rows."""

    def __init__(
        self,
        *,
        events: EventStore,
        imports: EventImports,
        clock: Callable[[], float] = time.time,
    ):
        self._events = events
        self._imports = imports
        self._clock = clock

    def run(
        self,
        tenant: Tenant,
        dataset_name: str,
        path: Path,
        report: Callable[[ImportReport], None],
    ) -> ImportReport:
        """Import what of the file at `path` is not imported yet; `report` hears of each step.

        Raises: UnknownDataset; InvalidRequest when the file cannot be read or is no such file;
                StorageUnavailable. What was reported stays.
        """
        dataset = tenant.dataset(dataset_name)
        state = self._imports.state(tenant.name, dataset.name, _digest_of(path))
        progress = ImportReport(state)
        found = pieces(path, tenant, dataset, state.position, state.row)
        while part := list(islice(found, EVENTS_PER_TRANSACTION)):
            self._store(tenant, dataset, part, progress)
            report(progress)
        progress.unmatched = self._events.unmatched_cancellations(tenant.name, dataset.name)
        return progress

    def _store(
        self, tenant: Tenant, dataset: Dataset, part: Sequence[Piece], progress: ImportReport
    ) -> None:
        arrivals, refused = self._read(dataset, part)
        before = progress.state
        moved = before.moved(part[-1].end, part[-1].end_row, Counter(r for _row, r in refused))

        def remember(connection: Connection, appended: Appended) -> None:
            self._imports.remember(connection, before, moved.with_counts(appended))

        appended = self._events.append_and(tenant, dataset, arrivals, remember)
        progress.state = moved.with_counts(appended)
        room = LISTED_REJECTIONS - len(progress.rejected_rows)
        progress.rejected_rows += refused[:room]

    def _read(
        self, dataset: Dataset, part: Sequence[Piece]
    ) -> tuple[list[Arrival], list[tuple[int, str]]]:
        reading = reading_of(dataset, EventSource.IMPORT, self._clock())
        arrivals, refused = [], []
        for piece in part:
            try:
                arrivals.append(_arrival(piece, reading))
            except EventRefused as trouble:
                refused.append((piece.row, str(trouble.reason)))
        return arrivals, refused


def _arrival(piece: Piece, reading: Reading) -> Arrival:
    if piece.raw is None:
        raise EventRefused(Refusal.NOT_AN_EVENT)
    return parse_event(piece.raw, reading)


def _digest_of(path: Path) -> str:
    """Return what tells this file's content from any other's."""
    digest = hashlib.sha256()
    try:
        for block in _blocks(path):
            digest.update(block)
    except OSError as trouble:
        raise InvalidRequest(f"{path} cannot be read ({trouble.strerror}).") from None
    return digest.hexdigest()


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(DIGEST_BYTES):
            yield block
