"""What nobody needs any more of the outbox: messages that went out, keys, declines that are over.

Each step is small: it looks without keeping anybody from writing, and then deletes what it has
found. A walk remembers how far it is by the number of a row.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, and_, delete, exists, select

from service.storage.database import Database
from service.storage.outbox_messages import State
from service.storage.tables import declines, outbox

DONE_KEPT_SECONDS = 7 * 86_400


@dataclass(frozen=True)
class Step:
    """How many rows went, and after which number to go on; None: that was all."""

    gone: int
    after: int | None


def forget_done(database: Database, now: float, after: int, limit: int) -> Step:
    """Delete messages that went out long ago, among the next `limit` that went out at all.

    What went out stays as long as an older message of the same person might still follow: that
    one must not bring back what this one has changed.
    """
    columns = outbox.c
    query = select(columns.id, columns.accepted_at, columns.finished_at)
    query = query.where(columns.state == State.DONE, columns.id > after)
    with database.reading() as connection:
        rows = connection.execute(query.order_by(columns.id).limit(limit)).all()
    until = now - DONE_KEPT_SECONDS
    old = [row.id for row in rows if row.finished_at < until]
    # Numbers rise with time: behind rows that came in later nothing is old.
    goes_on = len(rows) == limit and rows[-1].accepted_at < until
    gone = database.write(lambda connection: _delete_done(connection, old)) if old else 0
    return Step(gone, rows[-1].id if goes_on else None)


def _delete_done(connection: Connection, ids: list[int]) -> int:
    older = outbox.alias("older")
    may_follow = exists().where(
        and_(
            older.c.person_id == outbox.c.person_id,
            older.c.id < outbox.c.id,
            older.c.state.not_in([State.DONE, State.UNCONFIRMED]),
        )
    )
    return connection.execute(delete(outbox).where(outbox.c.id.in_(ids), ~may_follow)).rowcount


def forget_declines(database: Database, now: float, after: int, limit: int) -> Step:
    """Delete up to `limit` declines that hide nothing any more."""
    columns = declines.c
    query = select(columns.id).where(columns.id > after, columns.hidden_until < now)
    with database.reading() as connection:
        ids = list(connection.execute(query.order_by(columns.id).limit(limit)).scalars())
    if ids:
        over = delete(declines).where(columns.id.in_(ids), columns.hidden_until < now)
        database.write(lambda connection: connection.execute(over))
    return Step(len(ids), ids[-1] if len(ids) == limit else None)
