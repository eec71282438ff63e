"""Who of several people was active when, and how often of late: what the people did themselves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from service.deadline import Deadline
from service.model import EventKind, EventSource
from service.storage.events_group import NEWEST_FIRST, PEOPLE_PER_QUERY, first_of_each, in_time
from service.storage.events_pages import Scope
from service.storage.tables import events


@dataclass(frozen=True)
class OwnActs:
    """What counts as something a person did: told by these sources, not called so, no campaign."""

    sources: Collection[EventSource]
    not_named: str

    @property
    def conditions(self) -> tuple:
        return (
            events.c.source.in_(self.sources),
            events.c.kind != EventKind.CAMPAIGN,
            events.c.name != self.not_named,
        )


@dataclass(frozen=True)
class Activity:
    """When a person was last active (epoch ms), and how many events came since a moment."""

    person_id: int
    last_ms: int
    recent: int


def activity_of(
    connection: Connection,
    scopes: Sequence[Scope],
    own: OwnActs,
    since_ms: int,
    until_ms: int,
    deadline: Deadline,
) -> list[Activity]:
    """Return those who ever did anything until `until_ms`, in no order.

    Raises: StorageUnavailable when `deadline` passes first.
    """
    acts = (*own.conditions, events.c.time_ms <= until_ms)
    found = []
    for part in in_time(scopes, PEOPLE_PER_QUERY, deadline):
        recent = _counts(connection, part, (*acts, events.c.time_ms >= since_ms))
        last = first_of_each(connection, part, acts, NEWEST_FIRST)
        found += [Activity(e.person_id, e.time_ms, recent.get(e.person_id, 0)) for e in last]
    return found


def _counts(connection: Connection, scopes: Sequence[Scope], conditions: tuple) -> dict[int, int]:
    query = select(events.c.person_id, func.count()).where(
        events.c.person_id.in_([scope.person_id for scope in scopes]),
        events.c.tenant == scopes[0].tenant,
        events.c.dataset == scopes[0].dataset,
        *conditions,
    )
    found = connection.execute(query.group_by(events.c.person_id))
    return {person: count for person, count in found}
