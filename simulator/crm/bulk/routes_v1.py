"""The Bulk API 1.0 over HTTP.

Source: Bulk API Developer Guide. Which form an answer has is undocumented: answers about jobs
follow the request's content type, those about batches and results the job's.
"""

import orjson
from flask import Blueprint, Response, g, request

from simulator.crm.bulk.forms import batch_info, job_info, result_row
from simulator.crm.bulk.jobs import UNFINISHED, Batch, BulkRefusal, Job
from simulator.crm.entry import enter_bulk, org

routes = Blueprint("bulk", __name__, url_prefix="/services/async/<version>")
routes.before_request(enter_bulk)
OPERATIONS = ("insert", "update", "upsert", "delete")
CONTENT_TYPES = ("JSON",)
CONCURRENCY = {"0": "Parallel", "1": "Serial", "parallel": "Parallel", "serial": "Serial"}
MAX_BYTES = 10_000_000


@routes.post("/job")
def create_job(version: str):
    """Open a job."""
    asked = _body()
    operation, object_name = str(asked.get("operation")), str(asked.get("object"))
    if operation.lower() not in OPERATIONS:
        raise BulkRefusal(400, "InvalidJob", f"Unsupported operation: {operation}")
    described = g.schema.object(object_name)
    if described is None:
        raise BulkRefusal(400, "InvalidEntity", f"Unable to find object: {object_name}")
    content_type = str(asked.get("contentType") or "XML").upper()
    if content_type not in CONTENT_TYPES:
        raise BulkRefusal(400, "InvalidJob", f"Unsupported content type: {content_type}")
    mode = str(asked.get("concurrencyMode") or "Parallel")
    job = org().bulk.create(
        version=version,
        operation=operation.lower(),
        object_name=described.name,
        user_id=g.user.id,
        content_type=content_type,
        concurrency=CONCURRENCY.get(mode.lower(), "Parallel"),
        external_id=asked.get("externalIdFieldName"),
    )
    return _answer(job_info(job)), 201


@routes.get("/job/<job_id>")
def show_job(version: str, job_id: str):
    """Return a job; looking at it lets it move."""
    job = org().bulk.job(job_id)
    org().bulk.look(job)
    return _answer(job_info(job))


@routes.post("/job/<job_id>")
def change_job(version: str, job_id: str):
    """Close or abort a job."""
    job, state = org().bulk.job(job_id), _body().get("state")
    if state == "Closed":
        org().bulk.close(job, g.user.id)
    elif state == "Aborted":
        org().bulk.abort(job)
    else:
        raise BulkRefusal(400, "InvalidJobState", f"Invalid job state: {state}")
    return _answer(job_info(job))


@routes.post("/job/<job_id>/batch")
def add_batch(version: str, job_id: str):
    """Queue a batch."""
    job, body = org().bulk.job(job_id), request.get_data()
    if len(body) > MAX_BYTES:
        raise BulkRefusal(400, "ClientInputError", "Batch is larger than 10 MB")
    batch = org().bulk.add_batch(job, body)
    return _answer(batch_info(job, batch)), 201


@routes.get("/job/<job_id>/batch")
def list_batches(version: str, job_id: str):
    """Return all batches of a job; looking at them lets them move."""
    job = org().bulk.job(job_id)
    org().bulk.look(job)
    return _answer({"batchInfo": [batch_info(job, batch) for batch in job.batches]})


@routes.get("/job/<job_id>/batch/<batch_id>")
def show_batch(version: str, job_id: str, batch_id: str):
    """Return a batch; looking at it lets its job move."""
    job, batch = _found(job_id, batch_id)
    org().bulk.look(job)
    return _answer(batch_info(job, batch))


@routes.get("/job/<job_id>/batch/<batch_id>/request")
def show_request(version: str, job_id: str, batch_id: str):
    """Return a batch's rows as they were sent."""
    _job, batch = _found(job_id, batch_id)
    return Response(batch.body, mimetype="application/json")


@routes.get("/job/<job_id>/batch/<batch_id>/result")
def show_result(version: str, job_id: str, batch_id: str):
    """Return what became of each row, in the rows' order."""
    _job, batch = _found(job_id, batch_id)
    if batch.state in UNFINISHED:
        raise BulkRefusal(400, "InvalidBatch", "Batch not completed")
    if batch.processed == 0 and batch.state != "Completed":
        raise BulkRefusal(400, "InvalidBatch", "Records not processed")
    return _answer([result_row(result) for result in batch.results])


def _found(job_id: str, batch_id: str) -> tuple[Job, Batch]:
    job = org().bulk.job(job_id)
    return job, org().bulk.batch(job, batch_id)


def _body() -> dict:
    try:
        body = orjson.loads(request.get_data())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise BulkRefusal(400, "ClientInputError", "Failed to parse the request's body")
    return body


def _answer(content) -> Response:
    return Response(orjson.dumps(content), mimetype="application/json")
