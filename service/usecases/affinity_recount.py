"""Counts a person's touched days anew before anybody sees them, so that numbers are exact.

Ingesting an event only marks its days. They are counted when somebody asks for the person:
nobody pays for people whom nobody looks at.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from service.deadline import Deadline
from service.errors import StillCounting
from service.storage.event_store import DayRow, EventStore, StoredEvent
from service.tenant import Dataset, Tenant
from service.usecases.affinity_days import Moment, Viewed, views_by_day
from service.usecases.affinity_moments import is_persons_own, moment_of, purchased_objects
from service.usecases.affinity_windows import start_of_day_ms

DAYS_IN_A_RUN = 31
MOST_ROUNDS = 5
"""Days that get events while they are counted are counted again, but not for ever."""

TouchedDay = tuple[str, int]
"""A local day (ISO) and the version of its mark."""


class Recount:
    """Brings `affinity_days` up to date, one person at a time."""

    def __init__(self, events: EventStore):
        self._events = events

    def bring_up_to_date(
        self,
        tenant: Tenant,
        dataset: Dataset,
        person_id: int,
        first_day: str | None,
        deadline: Deadline,
    ) -> None:
        """Count every touched day from `first_day` on (None: all); what was counted stays.

        Raises: StillCounting when `deadline` passes first; the next call goes on from there.
        """
        whose = tenant.name, dataset.name, person_id
        for _round in range(MOST_ROUNDS):
            touched = [
                each for each in self._events.dirty_days(*whose) if each[0] >= (first_day or "")
            ]
            if not touched:
                return
            for run in runs_of_days(touched):
                if deadline.expired:
                    raise StillCounting()
                self._count(tenant, dataset, person_id, run)

    def _count(
        self, tenant: Tenant, dataset: Dataset, person_id: int, run: Sequence[TouchedDay]
    ) -> None:
        """Count days that follow on each other, reading their events once."""
        whose, zone = (tenant.name, dataset.name, person_id), ZoneInfo(tenant.time_zone)
        first, last = (date.fromisoformat(day) for day, _version in (run[0], run[-1]))
        end = last + timedelta(days=2)  # a view may end on the day after its own
        events = self._events.events_between(
            *whose, start_of_day_ms(first, zone), start_of_day_ms(end, zone) - 1
        )
        rows = rows_by_day(last.isoformat(), events, dataset)
        self._events.replace_days(*whose, [(day, version, rows[day]) for day, version in run])


def runs_of_days(touched: Sequence[TouchedDay]) -> Iterator[list[TouchedDay]]:
    """Yield days that follow on each other together, not too many at once."""
    run: list[TouchedDay] = []
    for day, version in touched:
        follows = run and date.fromisoformat(day) - date.fromisoformat(run[-1][0]) == ONE_DAY
        if run and (not follows or len(run) == DAYS_IN_A_RUN):
            yield run
            run = []
        run.append((day, version))
    if run:
        yield run


def rows_by_day(
    last_day: str, events: Iterable[StoredEvent], dataset: Dataset
) -> defaultdict[str, list[DayRow]]:
    """Return what every object gets on each day up to and with `last_day`.

    `events` begin with the first of some day and may run past the last.
    """
    purchases: defaultdict[str, Counter] = defaultdict(Counter)

    def moments() -> Iterator[Moment]:
        for event in events:
            for objects in purchased_objects(event, dataset.catalog_types):
                purchases[event.day].update(objects)
            if is_persons_own(event, dataset):
                yield moment_of(event, dataset.catalog_types)

    viewed = views_by_day(last_day, moments())
    found: defaultdict[str, list[DayRow]] = defaultdict(list)
    for day in viewed.keys() | purchases.keys():
        found[day] = _rows(viewed.get(day, {}), purchases[day])
    return found


def _rows(viewed: dict, purchases: Counter) -> list[DayRow]:
    return [
        DayRow(
            type=each[0],
            object_id=each[1],
            views=viewed.get(each, NOT_VIEWED).views,
            view_time_ms=viewed.get(each, NOT_VIEWED).view_time_ms,
            purchases=purchases[each],
        )
        for each in sorted(viewed.keys() | purchases.keys())
    ]


ONE_DAY = timedelta(days=1)
NOT_VIEWED = Viewed()
