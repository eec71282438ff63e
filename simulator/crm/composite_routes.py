"""Several requests in one API call: composite, and collections of records.

Source: REST API Developer Guide, "Composite", "sObject Collections".
"""

from urllib.parse import urlsplit

from flask import Blueprint, current_app, g, jsonify, request

from simulator.crm.data_routes import object_named, posted_object
from simulator.crm.entry import enter_rest, org
from simulator.crm.errors import OrgError
from simulator.crm.schema import ObjectType
from simulator.crm.values import stored
from simulator.crm.writes import RowResult, Writer

MAX_SUBREQUESTS = 25
MAX_QUERIES = 5  # and collections; an older edition of the guide says so
MAX_WRITTEN = 200
MAX_RETRIEVED = 2_000
routes = Blueprint("composite", __name__, url_prefix="/services/data/v<version>/composite")
routes.before_request(enter_rest)


@routes.post("/")
def composite(version: str):
    """Answer up to 25 subrequests; the outer status is 200 whatever they come to."""
    body = posted_object()
    asked = body.get("compositeRequest")
    if not isinstance(asked, list) or not all(isinstance(each, dict) for each in asked):
        raise OrgError(400, "JSON_PARSER_ERROR", "compositeRequest must be an array of requests")
    if body.get("allOrNone"):
        raise OrgError(400, "NOT_IMPLEMENTED", "allOrNone is not simulated for composites")
    _check_number(asked)
    answers = [_answer(each) for each in asked]
    return jsonify(compositeResponse=answers)


def _check_number(asked: list[dict]) -> None:
    if len(asked) > MAX_SUBREQUESTS:
        message = f"The composite request has more than {MAX_SUBREQUESTS} subrequests"
        raise OrgError(400, "LIMIT_EXCEEDED", message)
    paths = [urlsplit(str(each.get("url"))).path for each in asked]
    costly = sum("/query" in path or "/composite/sobjects" in path for path in paths)
    if costly > MAX_QUERIES:
        message = f"The composite request has more than {MAX_QUERIES} queries and collections"
        raise OrgError(400, "LIMIT_EXCEEDED", message)
    references = [each.get("referenceId") for each in asked]
    if len(set(references)) < len(references) or None in references:
        raise OrgError(400, "INVALID_INPUT", "Each subrequest needs a referenceId of its own")


def _answer(asked: dict) -> dict:
    """Run a subrequest as its caller, through the same routes."""
    url = str(asked.get("url"))
    limit = org().switches["subrequestUriLimit"]
    if limit is not None and len(url.encode()) > limit:
        return _answered(asked, 414, OrgError(414, "URI_TOO_LONG", "URI Too Long").body())
    if "@{" in url:
        refusal = OrgError(400, "NOT_IMPLEMENTED", "References to other answers are not simulated")
        return _answered(asked, 400, refusal.body())
    given = {"json": asked["body"]} if asked.get("body") is not None else {}
    with current_app.test_request_context(
        url,
        method=str(asked.get("method", "GET")),
        environ_overrides={"simulator.user": g.user},
        **given,
    ):
        answer = current_app.full_dispatch_request()
        body = answer.get_json() if answer.get_data() else None
    return _answered(asked, answer.status_code, body)


def _answered(asked: dict, status: int, body) -> dict:
    return {
        "body": body,
        "httpHeaders": {},
        "httpStatusCode": status,
        "referenceId": asked["referenceId"],
    }


@routes.post("/sobjects")
def create_many(version: str):
    """Add up to 200 records."""
    return _written("insert")


@routes.patch("/sobjects")
def change_many(version: str):
    """Change up to 200 records; answers come in the order of the request."""
    return _written("update")


@routes.delete("/sobjects")
def delete_many(version: str):
    """Delete up to 200 records of one object."""
    ids = [each for each in request.args.get("ids", "").split(",") if each]
    _check_size(ids, MAX_WRITTEN)
    by_prefix = {each.key_prefix: each for each in g.schema.objects.values()}
    rows = [(by_prefix.get(each[:3]), {"Id": each}) for each in ids]
    return _outcome(rows, "delete", request.args.get("allOrNone") == "true")


@routes.post("/sobjects/<name>")
def retrieve(version: str, name: str):
    """Return up to 2,000 records in the order of their ids; null for each that is not there."""
    body, described = posted_object(), object_named(name)
    ids, names = body.get("ids") or [], body.get("fields") or []
    _check_size(ids, MAX_RETRIEVED)
    return jsonify([_one(described, each, names, version) for each in ids])


def _one(described: ObjectType, record_id: str, names: list[str], version: str) -> dict | None:
    try:
        found = org().records.read(described, record_id, ["Id", *names])
    except OrgError as refusal:
        if refusal.status == 404:
            return None
        raise
    url = f"/services/data/v{version}/sobjects/{described.name}/{found['Id']}"
    return {"attributes": {"type": described.name, "url": url}} | found


def _written(operation: str):
    body = posted_object()
    records = body.get("records")
    if not isinstance(records, list) or not all(isinstance(each, dict) for each in records):
        raise OrgError(400, "JSON_PARSER_ERROR", "records must be an array")
    _check_size(records, MAX_WRITTEN)
    rows = [(object_named(str((r.get("attributes") or {}).get("type"))), r) for r in records]
    return _outcome(rows, operation, bool(body.get("allOrNone")))


def _check_size(given: list, limit: int) -> None:
    if len(given) > limit:
        message = f"record limit reached. cannot submit more than {limit} records into this call"
        raise OrgError(400, "EXCEEDED_ID_LIMIT", message)


class _TakenBack(Exception):
    """Raised to undo what a collection wrote."""


def _outcome(rows: list[tuple[ObjectType | None, dict]], operation: str, all_or_none: bool):
    try:
        with org().database.all_or_nothing():
            results = [_write(described, row, operation) for described, row in rows]
            if all_or_none and not all(result.success for result in results):
                raise _TakenBack
    except _TakenBack:
        message = "Record rolled back because not all records were valid"
        undone = OrgError(400, "ALL_OR_NONE_OPERATION_ROLLED_BACK", message)
        results = [RowResult(None, error=each.error or undone) for each in results]
    return jsonify([_shown(result) for result in results])


def _write(described: ObjectType | None, row: dict, operation: str) -> RowResult:
    if described is None:
        refusal = OrgError(400, "MALFORMED_ID", "malformed id", ("Id",))
        return RowResult(None, error=refusal)
    return Writer(org().records, described, g.user.id, stored).write(operation, row)


def _shown(result: RowResult) -> dict:
    error = result.error
    if error is None:
        return {"id": result.id, "success": True, "errors": []}
    problem = {"statusCode": error.code, "message": str(error), "fields": list(error.fields)}
    return {"success": False, "errors": [problem]}
