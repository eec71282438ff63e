"""Jobs of the Bulk API 2.0, ingest and query: the org cuts them into batches by itself.

Like those of 1.0 they move by one step for each look at them.
Source: Bulk API 2.0 and Bulk API Developer Guide.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime

from simulator.crm.bulk.delimited import DELIMITERS, LINE_ENDINGS, as_record, read_csv
from simulator.crm.bulk.processing import BadBatch, check_fields
from simulator.crm.errors import OrgError
from simulator.crm.limits import Limits
from simulator.crm.queries import Found, Queries
from simulator.crm.records import Records
from simulator.crm.schema import Schema
from simulator.crm.users import Users
from simulator.crm.values import stored_from_bulk
from simulator.crm.writes import RowResult, Writer
from simulator.record_ids import normalized, record_id

BATCH_ROWS = 10_000
MOVING = ("UploadComplete", "InProgress")


@dataclass
class V2Job:
    """One job; of an ingest, its rows and their outcomes by position, of a query what it found."""

    id: str
    kind: str  # V2Ingest or V2Query
    version: str
    operation: str
    user_id: str
    object_name: str
    created: datetime
    changed: datetime
    state: str
    delimiter: str = "COMMA"
    line_ending: str = "LF"
    external_id: str | None = None
    query: str | None = None
    message: str | None = None
    looks: int = 0
    body: bytes | None = None
    header: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    results: list[RowResult] = field(default_factory=list)
    found: Found | None = None

    def picked(self, success: bool) -> list[tuple[list[str], RowResult]]:
        """Return the rows of one outcome with their results, not in the order of the upload."""
        pairs = list(zip(self.rows, self.results, strict=False))
        return [pair for pair in reversed(pairs) if pair[1].success is success]


class V2Jobs:
    """All 2.0 jobs of the org."""

    def __init__(
        self, clock, limits: Limits, switches, records: Records, queries: Queries, users: Users
    ):
        self._clock, self._limits, self._switches = clock, limits, switches
        self._records, self._queries, self._users = records, queries, users
        self._lock = threading.RLock()
        self.reset()

    def reset(self) -> None:
        """Forget every job."""
        with self._lock:
            self._jobs: dict[str, V2Job] = {}

    def create(self, kind: str, **settings) -> V2Job:
        """Open a job; a query starts at once. Raises OrgError for an unknown delimiter."""
        for name, known in (("delimiter", DELIMITERS), ("line_ending", LINE_ENDINGS)):
            if settings[name] not in known:
                raise OrgError(400, "INVALIDJOB", f"unknown: {settings[name]}")
        if kind == "V2Query" and not self._limits.take("DailyBulkV2QueryJobs"):
            raise OrgError(403, "REQUEST_LIMIT_EXCEEDED", "Daily query jobs limit exceeded.")
        with self._lock:
            now = self._clock.now()
            job_id = record_id("750", 500_000 + len(self._jobs))
            state = "Open" if kind == "V2Ingest" else "UploadComplete"
            job = V2Job(id=job_id, kind=kind, created=now, changed=now, state=state, **settings)
            self._jobs[job_id] = job
            return job

    def all(self) -> list[V2Job]:
        """Return every job."""
        with self._lock:
            return list(self._jobs.values())

    def job(self, kind: str, job_id: str) -> V2Job:
        """Return a job by its id in either length; raises OrgError."""
        found = self._jobs.get(normalized(job_id) or "")
        if found is None or found.kind != kind:
            raise OrgError(404, "NOT_FOUND", "The requested resource does not exist")
        return found

    def upload(self, job: V2Job, body: bytes) -> None:
        """Take the rows of an open job, once; raises OrgError."""
        with self._lock:
            if job.state != "Open" or job.body is not None:
                raise OrgError(400, "INVALIDJOBSTATE", "the job takes no (more) data")
            job.body = body

    def change(self, job: V2Job, state: str) -> None:
        """Let an ingest start, or abort a job; raises OrgError."""
        with self._lock:
            starts = state == "UploadComplete" and job.state == "Open"
            if not starts and not (state == "Aborted" and job.state in ("Open", *MOVING)):
                message = f"a job in state {job.state} cannot become {state}"
                raise OrgError(400, "INVALIDJOBSTATE", message)
            job.state, job.changed = state, self._clock.now()

    def delete(self, job: V2Job) -> None:
        """Forget a job that has ended; raises OrgError."""
        with self._lock:
            if job.state in ("Open", *MOVING):
                raise OrgError(400, "INVALIDJOBSTATE", "only ended jobs can be deleted")
            del self._jobs[job.id]

    def abort_all(self) -> None:
        """Do what an admin does who aborts everything that is not finished."""
        with self._lock:
            for job in self.all():
                if job.state in ("Open", *MOVING):
                    self.change(job, "Aborted")

    def look(self, job: V2Job) -> None:
        """Let a job move by one step."""
        with self._lock:
            if job.state not in MOVING:
                return
            job.looks += 1
            if job.state == "UploadComplete" and job.looks > self._switches["queuedPolls"]:
                job.state, job.looks = "InProgress", 1
            if job.state == "InProgress" and job.looks > self._switches["inProgressPolls"]:
                self._run(job)

    def finish(self) -> None:
        """Let time pass until every job that was started has ended."""
        with self._lock:
            for job in self.all():
                if job.state in MOVING:
                    self._run(job)

    def _run(self, job: V2Job) -> None:
        schema = self._users.schema(self._users.by_id(job.user_id))
        try:
            if job.kind == "V2Query":
                deleted = job.operation == "queryAll"
                job.found = self._queries.find(job.query, schema, with_deleted=deleted)
            else:
                self._write(job, schema)
            job.state = "JobComplete"
        except (BadBatch, OrgError, ValueError) as trouble:
            job.state, job.message = "Failed", str(trouble)
        job.changed = self._clock.now()

    def _write(self, job: V2Job, schema: Schema) -> None:
        job.header, job.rows = read_csv(job.body or b"", DELIMITERS[job.delimiter])
        described = schema.queried(job.object_name)
        check_fields(described, [dict.fromkeys(job.header)])
        writer = Writer(self._records, described, job.user_id, stored_from_bulk)
        for start in range(0, len(job.rows), BATCH_ROWS):
            if not self._limits.take("DailyBulkApiBatches"):
                return  # what is left is unprocessed
            batch = [as_record(job.header, row) for row in job.rows[start : start + BATCH_ROWS]]
            job.results += writer.write_all(job.operation, batch, job.external_id)
