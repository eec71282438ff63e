"""Counts a person's touched days anew before anybody sees them, so that numbers are exact.

Ingesting an event only marks its days. They are counted when somebody asks for the person:
nobody pays for people whom nobody looks at.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from service.deadline import Deadline
from service.errors import StorageUnavailable
from service.storage.event_store import DayRow, EventStore, StoredEvent
from service.tenant import Dataset, Tenant
from service.usecases.affinity_days import Moment, Viewed, views_of_day
from service.usecases.affinity_moments import is_persons_own, moment_of, purchased_objects
from service.usecases.affinity_windows import start_of_day_ms

DAYS_PER_TRANSACTION = 30
MOST_ROUNDS = 5
"""Days that get events while they are counted are counted again, but not for ever."""


class Recount:
    """Brings `affinity_days` up to date, one person at a time."""

    def __init__(self, events: EventStore):
        self._events = events

    def bring_up_to_date(
        self, tenant: Tenant, dataset: Dataset, person_id: int, deadline: Deadline
    ) -> None:
        """Count every touched day of the person; what was counted stays when time runs out.

        Raises: StorageUnavailable when `deadline` passes first; the next call goes on from there.
        """
        whose = tenant.name, dataset.name, person_id
        for _round in range(MOST_ROUNDS):
            touched = self._events.dirty_days(*whose)
            if not touched:
                return
            for start in range(0, len(touched), DAYS_PER_TRANSACTION):
                if deadline.expired:
                    raise StorageUnavailable(
                        "This person's history is still being counted.", retry_after=1
                    )
                counted = [
                    (day, version, self._rows(tenant, dataset, person_id, day))
                    for day, version in touched[start : start + DAYS_PER_TRANSACTION]
                ]
                self._events.replace_days(*whose, counted)

    def _rows(self, tenant: Tenant, dataset: Dataset, person_id: int, day: str) -> list[DayRow]:
        zone = ZoneInfo(tenant.time_zone)
        first = date.fromisoformat(day)
        span = (
            start_of_day_ms(first, zone),
            start_of_day_ms(first + timedelta(days=2), zone) - 1,  # views may end a day later
        )
        events = self._events.events_between(tenant.name, dataset.name, person_id, *span)
        return rows_of_day(day, events, dataset)


def rows_of_day(day: str, events: Iterable[StoredEvent], dataset: Dataset) -> list[DayRow]:
    """Return what every object gets on `day`; `events` begin with the day and may run past it."""
    purchases: Counter = Counter()

    def moments() -> Iterator[Moment]:
        for event in events:
            if event.day == day:
                for objects in purchased_objects(event, dataset.catalog_types):
                    purchases.update(objects)
            if is_persons_own(event, dataset):
                yield moment_of(event, dataset.catalog_types)

    viewed = views_of_day(day, moments())
    return [
        DayRow(
            type=kind,
            object_id=object_id,
            views=viewed.get((kind, object_id), NOT_VIEWED).views,
            view_time_ms=viewed.get((kind, object_id), NOT_VIEWED).view_time_ms,
            purchases=purchases[kind, object_id],
        )
        for kind, object_id in sorted(viewed.keys() | purchases.keys())
    ]


NOT_VIEWED = Viewed()
