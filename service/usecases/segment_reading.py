"""Learns who is in a segment from the user export: one read serves every export of the segment.

Rows are noted page by page; who joined and who left is decided once the last page is there, so
that a read that breaks off, or whose worker is killed, has decided nothing.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import structlog

from service.errors import Fault
from service.segment_exports import SegmentExport
from service.storage.segment_reads import LostRead, Read
from service.storage.segment_store import SegmentStore
from service.tenant import Tenant
from service.usecases.segment_sightings import row_sighting
from service.usecases.user_export import RowBudget, RowBudgetSpent, UserExport

LEASE_SECONDS = 180
"""Longer than a page may take (60 s): who is reading is not overtaken."""
AGAIN_SECONDS = 300
"""After a read that failed."""

log = structlog.get_logger()


@dataclass
class ReadDone:
    """What one read found: rows that were used, and new entries by export and state."""

    rows: int = 0
    decided: dict[str, Counter] = field(default_factory=dict)


def segments_of(exports: Iterable[SegmentExport]) -> list[tuple[SegmentExport, ...]]:
    """Return the exports that are read from the user export, those of one segment together."""
    read = [export for export in exports if export.read_every_minutes]
    place = lambda export: (export.dataset, export.segment)  # noqa: E731
    return [tuple(group) for _place, group in groupby(sorted(read, key=place), key=place)]


class SegmentReading:
    """Reads segments. Any number of workers may; one at a time reads a segment."""

    def __init__(self, *, store: SegmentStore, user_export: UserExport):
        self._store = store
        self._user_export = user_export

    def read(
        self, tenant: Tenant, exports: Sequence[SegmentExport], *, only_if_due: bool = True
    ) -> ReadDone | None:
        """Read one segment for `exports`; None when it is not due or another worker reads it.

        Raises: RowBudgetSpent before anything is read; the UpstreamFault of a page. Nothing of a
        read that failed counts.
        """
        read = self._store.reads.begin(tenant.name, exports, LEASE_SECONDS, only_if_due=only_if_due)
        if read is None:
            return None
        try:
            return self._read(tenant, read)
        except LostRead:
            log.warning("a newer read has begun", tenant=tenant.name, segment=exports[0].segment)
            return None
        except Fault as fault:
            self._give_up(tenant, read, fault)
            raise

    def _read(self, tenant: Tenant, read: Read) -> ReadDone:
        segment = read.exports[0]
        dataset = tenant.dataset(segment.dataset)
        budget = self._user_export.budget(tenant, dataset)
        budget.require(self._rows_last_time(tenant, read))
        done = ReadDone()
        for rows in self._user_export.pages(tenant, dataset, segment.segment):
            done.rows += len(rows)
            seen = {
                export.name: [row_sighting(tenant.name, export, row) for row in rows]
                for export in read.exports
            }
            self._store.reads.note_page(read, seen, LEASE_SECONDS)
            budget.require(done.rows)
        now = self._store.now()
        for export in read.exports:
            done.decided[export.name] = self._store.reads.settle(read, export, LEASE_SECONDS)
            pause = _pause(export, budget, done.rows)
            self._store.reads.end(read, export, done.rows, now + pause)
        return done

    def _rows_last_time(self, tenant: Tenant, read: Read) -> int:
        states = self._store.states(tenant.name)
        return max([1, *(states[each.name].read_rows for each in read.exports)])

    def _give_up(self, tenant: Tenant, read: Read, fault: Fault) -> None:
        """Try again in a while: at once when asked to wait shortly, next month without rows."""
        seconds = max(AGAIN_SECONDS, fault.retry_after or 0)
        if isinstance(fault, RowBudgetSpent):
            dataset = tenant.dataset(read.exports[0].dataset)
            seconds = self._user_export.budget(tenant, dataset).seconds_left
        self._store.reads.give_up(read, self._store.now() + seconds, fault.code, fault.detail)


def _pause(export: SegmentExport, budget: RowBudget, rows: int) -> float:
    """As often as asked for, and never so often that the month's rows run out."""
    after = RowBudget(budget.used + rows, budget.allowed, budget.seconds_left)
    return max(export.read_every_minutes * 60, after.seconds_between(rows))
