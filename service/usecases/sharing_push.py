"""Writes a plan to Salesforce: batches of a bulk job, each step in the journal.

What must not be done twice is noted before it is done and again afterwards; whoever goes on
after a crash finds in the org what lies between. Each batch's result is read, row by row, by
position. Rows that were locked go out again, those alone, a few times.
Source: Bulk API developer guide.
"""

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import zip_longest

import orjson
import structlog

from service.crm_errors import CrmApiLimit, CrmInvalidAnswer, CrmRefused, CrmTimeout, CrmUnavailable
from service.data_sharing import OBJECTS
from service.errors import Fault, InternalError
from service.storage.runs import Run, Runs
from service.storage.runs_journal import (
    ROWS_PER_READ,
    Batch,
    BatchState,
    Job,
    JobState,
    Journal,
    Outcome,
)
from service.storage.runs_rows import PushRow, RunRows, SentRow, Status
from service.tenant import Tenant
from service.upstream.bulk_body import BulkBody
from service.upstream.crm import Crm
from service.usecases.sharing_fates import explain_failures

MOST_BYTES = 10_000_000
"""Of a batch as it is sent. Source: Bulk API limits."""
MOST_ATTEMPTS = 5
TRIES = 3
"""Of a call that may have been taken, each but the first after having looked that it was not."""
RETRYABLE = frozenset({"UNABLE_TO_LOCK_ROW", "API_TEMPORARILY_UNAVAILABLE", "NOT_PROCESSED"})
FIRST_POLL_SECONDS, LONGEST_POLL_SECONDS = 1.0, 30.0
OLDEST_OPEN_SECONDS = 23 * 3_600
"""No batch is added to a job older than a day."""
CLOCKS_APART_SECONDS = 900
IN_DOUBT = (CrmUnavailable, CrmTimeout, CrmInvalidAnswer)
"""Faults after which nobody knows whether a call was taken."""

log = structlog.get_logger()


class JobAborted(Fault):
    """Raised when an admin aborted our job: only an explicit resume goes on."""

    status = 409
    code = "JOB_ABORTED"
    title = "Conflict"
    default_detail = (
        "An admin aborted the bulk job in Salesforce. What it had not processed is left; "
        "p13n share resume goes on."
    )


class JobTooSlow(Fault):
    """Raised when a job is not done by its deadline; a resume goes on waiting."""

    status = 503
    code = "JOB_TOO_SLOW"
    title = "Service Unavailable"


class Pusher:
    """Pushes the planned rows of one run."""

    def __init__(
        self,
        *,
        tenant: Tenant,
        run: Run,
        runs: Runs,
        rows: RunRows,
        journal: Journal,
        crm: Crm,
        on_step: Callable[[str], None],
        stopping: Callable[[], None],
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ):
        self._tenant = tenant
        self._sharing = tenant.data_sharing
        self._run = run
        self._runs = runs
        self._rows = rows
        self._journal = journal
        self._crm = crm
        self._on_step = on_step
        self._stopping = stopping
        self._pause = pause
        self._clock = clock
        self._done = 0

    def push(self) -> None:
        """Bring every planned row to its outcome.

        Raises: JobAborted, JobTooSlow, CrmApiLimit or another CRM fault; then a resume goes on.
        """
        counts = self._rows.counts(self._run)
        self._total = sum(
            n for (_o, status, _c), n in counts.items()
            if status in (Status.PLANNED, Status.SENT, Status.PUSHED, Status.FAILED)
        )  # fmt: skip
        for name in OBJECTS:
            rounds = 0
            while self._one_job(name):
                rounds += 1
                self._pause(min(2**rounds, 30) if self._has_rows(name) else 0)
        explain_failures(self._crm, self._rows, self._run)

    def _has_rows(self, name: str) -> bool:
        return bool(self._rows.planned(self._run, name, 0, 1))

    def _one_job(self, name: str) -> bool:
        """Bring one job to its end; False when there is nothing to do."""
        job = self._journal.unfinished_job(self._run, name)
        if job is None:
            if not self._has_rows(name):
                return False
            job = self._journal.intend_job(self._run, name)
            self._on_step("job intended")
            job = self._open(job)
        elif job.state == JobState.INTENDED:
            job = self._adopted(job) or self._open(job)
        if job.state == JobState.OPEN:
            job = self._fill(job)
        self._finish(job)
        return True

    # -- opening --------------------------------------------------------------------------------

    def _open(self, job: Job) -> Job:
        for trial in range(1, TRIES + 1):
            try:
                crm_id = self._crm.create_job(job.object_name)
            except IN_DOUBT:
                if adopted := self._adopted(job):
                    return adopted
                if trial == TRIES:
                    raise
                self._pause(2**trial)
            else:
                break
        self._on_step("job created")
        return self._journal.set_job(self._run, job, JobState.OPEN, crm_id)

    def _adopted(self, job: Job) -> Job | None:
        """Adopt the job that an earlier call may have opened: ours, this object, open, empty."""
        known, user_id = self._journal.known_ids(), self._crm.user_id()
        candidates = [
            each
            for each in self._crm.classic_jobs()
            if each.get("id") not in known
            and each.get("createdById") == user_id
            and each.get("object") == job.object_name
            and each.get("operation") == "update"
            and each.get("state") == "Open"
            and _epoch(each.get("createdDate")) >= job.intended_at - CLOCKS_APART_SECONDS
        ]
        candidates.sort(key=lambda each: _epoch(each.get("createdDate")), reverse=True)
        for each in candidates:
            if not self._crm.batches(each["id"]):
                return self._journal.set_job(self._run, job, JobState.OPEN, each["id"])
        return None

    # -- filling --------------------------------------------------------------------------------

    def _fill(self, job: Job) -> Job:
        """Post what is planned and close the job. An aborted job takes nothing more."""
        try:
            self._post_intended(job)
            is_young = self._clock() - job.intended_at < OLDEST_OPEN_SECONDS
            while is_young and self._post_next(job):
                self._stopping()
        except CrmRefused as refusal:
            if refusal.crm_code not in ("InvalidJobState", "InvalidJob"):
                raise
            log.warning("the job takes no batch", run=self._run.id, code=refusal.crm_code)
        except CrmApiLimit:
            self._close(job)
            raise
        return self._close(job)

    def _close(self, job: Job) -> Job:
        self._crm.close_job(job.object_name, job.crm_id)
        self._on_step("job closed")
        return self._journal.set_job(self._run, job, JobState.CLOSED)

    def _post_intended(self, job: Job) -> None:
        """Adopt batches of which nobody knows whether they were posted, or post them."""
        batches = self._journal.batches(job)
        for batch in batches:
            if batch.state == BatchState.INTENDED:
                body = BulkBody(map(_payload, self._journal.values_of(batch)))
                crm_id = self._posted_id(job, body)
                if crm_id:
                    self._journal.name_batch(self._run, batch, crm_id)
                else:
                    self._post(job, batch, body)

    def _posted_id(self, job: Job, body: BulkBody) -> str | None:
        """Look for a batch with exactly these rows among those that the journal does not know."""
        known = {batch.crm_id for batch in self._journal.batches(job)}
        rows = orjson.loads(b"".join(body))
        for each in self._crm.batches(job.crm_id):
            if each["id"] not in known and self._crm.batch_rows(job.crm_id, each["id"]) == rows:
                return each["id"]
        return None

    def _post(self, job: Job, batch: Batch, body: BulkBody) -> None:
        for trial in range(1, TRIES + 1):
            try:
                crm_id = self._crm.add_batch(job.crm_id, body)
            except IN_DOUBT:
                crm_id = self._posted_id(job, body)
                if crm_id is None and trial == TRIES:
                    raise
            if crm_id is not None:
                break
            self._pause(2**trial)
        self._on_step("batch posted")
        self._journal.name_batch(self._run, batch, crm_id)
        self._on_step("batch journaled")

    def _post_next(self, job: Job) -> bool:
        """Post the next planned rows that fit, by number and by bytes; False without any."""
        first, last, count, body = 0, 0, 0, BulkBody()
        for row in self._planned(job.object_name):
            payload = _payload(row)
            is_full = body.length_with(payload) > MOST_BYTES
            if count and (count >= self._sharing.batch_rows or is_full):
                break
            first, last, count = first or row.number, row.number, count + 1
            body.add(payload)
        if not count:
            return False
        batch = self._journal.intend_batch(self._run, job, first, last, count)
        self._on_step("batch intended")
        self._post(job, batch, body)
        return True

    def _planned(self, name: str) -> Iterator[PushRow]:
        after = 0
        while rows := self._rows.planned(self._run, name, after, ROWS_PER_READ):
            yield from rows
            after = rows[-1].number

    # -- finishing ------------------------------------------------------------------------------

    def _finish(self, job: Job) -> None:
        """Wait for the job, read every batch, and let unprocessed rows go."""
        is_aborted = self._wait(job)
        told = {each["id"]: each for each in self._crm.batches(job.crm_id)}
        for batch in self._journal.batches(job):
            if batch.state != BatchState.DONE:
                self._read(job, batch, told.get(batch.crm_id), is_aborted)
                self._stopping()
        self._journal.set_job(self._run, job, JobState.DONE)
        if is_aborted:
            raise JobAborted()

    def _wait(self, job: Job) -> bool:
        """Return once the job has nothing more to do: whether it was aborted.

        Raises: JobTooSlow.
        """
        give_up = self._clock() + self._sharing.job_minutes * 60
        seconds = FIRST_POLL_SECONDS
        while True:
            told = self._crm.job(job.object_name, job.crm_id)
            ended = told["numberBatchesCompleted"] + told["numberBatchesFailed"]
            self._progress(int(told.get("numberRecordsProcessed", 0)))
            self._on_step("polled")
            is_over = told["state"] in ("Aborted", "Failed") and not told["numberBatchesInProgress"]
            if ended >= told["numberBatchesTotal"] or is_over:
                return told["state"] == "Aborted"
            if self._clock() > give_up:
                minutes = self._sharing.job_minutes
                raise JobTooSlow(
                    f"Bulk job {job.crm_id} is not done after {minutes:g} minutes. It goes on in "
                    "Salesforce; resume reads its results.",
                    retry_after=600,
                )
            self._stopping()
            self._pause(seconds)
            seconds = min(seconds * 1.5, LONGEST_POLL_SECONDS)

    def _read(self, job: Job, batch: Batch, told: dict | None, is_aborted: bool) -> None:
        if is_aborted and (told is None or told["state"] == "NotProcessed"):
            rows = self._journal.rows_of(batch)
            outcomes = [Outcome(row.number, Status.PLANNED) for row in rows]
        else:
            outcomes = self._outcomes(job, batch, told or {"state": "NotProcessed"})
        self._on_step("result read")
        number = self._journal.finish_batch(self._run, batch, outcomes)
        self._done += number - sum(each.status == Status.PLANNED for each in outcomes)
        self._progress(0)
        self._on_step("result stored")

    def _outcomes(self, job: Job, batch: Batch, told: dict) -> list[Outcome]:
        """Return what is to be said of a batch's rows but that they were pushed."""
        processed = int(told.get("numberRecordsProcessed") or 0)
        if processed == 0 and told["state"] != "Completed":
            return [_unprocessed(row, told) for row in self._journal.rows_of(batch)]
        return self._crm.batch_results(
            job.crm_id, batch.crm_id, lambda results: self._matched(batch, told, results)
        )

    def _matched(self, batch: Batch, told: dict, results: Iterator[dict]) -> list[Outcome]:
        """Match results to rows as they come: of ten thousand, only what is to be said is kept."""
        is_failed, outcomes = told["state"] != "Completed", []
        for row, result in zip_longest(self._journal.rows_of(batch), results):
            if row is None or (result is None and not is_failed):
                return [_unverified(each) for each in self._journal.rows_of(batch)]
            if result is None:
                outcomes.append(_unprocessed(row, told))
            elif not _is_success(row, result):
                outcomes.append(_outcome(row, result, told))
        return outcomes

    def _progress(self, ahead: int) -> None:
        done = min(self._total, self._done + ahead)
        self._runs.show(self._run, {"done": done, "total": self._total, "unit": "records"})


def _payload(row: PushRow) -> bytes:
    """Return a row as the Bulk API reads it, in ASCII as the library would write it."""
    return json.dumps({"Id": row.record_id, **orjson.loads(row.after)}).encode("ascii")


def _is_success(row: SentRow, result: dict) -> bool:
    """A result belongs to the row of its place; an id that it carries must be that row's."""
    return result.get("success") is True and _same_id(row, result)


def _same_id(row: SentRow, result: dict) -> bool:
    given = result.get("id")
    return given is None or str(given)[:15] == row.record_id[:15]


def _outcome(row: SentRow, result: dict, told: dict) -> Outcome:
    if not _same_id(row, result):
        return _unverified(row)
    errors = result.get("errors") or []
    if not errors:
        return _unprocessed(row, told)
    error = errors[0] if isinstance(errors[0], dict) else {}
    code = str(error.get("statusCode") or "UNKNOWN_ERROR")[:64]
    message = str(error.get("message") or "")[:500]
    named = error.get("fields") or []
    field = str(named[0])[:80] if named else None
    return _again_or_failed(row, code, message, field)


def _unprocessed(row: SentRow, told: dict) -> Outcome:
    """Salesforce did not come to this row: it goes again, unless it never could."""
    message = str(told.get("stateMessage") or "")[:500]
    if message.startswith("InvalidBatch"):
        return Outcome(row.number, Status.FAILED, "BATCH_FAILED", message)
    return _again_or_failed(row, "NOT_PROCESSED", message or "Salesforce did not process it", None)


def _again_or_failed(row: SentRow, code: str, message: str, field: str | None) -> Outcome:
    goes_again = code in RETRYABLE and row.attempts < MOST_ATTEMPTS
    status = Status.PLANNED if goes_again else Status.FAILED
    return Outcome(row.number, status, code, message, field)


def _unverified(row: SentRow) -> Outcome:
    message = "Salesforce's result does not fit the batch; the row may have been written"
    return Outcome(row.number, Status.FAILED, "UNVERIFIED", message)


def _epoch(text) -> float:
    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except ValueError:
        return 0.0


def require_complete(counts) -> None:
    """Raise InternalError unless every row of a finished run has its outcome."""
    open_rows = sum(n for (_o, s, _c), n in counts.items() if s in (Status.PLANNED, Status.SENT))
    if open_rows:
        raise InternalError(f"{open_rows} rows have no outcome.")
