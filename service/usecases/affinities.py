"""What a person leans to: per catalog object type the strongest objects, amount and share."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from service.deadline import Deadline
from service.model import Identity, Reason
from service.storage.event_store import Amounts, EventStore
from service.storage.people import People
from service.tenant import Dataset, Tenant
from service.usecases.affinity_ranking import (
    BASIS,
    PERIOD,
    AffinityType,
    Amount,
    ShowBy,
    ranked_types,
    strongest_sentence,
)
from service.usecases.affinity_recount import Recount
from service.usecases.affinity_windows import (
    DateRange,
    Window,
    local_day,
    window,
    window_before,
)
from service.usecases.known_identities import require_identity_type, unknown_person
from service.usecases.people_groups import GroupSize, find_group, unknown_people
from service.usecases.person_lookup import PersonLines, PersonLookup

SUMMING_SECONDS = 0.5
"""What counting days anew leaves of the deadline for the sums over them."""


@dataclass(frozen=True)
class AffinityQuestion:
    """What a component asks, about one person (`identity`) or several (`identities`).

    `hidden_types` are catalog object types, case ignored.
    """

    dataset: str
    identity: Identity | None = None
    show_by: ShowBy = ShowBy.VIEWS
    date_range: DateRange = DateRange.LAST_30_DAYS
    hidden_types: tuple[str, ...] = ()
    max_per_type: int = 4
    identities: tuple[Identity, ...] = ()


@dataclass(frozen=True)
class AffinitiesAnswer:
    """What to show, or the reason why there is nothing. `as_of` is in epoch seconds."""

    as_of: float
    types: tuple[AffinityType, ...] = ()
    reason: Reason | None = None
    summary: Reason | None = None
    person: PersonLines | None = None
    size: GroupSize | None = None


class Affinities:
    """Answers questions about affinities for every tenant, from our own event store."""

    def __init__(
        self,
        *,
        events: EventStore,
        people: People,
        person_lookup: PersonLookup,
        clock: Callable[[], float] = time.time,
    ):
        self._events = events
        self._people = people
        self._person_lookup = person_lookup
        self._recount = Recount(events)
        self._clock = clock

    def ask(
        self, tenant: Tenant, question: AffinityQuestion, deadline: Deadline
    ) -> AffinitiesAnswer:
        """Return the strongest objects of each type, exact to the last stored event.

        Raises: UnknownDataset, UnknownIdentityType, StorageUnavailable.
        """
        dataset = tenant.dataset(question.dataset)
        if question.identity is None:
            return self._ask_of_several(tenant, dataset, question, deadline)
        require_identity_type(dataset, question.identity)
        types = self.ranked(tenant, question, deadline)
        if types is None:
            return AffinitiesAnswer(self._clock(), reason=unknown_person(question.identity))
        return AffinitiesAnswer(
            as_of=self._clock(),
            types=types,
            reason=None if types else _no_events(question),
            summary=_summary(types, question),
            person=self._person_lookup.lines(tenant, dataset.name, question.identity, deadline),
        )

    def ranked(
        self, tenant: Tenant, question: AffinityQuestion, deadline: Deadline
    ) -> tuple[AffinityType, ...] | None:
        """Return the strongest objects of each type and nothing beside them; None for nobody.

        Raises: UnknownDataset, StorageUnavailable.
        """
        dataset = tenant.dataset(question.dataset)
        person_id = self._people.find_any(tenant.name, dataset.name, question.identity)
        if person_id is None:
            return None
        return self._ranked_of(tenant, dataset, (person_id,), question, deadline)

    def _ask_of_several(
        self, tenant: Tenant, dataset: Dataset, question: AffinityQuestion, deadline: Deadline
    ) -> AffinitiesAnswer:
        """Return the sums over several people; nobody is counted twice."""
        group = find_group(self._people, tenant, dataset, question.identities)
        size = GroupSize(group.asked, len(group.people))
        if not group.people:
            return AffinitiesAnswer(self._clock(), reason=unknown_people(group), size=size)
        types = self._ranked_of(tenant, dataset, group.people, question, deadline)
        return AffinitiesAnswer(
            as_of=self._clock(),
            types=types,
            reason=None if types else _no_events(question),
            summary=_summary(types, question),
            size=size,
        )

    def _ranked_of(
        self,
        tenant: Tenant,
        dataset: Dataset,
        people: tuple[int, ...],
        question: AffinityQuestion,
        deadline: Deadline,
    ) -> tuple[AffinityType, ...]:
        today = local_day(self._clock(), ZoneInfo(tenant.time_zone))
        days = window(question.date_range, today)
        days_before = window_before(question.date_range, today)
        first_day = days_before.first_day if days_before else None
        counting = deadline.at_most(deadline.remaining - SUMMING_SECONDS)
        for person_id in self._events.dirty_among(tenant.name, dataset.name, people, first_day):
            self._recount.bring_up_to_date(tenant, dataset, person_id, first_day, counting)

        def amounts(of_days: Window) -> list[Amount]:
            return self._amounts(tenant, people, question, of_days)

        return ranked_types(
            amounts(days),
            days_before and amounts(days_before),
            first_types=dataset.catalog_types,
            max_per_type=question.max_per_type,
        )

    def _amounts(
        self, tenant: Tenant, people: tuple[int, ...], question: AffinityQuestion, days: Window
    ) -> list[Amount]:
        hidden = {name.casefold() for name in question.hidden_types}
        rows = self._events.amounts(
            tenant.name, question.dataset, people, days.first_day, days.last_day
        )
        amounts = [
            Amount(row.type, row.object_id, row.label, _counted(question.show_by, row))
            for row in rows
            if row.type.casefold() not in hidden
        ]
        return [amount for amount in amounts if amount.value > 0]


def _counted(show_by: ShowBy, row: Amounts) -> int:
    match show_by:
        case ShowBy.VIEWS:
            return row.views
        case ShowBy.VIEW_TIME:
            return row.view_time_ms
        case ShowBy.PURCHASES:
            return row.purchases


def _summary(types: tuple[AffinityType, ...], question: AffinityQuestion) -> Reason | None:
    return strongest_sentence(types[0], question.show_by, question.date_range) if types else None


def _no_events(question: AffinityQuestion) -> Reason:
    return Reason(
        "NO_EVENTS",
        f"No {BASIS[question.show_by]} in {PERIOD[question.date_range]}.",
        {"dateRange": question.date_range.value, "showBy": question.show_by.value},
    )
