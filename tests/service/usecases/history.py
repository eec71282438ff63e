"""A shop's customer whose day is written down line by line, and the use cases that read it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from service.deadline import Deadline
from service.model import Arrival, Event, EventItem, EventKind, EventSource, Identity
from service.storage.database import Database
from service.storage.event_store import EventStore
from service.storage.people import People
from service.storage.schema import migrate
from service.tenant import Dataset, PersonalizationAccount, Tenant
from service.usecases.affinities import Affinities, AffinityQuestion
from service.usecases.affinity_ranking import ShowBy
from service.usecases.affinity_windows import DateRange
from service.usecases.event_stream import EventStream, StreamQuestion
from service.usecases.hottest_people import HottestPeople, HottestQuestion

ADA = Identity("emailAddress", "ada@shop.example")


class NoLookup:
    """Stands for an account whose token does not allow the user look-up."""

    def lines(self, *_arguments):
        return None


class History:
    """One tenant's store with one customer; times are local, such as "2026-03-29 23:50"."""

    def __init__(self, database: Database, *, zone="Europe/Berlin", now="2026-03-31 12:00", **more):
        migrate(database)
        self.database = database
        self.zone = ZoneInfo(zone)
        settings = {"catalog_types": ("Category", "Brand"), "identity_types": ("emailAddress",)}
        self.dataset = Dataset("retail", "Retail", **(settings | more))
        self.tenant = Tenant(
            "acme",
            "00D000000000001EAA",
            PersonalizationAccount("https://acme.example", "key", "secret"),
            {"retail": self.dataset},
            time_zone=zone,
        )
        self.now = self.at(now)
        self.store = EventStore(database, self.clock)
        self.people = People(database, self.clock)
        parts = {"events": self.store, "people": self.people, "person_lookup": NoLookup()}
        self.affinities = Affinities(**parts, clock=self.clock)
        self.stream = EventStream(**parts, clock=self.clock)
        self.hottest = HottestPeople(events=self.store, people=self.people, clock=self.clock)

    def clock(self) -> float:
        return self.now

    def at(self, local: str, fold: int = 0) -> float:
        """Return the epoch seconds of a local time; `fold` 1 is the second of a repeated hour."""
        return datetime.fromisoformat(local).replace(tzinfo=self.zone, fold=fold).timestamp()

    def happens(self, local, name, *items, kind="action", whose=ADA, source="site", **more):
        """Store one event; `local` may be epoch seconds, `whose` several identities."""
        seconds = self.at(local) if isinstance(local, str) else local
        event = Event(
            time_ms=round(seconds * 1000),
            kind=EventKind(kind),
            name=more.pop("name", name),
            source=EventSource(source),
            items=tuple(items),
            **({"item_action": name} if kind in ("catalog", "cart", "order") else {}) | more,
        )
        identities = (whose,) if isinstance(whose, Identity) else whose
        return self.store.append(self.tenant, self.dataset, [Arrival(event, identities)])

    def views(self, local, item="p1", action="View Item", whose=ADA, **related):
        return self.happens(local, action, an_item(item, **related), kind="catalog", whose=whose)

    def loads_page(self, local):
        return self.happens(local, "Home", kind="page")

    def buys(self, local, *items, action="Purchase", **more):
        lines = [an_item(item) if isinstance(item, str) else item for item in items]
        return self.happens(local, action, *lines, kind="order", source="import", **more)

    def cancels(self, local, *items):
        return self.buys(local, *items, action="Cancel")

    def leans(self, show_by="views", date_range="last7Days", whose=ADA, **more):
        """Ask for affinities."""
        question = AffinityQuestion("retail", whose, ShowBy(show_by), DateRange(date_range), **more)
        return self.affinities.ask(self.tenant, question, Deadline.after(10))

    def amounts(self, kind="Brand", *arguments, **more) -> dict[str, int]:
        """Return what each shown object of one type amounts to."""
        types = {each.type: each for each in self.leans(*arguments, **more).types}
        return {item.id: item.amount for item in types[kind].items} if kind in types else {}

    def ranks(self, *identities, **more):
        """Ask who of several people is hottest."""
        question = HottestQuestion("retail", identities, **more)
        return self.hottest.ask(self.tenant, question, Deadline.after(10))

    def reads(self, **more):
        """Ask for the stream."""
        question = StreamQuestion(**({"dataset": "retail", "identity": ADA} | more))
        return self.stream.ask(self.tenant, question, Deadline.after(10))


def an_item(item_id: str, **related) -> EventItem:
    """Return a product; `Brand="x"` or `Brand=("x", "y")` relates it to catalog objects."""
    lists = {kind: (ids,) if isinstance(ids, str) else ids for kind, ids in related.items()}
    return EventItem("Product", item_id, name=item_id.title(), related=lists)
