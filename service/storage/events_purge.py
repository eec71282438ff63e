"""Deletes events past their retention, and all that nothing is left of, a few at a time."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, delete, select, tuple_

from service.storage.events_dirty import PersonDay, touched_by
from service.storage.tables import (
    affinity_days,
    dirty_days,
    events,
    identities,
    order_lines,
    people,
)


def purge(connection: Connection, tenant: str, dataset: str, before_ms: int, step: int) -> int:
    """Delete up to `step` events older than `before_ms`, the oldest first; return how many.

    What was counted of a day goes when an event of the day goes: a day is never counted anew
    from half of its events.
    """
    query = (
        select(events.c.id, events.c.person_id, events.c.day)
        .where(
            events.c.tenant == tenant,
            events.c.dataset == dataset,
            events.c.time_ms < before_ms,
        )
        .order_by(events.c.time_ms)
        .limit(step)
    )
    rows = connection.execute(query).all()
    if rows:
        numbers = [row.id for row in rows]
        connection.execute(delete(order_lines).where(order_lines.c.event_number.in_(numbers)))
        connection.execute(delete(events).where(events.c.id.in_(numbers)))
        days = {day for row in rows for day in touched_by(row.person_id, row.day)}
        _forget_days(connection, days)
        _forget_strangers(connection, sorted({row.person_id for row in rows}))
    return len(rows)


def _forget_days(connection: Connection, days: Collection[PersonDay]) -> None:
    for table in (affinity_days, dirty_days):
        of_days = tuple_(table.c.person_id, table.c.day).in_(sorted(days))
        connection.execute(delete(table).where(of_days))


def _forget_strangers(connection: Connection, people_ids: Sequence[int]) -> None:
    """Forget who was known by events alone and has none left; those who append hold the row."""
    strangers = (
        select(people.c.id)
        .where(
            people.c.id.in_(people_ids), people.c.proven_at.is_(None), people.c.stated_at.is_(None)
        )
        .order_by(people.c.id)
        .with_for_update()
    )
    unproven = list(connection.execute(strangers).scalars())
    with_events = select(events.c.person_id).where(events.c.person_id.in_(unproven)).distinct()
    gone = sorted(set(unproven) - set(connection.execute(with_events).scalars()))
    connection.execute(delete(dirty_days).where(dirty_days.c.person_id.in_(gone)))
    connection.execute(delete(identities).where(identities.c.person_id.in_(gone)))
    connection.execute(delete(people).where(people.c.id.in_(gone)))
