"""Puts a batch of arrivals into the store, on a connection whose transaction is the caller's.

Everything an event changes is written together: whom it belongs to, the event, its order
lines, what it says of items, and the marks of the days that have to be counted anew.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from service.model import PURCHASE, TAKE_BACK_ACTIONS, Arrival, Event
from service.storage.events_dirty import mark_dirty, touched_by
from service.storage.events_items import ItemKnowledge
from service.storage.events_numbers import next_numbers
from service.storage.events_orders import OrderLine, add_lines
from service.storage.events_stored import body_of
from service.storage.lookups import Lookup
from service.storage.people import ties_of
from service.storage.people_stitching import Owner, Stitching, Tie
from service.storage.tables import events
from service.storage.upserts import insert_rows
from service.tenant import Dataset, Tenant

KNOWN_EVENT_IDS = Lookup(
    "select events.event_id from wanted cross join events"
    " where events.tenant = :tenant and events.dataset = :dataset"
    " and events.event_id = wanted.event_id and events.event_id is not null",  # a partial index
    wanted={"event_id": "text"},
)
NAMED_DIGESTS = Lookup(
    "select identities.person_id, identities.digest from wanted cross join identities"
    " where identities.person_id = wanted.person_id and identities.tie <> :anonymous",
    wanted={"person_id": "bigint"},
)


@dataclass
class Ingested:
    """What became of a batch. `outcomes` has one owner for each arrival, None for a duplicate.

    `voided` are digests of identities that may be another person's since; `seen` has those of
    everybody the site told something new about, by person.
    """

    outcomes: list[Owner | None]
    voided: set[str] = field(default_factory=set)
    seen: dict[int, set[str]] = field(default_factory=dict)


def ingest(
    connection: Connection,
    tenant: Tenant,
    dataset: Dataset,
    arrivals: Sequence[Arrival],
    now: float,
) -> Ingested:
    """Store `arrivals` in their order and return what became of each."""
    fresh = _without_duplicates(connection, tenant.name, dataset.name, arrivals)
    stitching = Stitching(connection, tenant.name, dataset.name, now)
    owners = _owners(stitching, tenant.name, dataset.name, [arrivals[n] for n in fresh])
    knowledge = ItemKnowledge(connection, tenant.name, dataset.name)
    complete = knowledge.completed([arrivals[place].event for place in fresh])
    _write(connection, tenant, dataset.name, list(zip(owners, complete, strict=True)))
    by_place = dict(zip(fresh, owners, strict=True))
    return Ingested(
        outcomes=[by_place.get(place) for place in range(len(arrivals))],
        voided=stitching.voided,
        seen=_digests_of_seen(connection, by_place, arrivals),
    )


def _without_duplicates(connection, tenant, dataset, arrivals: Sequence[Arrival]) -> list[int]:
    """Return the places of arrivals whose event id is new, in the store and among themselves."""
    given = {arrival.event.event_id for arrival in arrivals} - {None}
    rows = KNOWN_EVENT_IDS.rows(
        connection, [(event_id,) for event_id in given], tenant=tenant, dataset=dataset
    )
    known = {event_id for (event_id,) in rows}
    fresh = []
    for place, arrival in enumerate(arrivals):
        event_id = arrival.event.event_id
        if event_id is None or event_id not in known:
            fresh.append(place)
        known.add(event_id)
    return fresh


def _owners(
    stitching: Stitching, tenant: str, dataset: str, arrivals: Sequence[Arrival]
) -> list[Owner]:
    """Return whom each arrival belongs to; a later one may merge the owners of earlier ones."""
    ties = [
        ties_of(
            tenant,
            dataset,
            arrival.identities,
            Tie.STATED if arrival.event.source.is_authenticated else Tie.CLAIMED,
        )
        for arrival in arrivals
    ]
    stitching.load(digest for each in ties for digest in each)
    first_pass = [
        stitching.state(each) if arrival.event.source.is_authenticated else stitching.claim(each)
        for arrival, each in zip(arrivals, ties, strict=True)
    ]
    stitching.flush()
    return [stitching.survivor_of(owner) for owner in first_pass]


def _write(
    connection: Connection, tenant: Tenant, dataset: str, owned: Sequence[tuple[Owner, Event]]
) -> None:
    if not owned:
        return
    zone = ZoneInfo(tenant.time_zone)
    rows, lines, dirty = [], [], set()
    numbers = next_numbers(connection, len(owned))
    for number, (owner, event) in zip(numbers, owned, strict=True):
        row = _row(number, tenant.name, dataset, owner.person_id, event, zone)
        rows.append(row)
        lines += _order_lines(row, event)
        dirty |= set(touched_by(owner.person_id, row["day"]))
    insert_rows(connection, events, rows)
    dirty |= add_lines(connection, tenant.name, dataset, lines)
    mark_dirty(connection, tenant.name, dataset, dirty)


def _row(
    number: int, tenant: str, dataset: str, person_id: int, event: Event, zone: ZoneInfo
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
        "day": datetime.fromtimestamp(event.time_ms / 1000, zone).date().isoformat(),
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
        "body": body_of(event),
    }


def _order_lines(row: dict, event: Event) -> list[OrderLine]:
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
    connection: Connection, owners: dict[int, Owner], arrivals: Sequence[Arrival]
) -> dict[int, set[str]]:
    people = {
        owner.person_id
        for place, owner in owners.items()
        if not arrivals[place].event.source.is_authenticated
    }
    seen = defaultdict(set)
    wanted = [(person_id,) for person_id in people]
    for person_id, digest in NAMED_DIGESTS.rows(connection, wanted, anonymous=Tie.ANONYMOUS.value):
        seen[person_id].add(digest)
    return seen
