"""Jobs, batches, rows and results as the Bulk API 1.0 writes and reads them."""

import orjson

from simulator.crm.bulk.delimited import as_record, read_csv, write_csv
from simulator.crm.bulk.jobs import Batch, Job
from simulator.crm.bulk.xml_forms import read_records, write_xml
from simulator.crm.soql.sql import datetime_text
from simulator.crm.writes import RowResult


def job_info(job: Job) -> dict:
    """Return a job with its counters."""
    times = {"totalProcessingTime": 0, "apiActiveProcessingTime": 0, "apexProcessingTime": 0}
    return {
        "id": job.id,
        "operation": job.operation,
        "object": job.object_name,
        "createdById": job.user_id,
        "createdDate": datetime_text(job.created),
        "systemModstamp": datetime_text(job.changed),
        "state": job.state,
        "externalIdFieldName": job.external_id,
        "concurrencyMode": job.concurrency,
        "contentType": job.content_type,
        "apiVersion": float(job.version),
        "numberBatchesQueued": job.count("Queued"),
        "numberBatchesInProgress": job.count("InProgress"),
        "numberBatchesCompleted": job.count("Completed"),
        "numberBatchesFailed": job.count("Failed"),
        "numberBatchesTotal": len(job.batches),
        "numberRecordsProcessed": sum(batch.processed for batch in job.batches),
        "numberRecordsFailed": sum(batch.failed for batch in job.batches),
        "numberRetries": 0,
    } | times


def batch_info(job: Job, batch: Batch) -> dict:
    """Return a batch's state; the message only when there is one."""
    message = {"stateMessage": batch.message} if batch.message else {}
    return {
        "id": batch.id,
        "jobId": job.id,
        "state": batch.state,
        **message,
        "createdDate": datetime_text(batch.created),
        "systemModstamp": datetime_text(batch.changed),
        "numberRecordsProcessed": batch.processed,
        "numberRecordsFailed": batch.failed,
        "totalProcessingTime": 0,
        "apiActiveProcessingTime": 0,
        "apexProcessingTime": 0,
    }


def read_rows(content_type: str, body: bytes) -> list[dict]:
    """Return the rows of a batch; raises ValueError with what is wrong."""
    if content_type == "CSV":
        header, rows = read_csv(body)
        return [as_record(header, row) for row in rows]
    if content_type == "XML":
        return read_records(body)
    rows = orjson.loads(body)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("an array of records is expected")
    return rows


def results(content_type: str, found: list[RowResult]) -> bytes:
    """Return what became of a batch's rows, in their order and the job's form."""
    if content_type == "JSON":
        return orjson.dumps([_json_result(result) for result in found])
    if content_type == "XML":
        return write_xml("results", {"result": [_json_result(result) for result in found]})
    rows = [[r.id or "", _flag(r.success), _flag(r.created), error_text(r.error)] for r in found]
    return write_csv([["Id", "Success", "Created", "Error"], *rows])


def _json_result(result: RowResult) -> dict:
    error = result.error
    errors = [] if error is None or not error.code else [
        {"statusCode": error.code, "message": str(error), "fields": list(error.fields)}
    ]  # fmt: skip
    return {
        "success": result.success,
        "created": result.created,
        "id": result.id,
        "errors": errors,
    }


def _flag(value: bool) -> str:
    return "true" if value else "false"


def error_text(error) -> str:
    """Return an error as a cell has it, e.g. `MALFORMED_ID:Account ID: ...:AccountId --`."""
    if error is None or not error.code:
        return ""
    return f"{error.code}:{error}:{','.join(error.fields)} --"
