"""Says in one sentence what is hot with one person now: gathers what the sentence is made of."""

import time
from collections.abc import Callable, Collection
from datetime import date
from zoneinfo import ZoneInfo

from service.model import Reason
from service.storage.event_store import EventStore, StoredEvent
from service.tenant import Dataset, Tenant
from service.usecases.affinity_moments import is_persons_own
from service.usecases.affinity_windows import local_day, start_of_day_ms
from service.usecases.stream_summary import HOT_MS, Recently, hot_now, related_objects


class HotSentences:
    """Makes sentences about people of every tenant."""

    def __init__(self, events: EventStore, clock: Callable[[], float] = time.time):
        self._events = events
        self._clock = clock

    def about(
        self,
        tenant: Tenant,
        dataset: Dataset,
        person_id: int,
        last_ms: int,
        hidden: Collection[str] = (),
    ) -> Reason:
        """Return the sentence about somebody who was last active at `last_ms`.

        `hidden` are kinds, names and item actions of events that may not be told.
        Raises: StorageUnavailable.
        """
        whose = tenant.name, dataset.name, person_id
        now_ms, zone = int(self._clock() * 1_000), ZoneInfo(tenant.time_zone)
        recent = [
            event
            for event in self._events.events_between(*whose, now_ms - HOT_MS, now_ms)
            if is_persons_own(event, dataset) and not _is_hidden(event, hidden)
        ]
        new_year = date(local_day(now_ms / 1_000, zone).year, 1, 1)
        recently = Recently(
            events=recent,
            last_ms=last_ms,
            purchases=self._events.orders_standing(*whose, start_of_day_ms(new_year, zone), now_ms),
            labels=self._events.labels(tenant.name, dataset.name, related_objects(recent)),
        )
        return hot_now(recently, now_ms, zone)


def _is_hidden(event: StoredEvent, hidden: Collection[str]) -> bool:
    names = {name.lower() for name in hidden}
    return not names.isdisjoint({event.kind, event.name.lower(), (event.item_action or "").lower()})
