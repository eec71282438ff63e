"""The Bulk API 1.0 over HTTP.

Source: Bulk API Developer Guide. Which form an answer has is undocumented: answers about jobs
follow the request's content type, those about batches and results the job's.
"""

import orjson
from flask import Blueprint, Response, g, request

from simulator.crm.bulk.delimited import write_csv
from simulator.crm.bulk.forms import batch_info, job_info, results
from simulator.crm.bulk.jobs import UNFINISHED, Batch, BulkRefusal, Job
from simulator.crm.bulk.xml_forms import read_members, write_xml
from simulator.crm.entry import enter_bulk, org

routes = Blueprint("bulk", __name__, url_prefix="/services/async/<version>")
routes.before_request(enter_bulk)
OPERATIONS = ("insert", "update", "upsert", "delete", "query", "queryall")
CONTENT_TYPES = {"JSON": "application/json", "CSV": "text/csv", "XML": "application/xml"}
RESULT_ID = "752"
CONCURRENCY = {"0": "Parallel", "1": "Serial", "parallel": "Parallel", "serial": "Serial"}
XML = "application/xml"
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
    return _about_job(job), 201


@routes.get("/job/<job_id>")
def show_job(version: str, job_id: str):
    """Return a job; looking at it lets it move."""
    job = org().bulk.job(job_id)
    org().bulk.look(job)
    return _about_job(job)


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
    return _about_job(job)


@routes.post("/job/<job_id>/batch")
def add_batch(version: str, job_id: str):
    """Queue a batch."""
    job, body = org().bulk.job(job_id), request.get_data()
    if len(body) > MAX_BYTES:
        raise BulkRefusal(400, "ClientInputError", "Batch is larger than 10 MB")
    batch = org().bulk.add_batch(job, body)
    return _about_batches(job, "batchInfo", batch_info(job, batch)), 201


@routes.get("/job/<job_id>/batch")
def list_batches(version: str, job_id: str):
    """Return all batches of a job; looking at them lets them move."""
    job = org().bulk.job(job_id)
    org().bulk.look(job)
    infos = {"batchInfo": [batch_info(job, batch) for batch in job.batches]}
    return _about_batches(job, "batchInfoList", infos)


@routes.get("/job/<job_id>/batch/<batch_id>")
def show_batch(version: str, job_id: str, batch_id: str):
    """Return a batch; looking at it lets its job move."""
    job, batch = _found(job_id, batch_id)
    org().bulk.look(job)
    return _about_batches(job, "batchInfo", batch_info(job, batch))


@routes.get("/job/<job_id>/batch/<batch_id>/request")
def show_request(version: str, job_id: str, batch_id: str):
    """Return a batch's rows as they were sent."""
    job, batch = _found(job_id, batch_id)
    return Response(batch.body, mimetype=CONTENT_TYPES[job.content_type])


@routes.get("/job/<job_id>/batch/<batch_id>/result")
def show_result(version: str, job_id: str, batch_id: str):
    """Return what became of each row, in the rows' order; of a query, the results' ids."""
    job, batch = _ended(job_id, batch_id)
    if job.is_query:
        result_id = RESULT_ID + batch.id[3:]
        if job.content_type == "JSON":
            return Response(orjson.dumps([result_id]), mimetype="application/json")
        return Response(write_xml("result-list", {"result": [result_id]}), mimetype=XML)
    content = results(job.content_type, batch.results)
    return Response(content, mimetype=CONTENT_TYPES[job.content_type])


@routes.get("/job/<job_id>/batch/<batch_id>/result/<result_id>")
def show_query_result(version: str, job_id: str, batch_id: str, result_id: str):
    """Return what a query found."""
    job, batch = _ended(job_id, batch_id)
    if batch.found is None or result_id[3:] != batch.id[3:]:
        raise BulkRefusal(400, "InvalidBatch", f"Invalid result id: {result_id}")
    count = len(batch.found.rows)
    if job.content_type == "CSV":
        file = write_csv([batch.found.header(), *batch.found.texts(0, count)])
        return Response(file, mimetype="text/csv")
    records = batch.found.records(0, count, version)
    if job.content_type == "JSON":
        return Response(orjson.dumps(records), mimetype="application/json")
    return Response(write_xml("queryResult", {"records": records}), mimetype=XML)


def _ended(job_id: str, batch_id: str) -> tuple[Job, Batch]:
    job, batch = _found(job_id, batch_id)
    if batch.state in UNFINISHED:
        raise BulkRefusal(400, "InvalidBatch", "Batch not completed")
    if batch.processed == 0 and batch.state != "Completed":
        raise BulkRefusal(400, "InvalidBatch", "Records not processed")
    return job, batch


def _found(job_id: str, batch_id: str) -> tuple[Job, Batch]:
    job = org().bulk.job(job_id)
    return job, org().bulk.batch(job, batch_id)


def _body() -> dict:
    text = request.get_data()
    try:
        body = read_members(text) if text.lstrip().startswith(b"<") else orjson.loads(text)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise BulkRefusal(400, "ClientInputError", "Failed to parse the request's body")
    return body


def _about_job(job: Job) -> Response:
    given = request.content_type
    as_json = "json" in given if given else job.content_type == "JSON"
    return _answer("jobInfo", job_info(job), as_json=as_json)


def _about_batches(job: Job, name: str, content: dict) -> Response:
    return _answer(name, content, as_json=job.content_type == "JSON")


def _answer(name: str, content: dict, *, as_json: bool) -> Response:
    if as_json:
        return Response(orjson.dumps(content), mimetype="application/json")
    return Response(write_xml(name, content), mimetype=XML)


@routes.errorhandler(BulkRefusal)
def refuse(refusal: BulkRefusal):
    """Answer in the form that the caller speaks."""
    content = {"exceptionCode": refusal.code, "exceptionMessage": str(refusal)}
    speaks_xml = any(kind in (request.content_type or "") for kind in ("xml", "csv"))
    return _answer("error", content, as_json=not speaks_xml), refusal.status
