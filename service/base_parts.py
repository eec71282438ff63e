"""Joins what every process stands on: the stores, the cache, the way to Personalization."""

from dataclasses import dataclass

from service.metrics import CACHE_TROUBLES
from service.settings import Settings
from service.storage.cache_sqlite import SqliteEngine
from service.storage.database import Database
from service.storage.event_store import EventStore
from service.storage.outbox import Outbox
from service.storage.people import People
from service.storage.response_cache import ResponseCache
from service.storage.tombstones import Tombstones
from service.tenant import Tenant
from service.upstream.guard import Guard
from service.upstream.personalization import Personalization
from service.upstream.transport import Transport


@dataclass(frozen=True)
class BaseParts:
    """Parts that the others are joined from."""

    database: Database
    cache: ResponseCache
    people: People
    events: EventStore
    outbox: Outbox
    tombstones: Tombstones
    transport: Transport
    guard: Guard

    def personalization(self, tenant: Tenant) -> Personalization:
        """Return the way to a tenant's account."""
        return Personalization(
            tenant, self.transport.via(tenant.personalization.egress), self.guard
        )

    def close(self) -> None:
        self.outbox.close()
        self.events.close()
        self.cache.close()
        self.database.close()
        self.transport.close()


def join_base(settings: Settings) -> BaseParts:
    """Build the parts for `settings`. Nothing is opened yet: a web worker forks after this."""
    settings.make_data_dir()
    database = Database(settings.state_url)
    cache = ResponseCache(_cache_engine(settings), count=_count_cache_trouble)
    tombstones = Tombstones(settings.secret_keys)
    learning = {"on_void": cache.void_person, "among_erased": tombstones.among}
    return BaseParts(
        database=database,
        cache=cache,
        people=People(database, **learning),
        events=EventStore(database, **learning),
        outbox=Outbox(database, **learning),
        tombstones=tombstones,
        transport=Transport(allow_private_addresses=settings.allow_http_upstream),
        guard=Guard(cache),
    )


def _count_cache_trouble(what: str) -> None:
    CACHE_TROUBLES.labels(what).inc()


def _cache_engine(settings: Settings):
    if settings.redis_url:
        from service.storage.cache_redis import RedisEngine

        return RedisEngine(settings.redis_url)
    return SqliteEngine(settings.data_dir / "cache.db")
