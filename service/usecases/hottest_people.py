"""Who of several people is worth a call now: by how lately and how much they were active.

The order is exact and can be told in one sentence: first by heat (active in the last half hour,
in the last 24 hours, in the last 7 days, before that), then by how many events of the last
7 days are the person's own, then by who was active last.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from service.deadline import Deadline
from service.model import Identity, Reason
from service.storage.event_store import Activity, EventStore, OwnActs
from service.storage.people import People
from service.tenant import Tenant
from service.usecases.affinity_moments import PERSONS_OWN_SOURCES
from service.usecases.hot_sentences import HotSentences
from service.usecases.people_groups import (
    Group,
    GroupSize,
    find_group,
    no_events_of,
    unknown_people,
)
from service.usecases.stream_summary import HOT_MS

DAY_MS = 24 * 60 * 60 * 1_000
RECENT_DAYS = 7


class Heat(StrEnum):
    """How lately somebody was active, hottest first."""

    HOT = "hot"
    WARM = "warm"
    ENGAGED = "engaged"
    QUIET = "quiet"


LIMITS_MS = {Heat.HOT: HOT_MS, Heat.WARM: DAY_MS, Heat.ENGAGED: RECENT_DAYS * DAY_MS}


@dataclass(frozen=True)
class HottestQuestion:
    """Whom to look at, and how many of them to name."""

    dataset: str
    identities: tuple[Identity, ...]
    limit: int = 5


@dataclass(frozen=True)
class HotPerson:
    """One of the people: where in the list they are named, and what they are doing.

    `last_ms` is in epoch milliseconds; `recent` counts events of the last 7 days.
    """

    who: tuple[int, ...]
    heat: Heat
    last_ms: int
    recent: int
    summary: Reason


@dataclass(frozen=True)
class HottestAnswer:
    """The hottest people, or the reason why there are none. `as_of` is in epoch seconds.

    `active` counts all who were active in the last 7 days, those beyond `people` too.
    """

    as_of: float
    size: GroupSize
    people: tuple[HotPerson, ...] = ()
    active: int = 0
    reason: Reason | None = None


class HottestPeople:
    """Answers for every tenant, from our own event store."""

    def __init__(
        self,
        *,
        events: EventStore,
        people: People,
        clock: Callable[[], float] = time.time,
    ):
        self._events = events
        self._people = people
        self._sentences = HotSentences(events, clock)
        self._clock = clock

    def ask(self, tenant: Tenant, question: HottestQuestion, deadline: Deadline) -> HottestAnswer:
        """Return the hottest first.

        Raises: UnknownDataset, UnknownIdentityType, StorageUnavailable.
        """
        dataset = tenant.dataset(question.dataset)
        group = find_group(self._people, tenant, dataset, question.identities)
        size = GroupSize(group.asked, len(group.people))
        if not group.people:
            return HottestAnswer(self._clock(), size, reason=unknown_people(group))
        now_ms = int(self._clock() * 1_000)
        active = self._events.activity_of(
            tenant.name,
            dataset.name,
            group.people,
            OwnActs(PERSONS_OWN_SOURCES, dataset.read_action),
            (now_ms - RECENT_DAYS * DAY_MS, now_ms),
            deadline,
        )
        hottest = sorted(active, key=lambda each: _place(each, now_ms, group))[: question.limit]
        return HottestAnswer(
            as_of=self._clock(),
            size=size,
            people=tuple(
                HotPerson(
                    who=group.places[each.person_id],
                    heat=heat_at(each.last_ms, now_ms),
                    last_ms=each.last_ms,
                    recent=each.recent,
                    summary=self._sentences.about(tenant, dataset, each.person_id, each.last_ms),
                )
                for each in hottest
            ),
            active=sum(each.recent > 0 for each in active),
            reason=None if active else no_events_of(size),
        )


def heat_at(last_ms: int, now_ms: int) -> Heat:
    """Return how hot somebody is who was last active at `last_ms` (epoch ms)."""
    passed = now_ms - last_ms
    return next((heat for heat, limit in LIMITS_MS.items() if passed <= limit), Heat.QUIET)


def _place(each: Activity, now_ms: int, group: Group) -> tuple:
    """Return where somebody stands; equals stand as they were asked for."""
    heat = list(Heat).index(heat_at(each.last_ms, now_ms))
    return heat, -each.recent, -each.last_ms, group.places[each.person_id]
