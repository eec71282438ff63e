"""Joins the parts that export segments to journeys; a branch of `joining.join`."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from service.storage.database import Database
from service.storage.people import People
from service.storage.rate_limits import RateLimits
from service.storage.segment_store import SegmentStore
from service.tenant import Tenant
from service.upstream.guard import Guard
from service.upstream.journey_builder import JourneyBuilderApi
from service.upstream.marketing_cloud import MarketingCloud, TokenShelf
from service.upstream.personalization import Personalization
from service.upstream.transport import Transport
from service.usecases.segment_dispatch import SegmentDispatch
from service.usecases.segment_export import SegmentExports
from service.usecases.segment_looking import SegmentLooking
from service.usecases.user_export import UserExport


def journey_builders(
    transport: Transport, guard: Guard, rates: RateLimits
) -> Callable[[Tenant], JourneyBuilderApi]:
    """Return what makes a client for a tenant; the tenant must have `journey_builder.rest`."""
    tokens = TokenShelf()

    def journey_builder(tenant: Tenant) -> JourneyBuilderApi:
        return JourneyBuilderApi(
            MarketingCloud(
                tenant.name,
                tenant.journey_builder.rest,
                transport=transport.via(tenant.journey_builder.rest.egress),
                guard=guard,
                rates=rates,
                tokens=tokens,
            )
        )

    return journey_builder


def join_segment_exports(
    *,
    tenants: Mapping[str, Tenant],
    database: Database,
    people: People,
    rates: RateLimits,
    user_export: UserExport,
    personalization: Callable[[Tenant], Personalization],
    journey_builder: Callable[[Tenant], JourneyBuilderApi],
    clock: Callable[[], float] | None = None,
) -> tuple[SegmentExports, SegmentLooking]:
    """Return the export, and what notes people who have just done something.

    Without `clock` (epoch seconds) time is the store's and the machine's.
    """

    def day_of(tenant: str, now: float) -> str:
        return datetime.fromtimestamp(now, ZoneInfo(tenants[tenant].time_zone)).date().isoformat()

    def make_store(database: Database) -> SegmentStore:
        return SegmentStore(database, day_of, clock, people.among_erased)

    def make_dispatch(store: SegmentStore) -> SegmentDispatch:
        return SegmentDispatch(store=store, journey_builder=journey_builder)

    store = make_store(database)
    looking = SegmentLooking(
        store=store,
        people=people,
        personalization=personalization,
        rates=rates,
        clock=clock or time.monotonic,
    )
    exports = SegmentExports(
        database=database,
        store=store,
        make_store=make_store,
        user_export=user_export,
        make_dispatch=make_dispatch,
        looking=looking,
        clock=clock or time.time,
    )
    return exports, looking
