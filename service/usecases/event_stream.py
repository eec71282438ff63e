"""What a person does and did, newest first, in pages that meet without gap or repetition."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from service.deadline import Deadline
from service.model import Identity, Reason
from service.storage.event_store import Cursor, EventPage, EventStore, GroupCursor, StoredEvent
from service.storage.people import People
from service.tenant import Dataset, Tenant
from service.usecases.affinity_moments import is_persons_own
from service.usecases.event_details import Detail, details_of, shown_url
from service.usecases.hot_sentences import HotSentences
from service.usecases.known_identities import require_identity_type, unknown_person
from service.usecases.people_groups import (
    GroupSize,
    find_group,
    no_events_of,
    unknown_people,
)
from service.usecases.person_lookup import PersonLines, PersonLookup

NEWEST = 20
"""How many events are looked through for the last thing the person did: others act on it too."""


@dataclass(frozen=True)
class StreamQuestion:
    """What a component asks: the newest page, or what lies `before` or arrived `after` a cursor.

    About one person (`identity`) or several (`identities`), whose `after` is a cursor of theirs.
    `hidden_types` holds names, item actions or kinds, case ignored.
    """

    dataset: str
    identity: Identity | None = None
    identities: tuple[Identity, ...] = ()
    limit: int = 20
    hidden_types: tuple[str, ...] = ()
    after: Cursor | GroupCursor | None = None
    before: Cursor | None = None


@dataclass(frozen=True)
class ShownEvent:
    """An event as a rep may see it: its address without secrets, its details as texts.

    `who` says where in the list of several identities its person is named.
    """

    event: StoredEvent
    url: str | None
    details: tuple[Detail, ...]
    who: tuple[int, ...] | None = None


@dataclass(frozen=True)
class StreamAnswer:
    """A page, or the reason why the person has none. `as_of` is in epoch seconds.

    `latest` is where to ask on with `after`, `oldest` with `before`; either may be None.
    """

    as_of: float
    events: tuple[ShownEvent, ...] = ()
    latest: Cursor | GroupCursor | None = None
    oldest: Cursor | None = None
    reason: Reason | None = None
    summary: Reason | None = None
    person: PersonLines | None = None
    size: GroupSize | None = None


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
        self._sentences = HotSentences(events, clock)
        self._clock = clock

    def ask(self, tenant: Tenant, question: StreamQuestion, deadline: Deadline) -> StreamAnswer:
        """Return one page. Our own reads are never on it, whatever the question says.

        Raises: UnknownDataset, UnknownIdentityType, StorageUnavailable.
        """
        if question.identity is None:
            return self._ask_of_several(tenant, question, deadline)
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

    def _ask_of_several(
        self, tenant: Tenant, question: StreamQuestion, deadline: Deadline
    ) -> StreamAnswer:
        """Return one page of what several people did; there is no one sentence about them."""
        dataset = tenant.dataset(question.dataset)
        group = find_group(self._people, tenant, dataset, question.identities)
        size = GroupSize(group.asked, len(group.people))
        if not group.people:
            return StreamAnswer(self._clock(), reason=unknown_people(group), size=size)
        whose = tenant.name, dataset.name, group.people
        hidden = frozenset(question.hidden_types) | {dataset.read_action}
        page = self._events.page_of(
            *whose,
            deadline,
            limit=question.limit,
            before=question.before,
            after=question.after,
            hidden=hidden,
        )
        has_any = page.events or self._events.has_any(*whose, hidden)
        return StreamAnswer(
            as_of=self._clock(),
            events=tuple(
                _shown(event, dataset, group.places[event.person_id]) for event in page.events
            ),
            latest=page.latest,
            oldest=page.oldest,
            reason=None if has_any else no_events_of(size),
            size=size,
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
        return self._sentences.about(tenant, dataset, person_id, last.time_ms, hidden)


def _shown(event: StoredEvent, dataset: Dataset, who: tuple[int, ...] | None = None) -> ShownEvent:
    show_queries = dataset.show_query_strings
    return ShownEvent(
        event=event,
        url=shown_url(event.url, show_queries=show_queries),
        details=details_of(event, show_queries=show_queries),
        who=who,
    )


def _no_events() -> Reason:
    return Reason("NO_EVENTS", "Nothing is known of what this person did.", {})
