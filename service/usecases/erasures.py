"""The right to be forgotten: removes a person from everything we keep, and from Personalization.

Small steps, each on disk before the next: whoever finds an erasure that nobody works on goes on
with it. From the first moment the person is unknown to every read, and a tombstone keeps
everything that comes later from bringing them back.
"""

import random
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import structlog

from service.deadline import Deadline
from service.errors import NotFound, UpstreamFault
from service.model import ANONYMOUS_ID, Identity
from service.moments import iso
from service.storage import erasing, erasing_shares
from service.storage.audit_log import AuditLog
from service.storage.database import Database
from service.storage.erasures import (
    Erasure,
    Erasures,
    HeldErasure,
    LostErasure,
    Step,
    Traces,
    Upstream,
)
from service.storage.once import Once
from service.storage.outbox_messages import RequestKey
from service.storage.people import People, digest
from service.storage.response_cache import ResponseCache
from service.storage.tombstones import Tombstones
from service.tenant import Dataset, Tenant
from service.upstream.user_deletion import UserDeletion
from service.usecases.known_identities import require_identity_type

TABLES = (
    "identities",
    "people",
    "events",
    "order_lines",
    "affinity_days",
    "dirty_days",
    "declines",
    "audit_entries",
    "outbox.ready",
    "outbox.run",
    "outbox.sending",
    "outbox.done",
    "outbox.dead",
    "outbox.unconfirmed",
    "accepted_keys",
    "segment_members",
    "segment_entries",
    "segment_looks",
    "share_rows",
    "share_sent",
    "share_pulled",
    "share_files",
)
"""What an answer counts, nothing being left out: a zero says that we looked."""

SOON_SECONDS = 5
SETTLING_SECONDS = 5
"""So long after its beginning no read of the person is under way any more, which might make
Personalization create the profile anew."""
UPSTREAM_SECONDS = 10
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 2, 900
ROWS_PER_STEP = 200

log = structlog.get_logger()


class NotErased(NotFound):
    """Raised when tombstones are to be lifted and there are none."""

    default_detail = "Nobody with this identity was erased here."


class _Waiting(Exception):
    """Raised by a step that cannot go on yet; says for what, and when to look again."""

    def __init__(self, code: str, detail: str, seconds: float = SOON_SECONDS, **noted):
        super().__init__(code)
        self.code, self.detail, self.seconds, self.noted = code, detail, seconds, noted


class PeopleErasures:
    """Erases people of every tenant. `on_step` hears what has just become durable."""

    def __init__(
        self,
        *,
        database: Database,
        tombstones: Tombstones,
        erasures: Erasures,
        audit_log: AuditLog,
        people: People,
        cache: ResponseCache,
        deletion: Callable[[Tenant], UserDeletion],
        run_files: Path,
        settling_seconds: float = SETTLING_SECONDS,
        clock: Callable[[], float] = time.time,
        jitter: Callable[[float, float], float] = random.uniform,
        on_step: Callable[[str], None] = lambda step: None,
    ):
        self._database = database
        self._tombstones = tombstones
        self._erasures = erasures
        self._people = people
        self._cache = cache
        self._deletion = deletion
        self._run_files = run_files
        self._settling_seconds = settling_seconds
        self._clock = clock
        self._jitter = jitter
        self.on_step = on_step
        self._steps = {
            Step.EVENTS: lambda _tenant, _dataset: erasing.events_of,
            Step.DAYS: lambda _tenant, _dataset: erasing.days_of,
            Step.DECLINES: lambda _tenant, _dataset: erasing.declines_of,
            Step.AUDIT: lambda _tenant, _dataset: audit_log.erase,
            Step.MESSAGES: lambda _tenant, _dataset: erasing.messages_of,
            Step.ANSWERS: lambda tenant, dataset: erasing.answers_of(tenant.name, dataset.name),
            Step.PERSON: lambda _tenant, _dataset: erasing.person_of,
        }
        self._others = {
            Step.SEGMENTS: self._segments,
            Step.CACHE: self._forget_cached,
            Step.UPSTREAM: self._delete_upstream,
            Step.SHARING: self._shares,
        }

    def begin(
        self,
        tenant: Tenant,
        dataset_name: str,
        identity: Identity,
        origin: str,
        request_key: RequestKey | None = None,
    ) -> Erasure:
        """Return the erasure of this person, a new one unless there was one.

        A repetition under the same `request_key` is told of the same erasure. Raises:
        UnknownDataset, UnknownIdentityType, IdempotencyKeyReused, IdempotencyKeyInUse.
        """
        dataset, asked = self._asked(tenant, dataset_name, identity)
        self._tombstones.make_ready(self._database)

        def work(connection) -> bytes:
            named = tenant.name, dataset.name, asked
            return b"%d" % self._erasures.begin(connection, *named, origin, TABLES)

        if request_key is None:
            number = self._database.write(work)
        else:
            number = Once(self._database).run(tenant.name, request_key, work).answer
        erasure = self._erasures.get(tenant.name, int(number))
        self.on_step("begun")
        log.info("erasure begun", tenant=tenant.name, erasure=erasure.id, origin=origin)
        return erasure

    def work(self, tenant: Tenant, erasure: Erasure, deadline: Deadline | None = None) -> Erasure:
        """Go on with an erasure until it is over, has to wait or `deadline` passes.

        Returns it as it is then. What another process works on is left to that.
        """
        held = self._erasures.take(erasure, at_once=True)
        if held is None:
            return self._erasures.get(tenant.name, erasure.id)
        try:
            while not held.erasure.is_over:
                if deadline is not None and deadline.expired:
                    return self._erasures.wait(held, 0, "GOES_ON", "A worker goes on.")
                held = self._step(tenant, held)
        except _Waiting as waiting:
            return self._erasures.wait(
                held, waiting.seconds, waiting.code, waiting.detail, **waiting.noted
            )
        except LostErasure:
            return self._erasures.get(tenant.name, erasure.id)
        log.info("erasure over", tenant=tenant.name, erasure=erasure.id)
        return held.erasure

    def work_on_due(self, tenants: Mapping[str, Tenant], stopping: Callable[[], bool]) -> int:
        """Go on with erasures that nobody works on; return how many."""
        due = self._erasures.due(tenants.keys())
        for erasure in due:
            if stopping():
                break
            self.work(tenants[erasure.tenant], erasure)
        return len(due)

    def get(self, tenant: Tenant, erasure_id: int) -> Erasure:
        """Return an erasure. Raises: NotFound."""
        return self._erasures.get(tenant.name, erasure_id)

    def newest(self, tenant: Tenant, limit: int = 100) -> list[Erasure]:
        """Return erasures, the newest first; none says whom it was about."""
        return self._erasures.newest(tenant.name, limit)

    def lift(self, tenant: Tenant, dataset_name: str, identity: Identity) -> int:
        """Let the person be known again, by this and every other identity; return how many.

        Nothing comes back by itself. Raises: UnknownDataset, UnknownIdentityType, NotErased,
        ErasureRunning.
        """
        _dataset, asked = self._asked(tenant, dataset_name, identity)
        lifted = self._erasures.lift(tenant.name, asked)
        if lifted is None:
            raise NotErased()
        log.info("tombstones lifted", tenant=tenant.name, number=lifted)
        return lifted

    def keyed_fingerprint(self, body: bytes) -> str:
        """Return what stands for a request that names somebody, telling nothing of it."""
        self._tombstones.make_ready(self._database)
        with self._database.reading() as connection:
            return self._tombstones.keyed(connection, body)

    def clean_machine(self, tenants: Iterable[Tenant]) -> None:
        """Clean this machine's files of runs: those that are over, and people erased elsewhere.

        A run that is just beginning has its row before its file.
        """
        paths = list(self._run_files.glob("*.db"))
        with self._database.reading() as connection:
            unfinished = {str(each) for each in erasing_shares.unfinished_runs(connection)}
        erasing_shares.drop_files(path for path in paths if path.stem not in unfinished)
        for tenant in tenants:
            if tenant.data_sharing and self._people.has_erased(tenant.name):
                self.clean_run_files(tenant, tenant.data_sharing.dataset)

    def clean_run_files(self, tenant: Tenant, dataset: str) -> int:
        """Remove erased people from this machine's files of runs that nobody works on."""
        with self._database.reading() as connection:
            if erasing_shares.is_at_work(connection, tenant.name, self._clock()):
                return 0
            runs = erasing_shares.runs_of(connection, tenant.name)
        return erasing_shares.clean_files(
            self._run_files, runs, tenant.name, dataset, self._people.erased_among
        )

    def _asked(self, tenant: Tenant, dataset_name: str, identity: Identity) -> tuple[Dataset, str]:
        dataset = tenant.dataset(dataset_name)
        if identity.type != ANONYMOUS_ID:
            require_identity_type(dataset, identity)
        return dataset, digest(tenant.name, dataset.name, identity)

    def _step(self, tenant: Tenant, held: HeldErasure) -> HeldErasure:
        """Do one piece of the step that is next; go on to the following one when none is left."""
        step, dataset = held.erasure.step, tenant.dataset(held.erasure.dataset)
        if step in self._others:
            return self._others[step](tenant, dataset, held)
        held, has_more = self._erasures.advance(held, self._steps[step](tenant, dataset))
        self.on_step(f"{step} removed")
        if has_more:
            return held
        if step == Step.MESSAGES:
            self._require_no_message(held.traces)
        return self._go_on(held)

    def _go_on(self, held: HeldErasure, **values) -> HeldErasure:
        step = held.erasure.step
        held = self._erasures.go_on(held, **values)
        self.on_step(f"{step} over")
        return held

    def _require_no_message(self, traces: Traces) -> None:
        with self._database.reading() as connection:
            if erasing.has_messages(connection, traces):
                raise _Waiting("MESSAGE_UNDER_WAY", "A worker is sending a message of the person.")

    def _segments(self, tenant: Tenant, dataset: Dataset, held: HeldErasure) -> HeldErasure:
        with self._database.reading() as connection:
            found = erasing.found_in_segments(
                connection, tenant.name, dataset.name, dataset.identity_types, held.traces
            )
        piece = erasing.segment_rows_of(tenant.name, found)

        def and_bar(connection, traces: Traces):
            self._tombstones.wait_for_others(connection)
            removed, traces = piece(connection, traces)
            self._tombstones.add(
                connection, tenant.name, dataset.name, traces.digests, held.erasure.id
            )
            return removed, traces

        held, _more = self._erasures.advance(held, and_bar)
        self.on_step("segments removed")
        return self._go_on(held)

    def _forget_cached(self, tenant: Tenant, _dataset: Dataset, held: HeldErasure) -> HeldErasure:
        told = [self._cache.forget_person(tenant.name, each) for each in held.traces.digests]
        if not all(told):
            raise _Waiting("CACHE_UNAVAILABLE", "The response cache does not answer.")
        self.on_step("cache forgotten")
        return self._go_on(held)

    def _delete_upstream(self, tenant: Tenant, dataset: Dataset, held: HeldErasure) -> HeldErasure:
        if not held.traces.profiles:
            return self._go_on(held, upstream=Upstream.UNKNOWN)
        settled_at = held.erasure.requested_at + self._settling_seconds
        if (left := settled_at - self._clock()) > 0:
            raise _Waiting("READS_UNDER_WAY", "Reads of the person come to their end.", left)
        try:
            self._deletion(tenant).delete(
                dataset.name, held.traces.profiles, Deadline.after(UPSTREAM_SECONDS)
            )
        except UpstreamFault as fault:
            failures = held.erasure.failures + 1
            longest = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(failures, 20))
            seconds = max(self._jitter(1, longest), fault.retry_after or 0)
            raise _Waiting(fault.code, fault.detail, seconds, failures=failures) from fault
        self.on_step("deleted upstream")
        return self._go_on(held, upstream=Upstream.DELETED)

    def _shares(self, tenant: Tenant, dataset: Dataset, held: HeldErasure) -> HeldErasure:
        names = tenant.name, dataset.name
        with self._database.reading() as connection:
            if erasing_shares.is_at_work(connection, tenant.name, self._clock()):
                detail = "A run of data sharing is at work. Its rows go once it has ended."
                raise _Waiting("RUN_AT_WORK", detail, 4 * SOON_SECONDS)
            records, keys = erasing_shares.found_in_shares(connection, *names, held.traces)
        files = self.clean_run_files(tenant, dataset.name)
        shared = erasing_shares.shared_of(tenant.name, records)
        held, _more = self._erasures.advance(
            held, lambda connection, traces: _counting(shared(connection, traces), files)
        )
        self.on_step("records forgotten")
        for start in range(0, len(keys), ROWS_PER_STEP):
            some = keys[start : start + ROWS_PER_STEP]
            piece = erasing_shares.share_rows_of(tenant.name, some, self._clock())
            held, _more = self._erasures.advance(held, piece)
            self.on_step("share rows removed")
        with self._database.reading() as connection:
            _records, left = erasing_shares.found_in_shares(connection, *names, held.traces)
        if left:
            detail = (
                "A run that stopped has rows of the person in a batch without a result. "
                "Finish it: p13n share resume"
            )
            raise _Waiting("RUN_UNFINISHED", detail, 12 * SOON_SECONDS)
        return self._go_on(held)


def _counting(done: tuple[Mapping[str, int], Traces], files: int) -> tuple[dict, Traces]:
    removed, traces = done
    return {**removed, "share_files": files}, traces


def told_of(erasure: Erasure) -> dict:
    """Return an erasure as the wire and the terminal have it."""
    return {
        "id": erasure.id,
        "dataset": erasure.dataset,
        "state": "done" if erasure.is_over else "running",
        "removed": dict(erasure.removed),
        "personalization": erasure.upstream,
        "waitsFor": erasure.code,
        "reason": erasure.detail,
        "requestedAt": iso(erasure.requested_at),
        "finishedAt": erasure.finished_at and iso(erasure.finished_at),
    }
