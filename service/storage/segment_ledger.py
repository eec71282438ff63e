"""The ledger as operators see it, and what they may do about it: nothing in it names a person."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, update

from service.segment_exports import Trigger
from service.storage.segment_entries import EntryState
from service.storage.segment_tables import segment_entries

REPLAYABLE = (EntryState.FAILED, EntryState.UNDECIDED, EntryState.CAPPED)


@dataclass(frozen=True)
class LedgerRow:
    """An entry as an operator sees it: nothing in it names the person."""

    id: int
    export: str
    trigger: Trigger
    state: EntryState
    decided_at: float
    sent_at: float | None
    settled_at: float | None
    event_instance_id: str | None
    code: str | None
    detail: str | None


@dataclass(frozen=True)
class Waiting:
    """How many entries of an export wait to be posted, and since when the oldest does."""

    tenant: str
    export: str
    number: int
    oldest_at: float


def waiting(connection: Connection) -> list[Waiting]:
    """Return what waits, of every tenant."""
    columns = segment_entries.c
    query = (
        select(columns.tenant, columns.export, func.count(), func.min(columns.decided_at))
        .where(columns.settled_at.is_(None), columns.state == EntryState.QUEUED)
        .group_by(columns.tenant, columns.export)
    )
    return [Waiting(*row) for row in connection.execute(query)]


def replay(connection: Connection, tenant: str, ids: Sequence[int] | None, now: float) -> list[int]:
    """Queue failed, capped and undecided entries again, those of `ids` or all; return which."""
    query = (
        update(segment_entries)
        .where(segment_entries.c.tenant == tenant, segment_entries.c.state.in_(REPLAYABLE))
        .where(segment_entries.c.data.is_not(None))
        .values(
            state=EntryState.QUEUED,
            wake_at=now,
            sent_at=None,
            sent_day=None,
            settled_at=None,
            request_id=None,
            event_instance_id=None,
            code=None,
            detail=None,
        )
        .returning(segment_entries.c.id)
    )
    if ids is not None:
        query = query.where(segment_entries.c.id.in_(list(ids)))
    return sorted(connection.execute(query).scalars())


def ledger(
    connection: Connection,
    tenant: str,
    *,
    export: str | None,
    states: Collection[EntryState],
    person: str | None,
    after: int,
    limit: int,
) -> list[LedgerRow]:
    """Return entries by rising number, those above `after`."""
    columns = segment_entries.c
    query = select(segment_entries).where(columns.tenant == tenant, columns.id > after)
    query = query.where(columns.state.in_(list(states))).order_by(columns.id).limit(limit)
    if export is not None:
        query = query.where(columns.export == export)
    if person is not None:
        query = query.where(columns.person == person)
    return [_ledger_row(row) for row in connection.execute(query)]


def counts(connection: Connection, tenant: str) -> dict[str, dict[str, int]]:
    """Return how many entries each export has in each state."""
    columns = segment_entries.c
    query = (
        select(columns.export, columns.state, func.count())
        .where(columns.tenant == tenant)
        .group_by(columns.export, columns.state)
    )
    found: dict[str, dict[str, int]] = {}
    for export, state, number in connection.execute(query):
        found.setdefault(export, {})[state] = number
    return found


def _ledger_row(row) -> LedgerRow:
    return LedgerRow(
        id=row.id,
        export=row.export,
        trigger=Trigger(row.trigger),
        state=EntryState(row.state),
        decided_at=row.decided_at,
        sent_at=row.sent_at,
        settled_at=row.settled_at,
        event_instance_id=row.event_instance_id,
        code=row.code,
        detail=row.detail,
    )
