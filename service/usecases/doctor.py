"""Looks at everything a tenant needs, and says what is wrong and what to do next.

Each part is asked on its own and under one deadline: one that is out of reach does not hide the
others. A run reads some rows of the user export, which are counted.
"""

import contextlib
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate

import structlog

from service.deadline import Deadline
from service.errors import Fault, UpstreamFault
from service.storage.clients import Clients
from service.storage.facts import Facts
from service.storage.outbox import Outbox
from service.tenant import Dataset, Tenant
from service.upstream.personalization_probe import PersonalizationProbe
from service.usecases import doctor_checks as checks
from service.usecases.data_sharing import DataSharing
from service.usecases.doctor_checks import Check
from service.usecases.segment_export import SegmentExports
from service.usecases.segment_preflight import Misfit
from service.usecases.user_export import UserExport

PROBE_SECONDS = 2.5
SAMPLE_ROWS = 20
THREADS = 8

log = structlog.get_logger()

Examination = Callable[[], Iterable[Check]]


class Doctor:
    """Examines one tenant at a time. `cache_answers` counts reads of a tenant by cache state."""

    def __init__(
        self,
        *,
        facts: Facts,
        clients: Clients,
        outbox: Outbox,
        probe: Callable[[Tenant], PersonalizationProbe],
        user_export: UserExport,
        data_sharing: DataSharing,
        segment_exports: SegmentExports,
        cache_answers: Callable[[str], Mapping[str, float]],
        clock: Callable[[], float] = time.time,
    ):
        self._facts = facts
        self._clients = clients
        self._outbox = outbox
        self._probe = probe
        self._user_export = user_export
        self._data_sharing = data_sharing
        self._segment_exports = segment_exports
        self._cache_answers = cache_answers
        self._clock = clock

    def examine(self, tenant: Tenant, deadline: Deadline) -> list[Check]:
        """Return every check, those of one part together. Never raises: a fault is a check."""
        examinations: dict[str, Examination] = {
            "STATE_STORE": lambda: self._of_outbox(tenant),
            "CLIENTS": lambda: [checks.clients(tenant.name, self._clients.all())],
            "CACHE": lambda: [checks.cache(self._cache_answers(tenant.name))],
            "DATA_SHARING": lambda: self._of_data_sharing(tenant),
            "JOURNEY_ACTIVITY": lambda: checks.journey_activity(tenant.journey_builder),
            "SEGMENT_EXPORT": lambda: self._of_segments(tenant),
        }
        for dataset in tenant.datasets.values():
            examinations[f"PERSONALIZATION {dataset.name}"] = lambda dataset=dataset: (
                self._of_account(tenant, dataset)
            )
            examinations[f"DATASET {dataset.name}"] = lambda dataset=dataset: self._of_dataset(
                tenant, dataset
            )
        pool = ThreadPoolExecutor(THREADS, thread_name_prefix="doctor")
        try:
            running = {
                name: pool.submit(list, _lazily(each)) for name, each in examinations.items()
            }
            found = [_outcome(name, future, deadline) for name, future in running.items()]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        return [check for part in found for check in part]

    def _of_outbox(self, tenant: Tenant) -> Iterable[Check]:
        yield checks.outbox(tenant.name, self._outbox.depths(), self._outbox.now())
        counts = self._outbox.counts()
        mine = {str(state): number for name, state, number in counts if name == tenant.name}
        yield checks.dead_letters(mine)

    def _of_account(self, tenant: Tenant, dataset: Dataset) -> Iterable[Check]:
        probe, deadline = self._probe(tenant), Deadline.after(PROBE_SECONDS)
        exported = probe.may_export(dataset.name, deadline)
        yield checks.token("TOKEN_API", dataset.name, exported.fault, "Can access API")
        sent = probe.may_send(dataset.name, deadline)
        yield checks.token("TOKEN_EVENTS", dataset.name, sent.fault, "Can send events")
        if dataset is next(iter(tenant.datasets.values())):  # they are all on one clock
            yield checks.clock(exported.skew if exported.skew is not None else sent.skew)
        if exported.fault is None:
            with contextlib.suppress(UpstreamFault):  # busy with others; the token is judged
                rows = self._user_export.sample(tenant, dataset, SAMPLE_ROWS, deadline)
                yield checks.identities(dataset, rows)

    def _of_dataset(self, tenant: Tenant, dataset: Dataset) -> Iterable[Check]:
        place, now = (tenant.name, dataset.name), self._clock()
        yield checks.campaigns(dataset, self._facts.datafields(*place))
        yield checks.people(dataset, self._facts.people(*place), now)
        yield checks.row_budget(dataset, self._user_export.budget(tenant, dataset))
        yield checks.event_store(dataset, self._facts.latest_event_ms(*place), now)
        yield checks.action_names(dataset, self._facts.action_names(*place))

    def _of_data_sharing(self, tenant: Tenant) -> Iterable[Check]:
        if tenant.data_sharing is None:
            return
        findings = self._data_sharing.preflight(tenant)
        if not findings:
            yield checks.green("DATA_SHARING", None, "Nothing stands in the way of sharing.")
        for each in findings:
            judge = checks.red if each.is_fatal else checks.amber
            about = ".".join(filter(None, (each.object_name, each.field))) or None
            yield judge(
                f"DATA_SHARING_{each.code}", about, each.message, "See docs/data-sharing.md."
            )

    def _of_segments(self, tenant: Tenant) -> Iterable[Check]:
        now, deadline = self._clock(), Deadline.after(PROBE_SECONDS)
        for each in self._segment_exports.status(tenant):
            try:
                wrong = self._segment_exports.misfit(tenant, each.export, deadline)
            except UpstreamFault as fault:
                wrong = Misfit(fault.code, fault.detail)
            yield checks.segment_export(each.export, wrong, each.state, each.counts, now)


def _lazily(examination: Examination) -> Iterable[Check]:
    """Begin in the pool's thread, not in the caller's."""
    yield from examination()


def _outcome(name: str, future, deadline: Deadline) -> list[Check]:
    part, _, dataset = name.partition(" ")
    about = dataset or None
    try:
        return future.result(deadline.remaining)
    except TooLate:
        action = "Try again; if it stays, look whether what it asks is reachable."
        return [checks.amber(part, about, "There was no answer in time.", action)]
    except Fault as fault:
        return [checks.red(part, about, fault.detail, "See the service's log.")]
    except Exception:
        log.exception("an examination failed unforeseen", part=name)
        return [checks.red(part, about, "Our own code failed.", "See the service's log.")]
