"""The Bulk API 2.0 over HTTP, and the list of all the org's bulk jobs.

Source: Bulk API 2.0 and Bulk API Developer Guide. The order of rows in results is not documented;
here it is not that of the upload.
"""

import base64
import binascii

from flask import Blueprint, Response, g, jsonify, request

from simulator.crm.bulk.delimited import DELIMITERS, LINE_ENDINGS, write_csv
from simulator.crm.bulk.forms import error_text, job_info
from simulator.crm.bulk.v2_jobs import V2Job
from simulator.crm.data_routes import object_named, posted_object
from simulator.crm.entry import enter_rest, org
from simulator.crm.errors import OrgError
from simulator.crm.soql.sql import datetime_text

routes = Blueprint("bulk_v2", __name__, url_prefix="/services/data/v<version>/jobs")
routes.before_request(enter_rest)
OPERATIONS = ("insert", "update", "upsert", "delete")
CLASSIC = ("id", "operation", "object", "createdById", "createdDate", "systemModstamp", "state",
           "concurrencyMode", "contentType", "apiVersion")  # fmt: skip
JOBS_PAGE = 1_000
ROWS_PAGE = 50_000  # rows of a query's page when the caller does not say


@routes.get("/ingest")
def list_jobs(version: str):
    """Return the org's jobs in any order, up to 1,000 a page."""
    wanted = request.args.get("jobType")
    start = int(request.args.get("queryLocator") or 0)
    jobs = [_classic(job) for job in org().bulk.all()[::-1]]
    jobs += [_info(job) for job in org().bulk_v2.all() if job.kind == "V2Ingest"]
    chosen = [job for job in jobs if wanted in (None, "All", job["jobType"])]
    done = start + JOBS_PAGE >= len(chosen)
    kind = f"jobType={wanted}&" if wanted else ""
    path = f"/services/data/v{version}/jobs/ingest?{kind}queryLocator={start + JOBS_PAGE}"
    shown = chosen[start : start + JOBS_PAGE]
    return jsonify(done=done, records=shown, nextRecordsUrl=None if done else path)


@routes.post("/ingest")
def create_ingest(version: str):
    """Open a job that writes."""
    asked = posted_object()
    operation = str(asked.get("operation"))
    if operation not in OPERATIONS:
        raise OrgError(400, "INVALIDJOB", f"InvalidJob : Unsupported operation: {operation}")
    if asked.get("contentType", "CSV") != "CSV":
        raise OrgError(400, "INVALIDJOB", "InvalidJob : contentType must be CSV")
    described = object_named(str(asked.get("object")))
    job = org().bulk_v2.create(
        "V2Ingest",
        version=version,
        operation=operation,
        user_id=g.user.id,
        object_name=described.name,
        external_id=asked.get("externalIdFieldName"),
        **_layout(asked),
    )
    return jsonify(_info(job))


@routes.put("/ingest/<job_id>/batches")
def upload(version: str, job_id: str):
    """Take the rows."""
    org().bulk_v2.upload(_ingest(job_id), request.get_data())
    return "", 201


@routes.get("/ingest/<job_id>")
def show_ingest(version: str, job_id: str):
    """Return a job; looking at it lets it move."""
    job = _ingest(job_id)
    org().bulk_v2.look(job)
    return jsonify(_info(job) | _counts(job))


@routes.patch("/ingest/<job_id>")
def change_ingest(version: str, job_id: str):
    """Start or abort a job."""
    job = _ingest(job_id)
    org().bulk_v2.change(job, str(posted_object().get("state")))
    return jsonify(_info(job))


@routes.delete("/<any(ingest, query):kind>/<job_id>")
def delete(version: str, kind: str, job_id: str):
    """Forget a job."""
    org().bulk_v2.delete(_ingest(job_id) if kind == "ingest" else _query(job_id))
    return "", 204


@routes.get("/ingest/<job_id>/<outcome>")
def outcomes(version: str, job_id: str, outcome: str):
    """Return the rows that were written, refused, or never reached."""
    job, wanted = _ingest(job_id), outcome.lower()
    if wanted == "successfulresults":
        rows = [["sf__Id", "sf__Created", *job.header]]
        rows += [[r.id, str(r.created).lower(), *row] for row, r in job.picked(True)]
    elif wanted == "failedresults":
        rows = [["sf__Id", "sf__Error", *job.header]]
        rows += [[r.id or "", error_text(r.error), *row] for row, r in job.picked(False)]
    elif wanted == "unprocessedrecords":
        rows = [job.header, *job.rows[len(job.results) :]]
    else:
        raise OrgError(404, "NOT_FOUND", "The requested resource does not exist")
    return _file(job, rows)


@routes.post("/query")
def create_query(version: str):
    """Start a query."""
    asked = posted_object()
    operation, soql = str(asked.get("operation")), str(asked.get("query") or "")
    if operation not in ("query", "queryAll"):
        raise OrgError(400, "API_ERROR", f"Unsupported operation: {operation}")
    job = org().bulk_v2.create(
        "V2Query",
        version=version,
        operation=operation,
        user_id=g.user.id,
        object_name=org().queries.statement(soql, g.schema).object_name,
        query=soql,
        **_layout(asked),
    )
    return jsonify(_info(job))


@routes.get("/query/<job_id>")
def show_query(version: str, job_id: str):
    """Return a query's state; looking at it lets it move."""
    job = _query(job_id)
    org().bulk_v2.look(job)
    return jsonify(_info(job) | _counts(job))


@routes.patch("/query/<job_id>")
def abort_query(version: str, job_id: str):
    """Abort a query."""
    job = _query(job_id)
    org().bulk_v2.change(job, str(posted_object().get("state")))
    return jsonify(_info(job))


@routes.get("/query/<job_id>/results")
def query_results(version: str, job_id: str):
    """Return a page of what was found, and in headers where the next one begins."""
    job = _query(job_id)
    if job.found is None:
        raise OrgError(400, "INVALIDJOBSTATE", "the query has no results (yet)")
    start = _place(request.args.get("locator", ""))
    end = start + int(request.args.get("maxRecords") or ROWS_PAGE)
    rows = list(job.found.texts(start, end))
    answer = _file(job, [job.found.header(), *rows])
    answer.headers["Sforce-Locator"] = _locator(end) if end < len(job.found.rows) else "null"
    answer.headers["Sforce-NumberOfRecords"] = str(len(rows))
    return answer


def _ingest(job_id: str) -> V2Job:
    return org().bulk_v2.job("V2Ingest", job_id)


def _query(job_id: str) -> V2Job:
    return org().bulk_v2.job("V2Query", job_id)


def _layout(asked: dict) -> dict:
    return {
        "delimiter": asked.get("columnDelimiter") or "COMMA",
        "line_ending": asked.get("lineEnding") or "LF",
    }


def _file(job: V2Job, rows: list[list[str]]) -> Response:
    content = write_csv(rows, DELIMITERS[job.delimiter], LINE_ENDINGS[job.line_ending])
    return Response(content, content_type="text/csv; charset=UTF-8")


def _locator(place: int) -> str:
    return base64.urlsafe_b64encode(str(place).encode()).decode()


def _place(locator: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(locator) or 0)
    except (ValueError, binascii.Error) as broken:
        raise OrgError(400, "INVALID_QUERY_LOCATOR", "invalid query locator") from broken


def _info(job: V2Job) -> dict:
    kind = job.kind.removeprefix("V2").lower()
    upload_to = {"contentUrl": f"services/data/v{job.version}/jobs/ingest/{job.id}/batches"}
    return {
        "id": job.id,
        "operation": job.operation,
        "object": job.object_name,
        "createdById": job.user_id,
        "createdDate": datetime_text(job.created),
        "systemModstamp": datetime_text(job.changed),
        "state": job.state,
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": float(job.version),
        "jobType": job.kind,
        "lineEnding": job.line_ending,
        "columnDelimiter": job.delimiter,
        **({"externalIdFieldName": job.external_id} if job.external_id else {}),
        **(upload_to if kind == "ingest" else {}),
        **({"errorMessage": job.message} if job.message else {}),
    }


def _counts(job: V2Job) -> dict:
    processed = len(job.found.rows) if job.found else len(job.results)
    return {
        "retries": 0,
        "totalProcessingTime": 0,
        "apiActiveProcessingTime": 0,
        "apexProcessingTime": 0,
        "numberRecordsProcessed": processed,
        "numberRecordsFailed": sum(not result.success for result in job.results),
    }


def _classic(job) -> dict:
    info = job_info(job)
    return {name: info[name] for name in CLASSIC} | {"jobType": "Classic"}
