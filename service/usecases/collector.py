"""Takes the events that a site's tee sends: untrusted, so each is read with suspicion."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from service.events.parsing import LEFT_OUT, Reading, parse_event
from service.events.refusals import EventRefused
from service.metrics import EVENTS, LEFT_OUT_ITEMS, REFUSED_EVENTS
from service.model import Arrival, EventSource, Identity
from service.storage.event_store import Appended, EventStore
from service.storage.response_cache import ResponseCache
from service.tenant import Dataset, Tenant

DAY_MS = 86_400_000


@dataclass(frozen=True)
class Collected:
    """What became of a call's events; `refused` counts reasons.

    `erased` are of people who were erased: not kept, and told to nobody outside.
    """

    stored: int
    duplicates: int
    refused: Counter
    erased: int = 0

    @property
    def is_good(self) -> bool:
        """Whether anything of the call was in order.

        Anybody may ask with anybody's address: the answer must not tell who was erased.
        """
        return self.stored + self.duplicates + self.erased > 0


class Collector:
    """Stores what can be stored of each call and counts the rest.

    `on_seen` is told whom the stored events claim to be about; it never raises.
    """

    def __init__(
        self,
        *,
        events: EventStore,
        cache: ResponseCache,
        on_seen: Callable[[Tenant, Dataset, list[Identity]], None] = lambda *_whom: None,
        clock: Callable[[], float] = time.time,
    ):
        self._events = events
        self._cache = cache
        self._on_seen = on_seen
        self._clock = clock

    def collect(self, tenant: Tenant, dataset: Dataset, raw_events: Sequence[object]) -> Collected:
        """Store the good events of a call; when this returns they are on disk.

        Raises: StorageUnavailable, and then none is stored.
        """
        self._events.give_way()
        arrivals, refused = self._read(dataset, raw_events)
        appended = self._events.append(tenant, dataset, arrivals) if arrivals else Appended()
        for digest in appended.seen:
            self._cache.expire_person(tenant.name, digest)
        self._on_seen(tenant, dataset, [who for each in arrivals for who in each.identities])
        _count(tenant, arrivals, appended, refused)
        return Collected(appended.stored, appended.duplicates, refused, appended.erased)

    def _read(
        self, dataset: Dataset, raw_events: Sequence[object]
    ) -> tuple[list[Arrival], Counter]:
        reading = reading_of(dataset, EventSource.SITE, self._clock())
        arrivals, refused = [], Counter()
        for raw in raw_events:
            try:
                arrivals.append(parse_event(raw, reading))
            except EventRefused as trouble:
                refused[trouble.reason] += 1
        return arrivals, refused


def reading_of(dataset: Dataset, source: EventSource, now: float) -> Reading:
    """Return how events of this dataset are read at `now` (epoch seconds)."""
    now_ms = int(now * 1000)
    return Reading(
        identity_types=dataset.identity_types,
        source=source,
        now_ms=now_ms,
        oldest_ms=now_ms - dataset.retention_days * DAY_MS,
    )


def _count(
    tenant: Tenant, arrivals: Sequence[Arrival], appended: Appended, refused: Counter
) -> None:
    EVENTS.labels(tenant.name, "stored").inc(appended.stored)
    EVENTS.labels(tenant.name, "duplicate").inc(appended.duplicates)
    EVENTS.labels(tenant.name, "erased_person").inc(appended.erased)
    EVENTS.labels(tenant.name, "contested").inc(appended.conflicts)
    LEFT_OUT_ITEMS.labels(tenant.name).inc(
        sum(arrival.event.details.get(LEFT_OUT, 0) for arrival in arrivals)
    )
    for reason, times in refused.items():
        REFUSED_EVENTS.labels(tenant.name, reason).inc(times)
