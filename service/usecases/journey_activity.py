"""One contact comes by the Personalization Activity: accepted once, answered the same for ever.

What can never work is answered, not raised: Journey Builder repeats what failed, and gives the
contact up in the end. A repeat is recognised by activity and journey instance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

import orjson

from service.errors import FirstCallRunning, IdempotencyKeyInUse, IdempotencyKeyReused
from service.events.reading import key
from service.metrics import ERASED_SKIPS, JOURNEY_STEPS, OUTBOX_ACCEPTED
from service.storage.action_names import ActionNames
from service.storage.outbox import Outbox
from service.storage.outbox_messages import (
    Acceptance,
    Draft,
    Outcome,
    Part,
    RequestKey,
    Verdict,
    digest_of,
)
from service.storage.people import People
from service.tenant import Tenant
from service.usecases.journey_arguments import JourneyEvent, read_event
from service.usecases.profile_update_rows import RowRefused
from service.usecases.profile_updates import MOST_ACTIONS

KIND = "journey-step"
ROUTE = "journey execute"
MOST_ID_LETTERS = 100


class StepStatus(StrEnum):
    """The out-argument `status`."""

    OK = "OK"
    REJECTED = "REJECTED"
    SKIPPED = "SKIPPED"
    DUPLICATE = "DUPLICATE"


@dataclass(frozen=True)
class StepAnswer:
    """The out-arguments. Journey Builder needs each declared one in every answer, none null."""

    status: StepStatus
    code: str = ""
    message: str = ""

    def wire(self) -> bytes:
        return orjson.dumps(asdict(self))


class JourneyActivity:
    """Takes steps of every tenant's journeys."""

    def __init__(self, outbox: Outbox, action_names: ActionNames, people: People):
        self._outbox = outbox
        self._action_names = action_names
        self._people = people

    def execute(
        self, tenant: Tenant, call: Mapping, correlation_id: str, *, is_test: bool
    ) -> bytes:
        """Put the contact's event on disk, or say why never; return the out-arguments.

        Raises: FirstCallRunning, StorageUnavailable: repeat, and it will work.
        """
        read = self._read(tenant, call)
        if is_test:
            return _counted(tenant, _rehearsed(read)).wire()
        step = _step_of(call)
        if step is None:
            message = "The call lacks activityId or definitionInstanceId."
            return _counted(tenant, StepAnswer(StepStatus.REJECTED, "NO_STEP", message)).wire()
        fingerprint = digest_of(orjson.dumps(call.get("inArguments"), option=orjson.OPT_SORT_KEYS))
        return self._accept(tenant, RequestKey(ROUTE, step, fingerprint), read, correlation_id)

    def _read(self, tenant: Tenant, call: Mapping) -> JourneyEvent | RowRefused:
        try:
            event = read_event(tenant, call.get("inArguments"))
            self._require_known(tenant, event)
        except RowRefused as refusal:
            return refusal
        return event

    def _require_known(self, tenant: Tenant, event: JourneyEvent) -> None:
        if not tenant.journey_builder.only_known_people:
            return
        identities, name = event.update.identities, event.dataset.name
        if not any(self._people.find(tenant.name, name, each) for each in identities):
            message = "Nobody with these identities is known, and only known people are wanted."
            raise RowRefused("UNKNOWN_PERSON", "identities", message)

    def _accept(
        self,
        tenant: Tenant,
        step: RequestKey,
        read: JourneyEvent | RowRefused,
        correlation_id: str,
    ) -> bytes:
        is_event = isinstance(read, JourneyEvent)
        answer = self._first_answer(tenant, read) if is_event else _refused(read)

        told = answer

        def kept(outcomes: Sequence[Outcome]) -> bytes:
            nonlocal told
            is_erased = any(each.verdict == Verdict.ERASED for each in outcomes)
            told = _erased(tenant) if is_erased else answer
            return told.wire()

        try:
            accepted = self._outbox.accept(
                Acceptance(
                    tenant=tenant.name,
                    dataset=read.dataset.name if is_event else "",
                    request_key=step,
                    drafts=(_draft(read, correlation_id),) if is_event else (),
                    answer=kept,
                )
            )
        except IdempotencyKeyReused:
            message = "This step of this contact was answered before, with other arguments."
            return _counted(tenant, StepAnswer(StepStatus.DUPLICATE, "KEY_REUSED", message)).wire()
        except IdempotencyKeyInUse:
            raise FirstCallRunning() from None
        if not accepted.is_repeat:
            _counted(tenant, told)
            if is_event:
                OUTBOX_ACCEPTED.labels(tenant.name, KIND).inc()
        return accepted.answer

    def _first_answer(self, tenant: Tenant, event: JourneyEvent) -> StepAnswer:
        number = self._action_names.note(tenant.name, event.dataset.name, event.action)
        if number <= MOST_ACTIONS:
            return StepAnswer(StepStatus.OK)
        message = (
            f"Accepted. Dataset {event.dataset.name} has seen {number} distinct actions; "
            "Personalization drops the least frequent ones of a profile: keep names constant."
        )
        return StepAnswer(StepStatus.OK, "TOO_MANY_ACTIONS", message)


def _step_of(call: Mapping) -> str | None:
    """Return what stands for one contact's passage through one activity.

    `activityObjectID` is the same as `activityId` in every call that was seen.
    """
    activity = key(call.get("activityId") or call.get("activityObjectID"), MOST_ID_LETTERS)
    instance = key(call.get("definitionInstanceId"), MOST_ID_LETTERS)
    return digest_of(activity, instance) if activity and instance else None


def _draft(event: JourneyEvent, correlation_id: str) -> Draft:
    update = event.update
    content = {
        "attributes": update.attributes,
        "profileObjects": [asdict(each) for each in update.profile_objects],
    }
    return Draft(
        kind=KIND,
        identities=update.identities,
        parts=(Part(content),),
        correlation_id=correlation_id,
        repeatable=True,
        head={"action": event.action, "journey": event.journey},
    )


def _refused(refusal: RowRefused) -> StepAnswer:
    return StepAnswer(StepStatus.REJECTED, refusal.code, refusal.message)


def _erased(tenant: Tenant) -> StepAnswer:
    ERASED_SKIPS.labels(tenant.name, KIND).inc()
    message = "This person was erased. Nothing was sent or kept."
    return StepAnswer(StepStatus.SKIPPED, "ERASED_PERSON", message)


def _rehearsed(read: JourneyEvent | RowRefused) -> StepAnswer:
    """Say what would have been sent, to whoever tests the journey."""
    if isinstance(read, RowRefused):
        return _refused(read)
    would = {
        "dataset": read.dataset.name,
        "action": read.action,
        "identities": {each.type: each.value for each in read.update.identities},
        "attributes": read.update.attributes,
        "profileObjects": [asdict(each) for each in read.update.profile_objects],
    }
    message = f"Test mode: nothing was sent. It would be {orjson.dumps(would).decode()}"
    return StepAnswer(StepStatus.SKIPPED, "TEST_MODE", message)


def _counted(tenant: Tenant, answer: StepAnswer) -> StepAnswer:
    JOURNEY_STEPS.labels(tenant.name, "activity", answer.status).inc()
    return answer
