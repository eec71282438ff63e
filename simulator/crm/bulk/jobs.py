"""Jobs and batches of the Bulk API 1.0: what they go through, and when.

Nothing runs by itself: a job moves when somebody looks at it, by one step for each look, so that
tests see every state without waiting. `finish` lets time pass instead.
Source: Bulk API Developer Guide, "Job and Batch Lifespan", "Errors".
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from simulator.crm.errors import OrgError
from simulator.crm.limits import Limits
from simulator.crm.queries import Found
from simulator.crm.writes import RowResult
from simulator.record_ids import normalized, record_id

UNFINISHED = ("Queued", "InProgress")
OPEN_FOR_BATCHES = timedelta(hours=24)
KEPT = timedelta(days=7)


class BulkRefusal(OrgError):
    """Raised when the Bulk API refuses a request; answered as exceptionCode, exceptionMessage."""


@dataclass
class Batch:
    """One batch: its body as it was posted, and what became of its rows, in their order."""

    id: str
    number: int
    body: bytes
    created: datetime
    changed: datetime
    state: str = "Queued"
    message: str | None = None
    looks: int = 0
    processed: int = 0
    results: list[RowResult] = field(default_factory=list)
    found: Found | None = None  # of a query

    @property
    def failed(self) -> int:
        return sum(not result.success for result in self.results[: self.processed])


@dataclass
class Job:
    """One job with its batches; `user_id` is who made it."""

    id: str
    version: str
    operation: str
    object_name: str
    user_id: str
    content_type: str
    created: datetime
    changed: datetime
    concurrency: str = "Parallel"
    external_id: str | None = None
    state: str = "Open"
    batches: list[Batch] = field(default_factory=list)

    @property
    def is_query(self) -> bool:
        return self.operation in ("query", "queryall")

    def count(self, state: str) -> int:
        """Return how many batches are in a state."""
        return sum(batch.state == state for batch in self.batches)


class BulkJobs:
    """All jobs of the org. `process(job, batch)` does a batch's work and sets its end state."""

    def __init__(self, clock, limits: Limits, switches, process: Callable[[Job, Batch], None]):
        self._clock, self._limits, self._switches = clock, limits, switches
        self._process = process
        self.lock = threading.RLock()
        self.reset()

    def reset(self) -> None:
        """Forget every job."""
        with self.lock:
            self._jobs: dict[str, Job] = {}
            self._posted = 0

    def create(self, **settings) -> Job:
        """Open a job."""
        with self.lock:
            now = self._clock.now()
            number = len(self._jobs) + 1
            job = Job(id=record_id("750", number), created=now, changed=now, **settings)
            self._jobs[job.id] = job
            return job

    def all(self) -> list[Job]:
        """Return the jobs that are kept: those of the last seven days."""
        with self.lock:
            first = self._clock.now() - KEPT
            return [job for job in self._jobs.values() if job.created >= first]

    def job(self, job_id: str) -> Job:
        """Return a job by its id in either length; raises BulkRefusal."""
        wanted = normalized(job_id)
        for job in self.all():
            if job.id == wanted:
                return job
        raise BulkRefusal(400, "InvalidJob", f"Invalid job id: {job_id}")

    def batch(self, job: Job, batch_id: str) -> Batch:
        """Return a batch of a job; raises BulkRefusal."""
        wanted = normalized(batch_id)
        for batch in job.batches:
            if batch.id == wanted:
                return batch
        raise BulkRefusal(400, "InvalidBatch", f"Invalid batch id: {batch_id}")

    def add_batch(self, job: Job, body: bytes) -> Batch:
        """Queue a batch; raises BulkRefusal. One sent to a closed job counts all the same."""
        with self.lock:
            if not self._limits.take("DailyBulkApiBatches"):
                raise BulkRefusal(400, "ExceededQuota", "ApiBatchItems Limit exceeded.")
            if job.state != "Open":
                message = f"{job.state} job state does not allow new batches"
                raise BulkRefusal(400, "InvalidJobState", message)
            now = self._clock.now()
            if now - job.created >= OPEN_FOR_BATCHES:
                raise BulkRefusal(400, "InvalidJob", "Job is older than 24 hours")
            self._posted += 1
            batch = Batch(record_id("751", self._posted), self._posted, body, now, now)
            job.batches.append(batch)
            job.changed = now
            return batch

    def close(self, job: Job, user_id: str) -> None:
        """Take no more batches; only who made the job may do that. Raises BulkRefusal."""
        with self.lock:
            if job.user_id != user_id:
                raise BulkRefusal(400, "InvalidUser", "Only the job's creator can close it")
            self._leave_open(job, "Closed")

    def abort(self, job: Job) -> None:
        """End a job: what is queued is never processed, what runs ends. Raises BulkRefusal."""
        with self.lock:
            if job.state == "Closed" and not self._is_unfinished(job):
                raise BulkRefusal(400, "InvalidJobState", "Closed to Aborted. Invalid transition")
            job.state, job.changed = "Aborted", self._clock.now()
            for batch in job.batches:
                if batch.state == "Queued":
                    self._end(batch, "NotProcessed")

    def abort_all(self) -> None:
        """Do what an admin does who aborts everything that is not finished."""
        with self.lock:
            for job in self.all():
                if job.state == "Open" or (job.state == "Closed" and self._is_unfinished(job)):
                    self.abort(job)

    def look(self, job: Job) -> None:
        """Let a job move by one step, because somebody asked for it or for its batches."""
        with self.lock:
            for batch in job.batches:
                if batch.state in UNFINISHED:
                    batch.looks += 1
                    self._move(job, batch)

    def finish(self) -> None:
        """Let time pass until every batch has ended."""
        with self.lock:
            for job in self.all():
                for batch in job.batches:
                    if batch.state in UNFINISHED:
                        self._run(job, batch)

    def _move(self, job: Job, batch: Batch) -> None:
        queued, running = self._switches["queuedPolls"], self._switches["inProgressPolls"]
        if batch.state == "Queued":
            if batch.looks > queued and job.count("InProgress") < self._switches["parallelBatches"]:
                batch.state, batch.changed, batch.looks = "InProgress", self._clock.now(), 1
            else:
                return
        if batch.looks > running:
            self._run(job, batch)

    def _run(self, job: Job, batch: Batch) -> None:
        self._process(job, batch)
        batch.changed = self._clock.now()

    def _end(self, batch: Batch, state: str) -> None:
        batch.state, batch.changed = state, self._clock.now()

    def _leave_open(self, job: Job, state: str) -> None:
        if job.state != "Open":
            message = f"{job.state} to {state}. Invalid transition"
            raise BulkRefusal(400, "InvalidJobState", message)
        job.state, job.changed = state, self._clock.now()

    @staticmethod
    def _is_unfinished(job: Job) -> bool:
        return any(batch.state in UNFINISHED for batch in job.batches)
