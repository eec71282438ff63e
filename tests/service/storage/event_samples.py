"""A tenant, people and events for the tests of the event store."""

from service.model import (
    ANONYMOUS_ID,
    PURCHASE,
    Arrival,
    Event,
    EventItem,
    EventKind,
    EventSource,
    Identity,
)
from service.tenant import Dataset, PersonalizationAccount, Tenant

RETAIL = Dataset("retail", "Retail", ("emailAddress", "customerId"))
ACME = Tenant(
    name="acme",
    org_id="00D000000000001EAA",
    personalization=PersonalizationAccount("https://acme.example", "id", "secret"),
    datasets={"retail": RETAIL},
    time_zone="Europe/London",
)
BROWSER = Identity(ANONYMOUS_ID, "a1b2c3d4e5f60718")
TABLET = Identity(ANONYMOUS_ID, "ffff000011112222")
ADA = Identity("emailAddress", "ada@shop.example")
ADAS_NUMBER = Identity("customerId", "17850")
BOB = Identity("emailAddress", "bob@shop.example")

NOON = 1_795_262_400_000  # 2026-11-21 12:00 in London
MINUTE = 60_000
DAY = 86_400_000


def view(*whom, at=NOON, item="P1", source=EventSource.SITE, event_id=None, **of_item):
    """Return somebody's look at an item."""
    event = Event(
        time_ms=at,
        kind=EventKind.CATALOG,
        name="View Item",
        item_action="View Item",
        source=source,
        event_id=event_id,
        items=(EventItem("Product", item, **of_item),),
    )
    return Arrival(event, whom)


def order(*whom, at=NOON, items=("P1",), action=PURCHASE, source=EventSource.IMPORT, **more):
    """Return a purchase of items, or what takes one back."""
    event = Event(
        time_ms=at,
        kind=EventKind.ORDER,
        name=action,
        item_action=action,
        source=source,
        items=tuple(EventItem("Product", item) for item in items),
        **more,
    )
    return Arrival(event, whom)


def cancel(*whom, **more):
    return order(*whom, action="Cancel", **more)
