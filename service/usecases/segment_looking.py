"""Learns of joins at once: asks for the segments of people who have just done something.

Needs our profile template in the account. One quiet call for each person who acted, at most one
a minute for a person and a few a second for a tenant; only people proven to exist are asked for,
and nothing that a browser says is believed: it is only a reason to ask.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable

import structlog

from service.deadline import Deadline
from service.errors import Fault, UpstreamFault
from service.metrics import SEGMENT_LOOKS
from service.model import ANONYMOUS_ID, Identity
from service.segment_exports import SegmentExport
from service.storage.people import People, digest
from service.storage.rate_limits import Rate, RateLimits
from service.storage.segment_looks import Look
from service.storage.segment_store import SegmentStore
from service.tenant import Dataset, Tenant
from service.upstream.personalization import Personalization
from service.upstream.profile_summary import ProfileSummary, read_profile_summary
from service.usecases.segment_sightings import sighting

PERSON_RATE = Rate(per_second=1 / 60, burst=1)
TENANT_RATE = Rate(per_second=5, burst=10)
LOOKS_AT_ONCE = 10
LOOK_SECONDS = 2.5
SETTLING_SECONDS = 2
"""The same event reaches Personalization by another way: its segments need a moment."""
MOST_REMEMBERED = 10_000
STRANGER_SECONDS = 10

log = structlog.get_logger()


class SegmentLooking:
    """Notes whom to ask for, and asks."""

    def __init__(
        self,
        *,
        store: SegmentStore,
        people: People,
        personalization: Callable[[Tenant], Personalization],
        rates: RateLimits,
        settling_seconds: float = SETTLING_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._store = store
        self._people = people
        self._personalization = personalization
        self._rates = rates
        self._settling_seconds = settling_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._noted: dict[str, float] = {}

    def note(self, tenant: Tenant, dataset: Dataset, identities: Iterable[Identity]) -> None:
        """Note people who have just done something. Never raises: it must not cost an event."""
        if not _at_once(tenant, dataset.name):
            return
        try:
            for identity in dict.fromkeys(identities):
                if identity.type != ANONYMOUS_ID:
                    self._note(tenant, dataset, identity)
        except Fault as fault:
            log.warning("a look could not be noted", tenant=tenant.name, code=fault.code)

    def look(self, tenant: Tenant) -> dict[str, Counter]:
        """Ask for those who are due, as fast as the tenant's rate allows; return new entries."""
        decided: dict[str, Counter] = {}
        if not any(_at_once(tenant, dataset) for dataset in tenant.datasets):
            return decided
        for _ in range(LOOKS_AT_ONCE):
            if not self._store.looks.has_due(tenant.name):
                break
            if self._rates.wait_for(f"segment-looks:{tenant.name}", TENANT_RATE):
                break
            for look in self._store.looks.take(tenant.name, 1):
                for export, new in self._ask(tenant, look).items():
                    decided[export] = decided.get(export, Counter()) + new
        return decided

    def _note(self, tenant: Tenant, dataset: Dataset, identity: Identity) -> None:
        person = digest(tenant.name, dataset.name, identity)
        if self._is_noted(person):
            return
        if self._people.find(tenant.name, dataset.name, identity) is None:
            self._remember(person, STRANGER_SECONDS)
            return
        wait = self._rates.wait_for(f"segment-look:{person}", PERSON_RATE)
        look = Look(dataset.name, person, identity.type, identity.value)
        seconds = max(wait, self._settling_seconds)
        self._store.looks.add(tenant.name, look, seconds)
        self._remember(person, seconds)

    def _is_noted(self, person: str) -> bool:
        with self._lock:
            return self._noted.get(person, 0.0) > self._clock()

    def _remember(self, person: str, seconds: float) -> None:
        """Spare a busy person's next events the way to the store until the look is due."""
        with self._lock:
            if len(self._noted) >= MOST_REMEMBERED:
                self._noted.clear()
            self._noted[person] = self._clock() + seconds

    def _ask(self, tenant: Tenant, look: Look) -> dict[str, Counter]:
        dataset = tenant.datasets.get(look.dataset)
        identity = Identity(look.identity_type, look.identity_value)
        if dataset is None or self._people.find(tenant.name, look.dataset, identity) is None:
            return {}
        as_of_ms = int(self._store.now() * 1000)
        try:
            summary = self._summary(tenant, dataset, identity)
        except UpstreamFault as fault:
            SEGMENT_LOOKS.labels(tenant.name, fault.code).inc()
            return {}
        if summary is None:
            SEGMENT_LOOKS.labels(tenant.name, "no_profile_template").inc()
            return {}
        return {
            export.name: self._see(tenant, export, identity, summary, as_of_ms)
            for export in _at_once(tenant, look.dataset)
        }

    def _summary(
        self, tenant: Tenant, dataset: Dataset, identity: Identity
    ) -> ProfileSummary | None:
        answer = self._personalization(tenant).ask_campaigns(
            dataset.name,
            identity,
            action=dataset.read_action,
            application=dataset.application,
            content_zones=dataset.content_zones,
            deadline=Deadline.after(LOOK_SECONDS),
        )
        return read_profile_summary(answer.campaign_responses)

    def _see(self, tenant, export: SegmentExport, identity, summary, as_of_ms: int) -> Counter:
        """Believe it only where the template shows all that an entry, and its refusal, needs."""
        attributes = {identity.type: identity.value} | dict(summary.attributes)
        if {*export.attributes, *export.kept_out_by} - attributes.keys():
            SEGMENT_LOOKS.labels(tenant.name, "profile_lacks_attributes").inc()
            return Counter()
        SEGMENT_LOOKS.labels(tenant.name, "ok").inc()
        seen = sighting(tenant.name, export, attributes, profile_id="")
        if not seen.contact_key and seen.barred == "NO_CONTACT_KEY":
            return Counter()
        is_member = export.segment in summary.segment_ids
        joined, left = ([seen], []) if is_member else ([], [seen.person])
        return self._store.see(tenant.name, export, joined, left, as_of_ms)


def _at_once(tenant: Tenant, dataset: str) -> list[SegmentExport]:
    """Return the exports of a dataset that want to know at once."""
    if tenant.journey_builder is None:
        return []
    exports = tenant.journey_builder.segment_exports.values()
    return [export for export in exports if export.at_once and export.dataset == dataset]
