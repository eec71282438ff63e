"""Makes an arrival ready to be stored, before its turn to write comes.

One writer holds a store at a time. What costs time and needs no store is done here, by each
caller for itself, so that the others do not wait for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from service.model import Arrival, Event, EventSource
from service.storage.events_stored import body_of
from service.storage.people import ties_of
from service.storage.people_stitching import Tie
from service.tenant import Tenant


@dataclass(frozen=True)
class ReadyArrival:
    """An arrival, what ties its person's identities (by digest), its local day and its body.

    `body` is None while the store may know more of the event's items than the event says.
    """

    event: Event
    ties: dict[str, Tie]
    day: str
    body: bytes | None


def ready(tenant: Tenant, dataset: str, arrivals: Iterable[Arrival]) -> tuple[ReadyArrival, ...]:
    """Return `arrivals` with all that can be said of them without the store.

    Those of one person that follow each other share one `ties`.
    """
    zone = ZoneInfo(tenant.time_zone)
    by_person = groupby(arrivals, key=lambda each: (each.identities, each.event.source))
    return tuple(
        _ready(arrival.event, ties, zone)
        for (identities, source), of_person in by_person
        for ties in [ties_of(tenant.name, dataset, identities, _tie_of(source))]
        for arrival in of_person
    )


def _tie_of(source: EventSource) -> Tie:
    return Tie.STATED if source.is_authenticated else Tie.CLAIMED


def _ready(event: Event, ties: dict[str, Tie], zone: ZoneInfo) -> ReadyArrival:
    return ReadyArrival(
        event=event,
        ties=ties,
        day=datetime.fromtimestamp(event.time_ms / 1000, zone).date().isoformat(),
        body=body_of(event) if all(item.is_complete for item in event.items) else None,
    )
