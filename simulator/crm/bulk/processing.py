"""What happens to a batch's rows when its turn comes."""

from simulator.crm.bulk.forms import read_rows
from simulator.crm.bulk.jobs import Batch, Job
from simulator.crm.errors import OrgError
from simulator.crm.queries import Queries
from simulator.crm.records import Records
from simulator.crm.schema import ObjectType
from simulator.crm.users import Users
from simulator.crm.values import stored_from_bulk
from simulator.crm.writes import RowResult, Writer

MAX_ROWS = 10_000


class BadBatch(Exception):
    """Raised when a batch cannot be processed at all; the message is the batch's."""


class Processing:
    """Writes batches as the user who made the job."""

    def __init__(self, records: Records, queries: Queries, users: Users, switches):
        self._records, self._queries = records, queries
        self._users, self._switches = users, switches

    def process(self, job: Job, batch: Batch) -> None:
        """Write a batch's rows, and set its end state, counters and results."""
        if job.is_query:
            self._query(job, batch)
        else:
            self._write(job, batch)

    def _query(self, job: Job, batch: Batch) -> None:
        schema = self._users.schema(self._users.by_id(job.user_id))
        with_deleted = job.operation == "queryall"
        try:
            batch.found = self._queries.find(batch.body.decode(), schema, with_deleted=with_deleted)
        except OrgError as refusal:
            batch.state = "Failed"
            batch.message = f"InvalidBatch : Failed to process query: {refusal}"
            return
        batch.state, batch.processed = "Completed", len(batch.found.rows)

    def _write(self, job: Job, batch: Batch) -> None:
        try:
            described = self._described(job)
            rows = rows_of(job, batch)
            check_fields(described, rows)
        except BadBatch as trouble:
            batch.state, batch.message = "Failed", str(trouble)
            return
        fault = self._switches["failedBatches"].get(str(batch.number))
        written = rows if fault is None else rows[: fault.get("writtenRows", 0)]
        writer = Writer(self._records, described, job.user_id, stored_from_bulk)
        batch.results = writer.write_all(job.operation, written, job.external_id)
        batch.processed = len(written)
        batch.state = "Completed" if fault is None else "Failed"
        if fault is not None:
            batch.message = fault.get("message", "InternalServerError : Unexpected exception")
            if self._switches["failedBatchResult"] == "all":
                batch.results += [NOT_REACHED] * (len(rows) - len(written))

    def _described(self, job: Job) -> ObjectType:
        found = self._users.schema(self._users.by_id(job.user_id)).object(job.object_name)
        if found is None:
            raise BadBatch(f"InvalidBatch : Unable to find object: {job.object_name}")
        return found


NOT_REACHED = RowResult(None, error=OrgError(400, "", ""))


def rows_of(job: Job, batch: Batch) -> list[dict]:
    """Return a batch's rows; raises BadBatch when they cannot be read."""
    try:
        rows = read_rows(job.content_type, batch.body)
    except ValueError as broken:
        raise BadBatch(f"InvalidBatch : Failed to parse batch: {broken}") from broken
    if len(rows) > MAX_ROWS:
        raise BadBatch(f"InvalidBatch : Batch has more than {MAX_ROWS} records")
    return rows


def check_fields(described: ObjectType, rows: list[dict]) -> None:
    """Raise BadBatch when a row names a field that the user does not have."""
    names = {name for row in rows for name in row if name != "attributes"}
    for name in sorted(names):
        try:
            described.field(name)
        except OrgError as unknown:
            raise BadBatch(f"InvalidBatch : Field name not found : {name}") from unknown
