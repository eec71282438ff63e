"""What an operator does with the outbox: look, replay, drop."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select, update

from service.storage.outbox_messages import NEEDS_A_PERSON, Letter, State
from service.storage.tables import outbox


@dataclass(frozen=True)
class Depth:
    """How many messages of one tenant and kind wait, and since when the oldest does."""

    tenant: str
    kind: str
    waiting: int
    oldest_accepted_at: float


def letters(
    connection: Connection,
    states: Collection[State],
    *,
    tenant: str | None = None,
    after: int = 0,
    limit: int = 100,
) -> list[Letter]:
    """Return messages in these states by rising number, those above `after`."""
    query = select(outbox).where(outbox.c.state.in_(sorted(states)), outbox.c.id > after)
    if tenant is not None:
        query = query.where(outbox.c.tenant == tenant)
    rows = connection.execute(query.order_by(outbox.c.id).limit(limit))
    return [_letter(row) for row in rows]


def replay(
    connection: Connection, now: float, ids: Sequence[int] | None, tenant: str | None = None
) -> list[int]:
    """Let dead messages go out again, those of `ids` or all; return which. Never a counter

    of which nobody knows whether it was counted.
    """
    change = _chosen(update(outbox), [State.DEAD], ids, tenant).values(
        state=State.READY, wake_at=now, finished_at=None, failing_since=None, losses=0
    )
    return sorted(connection.execute(change.returning(outbox.c.id)).scalars())


def drop(connection: Connection, ids: Sequence[int] | None, tenant: str | None = None) -> list[int]:
    """Delete dead and unconfirmed messages for good, those of `ids` or all; return which."""
    gone = _chosen(delete(outbox), NEEDS_A_PERSON, ids, tenant)
    return sorted(connection.execute(gone.returning(outbox.c.id)).scalars())


def depths(connection: Connection) -> list[Depth]:
    """Return what waits, by tenant and kind."""
    query = (
        select(outbox.c.tenant, outbox.c.kind, func.count(), func.min(outbox.c.accepted_at))
        .where(outbox.c.finished_at.is_(None))
        .group_by(outbox.c.tenant, outbox.c.kind)
    )
    return [Depth(*row) for row in connection.execute(query)]


def counts(connection: Connection) -> list[tuple[str, str, int]]:
    """Return (tenant, state, number) of the messages that need a person."""
    query = select(outbox.c.tenant, outbox.c.state, func.count())
    query = query.where(outbox.c.state.in_(NEEDS_A_PERSON))
    rows = connection.execute(query.group_by(outbox.c.tenant, outbox.c.state))
    return [tuple(row) for row in rows]


def _chosen(statement, states, ids: Sequence[int] | None, tenant: str | None):
    statement = statement.where(outbox.c.state.in_(list(states)))
    if ids is not None:
        statement = statement.where(outbox.c.id.in_(list(ids)))
    return statement if tenant is None else statement.where(outbox.c.tenant == tenant)


def _letter(row) -> Letter:
    return Letter(
        id=row.id,
        tenant=row.tenant,
        dataset=row.dataset,
        kind=row.kind,
        state=State(row.state),
        correlation_id=row.correlation_id,
        attempts=row.attempts,
        accepted_at=row.accepted_at,
        finished_at=row.finished_at,
        due_at=row.wake_at,
        code=row.code,
        detail=row.detail,
    )
