"""Why is this card empty? Walks the way of an answer, from the record to what is shown.

Nothing of it is decided here: each step asks the use case that answers the card.
"""

import dataclasses
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from service.deadline import Deadline
from service.errors import UnknownDataset, UpstreamFault
from service.model import Identity
from service.storage.facts import Facts
from service.storage.people import People
from service.tenant import Tenant
from service.upstream.explanations import Debug
from service.usecases import diagnosis_steps as steps
from service.usecases.affinities import Affinities, AffinityQuestion
from service.usecases.affinity_windows import DateRange
from service.usecases.diagnosis_steps import Step, StepName
from service.usecases.event_stream import EventStream, StreamQuestion
from service.usecases.next_best import NextBest, NextBestAnswer, Question, Trace
from service.usecases.next_best_reasons import debug_not_allowed, experience_not_returned

Asked = Question | AffinityQuestion | StreamQuestion
"""What a component asks: its type says which component it is."""

_TO_PERSON = (StepName.IDENTIFIER, StepName.DATASET, StepName.IDENTITY_TYPE, StepName.PERSON)
_ORDER = {
    Question: (*_TO_PERSON, StepName.CAMPAIGN, StepName.DATAFIELD, StepName.ITEMS),
    AffinityQuestion: (*_TO_PERSON, StepName.EVENTS, StepName.ITEMS),
    StreamQuestion: (*_TO_PERSON, StepName.EVENTS),
}
_END = (StepName.FILTERS, StepName.SHOWN)


@dataclass(frozen=True)
class Findings:
    """Every step of one question; `trace` is what it came of, None when it was not put.

    `as_of` is in epoch seconds. With `debug_allowed` Personalization may explain itself, and
    admins may preview.
    """

    as_of: float
    steps: tuple[Step, ...]
    debug_allowed: bool
    trace: Trace | None = None

    @property
    def first_failed(self) -> Step | None:
        return next((s for s in self.steps if s.state == steps.StepState.FAILED), None)


@dataclass
class _Found:
    trace: Trace | None = None


class Diagnosis:
    """Diagnoses cards, and previews experiences, for every tenant."""

    def __init__(
        self,
        *,
        next_best: NextBest,
        affinities: Affinities,
        event_stream: EventStream,
        people: People,
        facts: Facts,
        clock: Callable[[], float] = time.time,
    ):
        self._next_best = next_best
        self._affinities = affinities
        self._event_stream = event_stream
        self._people = people
        self._facts = facts
        self._clock = clock

    def diagnose(
        self, tenant: Tenant, asked: Asked, field_label: str | None, deadline: Deadline
    ) -> Findings:
        """Return what became of `asked`; Personalization is asked once, past the cache.

        The value of its identity may be blank; `field_label` is that of the record's field.
        Raises: StorageUnavailable. What goes wrong upstream is a step.
        """
        found = _Found()
        allowed = tenant.personalization.allow_debug
        walk = self._walk(tenant, asked, field_label, deadline, found)
        order = (*_ORDER[type(asked)], *_END)
        taken = steps.walked(order, walk)
        return Findings(self._clock(), taken, allowed, found.trace)

    def preview(
        self, tenant: Tenant, question: Question, experience_id: str, deadline: Deadline
    ) -> NextBestAnswer:
        """Return what a card would show to this person from one experience, published or not.

        Nothing is cached or learned but that the person exists. Raises: as NextBest.trace.
        """
        debug = Debug(experience_ids=(experience_id,))
        if not tenant.personalization.allow_debug:
            return self._next_best.nothing(debug_not_allowed())
        trace = self._next_best.trace(tenant, question, deadline, debug)
        if trace.was_asked and not trace.campaigns:
            return self._next_best.nothing(experience_not_returned(experience_id))
        return trace.answer

    def _walk(
        self, tenant: Tenant, asked: Asked, label: str | None, deadline: Deadline, found: _Found
    ) -> Iterator[Step]:
        identity = asked.identity
        yield steps.identifier(identity.value, label)
        try:
            dataset = tenant.dataset(asked.dataset)
        except UnknownDataset:
            yield steps.dataset_unknown(asked.dataset, tenant.datasets)
            return
        yield steps.dataset_known(dataset)
        yield steps.identity_type(dataset, identity.type)
        yield self._person(tenant, asked)
        match asked:
            case Question():
                yield from self._of_next_best(tenant, asked, deadline, found)
            case AffinityQuestion():
                yield from self._of_affinities(tenant, asked, deadline)
            case StreamQuestion():
                yield from self._of_stream(tenant, asked, deadline)

    def _person(self, tenant: Tenant, asked: Asked) -> Step:
        known = self._people.acquaintance(tenant.name, asked.dataset, asked.identity)
        if isinstance(asked, Question):
            return steps.person_to_ask_for(known, self._next_best.may_ask_for(tenant, asked))
        return steps.person_seen(known)

    def _of_next_best(
        self, tenant: Tenant, asked: Question, deadline: Deadline, found: _Found
    ) -> Iterator[Step]:
        debug = Debug(explanations=tenant.personalization.allow_debug)
        try:
            trace = found.trace = self._next_best.trace(tenant, asked, deadline, debug)
        except UpstreamFault as fault:
            yield steps.no_answer(fault)
            return
        answer = trace.answer
        yield _campaign(asked, trace)
        feeding = [c for c in trace.campaigns if asked.datafield in c.items_by_datafield]
        if not feeding:
            yield steps.datafield_missing(answer.reason)
            return
        yield steps.datafield_returned(asked.datafield, feeding)
        empty = None if trace.offered else answer.reason
        yield steps.items(asked.datafield, len(trace.offered), trace.refusals, empty)
        if answer.reason:
            days = tenant.dataset(asked.dataset).decline_hides_days
            yield steps.all_declined(answer.reason, len(trace.offered), days)
            return
        yield steps.filtered(len(trace.offered), trace.left, len(answer.items))
        yield steps.shown(len(answer.items))

    def _of_affinities(
        self, tenant: Tenant, asked: AffinityQuestion, deadline: Deadline
    ) -> Iterator[Step]:
        def types(**changes) -> tuple:
            changed = dataclasses.replace(asked, **changes)
            return self._affinities.ranked(tenant, changed, deadline) or ()

        yield self._events(tenant, asked.dataset, asked.identity, deadline)
        ever = types(date_range=DateRange.ALL_TIME, hidden_types=())
        if not ever:
            yield steps.nothing_counted(asked.show_by.value)
            return
        yield steps.objects_counted([each.type for each in ever])
        shown = types()
        if not shown and types(hidden_types=()):
            yield steps.all_hidden(asked.hidden_types)
        elif not shown:
            yield steps.outside_date_range(asked.date_range.value, asked.show_by.value)
        yield steps.nothing_hidden()
        yield steps.shown(len(shown))

    def _of_stream(
        self, tenant: Tenant, asked: StreamQuestion, deadline: Deadline
    ) -> Iterator[Step]:
        yield self._events(tenant, asked.dataset, asked.identity, deadline)
        shown = len(self._event_stream.ask(tenant, asked, deadline).events)
        if not shown:
            yield steps.all_hidden(asked.hidden_types)
        yield steps.nothing_hidden()
        yield steps.shown(shown)

    def _events(self, tenant: Tenant, dataset: str, identity: Identity, deadline: Deadline) -> Step:
        question = StreamQuestion(dataset, identity)
        found = self._event_stream.ask(tenant, question, deadline).events
        if found:
            return steps.events_found()
        return steps.no_events(
            in_dataset=self._facts.latest_event_ms(tenant.name, dataset) is not None
        )


def _campaign(asked: Question, trace: Trace) -> Step:
    """Judge whether the campaign that should feed the card answered, and with offers."""
    reason = trace.answer.reason
    if reason and reason.code == "CHANNEL_NOT_SUPPORTED":
        return steps.channel(reason)
    if reason and reason.code == "CONTROL_GROUP":
        return steps.control_group(reason)
    returned = {each.campaign_id for each in trace.campaigns}
    is_fed = any(asked.datafield in each.items_by_datafield for each in trace.campaigns)
    if not is_fed and trace.feeders and not trace.feeders & returned:
        why = [each for each in trace.explanations if each.campaign_id in trace.feeders]
        return steps.campaign_not_returned(asked.datafield, trace.feeders, why)
    if not trace.campaigns:
        return steps.no_campaigns()
    return steps.campaigns_returned(trace.campaigns)
