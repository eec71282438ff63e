"""Makes an arrival ready to be stored, before its turn to write comes.

One writer holds a store at a time. What costs time and needs no store is done here, by each
caller for itself, so that the others do not wait for it.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from service.model import Arrival, Event
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


def ready(tenant: Tenant, dataset: str, arrival: Arrival) -> ReadyArrival:
    """Return `arrival` with all that can be said of it without the store."""
    event = arrival.event
    tie = Tie.STATED if event.source.is_authenticated else Tie.CLAIMED
    moment = datetime.fromtimestamp(event.time_ms / 1000, ZoneInfo(tenant.time_zone))
    return ReadyArrival(
        event=event,
        ties=ties_of(tenant.name, dataset, arrival.identities, tie),
        day=moment.date().isoformat(),
        body=body_of(event) if all(item.is_complete for item in event.items) else None,
    )
