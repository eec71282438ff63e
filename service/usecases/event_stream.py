"""What a person does and did, newest first, in pages that meet without gap or repetition."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from service.deadline import Deadline
from service.model import Identity, Reason
from service.storage.event_store import Cursor, EventPage, EventStore, StoredEvent
from service.storage.people import People
from service.tenant import Dataset, Tenant
from service.usecases.affinity_moments import is_persons_own
from service.usecases.affinity_windows import local_day, start_of_day_ms
from service.usecases.event_details import Detail, details_of, shown_url
from service.usecases.known_identities import require_identity_type, unknown_person
from service.usecases.person_lookup import PersonLines, PersonLookup
from service.usecases.stream_summary import HOT_MS, Recently, hot_now, related_objects

NEWEST = 20
"""How many events are looked through for the last thing the person did: others act on it too."""


@dataclass(frozen=True)
class StreamQuestion:
    """What a component asks: the newest page, or what lies `before` or arrived `after` a cursor.

    `hidden_types` holds names, item actions or kinds, case ignored.
    """

    dataset: str
    identity: Identity
    limit: int = 20
    hidden_types: tuple[str, ...] = ()
    after: Cursor | None = None
    before: Cursor | None = None


@dataclass(frozen=True)
class ShownEvent:
    """An event as a rep may see it: its address without secrets, its details as texts."""

    event: StoredEvent
    url: str | None
    details: tuple[Detail, ...]


@dataclass(frozen=True)
class StreamAnswer:
    """A page, or the reason why the person has none. `as_of` is in epoch seconds.

    `latest` is where to ask on with `after`, `oldest` with `before`; either may be None.
    """

    as_of: float
    events: tuple[ShownEvent, ...] = ()
    latest: Cursor | None = None
    oldest: Cursor | None = None
    reason: Reason | None = None
    summary: Reason | None = None
    person: PersonLines | None = None


class EventStream:
    """Answers questions about the event stream for every tenant, from our own event store."""

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
        self._clock = clock

    def ask(self, tenant: Tenant, question: StreamQuestion, deadline: Deadline) -> StreamAnswer:
        """Return one page. Our own reads are never on it, whatever the question says.

        Raises: UnknownDataset, UnknownIdentityType, StorageUnavailable.
        """
        dataset = tenant.dataset(question.dataset)
        require_identity_type(dataset, question.identity)
        person_id = self._people.find_any(tenant.name, dataset.name, question.identity)
        if person_id is None:
            return StreamAnswer(self._clock(), reason=unknown_person(question.identity))
        hidden = frozenset(question.hidden_types) | {dataset.read_action}
        page = self._page(tenant, question, person_id, hidden)
        newest = self._newest(tenant, dataset, person_id, hidden)
        return StreamAnswer(
            as_of=self._clock(),
            events=tuple(_shown(event, dataset) for event in page.events),
            latest=page.latest,
            oldest=page.oldest,
            reason=None if newest else _no_events(),
            summary=self._summary(tenant, dataset, person_id, hidden, newest),
            person=self._person_lookup.lines(tenant, dataset.name, question.identity, deadline),
        )

    def _page(
        self, tenant: Tenant, question: StreamQuestion, person_id: int, hidden: frozenset[str]
    ) -> EventPage:
        return self._events.page(
            tenant.name,
            question.dataset,
            person_id,
            limit=question.limit,
            before=question.before,
            after=question.after,
            hidden=hidden,
        )

    def _newest(
        self, tenant: Tenant, dataset: Dataset, person_id: int, hidden: frozenset[str]
    ) -> tuple[StoredEvent, ...]:
        return self._events.page(
            tenant.name, dataset.name, person_id, limit=NEWEST, hidden=hidden
        ).events

    def _summary(
        self,
        tenant: Tenant,
        dataset: Dataset,
        person_id: int,
        hidden: frozenset[str],
        newest: Sequence[StoredEvent],
    ) -> Reason | None:
        """Return what is hot now, None when the person did nothing lately that may be told."""
        last = next((event for event in newest if is_persons_own(event, dataset)), None)
        if last is None:
            return None
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
            last_ms=last.time_ms,
            purchases=self._events.orders_standing(*whose, start_of_day_ms(new_year, zone), now_ms),
            labels=self._events.labels(tenant.name, dataset.name, related_objects(recent)),
        )
        return hot_now(recently, now_ms, zone)


def _shown(event: StoredEvent, dataset: Dataset) -> ShownEvent:
    show_queries = dataset.show_query_strings
    return ShownEvent(
        event=event,
        url=shown_url(event.url, show_queries=show_queries),
        details=details_of(event, show_queries=show_queries),
    )


def _is_hidden(event: StoredEvent, hidden: frozenset[str]) -> bool:
    names = {name.lower() for name in hidden}
    return not names.isdisjoint({event.kind, event.name.lower(), (event.item_action or "").lower()})


def _no_events() -> Reason:
    return Reason("NO_EVENTS", "Nothing is known of what this person did.", {})
