"""Reads one person's events: pages of the stream both ways, and all of a span of time."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, or_, select, tuple_

from service.model import EventKind
from service.storage.events_orders import taken_back
from service.storage.events_stored import Cursor, StoredEvent, stored_event, with_taken_back
from service.storage.tables import events

_by_time = tuple_(events.c.time_ms, events.c.id)
_by_arrival = tuple_(events.c.arrival, events.c.id)
_arrival_unindexed = tuple_(events.c.arrival + 0, events.c.id)
"""For a page in the order of time: an index by arrival would have the whole history sorted."""

NOTHING_SEEN = Cursor(0, 0, 0)


@dataclass(frozen=True)
class EventPage:
    """Events newest first.

    `latest` is where to go on with `after`: everything up to there was seen or is on earlier
    pages, hidden events included. `oldest` is where to go on with `before`, None on an empty
    page.
    """

    events: tuple[StoredEvent, ...]
    latest: Cursor
    oldest: Cursor | None


def newest(
    connection: Connection,
    scope: "Scope",
    limit: int,
    before: Cursor | None,
    hidden: Collection[str],
) -> EventPage:
    """Return the newest events of the person, or the newest that lie before a cursor."""
    latest = _latest(connection, scope)
    seen = _arrival_unindexed <= (latest.arrival, latest.id)
    query = scope.select().where(seen, *shown(hidden))
    if before is not None:
        query = query.where(_by_time < (before.time_ms, before.id))
    query = query.order_by(events.c.time_ms.desc(), events.c.id.desc()).limit(limit)
    found = read(connection, query)
    return EventPage(tuple(found), latest, found[-1].cursor if found else None)


def arrived_after(
    connection: Connection, scope: "Scope", limit: int, after: Cursor, hidden: Collection[str]
) -> EventPage:
    """Return what arrived since a cursor, whatever its time; the nearest if there is too much."""
    latest = _latest(connection, scope)
    query = (
        scope.select()
        .where(
            _by_arrival > (after.arrival, after.id),
            _by_arrival <= (latest.arrival, latest.id),
            *shown(hidden),
        )
        .order_by(events.c.arrival, events.c.id)
        .limit(limit)
    )
    found = read(connection, query)
    seen = found[-1].cursor if len(found) == limit else max(latest, after, key=_place)
    found.sort(key=lambda event: (event.time_ms, event.id), reverse=True)
    return EventPage(tuple(found), seen, found[-1].cursor if found else None)


def between(
    connection: Connection,
    scope: "Scope",
    first: tuple[int, int],
    last_ms: int,
    limit: int,
    kinds: Collection[EventKind],
) -> list[StoredEvent]:
    """Return events after the place `first` (time, id), up to and with `last_ms`, oldest first."""
    query = scope.select().where(_by_time > first, events.c.time_ms <= last_ms)
    if kinds:
        query = query.where(events.c.kind.in_(kinds))
    return read(connection, query.order_by(events.c.time_ms, events.c.id).limit(limit))


@dataclass(frozen=True)
class Scope:
    """Whose events: one person of one tenant and dataset."""

    tenant: str
    dataset: str
    person_id: int

    def select(self, *columns):
        """Return a query for `columns` (all of them unless named) of this person's events."""
        return select(*(columns or (events,))).where(
            events.c.person_id == self.person_id,
            events.c.tenant == self.tenant,
            events.c.dataset == self.dataset,
        )


def read(connection: Connection, query) -> list[StoredEvent]:
    """Return the events of `query`, lines that were taken back marked."""
    found = [stored_event(row) for row in connection.execute(query)]
    return _marked(connection, found)


def _marked(connection: Connection, found: Sequence[StoredEvent]) -> list[StoredEvent]:
    orders = [event.id for event in found if event.kind is EventKind.ORDER]
    places = defaultdict(set)
    for event_number, place in taken_back(connection, orders):
        places[event_number].add(place)
    return [with_taken_back(event, frozenset(places.get(event.id, ()))) for event in found]


def _latest(connection: Connection, scope: Scope) -> Cursor:
    query = scope.select(events.c.time_ms, events.c.id, events.c.arrival)
    query = query.order_by(events.c.arrival.desc(), events.c.id.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return Cursor(*row) if row else NOTHING_SEEN


def _place(cursor: Cursor) -> tuple[int, int]:
    return cursor.arrival, cursor.id


def shown(hidden: Iterable[str]) -> tuple:
    """Return what an event has to be: neither kind nor item action nor name is hidden.

    Case is ignored as far as the engine knows letters: SQLite lowers by our function, PostgreSQL
    by its locale. In whatever case it is stored, a name is hidden by itself.
    """
    names = sorted({*hidden, *(name.lower() for name in hidden)})
    if not names:
        return ()
    shown = [events.c.kind.not_in(names)]
    for column in (events.c.name, events.c.item_action):
        shown.append(
            or_(column.is_(None), and_(column.not_in(names), func.lower(column).not_in(names)))
        )
    return tuple(shown)
