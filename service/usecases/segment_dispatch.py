"""Posts entries to Journey Builder, and finds out what became of them.

An entry is marked before it is posted. Whoever finds the mark later, or got no answer, asks the
status call; an entry that is not there after a while is posted again only where people may
enter any number of times. Otherwise a person has to decide: nobody enters twice.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

import structlog

from service.deadline import Deadline
from service.errors import Fate, StorageUnavailable, UpstreamFault
from service.marketing_cloud_errors import (
    MarketingCloudForbidden,
    MarketingCloudRefused,
    MarketingCloudRefusedCredentials,
)
from service.metrics import SEGMENT_ENTRIES
from service.segment_exports import Reentry, SegmentExport
from service.storage.segment_claims import HeldEntry
from service.storage.segment_entries import EntryState
from service.storage.segment_store import SegmentStore
from service.tenant import Tenant
from service.upstream.journey_builder import (
    MOST_MEMBERS,
    STATUSES,
    BatchOutcome,
    EventDefinition,
    JourneyBuilderApi,
    Member,
    SeenEntry,
)
from service.usecases.segment_preflight import Misfit, misfit, unfit

SEND_SECONDS = 10
ASK_SECONDS = 10
LEASE_SECONDS = 60
REPORT_EVERY_SECONDS = 0.5
CHECK_EVERY_SECONDS = 600
MISFIT_SECONDS = 60
"""How long an export rests that cannot work; then it is checked again."""
REFUSED_SECONDS = 900
"""The same when Marketing Cloud does not let us in: somebody has to change something."""
DOUBT_SECONDS = 60
"""How soon after a doubtful post its fate is asked for, and how often."""
ABSENT_SECONDS = 15 * 60
"""An entry that the status call does not know so long after its post is taken for absent."""
CONFIRM_SECONDS = 30
LONGEST_CONFIRM_PAUSE = 3_600
CONFIRM_WINDOW = 24 * 3_600
SKEW_SECONDS = 300
"""How far Marketing Cloud's clock may be behind ours."""
OPEN_AT_ONCE = 100
OPEN_LEASE_SECONDS = 120

log = structlog.get_logger()


class SegmentDispatch:
    """Sends entries of every tenant. Any number of workers may."""

    def __init__(
        self,
        *,
        store: SegmentStore,
        journey_builder: Callable[[Tenant], JourneyBuilderApi],
        pause: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._store = store
        self._journey_builder = journey_builder
        self._pause = pause
        self._clock = clock
        self._checked: dict[tuple[str, str], tuple[float, SegmentExport, EventDefinition]] = {}

    def look(
        self, tenant: Tenant, export: SegmentExport, deadline: Deadline
    ) -> tuple[EventDefinition | None, Misfit | None]:
        """Return the entry event and what does not fit it. Raises: the UpstreamFault that fits."""
        definition = self._journey_builder(tenant).event_definition(
            export.event_definition_key, deadline
        )
        return definition, misfit(export, definition)

    def check(self, tenant: Tenant, export: SegmentExport) -> EventDefinition | None:
        """Return the entry event when the export fits it, else note why not and return None."""
        try:
            definition, wrong = self.look(tenant, export, Deadline.after(ASK_SECONDS))
        except UpstreamFault as fault:
            self._hold(tenant, export, fault)
            return None
        now = self._store.now()
        if wrong is not None:
            self._store.note_trouble(
                tenant.name, export, wrong.code, wrong.detail, now + MISFIT_SECONDS
            )
            return None
        self._store.note_fit(tenant.name, export, now)
        return definition

    def send(self, tenant: Tenant, export: SegmentExport) -> Counter:
        """Post what is due until nothing is, or the export has to wait; return states by number."""
        done: Counter = Counter()
        while self._store.has_due(tenant.name, export):
            definition = self._fitting(tenant, export)
            if definition is None:
                break
            lease = Deadline.after(LEASE_SECONDS)
            held = self._store.claim(tenant.name, export, MOST_MEMBERS, LEASE_SECONDS)
            if not held:
                break
            ready = self._set_unfit_apart(tenant, export, definition, held, done)
            done += self._post(tenant, export, ready, lease)
        self._count(tenant, export, done)
        return done

    def settle(self, tenant: Tenant, export: SegmentExport) -> Counter:
        """Ask for the fate of what is in doubt, and for the confirmation of what was taken."""
        done: Counter = Counter()
        for state, ask in (
            (EntryState.SENDING, self._resolve),
            (EntryState.ACCEPTED, self._confirm),
        ):
            lease = Deadline.after(OPEN_LEASE_SECONDS)
            held = self._store.claim_open(
                tenant.name, export, state, OPEN_AT_ONCE, OPEN_LEASE_SECONDS
            )
            if held:
                done += ask(tenant, export, held, lease)
        self._count(tenant, export, done)
        return done

    def _fitting(self, tenant: Tenant, export: SegmentExport) -> EventDefinition | None:
        place = (tenant.name, export.name)
        until, checked, definition = self._checked.get(place, (0.0, None, None))
        if until > self._clock() and checked == export:
            return definition
        self._checked.pop(place, None)
        definition = self.check(tenant, export)
        if definition is not None:
            self._checked[place] = (self._clock() + CHECK_EVERY_SECONDS, export, definition)
        return definition

    def _set_unfit_apart(self, tenant, export, definition, held, done) -> list[HeldEntry]:
        ready, reports = [], []
        for entry in held:
            why = unfit(definition, entry.data)
            if why is None:
                ready.append(entry)
                continue
            values = {"settled_at": self._store.now(), "code": "UNFIT_DATA", "detail": why}
            values |= {"sent_at": None, "sent_day": None}
            reports.append((entry, EntryState.REFUSED, values))
        done[EntryState.REFUSED] += sum(self._store.report(reports))
        return ready

    def _post(self, tenant, export, held: Sequence[HeldEntry], lease: Deadline) -> Counter:
        if not held:
            return Counter()
        if lease.remaining < SEND_SECONDS:
            return self._put_back(held)
        members = [Member(entry.contact_key, entry.data) for entry in held]
        try:
            outcome = self._journey_builder(tenant).enter(
                held[0].event_definition_key, members, lease.at_most(SEND_SECONDS)
            )
        except UpstreamFault as fault:
            return self._failed(tenant, export, held, fault, lease)
        return self._taken(held, outcome, lease)

    def _taken(self, held, outcome: BatchOutcome, lease: Deadline) -> Counter:
        now = self._store.now()
        reports = []
        for entry, said in zip(held, outcome.members, strict=True):
            if said.event_instance_id is not None:
                values = {
                    "request_id": outcome.request_id,
                    "event_instance_id": said.event_instance_id,
                    "wake_at": now + CONFIRM_SECONDS,
                }
                reports.append((entry, EntryState.ACCEPTED, values))
            elif said.errorcode is not None:
                reports.append((entry, EntryState.FAILED, _refusal(said.errorcode, now)))
            else:
                reports.append((entry, EntryState.SENDING, _doubt("NO_OUTCOME", now)))
        return self._report(reports, lease)

    def _failed(self, tenant, export, held, fault: UpstreamFault, lease) -> Counter:
        if fault.fate == Fate.UNKNOWN:
            log.warning("entries in doubt", tenant=tenant.name, export=export.name, code=fault.code)
            now = self._store.now()
            self._hold(tenant, export, fault)
            doubt = _doubt(fault.code, now)
            return self._report([(e, EntryState.SENDING, doubt) for e in held], lease)
        if isinstance(fault, MarketingCloudRefused) and fault.is_about_content:
            return self._narrowed(tenant, export, held, fault, lease)
        self._hold(tenant, export, fault)
        return self._put_back(held)

    def _narrowed(self, tenant, export, held, refusal: MarketingCloudRefused, lease) -> Counter:
        """Find who is to blame for a batch that was refused whole, by halves."""
        if len(held) == 1:
            values = _refusal(refusal.errorcode, self._store.now())
            return self._report([(held[0], EntryState.FAILED, values)], lease)
        middle = len(held) // 2
        first = self._post(tenant, export, held[:middle], lease)
        return first + self._post(tenant, export, held[middle:], lease)

    def _put_back(self, held: Sequence[HeldEntry]) -> Counter:
        """Nobody took these: they go again as soon as the export does."""
        values = {"wake_at": self._store.now(), "sent_at": None, "sent_day": None}
        self._store.report([(entry, EntryState.QUEUED, values) for entry in held])
        return Counter()

    def _report(self, reports, lease: Deadline) -> Counter:
        """Report as long as the lease lasts: what is posted must not be left in doubt."""
        while True:
            try:
                ours = self._store.report(reports)
            except StorageUnavailable:
                if lease.remaining < REPORT_EVERY_SECONDS:
                    raise
                self._pause(REPORT_EVERY_SECONDS)
                continue
            pairs = zip(reports, ours, strict=True)
            return Counter(state for (_entry, state, _values), is_ours in pairs if is_ours)

    def _hold(self, tenant: Tenant, export: SegmentExport, fault: UpstreamFault) -> None:
        """Let the export rest after a fault."""
        seconds = max(fault.retry_after or 0, DOUBT_SECONDS if fault.fate == Fate.UNKNOWN else 5)
        if isinstance(
            fault,
            MarketingCloudForbidden | MarketingCloudRefusedCredentials | MarketingCloudRefused,
        ):
            seconds = REFUSED_SECONDS
        until = self._store.now() + seconds
        self._checked.pop((tenant.name, export.name), None)
        self._store.note_trouble(tenant.name, export, fault.code, fault.detail, until)

    def _resolve(self, tenant, export, held: Sequence[HeldEntry], lease: Deadline) -> Counter:
        """Look for entries in doubt, one by one: an answer names no more than a contact key."""
        done: Counter = Counter()
        for place, entry in enumerate(held):
            try:
                seen = self._find(tenant, entry, lease)
            except UpstreamFault:
                later = {"wake_at": self._store.now() + DOUBT_SECONDS}
                self._store.report([(e, e.state, later) for e in held[place:]])
                break
            state, values = self._fate(export, entry, seen)
            done[state] += sum(self._store.report([(entry, state, values)]))
        return done

    def _find(self, tenant: Tenant, entry: HeldEntry, lease: Deadline) -> SeenEntry | None:
        """Return the event that this entry became; one that belongs to another entry is none."""
        deadline = lease.at_most(ASK_SECONDS)
        for status in STATUSES:
            found = self._journey_builder(tenant).entries(
                status,
                deadline,
                event_definition_key=entry.event_definition_key,
                contact_key=entry.contact_key,
                since=entry.sent_at - SKEW_SECONDS,
            )
            ids = {each.event_instance_id for each in found if each.event_instance_id}
            others = self._store.known_instances(tenant.name, ids)
            for each in found:
                if each.event_instance_id not in others and _is_of(each, entry):
                    return each
        return None

    def _fate(self, export, entry: HeldEntry, seen: SeenEntry | None) -> tuple[EntryState, dict]:
        now = self._store.now()
        if seen is not None:
            return _seen_state(seen, now)
        if now - entry.sent_at < ABSENT_SECONDS:
            return EntryState.SENDING, {"wake_at": now + DOUBT_SECONDS}
        if export.reentry == Reentry.ANY:
            again = {"wake_at": now, "sent_at": None, "sent_day": None, "code": None}
            return EntryState.QUEUED, again
        why = "It was posted, and Journey Builder does not know it. Replay it, or leave it."
        return EntryState.UNDECIDED, {"settled_at": now, "code": "UNDECIDED", "detail": why}

    def _confirm(self, tenant, export, held: Sequence[HeldEntry], lease: Deadline) -> Counter:
        """Ask what became of events that were taken, one question for each request of ours."""
        requests: dict[tuple, list[HeldEntry]] = defaultdict(list)
        for entry in held:
            requests[entry.event_definition_key, entry.request_id].append(entry)
        done: Counter = Counter()
        for (key, request_id), some in requests.items():
            try:
                known = self._statuses(tenant, key, request_id, lease)
            except UpstreamFault:
                known = {}
            now = self._store.now()
            reports = [
                (entry, *_confirmation(entry, known.get(entry.event_instance_id), now))
                for entry in some
            ]
            ours = self._store.report(reports)
            done += Counter(
                state
                for (_entry, state, _values), is_ours in zip(reports, ours, strict=True)
                if is_ours and state != EntryState.ACCEPTED
            )
        return done

    def _statuses(
        self, tenant, key: str, request_id: str | None, lease: Deadline
    ) -> dict[str, SeenEntry]:
        if request_id is None:
            return {}
        deadline = lease.at_most(ASK_SECONDS)
        found: list[SeenEntry] = []
        for status in ("processed", "errored"):
            found += self._journey_builder(tenant).entries(
                status, deadline, event_definition_key=key, request_id=request_id
            )
        return {each.event_instance_id: each for each in found if each.event_instance_id}

    def _count(self, tenant: Tenant, export: SegmentExport, done: Counter) -> None:
        for state, number in done.items():
            SEGMENT_ENTRIES.labels(tenant.name, export.name, state).inc(number)


def _is_of(seen: SeenEntry, entry: HeldEntry) -> bool:
    named = seen.contact_key
    return named is None or named.casefold() == entry.contact_key.casefold()


def _seen_state(seen: SeenEntry, now: float) -> tuple[EntryState, dict]:
    if seen.status == "errored":
        return EntryState.FAILED, _refusal(seen.errorcode, now)
    ids = {"request_id": seen.request_id, "event_instance_id": seen.event_instance_id}
    values = {"code": None} | {name: value for name, value in ids.items() if value}
    if seen.status == "processed":
        return EntryState.ENTERED, values | {"settled_at": now}
    return EntryState.ACCEPTED, values | {"wake_at": now + CONFIRM_SECONDS}


def _confirmation(entry: HeldEntry, seen: SeenEntry | None, now: float) -> tuple[EntryState, dict]:
    if seen is not None:
        return _seen_state(seen, now)
    age = now - (entry.sent_at or now)
    if age > CONFIRM_WINDOW:
        nothing = {"contact_key": None, "data": None}
        return EntryState.ACCEPTED, {"settled_at": now, "code": "NOT_CONFIRMED"} | nothing
    return EntryState.ACCEPTED, {"wake_at": now + min(LONGEST_CONFIRM_PAUSE, max(30, age))}


def _refusal(errorcode: int | None, now: float) -> dict:
    said = "" if errorcode is None else f" (errorcode {errorcode})"
    return {
        "settled_at": now,
        "code": "REFUSED_BY_JOURNEY_BUILDER" if errorcode is None else f"MEMBER_{errorcode}",
        "detail": f"Journey Builder did not let this contact in{said}.",
    }


def _doubt(code: str, now: float) -> dict:
    return {"wake_at": now + DOUBT_SECONDS, "code": code}
