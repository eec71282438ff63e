"""Puts a batch of arrivals into the store, on a connection whose transaction is the caller's.

Everything an event changes is written together: whom it belongs to, the event, its order
lines, what it says of items, and the marks of the days that have to be counted anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from sqlalchemy import Connection

from service.model import PURCHASE, TAKE_BACK_ACTIONS, Event
from service.storage.driver import together
from service.storage.events_dirty import PersonDay, mark_dirty, touched_by
from service.storage.events_items import ItemKnowledge
from service.storage.events_numbers import next_numbers
from service.storage.events_orders import OrderLine, add_lines
from service.storage.events_ready import ReadyArrival
from service.storage.events_stored import body_of
from service.storage.lookups import Lookup
from service.storage.people_stitching import Owner, Stitching, Tie
from service.storage.tables import events
from service.storage.tombstones import Erased, nobody
from service.storage.upserts import insert_rows

KNOWN_EVENT_IDS = Lookup(
    "events.event_id",
    {
        "events": "events.event_id = wanted.event_id and events.event_id is not null"
        # Said so that no index which begins with the tenant looks as good.
        " and events.tenant || '' = :tenant and events.dataset || '' = :dataset"
    },
    wanted={"event_id": "text"},
)
NAMED_DIGESTS = Lookup(
    "identities.person_id, identities.digest",
    {"identities": "identities.person_id = wanted.person_id and identities.tie <> :anonymous"},
    wanted={"person_id": "bigint"},
)


@dataclass
class Ingested:
    """What became of a batch. `outcomes` has one owner for each arrival, None for a duplicate.

    `voided` are digests of identities that may be another person's since; `seen` has those of
    everybody the site told something new about, by person; `erased` are the places of arrivals
    about people who were erased, which are left out.
    """

    outcomes: list[Owner | None]
    voided: set[str] = field(default_factory=set)
    seen: dict[int, set[str]] = field(default_factory=dict)
    erased: frozenset[int] = frozenset()


def ingest(
    connection: Connection,
    tenant: str,
    dataset: str,
    arrivals: Sequence[ReadyArrival],
    now: float,
    among_erased: Erased = nobody,
) -> Ingested:
    """Store `arrivals` in their order and return what became of each."""
    gone = among_erased(connection, {each for arrival in arrivals for each in arrival.ties})
    erased = frozenset(n for n, each in enumerate(arrivals) if gone and gone & each.ties.keys())
    places = _without_duplicates(connection, tenant, dataset, arrivals, erased)
    fresh = [arrivals[place] for place in places]
    stitching = Stitching(connection, tenant, dataset, now)
    owners = _owners(stitching, fresh)
    knowledge = ItemKnowledge(connection, tenant, dataset)
    complete = knowledge.completed([arrival.event for arrival in fresh])
    rows = _rows(connection, tenant, dataset, owners, fresh, complete)
    lines = [line for row, event in zip(rows, complete, strict=True) for line in _lines(row, event)]
    with together(connection):
        stitching.flush()
        knowledge.keep()
        insert_rows(connection, events, rows)
        mark_dirty(connection, tenant, dataset, _touched(rows))
        seen = _digests_of_seen(connection, owners, fresh)
    mark_dirty(connection, tenant, dataset, add_lines(connection, tenant, dataset, lines))
    by_place = dict(zip(places, owners, strict=True))
    return Ingested(
        outcomes=[by_place.get(place) for place in range(len(arrivals))],
        voided=stitching.voided,
        seen=seen,
        erased=erased,
    )


def _without_duplicates(
    connection,
    tenant,
    dataset,
    arrivals: Sequence[ReadyArrival],
    without: frozenset[int],
) -> list[int]:
    """Return the places of arrivals whose event id is new, in the store and among themselves.

    Those `without` are passed over.
    """
    given = {arrival.event.event_id for arrival in arrivals} - {None}
    rows = KNOWN_EVENT_IDS.rows(
        connection, [(event_id,) for event_id in given], tenant=tenant, dataset=dataset
    )
    known = {event_id for (event_id,) in rows}
    fresh = []
    for place, arrival in enumerate(arrivals):
        if place in without:
            continue
        event_id = arrival.event.event_id
        if event_id is None or event_id not in known:
            fresh.append(place)
        known.add(event_id)
    return fresh


def _owners(stitching: Stitching, arrivals: Sequence[ReadyArrival]) -> list[Owner]:
    """Return whom each arrival belongs to; a later one may merge the owners of earlier ones."""
    stitching.load(digest for arrival in arrivals for digest in arrival.ties)
    first_pass = [
        owner
        for _same, of_person in groupby(arrivals, key=lambda arrival: id(arrival.ties))
        for owner in _owner_of_each(stitching, list(of_person))
    ]
    return [stitching.survivor_of(owner) for owner in first_pass]


def _owner_of_each(stitching: Stitching, of_person: Sequence[ReadyArrival]) -> list[Owner]:
    """Return the owner of arrivals that share their ties: once named, it stays."""
    first = of_person[0]
    say = stitching.state if first.event.source.is_authenticated else stitching.claim
    return [say(first.ties)] * len(of_person)


def _rows(
    connection: Connection,
    tenant: str,
    dataset: str,
    owners: Sequence[Owner],
    arrivals: Sequence[ReadyArrival],
    complete: Sequence[Event],
) -> list[dict]:
    numbers = next_numbers(connection, len(arrivals))
    return [
        _row(number, tenant, dataset, owner.person_id, arrival, event)
        for number, owner, arrival, event in zip(numbers, owners, arrivals, complete, strict=True)
    ]


def _row(
    number: int, tenant: str, dataset: str, person_id: int, arrival: ReadyArrival, event: Event
) -> dict:
    first = event.items[0] if event.items else None
    return {
        "id": number,
        "arrival": number,
        "tenant": tenant,
        "dataset": dataset,
        "person_id": person_id,
        "event_id": event.event_id,
        "time_ms": event.time_ms,
        "day": arrival.day,
        "kind": event.kind.value,
        "name": event.name,
        "item_action": event.item_action,
        "item_type": first and first.type,
        "item_id": first and first.id,
        "item_name": first and first.name,
        "inventory_status": first and first.inventory_status,
        "url": event.url,
        "channel": event.channel,
        "application": event.application,
        "source": event.source.value,
        "body": arrival.body or body_of(event),
    }


def _touched(rows: Iterable[dict]) -> set[PersonDay]:
    days = {(row["person_id"], row["day"]) for row in rows}
    return {touched for day in days for touched in touched_by(*day)}


def _lines(row: dict, event: Event) -> list[OrderLine]:
    """Return the lines that count as bought, or that take something bought back."""
    takes_back = event.item_action in TAKE_BACK_ACTIONS
    if not takes_back and event.item_action != PURCHASE:
        return []
    return [
        OrderLine(
            event_number=row["id"],
            line=place,
            person_id=row["person_id"],
            item_type=item.type,
            item_id=item.id,
            time_ms=row["time_ms"],
            day=row["day"],
            takes_back=takes_back,
        )
        for place, item in enumerate(event.items)
    ]


def _digests_of_seen(
    connection: Connection, owners: Sequence[Owner], arrivals: Sequence[ReadyArrival]
) -> dict[int, set[str]]:
    people = {
        owner.person_id
        for owner, arrival in zip(owners, arrivals, strict=True)
        if not arrival.event.source.is_authenticated
    }
    seen = defaultdict(set)
    wanted = [(person_id,) for person_id in people]
    for person_id, digest in NAMED_DIGESTS.rows(connection, wanted, anonymous=Tie.ANONYMOUS.value):
        seen[person_id].add(digest)
    return seen
