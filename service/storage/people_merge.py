"""Makes one person of several, with everything that was kept of each: one transaction's work."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select, update

from service.storage.events_dirty import mark_dirty, touched_by
from service.storage.events_numbers import next_numbers
from service.storage.events_orders import items_of, rematch
from service.storage.runs_tables import share_pulled
from service.storage.tables import (
    affinity_days,
    declines,
    dirty_days,
    events,
    identities,
    order_lines,
    outbox,
    people,
)


def merge(
    connection: Connection, tenant: str, dataset: str, survivor: int, others: Sequence[int]
) -> None:
    """Bring all that is kept of `others` to `survivor`; the days their events touch become dirty.

    The caller holds the rows of all these people. Moved events arrive anew: whoever follows the
    survivor's stream is shown them.
    """
    moved_days = _days_with_events(connection, others)
    (arrival,) = next_numbers(connection, 1)
    connection.execute(_to_survivor(events, others, survivor).values(arrival=arrival))
    connection.execute(_to_survivor(order_lines, others, survivor))
    for kept in (identities, outbox, declines, share_pulled):
        connection.execute(_to_survivor(kept, others, survivor))
    for derived in (affinity_days, dirty_days):
        connection.execute(delete(derived).where(derived.c.person_id.in_(others)))
    connection.execute(delete(people).where(people.c.id.in_(others)))
    dirty = {each for day in moved_days for each in touched_by(survivor, day)}
    if moved_days:
        dirty |= rematch(connection, items_of(connection, [survivor]))
    mark_dirty(connection, tenant, dataset, dirty)


def _days_with_events(connection: Connection, people_ids: Sequence[int]) -> list[str]:
    query = select(events.c.day).where(events.c.person_id.in_(people_ids)).distinct()
    return list(connection.execute(query).scalars())


def _to_survivor(table, others: Sequence[int], survivor: int):
    return update(table).where(table.c.person_id.in_(others)).values(person_id=survivor)
