"""Reads several people's events as one stream, newest first, in pages both ways.

Of each person no more is read than a whole page could hold, by index: a page costs the same
however long their histories are. What was seen is remembered for each person apart, because
only the numbers of one person's events are sure to appear in their order (see events_numbers).
"""

import heapq
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Select, select, tuple_, union_all

from service.deadline import Deadline
from service.errors import StorageUnavailable
from service.storage.events_pages import Scope, read, shown
from service.storage.events_stored import MOST, Cursor, StoredEvent
from service.storage.tables import events, people

PEOPLE_PER_QUERY = 40
VALUES_PER_QUERY = 20_000
"""SQLite takes 32,766 values, PostgreSQL 65,535."""
LONGEST_CURSOR = 12_000

Place = tuple[int, int]
"""Where an event stands in the order of arrival: arrival and id."""
NOTHING: Place = (0, 0)

_keys = events.c.person_id, events.c.time_ms, events.c.id, events.c.arrival
_by_time = tuple_(events.c.time_ms, events.c.id)
_by_arrival = tuple_(events.c.arrival, events.c.id)
_arrival_unindexed = tuple_(events.c.arrival + 0, events.c.id)
NEWEST_FIRST = events.c.time_ms.desc(), events.c.id.desc()
LAST_ARRIVED_FIRST = events.c.arrival.desc(), events.c.id.desc()


@dataclass(frozen=True)
class GroupCursor:
    """What was seen of each of several people: the last of their events by arrival."""

    seen: Mapping[int, Place]

    def __str__(self) -> str:
        places = sorted(self.seen.items())
        parts = (f"{person:x}-{arrival:x}-{number:x}" for person, (arrival, number) in places)
        return "_".join(parts) or "0-0-0"

    @classmethod
    def parse(cls, text: str) -> "GroupCursor":
        """Return the cursor that `text` stands for. Raises: ValueError."""
        if len(text) > LONGEST_CURSOR:
            raise ValueError("not a cursor")
        seen = {}
        for part in text.split("_"):
            person, arrival, number = (int(each, 16) for each in part.split("-"))
            if max(person, arrival, number) >= MOST:
                raise ValueError("not a cursor")
            seen[person] = (arrival, number)
        return cls(seen)


@dataclass(frozen=True)
class GroupPage:
    """Events newest first; `latest` and `oldest` are where to go on, as in EventPage."""

    events: tuple[StoredEvent, ...]
    latest: GroupCursor
    oldest: Cursor | None


def newest_of(
    connection: Connection,
    scopes: Sequence[Scope],
    limit: int,
    before: Cursor | None,
    hidden: Collection[str],
    deadline: Deadline,
) -> GroupPage:
    """Return the newest events of all these people, or the newest that lie before a cursor.

    Raises: StorageUnavailable when `deadline` passes first; so do the others here.
    """
    latest = _latest(connection, scopes)
    visible = list(shown(hidden))
    if before is not None:
        visible.append(_by_time < (before.time_ms, before.id))

    def newest(scope: Scope):
        query = scope.select(*_keys).where(_arrival_unindexed <= latest[scope.person_id], *visible)
        return query.order_by(*NEWEST_FIRST).limit(limit)

    on_page = _on_page(first_of_each(connection, scopes, visible, NEWEST_FIRST), latest, limit)
    active = [scope for scope in scopes if scope.person_id in on_page]
    keys = _each(connection, active, newest, len(hidden), deadline)
    newest_keys = heapq.nlargest(limit, keys, key=_time)
    oldest = newest_keys[-1] if newest_keys else None
    return GroupPage(
        _events(connection, newest_keys),
        GroupCursor(latest),
        oldest and Cursor(oldest.time_ms, oldest.id, oldest.arrival),
    )


def arrived_after_of(
    connection: Connection,
    scopes: Sequence[Scope],
    limit: int,
    after: GroupCursor,
    hidden: Collection[str],
    deadline: Deadline,
) -> GroupPage:
    """Return what arrived since a cursor, whatever its time; the nearest if there is too much.

    Of somebody whom the cursor does not know, everything has arrived since.
    """
    latest = _latest(connection, scopes)
    seen = {person: after.seen.get(person, NOTHING) for person in latest}
    visible = shown(hidden)

    def arrived(scope: Scope):
        query = scope.select(*_keys).where(
            _by_arrival > seen[scope.person_id],
            _by_arrival <= latest[scope.person_id],
            *visible,
        )
        return query.order_by(events.c.arrival, events.c.id).limit(limit)

    newer = {person for person, place in latest.items() if place > seen[person]}
    moved = [scope for scope in scopes if scope.person_id in newer]
    keys = _each(connection, moved, arrived, len(hidden), deadline)
    nearest = heapq.nsmallest(limit, keys, key=lambda key: (key.arrival, key.id))
    if len(nearest) == limit:
        taken = {key.person_id: (key.arrival, key.id) for key in nearest}
        reached = seen | taken
    else:
        reached = {person: max(place, seen[person]) for person, place in latest.items()}
    found = _events(connection, nearest)
    return GroupPage(found, GroupCursor(reached), found[-1].cursor if found else None)


def in_time(all_of_them: Sequence, size: int, deadline: Deadline) -> Iterator[Sequence]:
    """Yield them in parts. Raises: StorageUnavailable when `deadline` passes before the end."""
    for start in range(0, len(all_of_them), size):
        if deadline.expired:
            raise StorageUnavailable(retry_after=1)
        yield all_of_them[start : start + size]


def has_any(connection: Connection, scopes: Sequence[Scope], hidden: Collection[str]) -> bool:
    """Tell whether there is any event to show of these people."""
    query = _of_somebody(scopes, select(events.c.id).where(*shown(hidden)).limit(1))
    return connection.execute(query.limit(1)).first() is not None


def _latest(connection: Connection, scopes: Sequence[Scope]) -> dict[int, Place]:
    """Return the last event by arrival of each person who has any."""
    return {
        key.person_id: (key.arrival, key.id)
        for key in first_of_each(connection, scopes, (), LAST_ARRIVED_FIRST)
    }


def first_of_each(
    connection: Connection, scopes: Sequence[Scope], conditions: Iterable, order: Iterable
) -> Sequence:
    """Return of each person the first event in an order, in one query: one look-up for each."""
    first = select(events.c.id).where(*conditions).order_by(*order).limit(1)
    whose = _of_somebody(scopes, first)
    return connection.execute(select(*_keys).where(events.c.id.in_(whose))).all()


def _of_somebody(scopes: Sequence[Scope], of_one: Select) -> Select:
    """Return a query of `of_one` for each person; those without a row have null in their place."""
    of_one = of_one.where(
        events.c.person_id == people.c.id,
        events.c.tenant == scopes[0].tenant,
        events.c.dataset == scopes[0].dataset,
    )
    ids = [scope.person_id for scope in scopes]
    number = of_one.correlate(people).scalar_subquery()
    return select(number).where(people.c.id.in_(ids), number.is_not(None))


def _on_page(newest: Sequence, latest: Mapping[int, Place], limit: int) -> set[int]:
    """Return who can have an event on a page: not whoever is behind `limit` others.

    What arrived after `latest` was read is on no page yet, so it may keep nobody from this one.
    """
    seen = [key for key in newest if (key.arrival, key.id) <= latest.get(key.person_id, NOTHING)]
    foremost = heapq.nlargest(limit, seen, key=_time)
    behind = {key.person_id for key in seen} - {key.person_id for key in foremost}
    return {key.person_id for key in newest} & latest.keys() - behind


def _each(
    connection: Connection,
    scopes: Sequence[Scope],
    query_of: Callable[[Scope], object],
    hidden: int,
    deadline: Deadline,
) -> list:
    """Return what the query of each person finds, several people's at once."""
    size = min(PEOPLE_PER_QUERY, VALUES_PER_QUERY // (10 + 10 * hidden))
    found = []
    for part in in_time(scopes, size, deadline):
        parts = [select(query_of(scope).subquery()) for scope in part]
        found += connection.execute(union_all(*parts)).all()
    return found


def _time(key) -> tuple[int, int]:
    return key.time_ms, key.id


def _events(connection: Connection, keys: Sequence) -> tuple[StoredEvent, ...]:
    if not keys:
        return ()
    found = read(connection, select(events).where(events.c.id.in_([key.id for key in keys])))
    found.sort(key=lambda event: (event.time_ms, event.id), reverse=True)
    return tuple(found)
