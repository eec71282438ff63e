"""Delivers one message that a worker holds, and reports what became of it.

Content that may be repeated (attributes, profile objects) is sent again after any doubt. A
counter is marked before it is sent; whoever finds the mark later never sends it again.
"""

import time
from collections.abc import Callable, Mapping, Sequence

import structlog
from sqlalchemy import Connection

from service.deadline import Deadline
from service.errors import Fate, StorageUnavailable, UpstreamFault
from service.metrics import ERASED_SKIPS, OUTBOX_DELIVERIES
from service.model import Arrival, Identity
from service.storage.event_store import EventStore
from service.storage.outbox import Outbox
from service.storage.outbox_messages import Claimed, State
from service.storage.people import People, ProvenPerson
from service.tenant import Dataset, Tenant
from service.upstream.personalization import EventAnswer, Personalization
from service.usecases.delivery_policy import DeliveryPolicy, Never
from service.usecases.outgoing_events import CONTENT_KINDS, Outgoing, UnreadableMessage, outgoing

SEND_SECONDS = 10
"""All of one call: nobody waits for it, and the longer we listen the less stays in doubt."""
REPORT_EVERY_SECONDS = 0.5

log = structlog.get_logger()


class Delivery:
    """Delivers messages of every tenant. Called by several threads at once.

    `on_seen` is told whom a delivered message was about; it never raises.
    """

    def __init__(
        self,
        *,
        outbox: Outbox,
        tenants: Mapping[str, Tenant],
        personalization: Callable[[Tenant], Personalization],
        people: People,
        events: EventStore,
        void_person: Callable[[str, str], None],
        on_seen: Callable[[Tenant, Dataset, Sequence[Identity]], None] = lambda *_whom: None,
        policy: DeliveryPolicy | None = None,
        send_seconds: float = SEND_SECONDS,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._outbox = outbox
        self._tenants = tenants
        self._personalization = personalization
        self._people = people
        self._events = events
        self._void_person = void_person
        self._on_seen = on_seen
        self._policy = policy or DeliveryPolicy()
        self._send_seconds = send_seconds
        self._pause = pause
        self._clock = clock
        self._held_back: dict[str, float] = {}

    def held_back(self) -> frozenset[str]:
        """Return the tenants whose accounts must not be called now; leave their messages alone."""
        now = self._clock()
        return frozenset(name for name, until in list(self._held_back.items()) if until > now)

    def deliver(self, message: Claimed, lease: Deadline) -> None:
        """Send `message` and report; when the lease might end first, leave it to the next worker.

        What happens is counted and logged, never raised.
        """
        try:
            outcome = self._deliver(message, lease)
        except StorageUnavailable:
            outcome = "lost"  # the lease runs out, and the next claim finds the message
        except Exception:
            log.exception("delivery failed unforeseen", **_names(message))
            outcome = self._set_apart(
                message, "INTERNAL_ERROR", "Our own code failed. See the log."
            )
        OUTBOX_DELIVERIES.labels(message.tenant, message.kind, outcome).inc()

    def _deliver(self, message: Claimed, lease: Deadline) -> str:
        tenant = self._tenants.get(message.tenant)
        dataset = tenant and tenant.datasets.get(message.dataset)
        if dataset is None:
            detail = "The tenants file does not have this tenant or dataset any more."
            return self._set_apart(message, "UNKNOWN_DATASET", detail)
        try:
            ready = outgoing(tenant, dataset, message, self._later_contents(message))
        except UnreadableMessage:
            detail = "This version cannot read the message."
            return self._set_apart(message, "UNREADABLE_MESSAGE", detail)
        if self._people.is_erased(tenant.name, dataset.name, ready.identities):
            ERASED_SKIPS.labels(tenant.name, "delivery").inc()
            return "erased" if self._outbox.forget(message) else "lost"
        if lease.remaining < self._send_seconds:
            return "lost"
        if not message.repeatable and not self._outbox.mark_sending(message):
            return "lost"
        return self._send(tenant, dataset, message, ready, lease)

    def _later_contents(self, message: Claimed) -> list[bytes]:
        """Ask for what has overtaken the message; on the first try nothing can have."""
        is_first = message.attempt == 1
        if is_first or message.kind not in CONTENT_KINDS:
            return []
        return self._outbox.later_contents(message, CONTENT_KINDS)

    def _send(
        self, tenant: Tenant, dataset: Dataset, message: Claimed, ready: Outgoing, lease: Deadline
    ) -> str:
        try:
            deadline = lease.at_most(self._send_seconds)
            answer = self._personalization(tenant).send_event(dataset.name, ready.body, deadline)
        except UpstreamFault as fault:
            return self._failed(message, fault)
        return self._delivered(tenant, dataset, message, ready, answer, lease)

    def _delivered(self, tenant, dataset, message, ready: Outgoing, answer: EventAnswer, lease):
        """Report what is delivered as long as the lease lasts: the report must not get lost."""
        while True:
            try:
                return self._report(tenant, dataset, message, ready, answer)
            except StorageUnavailable:
                if lease.remaining < REPORT_EVERY_SECONDS:
                    raise
                self._pause(REPORT_EVERY_SECONDS)

    def _report(self, tenant, dataset, message, ready: Outgoing, answer: EventAnswer) -> str:
        """The person is proven now; acknowledge, and show the event in the person's stream."""

        def acknowledge(connection: Connection, _appended) -> None:
            if not self._outbox.acknowledge(connection, message):
                raise _LostLease

        proven = ProvenPerson(ready.identities, answer.resolved_user_id)
        self._people.learn(tenant.name, dataset.name, [proven])
        arrivals = [Arrival(event, ready.identities) for event in ready.shown]
        try:
            self._events.append_and(tenant, dataset, arrivals, acknowledge)
        except _LostLease:
            return "lost"
        if ready.voids_answers:
            for digest in self._outbox.digests_of(message):
                self._void_person(tenant.name, digest)
        self._on_seen(tenant, dataset, ready.identities)
        return "done"

    def _failed(self, message: Claimed, fault: UpstreamFault) -> str:
        if fault.fate == Fate.UNSENT:
            self._held_back[message.tenant] = self._clock() + fault.retry_after
        decision = self._policy.decide(message, fault, self._outbox.now())
        if isinstance(decision, Never):
            return self._set_apart(message, fault.code, decision.detail, decision.state)
        is_ours = self._outbox.put_back(
            message,
            decision.seconds,
            has_failed=decision.has_failed,
            code=fault.code,
            detail=fault.detail,
        )
        if not is_ours:
            return "lost"
        return "later" if decision.has_failed else "held_back"

    def _set_apart(
        self, message: Claimed, code: str, detail: str, state: State = State.DEAD
    ) -> str:
        is_ours = self._outbox.finish(message, state, code=code, detail=detail)
        log.warning("message set apart", code=code, state=state, is_ours=is_ours, **_names(message))
        return str(state) if is_ours else "lost"


class _LostLease(Exception):
    """Raised inside a transaction to roll it back: another worker has the message."""


def _names(message: Claimed) -> dict:
    return {
        "message": message.id,
        "kind": message.kind,
        "tenant": message.tenant,
        "correlation_id": message.correlation_id,
    }
