"""join(): the one place where the parts are joined, for the web, the worker and the terminal."""

from collections.abc import Callable
from dataclasses import dataclass

from service.base_parts import join_base
from service.doctor_parts import join_doctor
from service.privacy_parts import join_privacy, join_row_retention
from service.segment_parts import join_segment_exports, journey_builders
from service.settings import Settings
from service.sharing_parts import join_data_sharing
from service.storage.action_names import ActionNames
from service.storage.audit_log import AuditLog
from service.storage.campaigns import CampaignDatafields
from service.storage.clients import Clients
from service.storage.database import Database
from service.storage.declines import Declines
from service.storage.event_imports import EventImports
from service.storage.event_store import EventStore
from service.storage.export_rows import ExportRows
from service.storage.facts import Facts
from service.storage.outbox import Outbox
from service.storage.people import People
from service.storage.rate_limits import RateLimits, SqliteRates
from service.storage.response_cache import ResponseCache
from service.storage.timers import Timers
from service.tenant import Tenant
from service.upstream.user_lookup import UserLookup
from service.usecases.affinities import Affinities
from service.usecases.campaign_stats import CampaignStats
from service.usecases.clock import Job
from service.usecases.collector import Collector
from service.usecases.data_sharing import DataSharing
from service.usecases.delivery import Delivery
from service.usecases.diagnosis import Diagnosis
from service.usecases.doctor import Doctor
from service.usecases.erasures import PeopleErasures
from service.usecases.event_stream import EventStream
from service.usecases.events_import import EventsImport
from service.usecases.hottest_people import HottestPeople
from service.usecases.journey_activity import JourneyActivity
from service.usecases.journey_split import JourneySplit
from service.usecases.journey_validation import JourneyLifecycle
from service.usecases.next_best import NextBest
from service.usecases.people_import import PeopleImport, import_jobs
from service.usecases.person_lookup import PersonLookup
from service.usecases.profile_updates import ProfileUpdates
from service.usecases.retention import Retention, RetentionTimer
from service.usecases.segment_export import SegmentExports
from service.usecases.sharing_night import nightly_jobs
from service.usecases.user_export import UserExport


@dataclass(frozen=True)
class Parts:
    """Everything the two entrances (HTTP and terminal) share."""

    settings: Settings
    database: Database
    clients: Clients
    people: People
    cache: ResponseCache
    events: EventStore
    outbox: Outbox
    make_delivery: Callable[..., Delivery]
    collector: Collector
    events_import: EventsImport
    retention: Retention
    retention_timer: RetentionTimer
    rate_limits: RateLimits
    next_best: NextBest
    affinities: Affinities
    event_stream: EventStream
    hottest_people: HottestPeople
    campaign_stats: CampaignStats
    profile_updates: ProfileUpdates
    journey_activity: JourneyActivity
    journey_split: JourneySplit
    journey_lifecycle: JourneyLifecycle
    segment_exports: SegmentExports
    person_lookup: PersonLookup
    people_import: PeopleImport
    data_sharing: DataSharing
    erasures: PeopleErasures
    audit_log: AuditLog
    doctor: Doctor
    diagnosis: Diagnosis
    jobs: tuple[Job, ...] = ()
    """What the worker's clock does."""

    def close(self) -> None:
        self.retention_timer.close()
        self.person_lookup.close()
        self.audit_log.close()
        self.outbox.close()
        self.events.close()
        self.rate_limits.close()
        self.cache.close()
        self.database.close()


def join(settings: Settings) -> Parts:
    """Build the parts for `settings`. Nothing is opened yet: a web worker forks after this."""
    base = join_base(settings)
    database, cache, people = base.database, base.cache, base.people
    events, outbox = base.events, base.outbox
    transport, guard, personalization = base.transport, base.guard, base.personalization
    retention = Retention(events=events, tenants=settings.tenants.values())

    def user_lookup(tenant: Tenant) -> UserLookup:
        return UserLookup(tenant, transport.via(tenant.personalization.egress), guard)

    def make_delivery(**options) -> Delivery:
        return Delivery(
            outbox=outbox,
            tenants=settings.tenants,
            personalization=personalization,
            people=people,
            events=events,
            void_person=cache.void_person,
            on_seen=looking.note,
            **options,
        )

    user_export = UserExport(
        personalization=personalization, export_rows=ExportRows(database), people=people
    )
    people_import = PeopleImport(people=people, user_export=user_export)
    rates = RateLimits(_rate_store(settings))
    journey_builder = journey_builders(transport, guard, rates)
    exports, looking = join_segment_exports(
        tenants=settings.tenants,
        database=database,
        people=people,
        rates=rates,
        user_export=user_export,
        personalization=personalization,
        journey_builder=journey_builder,
    )
    sharing = join_data_sharing(base, settings.data_dir)
    erasures, audit_log = join_privacy(base, settings.data_dir)
    person_lookup = PersonLookup(cache=cache, people=people, user_lookup=user_lookup)
    own_store = {"events": events, "people": people, "person_lookup": person_lookup}
    action_names, affinities = ActionNames(database), Affinities(**own_store)
    event_stream = EventStream(**own_store)
    next_best = NextBest(
        cache=cache,
        people=people,
        campaign_datafields=CampaignDatafields(database),
        declines=Declines(database),
        personalization=personalization,
    )
    return Parts(
        settings=settings,
        database=database,
        clients=Clients(database),
        people=people,
        cache=cache,
        events=events,
        outbox=outbox,
        make_delivery=make_delivery,
        collector=Collector(events=events, cache=cache, on_seen=looking.note),
        events_import=EventsImport(events=events, imports=EventImports(database)),
        retention=retention,
        retention_timer=RetentionTimer(
            retention, Timers(database), join_row_retention(base, audit_log, settings.tenants)
        ),
        rate_limits=rates,
        next_best=next_best,
        affinities=affinities,
        event_stream=event_stream,
        hottest_people=HottestPeople(events=events, people=people),
        campaign_stats=CampaignStats(outbox),
        profile_updates=ProfileUpdates(outbox, action_names),
        journey_activity=JourneyActivity(outbox, action_names, people),
        journey_split=JourneySplit(affinities=affinities, person_lookup=person_lookup),
        journey_lifecycle=JourneyLifecycle(journey_builder),
        segment_exports=exports,
        person_lookup=person_lookup,
        people_import=people_import,
        data_sharing=sharing,
        erasures=erasures,
        audit_log=audit_log,
        doctor=join_doctor(
            secret_keys=settings.secret_keys,
            data_dir=settings.data_dir,
            uses_redis=settings.redis_url is not None,
            database=database,
            cache=cache,
            outbox=outbox,
            transport=transport,
            user_export=user_export,
            data_sharing=sharing,
            segment_exports=exports,
        ),
        diagnosis=Diagnosis(
            next_best=next_best,
            affinities=affinities,
            event_stream=event_stream,
            people=people,
            facts=Facts(database),
        ),
        jobs=(
            *import_jobs(people_import, settings.tenants),
            *nightly_jobs(sharing, settings.tenants),
        ),
    )


def _rate_store(settings: Settings):
    if settings.redis_url:
        from service.storage.rates_redis import RedisRates

        return RedisRates(settings.redis_url)
    return SqliteRates(settings.data_dir / "rates.db")
