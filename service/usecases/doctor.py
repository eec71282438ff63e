"""Looks at everything a tenant needs, and says what is wrong and what to do next.

Each part is asked on its own and under one deadline: one that is out of reach does not hide the
others. A run reads some rows of the user export, which are counted.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

from service.deadline import Deadline
from service.errors import Fault, StorageUnavailable, UpstreamFault
from service.storage.cache_engine import EngineTrouble
from service.storage.clients import Clients
from service.storage.facts import Facts
from service.storage.outbox import Outbox
from service.tenant import Dataset, Tenant
from service.upstream.crm import Crm
from service.upstream.personalization_probe import PersonalizationProbe
from service.usecases import doctor_checks as checks
from service.usecases import doctor_house as house
from service.usecases import doctor_journeys as journeys
from service.usecases import doctor_org
from service.usecases.clock import due_occasion
from service.usecases.data_sharing import PULL, PUSH, DataSharing
from service.usecases.doctor_checks import Check, Group
from service.usecases.segment_export import SegmentExports
from service.usecases.segment_preflight import Misfit
from service.usecases.sharing_night import nightly_jobs
from service.usecases.user_export import UserExport

MARGIN_SECONDS = 0.25
"""By so much the calls of a part end earlier, so that it can say itself that they were too slow."""
SAMPLE_ROWS = 20
MOST_THREADS = 32
BEGINS_WITHIN = timedelta(minutes=10)
"""After its time; a worker looks every few seconds."""

log = structlog.get_logger()

Examination = Callable[[], Iterable[Check]]


@dataclass(frozen=True)
class House:
    """What the service has on its own machine: facts, and questions that may fail.

    `require_store` raises StorageUnavailable, `examine_cache` EngineTrouble; `cache_answers`
    counts reads of a tenant by cache state; `has_journey_page`: every file of that page is there;
    `ask_address` returns the HTTP status at an address of our own, and may raise UpstreamFault.
    """

    secret_keys: Sequence[str]
    store_engine: str
    cache_engine: str
    has_journey_page: bool
    ask_address: Callable[[str, Deadline], int]
    require_store: Callable[[], None]
    examine_cache: Callable[[], None]
    free_bytes: Callable[[], int]
    cache_answers: Callable[[str], Mapping[str, float]]


@dataclass(frozen=True)
class Part:
    """Something to be examined on its own; its name is the code of its failure."""

    name: str
    group: Group
    examine: Examination
    about: str | None = None


class Doctor:
    """Examines one tenant at a time. `probe` and `crm` connect to its account and to its org."""

    def __init__(
        self,
        *,
        house: House,
        facts: Facts,
        clients: Clients,
        outbox: Outbox,
        probe: Callable[[Tenant], PersonalizationProbe],
        crm: Callable[[Tenant, Deadline], Crm],
        user_export: UserExport,
        data_sharing: DataSharing,
        segment_exports: SegmentExports,
        clock: Callable[[], float] = time.time,
    ):
        self._house = house
        self._facts = facts
        self._clients = clients
        self._outbox = outbox
        self._probe = probe
        self._crm = crm
        self._user_export = user_export
        self._data_sharing = data_sharing
        self._segment_exports = segment_exports
        self._clock = clock

    def examine(self, tenant: Tenant, deadline: Deadline) -> list[Check]:
        """Return every check, those of one group together. Never raises: a fault is a check."""
        parts = list(self._parts(tenant, deadline))
        pool = ThreadPoolExecutor(min(len(parts), MOST_THREADS), thread_name_prefix="doctor")
        try:
            running = [(part, pool.submit(_done, part)) for part in parts]
            found = [check for each in running for check in _outcome(*each, deadline)]
            return [_for_tenant(check, tenant.name) for check in found]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _parts(self, tenant: Tenant, deadline: Deadline) -> Iterable[Part]:
        calls = deadline.at_most(deadline.remaining - MARGIN_SECONDS)
        yield Part("STATE_STORE", Group.SERVICE, self._of_store)
        yield Part("MACHINE", Group.SERVICE, self._of_machine)
        yield Part("CLIENTS", Group.SERVICE, lambda: self._of_clients(tenant))
        yield Part("CACHE", Group.SERVICE, lambda: self._of_cache(tenant))
        of_each = (
            ("PERSONALIZATION", Group.PERSONALIZATION, partial(self._of_account, tenant, calls)),
            ("CAMPAIGNS", Group.PERSONALIZATION, partial(self._of_campaigns, tenant)),
            ("DATASET", Group.PEOPLE, partial(self._of_people, tenant)),
        )
        for name, group, examine in of_each:
            for each in tenant.datasets.values():
                yield Part(name, group, partial(examine, each), each.name)
        yield Part("ERASURES", Group.PEOPLE, lambda: self._of_erasures(tenant))
        yield Part("OUTBOX", Group.DELIVERIES, lambda: self._of_outbox(tenant))
        yield Part("ORG", Group.DATA_SHARING, lambda: self._of_org(tenant, calls))
        yield Part("DATA_SHARING_RUN", Group.DATA_SHARING, lambda: self._of_runs(tenant))
        yield Part("JOURNEY_ACTIVITY", Group.JOURNEYS, lambda: self._of_journeys(tenant, calls))
        yield Part("SEGMENT_EXPORT", Group.JOURNEYS, lambda: self._of_segments(tenant, calls))

    def _of_store(self) -> Iterable[Check]:
        trouble = None
        try:
            self._house.require_store()
        except StorageUnavailable as fault:
            trouble = fault.detail
        yield house.state_store(self._house.store_engine, trouble)

    def _of_machine(self) -> Iterable[Check]:
        yield house.disk(self._house.free_bytes())
        yield house.keys(self._house.secret_keys)

    def _of_clients(self, tenant: Tenant) -> Iterable[Check]:
        yield checks.clients(tenant.name, self._clients.all())
        yield house.client_secrets(self._clients.secret_counts(tenant.name))

    def _of_cache(self, tenant: Tenant) -> Iterable[Check]:
        trouble = None
        try:
            self._house.examine_cache()
        except EngineTrouble as fault:
            trouble = str(fault) or type(fault).__name__
        yield house.cache_store(self._house.cache_engine, trouble)
        yield checks.cache(self._house.cache_answers(tenant.name))

    def _of_account(self, tenant: Tenant, deadline: Deadline, dataset: Dataset) -> Iterable[Check]:
        probe = self._probe(tenant)
        exported = probe.may_export(dataset.name, deadline)
        yield checks.token("TOKEN_API", dataset.name, exported.fault, "Can access API")
        sent = probe.may_send(dataset.name, deadline)
        yield checks.token("TOKEN_EVENTS", dataset.name, sent.fault, "Can send events")
        skew = exported.skew if exported.skew is not None else sent.skew
        has_answered = skew is not None or exported.fault is None
        if has_answered and dataset is next(iter(tenant.datasets.values())):  # all on one clock
            yield checks.clock(skew)
        if exported.fault is None:
            with suppress(UpstreamFault):  # busy with others; the token is judged
                rows = self._user_export.sample(tenant, dataset, SAMPLE_ROWS, deadline)
                yield checks.identities(dataset, rows)
                yield checks.attributes(dataset, rows)

    def _of_campaigns(self, tenant: Tenant, dataset: Dataset) -> Iterable[Check]:
        yield checks.campaigns(dataset, self._facts.datafields(tenant.name, dataset.name))

    def _of_people(self, tenant: Tenant, dataset: Dataset) -> Iterable[Check]:
        place, now = (tenant.name, dataset.name), self._clock()
        yield checks.people(dataset, self._facts.people(*place), now)
        yield checks.row_budget(dataset, self._user_export.budget(tenant, dataset))
        yield checks.event_store(dataset, self._facts.latest_event_ms(*place), now)
        yield checks.action_names(dataset, self._facts.action_names(*place))

    def _of_erasures(self, tenant: Tenant) -> Iterable[Check]:
        yield checks.erasures(self._facts.open_erasures(tenant.name), self._clock())

    def _of_outbox(self, tenant: Tenant) -> Iterable[Check]:
        yield checks.outbox(tenant.name, self._outbox.depths(), self._outbox.now())
        counts = self._outbox.counts()
        mine = {str(state): number for name, state, number in counts if name == tenant.name}
        yield checks.dead_letters(mine)

    def _of_org(self, tenant: Tenant, deadline: Deadline) -> Iterable[Check]:
        if tenant.crm is None:
            said = "Data sharing with the CRM is not set up."
            yield checks.green("DATA_SHARING", None, said)
            return
        crm = self._crm(tenant, deadline)
        found = list(doctor_org.org_checks(tenant, crm))
        yield from found
        is_open = found[0].action is None
        if is_open and tenant.data_sharing is not None:
            yield from doctor_org.preflight(self._data_sharing.preflight(tenant, crm))

    def _of_runs(self, tenant: Tenant) -> Iterable[Check]:
        sharing = tenant.data_sharing
        if sharing is None:
            return
        for direction, is_wanted in ((PUSH, sharing.pushed_objects()), (PULL, sharing.pulls())):
            if is_wanted:
                latest = self._data_sharing.runs.newest(tenant.name, 1, direction)
                yield doctor_org.latest_run(direction, next(iter(latest), None))
        due = datetime.fromtimestamp(self._clock(), UTC) - BEGINS_WITHIN
        for job in nightly_jobs(self._data_sharing, {tenant.name: tenant}):
            occasion = due_occasion(job, due)
            if occasion is not None:
                yield doctor_org.night(occasion, self._facts.has_begun(job.name, occasion))

    def _of_journeys(self, tenant: Tenant, deadline: Deadline) -> Iterable[Check]:
        has_page, configured = self._house.has_journey_page, tenant.journey_builder
        yield from journeys.journey_activity(configured, has_page=has_page)
        if configured is None or not configured.public_url:
            return
        address = f"{configured.public_url}/journey/{tenant.name}/activity/config.json"
        status = fault = None
        try:
            status = self._house.ask_address(address, deadline)
        except UpstreamFault as trouble:
            fault = trouble
        yield journeys.journey_address(address, status, fault)

    def _of_segments(self, tenant: Tenant, deadline: Deadline) -> Iterable[Check]:
        now = self._clock()
        for each in self._segment_exports.status(tenant):
            try:
                wrong = self._segment_exports.misfit(tenant, each.export, deadline)
            except UpstreamFault as fault:
                wrong = Misfit(fault.code, fault.detail)
            yield journeys.segment_export(each.export, wrong, each.state, each.counts, now)


def _done(part: Part) -> list[Check]:
    """Return what came of a part, in the pool's thread: what it found before a fault counts."""
    found = []
    try:
        for check in part.examine():
            found.append(check)
    except StorageUnavailable:
        action = "Put STATE_STORE right first."
        said = "Nothing could be looked at: the state store does not answer."
        found.append(checks.amber(part.name, part.about, said, action))
    except Fault as fault:
        found.append(checks.red(part.name, part.about, fault.detail, "See the service's log."))
    except Exception:
        log.exception("an examination failed unforeseen", part=part.name)
        said = "Our own code failed."
        found.append(checks.red(part.name, part.about, said, "See the service's log."))
    return found


def _for_tenant(check: Check, name: str) -> Check:
    """Return the check with commands that can be run as they are."""
    return replace(check, action=check.action and check.action.replace("TENANT", name))


def _outcome(part: Part, future: Future, deadline: Deadline) -> list[Check]:
    try:
        found = future.result(deadline.remaining)
    except TooLate:
        action = "Try again; if it stays, look whether what it asks is reachable."
        found = [checks.amber(part.name, part.about, "There was no answer in time.", action)]
    return [replace(check, group=part.group) for check in found]
