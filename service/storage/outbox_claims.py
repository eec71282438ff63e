"""How workers get messages and report on them; every function is one transaction's work.

A claim gives a message to one worker for the length of a lease. The attempt number is the
fencing token: a report that names an older one changes nothing. A message whose lease ran out
is found by the next claim; nobody has to sweep.

Of one person one message is under way at a time, the oldest first. One in back-off holds the
person's later messages for HOLD_SECONDS at most.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, and_, case, delete, exists, or_, select, update

from service.storage.outbox_messages import HELD, Claimed, State
from service.storage.people_stitching import Tie
from service.storage.tables import identities, outbox

HOLD_SECONDS = 15 * 60
MOST_LOSSES = 20
"""A message that as many workers were lost over is taken for what killed them."""

_POSTGRESQL_LOCK = 7_013_002  # any number of ours: workers choose one after the other


def waiting(
    connection: Connection,
    now: float,
    limit: int,
    without: Collection[str] = (),
    *,
    locking: bool = False,
) -> Sequence:
    """Return (id, person_id) of messages that may be claimed, the longest due first.

    Those of the tenants named in `without` stay. `locking` passes over what is just being
    reported on, and keeps reports waiting until the transaction ends.
    """
    query = (
        select(outbox.c.id, outbox.c.person_id)
        .where(outbox.c.finished_at.is_(None), outbox.c.wake_at <= now, ~_is_held_up(now))
        .order_by(outbox.c.wake_at, outbox.c.id)
        .limit(limit)
    )
    if without:
        query = query.where(outbox.c.tenant.not_in(sorted(without)))
    if locking:
        query = query.with_for_update(skip_locked=True)  # SQLite has one writer, and no such words
    return connection.execute(query).all()


def claim(
    connection: Connection, now: float, limit: int, lease_seconds: float, without=()
) -> list[Claimed]:
    """Give up to `limit` messages, of as many people, to the caller."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"select pg_advisory_xact_lock({_POSTGRESQL_LOCK})")
    _set_lost_apart(connection, now)
    chosen = {}
    for row in waiting(connection, now, limit * 2, without, locking=True):
        chosen.setdefault(row.person_id, row.id)
    taken = sorted(chosen.values())[:limit]
    if not taken:
        return []
    rows = connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(taken))
        .values(
            state=State.RUN,
            attempts=outbox.c.attempts + 1,
            losses=outbox.c.losses + case((outbox.c.state.in_(HELD), 1), else_=0),
            wake_at=now + lease_seconds,
        )
        .returning(outbox)
    )
    return [_claimed(row) for row in sorted(rows, key=lambda row: row.id)]


def mark_sending(connection: Connection, held: Claimed) -> bool:
    """Note that a counter may be out from now on; False if the message is no longer ours."""
    return _report(connection, held, state=State.SENDING)


def acknowledge(connection: Connection, held: Claimed, now: float) -> bool:
    """Note that Personalization has the message; False if it is no longer ours."""
    return _report(connection, held, state=State.DONE, finished_at=now, code=None, detail=None)


def put_back(
    connection: Connection,
    held: Claimed,
    due_at: float,
    *,
    failing_since: float | None,
    code: str,
    detail: str,
) -> bool:
    """Let the message wait until `due_at`; False if it is no longer ours."""
    return _report(
        connection,
        held,
        state=State.READY,
        wake_at=due_at,
        failing_since=failing_since,
        code=code,
        detail=detail,
    )


def finish(
    connection: Connection, held: Claimed, state: State, now: float, *, code: str, detail: str
) -> bool:
    """Set the message apart as dead or unconfirmed; False if it is no longer ours."""
    return _report(connection, held, state=state, finished_at=now, code=code, detail=detail)


def forget(connection: Connection, held: Claimed) -> bool:
    """Delete the message; False if it is no longer ours."""
    return connection.execute(delete(outbox).where(*_is_ours(held))).rowcount == 1


def later_contents(connection: Connection, held: Claimed, kinds: Collection[str]) -> list[bytes]:
    """Return the payloads of `kinds` that went out for the person though they are younger."""
    person = select(outbox.c.person_id).where(outbox.c.id == held.id).scalar_subquery()
    query = select(outbox.c.payload).where(
        outbox.c.person_id == person,
        outbox.c.id > held.id,
        outbox.c.kind.in_(kinds),
        outbox.c.state == State.DONE,
    )
    return list(connection.execute(query).scalars())


def digests_of(connection: Connection, held: Claimed) -> list[str]:
    """Return the digests of all identities of the person; the claim's own id may be merged away."""
    person = select(outbox.c.person_id).where(outbox.c.id == held.id).scalar_subquery()
    query = select(identities.c.digest).where(
        identities.c.person_id == person, identities.c.tie != Tie.ANONYMOUS
    )
    return list(connection.execute(query).scalars())


def _is_held_up(now: float):
    """Tell whether another message of the person goes first, or is under way."""
    other = outbox.alias("other")
    is_older = other.c.id < outbox.c.id
    is_held = other.c.state.in_(HELD)
    has_waited_long = and_(
        other.c.failing_since.is_not(None), other.c.failing_since <= now - HOLD_SECONDS
    )
    return exists().where(
        other.c.person_id == outbox.c.person_id,
        other.c.id != outbox.c.id,
        other.c.finished_at.is_(None),
        or_(
            and_(is_held, or_(is_older, other.c.wake_at > now)),
            and_(~is_held, is_older, ~has_waited_long),
        ),
    )


def _set_lost_apart(connection: Connection, now: float) -> None:
    """Finish what no worker may take again: counters that may be out, and what kills workers."""
    lost = update(outbox).where(outbox.c.finished_at.is_(None), outbox.c.wake_at <= now)
    counters = lost.where(outbox.c.state == State.SENDING, outbox.c.repeatable == 0)
    connection.execute(
        counters.values(
            state=State.UNCONFIRMED,
            finished_at=now,
            code="UNCONFIRMED",
            detail="The worker was lost while it was sending. It may or may not have been counted.",
        )
    )
    poison = lost.where(outbox.c.state.in_(HELD), outbox.c.losses >= MOST_LOSSES)
    connection.execute(
        poison.values(
            state=State.DEAD,
            finished_at=now,
            code="WORKERS_LOST",
            detail=f"{MOST_LOSSES + 1} workers were lost while they held this message.",
        )
    )


def _report(connection: Connection, held: Claimed, **values) -> bool:
    still_ours = update(outbox).where(*_is_ours(held))
    return connection.execute(still_ours.values(**values)).rowcount == 1


def _is_ours(held: Claimed) -> tuple:
    return (
        outbox.c.id == held.id,
        outbox.c.attempts == held.attempt,
        outbox.c.state.in_(HELD),
    )


def _claimed(row) -> Claimed:
    return Claimed(
        id=row.id,
        tenant=row.tenant,
        dataset=row.dataset,
        person_id=row.person_id,
        kind=row.kind,
        repeatable=bool(row.repeatable),
        correlation_id=row.correlation_id,
        payload=row.payload,
        attempt=row.attempts,
        losses=row.losses,
        accepted_at=row.accepted_at,
        failing_since=row.failing_since,
    )
