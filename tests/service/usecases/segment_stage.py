"""Segments, journeys and the export between them, with a clock moved by hand."""

from datetime import UTC, datetime

from service.journey_builder import JourneyBuilder
from service.model import Identity
from service.segment_exports import SegmentExport
from service.segment_parts import join_segment_exports
from service.storage.export_rows import ExportRows
from service.storage.people import People, ProvenPerson
from service.storage.rate_limits import RateLimits
from service.storage.segment_entries import EntryState
from service.tenant import Dataset, PersonalizationAccount, Tenant
from service.upstream.guard import Guard
from service.upstream.personalization import Personalization
from service.upstream.transport import Transport
from service.usecases.user_export import UserExport
from simulator.personalization.segments import Segment
from tests.marketing_cloud import CloudStage, NoRates, Notes

SEGMENT = "SgTst"
KEY = "APIEvent-welcome"
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC).timestamp()


class SegmentStage:
    """One tenant with one export named `test`, settings as `SegmentExport` takes them."""

    def __init__(self, database, account, cloud, **settings):
        self.account, self.cloud = account, cloud
        self.now = NOON
        self.retail = account.state.datasets["retail"]
        self.retail.segments = [
            *self.retail.segments,
            Segment(SEGMENT, "Test", lambda p: SEGMENT in p.segments),
        ]
        self.tick_clocks()
        self.mc = CloudStage(cloud.url)
        self.database = database
        self.people = People(database, clock=lambda: self.now)
        self._transport = Transport(allow_private_addresses=True)
        self._notes = Notes()
        self.rows = ExportRows(database)
        self.export_rows_per_month = None
        self.configure(**settings)

    def configure(self, **settings) -> None:
        """Give the export other settings, as a restarted process would have them."""
        chosen = {
            "name": "test",
            "dataset": "retail",
            "segment": SEGMENT,
            "segment_name": "Test",
            "event_definition_key": KEY,
            "contact_key": "customerId",
            "email": "emailAddress",
            "start_with": "existing",
        } | settings
        export = SegmentExport(**chosen)
        self.export = export
        section = JourneyBuilder(
            "https://p13n.example", (), (), rest=self.mc.access, segment_exports={"test": export}
        )
        retail = Dataset(
            "retail",
            "Retail",
            ("emailAddress", "customerId", "sfmcContactKey"),
            export_rows_per_month=self.export_rows_per_month,
        )
        account = PersonalizationAccount(self.account.url, "demo-key", "demo-secret")
        self.tenant = Tenant(
            "acme", "00D000000000001EAA", account, {"retail": retail}, journey_builder=section
        )
        user_export = UserExport(
            personalization=self._personalization,
            export_rows=self.rows,
            people=self.people,
            clock=lambda: self.now,
        )
        self.exports, self.looking = join_segment_exports(
            tenants={"acme": self.tenant},
            database=self.database,
            people=self.people,
            rates=RateLimits(NoRates()),
            user_export=user_export,
            personalization=self._personalization,
            journey_builder=lambda _tenant: self.mc.journey_builder,
            clock=lambda: self.now,
        )

    def _personalization(self, tenant):
        return Personalization(tenant, self._transport, Guard(self._notes))

    def tick_clocks(self) -> None:
        moment = datetime.fromtimestamp(self.now, UTC)
        self.account.state.clock.set(moment)
        self.cloud.state.clock.set(moment)

    def wait(self, *, minutes: float = 0, seconds: float = 0) -> None:
        """Let time pass, for us and for everybody outside."""
        self.now += minutes * 60 + seconds
        self.mc.notes.now += minutes * 60 + seconds
        self.tick_clocks()

    def join(self, *keys: str, **attributes) -> None:
        """Let people with these contact keys join the segment now; made if they do not exist."""
        for key in keys:
            profile = self.retail.profiles.with_identity("customerId", key)
            if profile is None:
                profile = self._person(key)
            for name, value in attributes.items():
                profile.set_attribute(name, value, int(self.now * 1000), True)
            profile.segments[SEGMENT] = int(self.now * 1000)

    def leave(self, *keys: str) -> None:
        for key in keys:
            self.retail.profiles.with_identity("customerId", key).segments.pop(SEGMENT)

    def _person(self, key: str):
        profile = self.retail.profiles.create(int(self.now * 1000))
        for name, value in (("customerId", key), ("emailAddress", f"{key}@example.com".lower())):
            self.retail.profiles.identify(profile, name, value, profile.created, True)
        return profile

    def prove(self, key: str) -> Identity:
        """Let it be known that Personalization knows somebody; return who that is."""
        identity = Identity("customerId", key)
        self.people.learn("acme", "retail", [ProvenPerson((identity,))])
        return identity

    def run(self):
        """Do everything once; return what was done."""
        [done] = self.exports.run(self.tenant)
        return done

    def entered(self) -> list[str]:
        """Return the contact keys that Journey Builder took, sorted: batches have no order."""
        return sorted(self.cloud.entered())

    def states(self) -> list[str]:
        """Return the states of all entries, the oldest first."""
        return [str(row.state) for row in self.ledger()]

    def codes(self) -> list[str | None]:
        return [row.code for row in self.ledger()]

    def ledger(self, *states: EntryState):
        wanted = states or tuple(EntryState)
        return self.exports.ledger(self.tenant, states=wanted, limit=10_000)

    def state(self):
        """Return where the export stands."""
        [status] = self.exports.status(self.tenant)
        return status.state
