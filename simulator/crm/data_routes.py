"""The REST API's routes for queries, records and describes."""

from flask import Blueprint, current_app, jsonify, request

from simulator.crm.describe import describe_global, describe_object
from simulator.crm.errors import OrgError, malformed_query, not_found
from simulator.crm.org import Org
from simulator.crm.queries import batch_size
from simulator.crm.schema import ObjectType

VERSIONS = ("62.0", "63.0", "64.0", "65.0")
routes = Blueprint("data", __name__, url_prefix="/services/data")


def org() -> Org:
    """Return the org that is answering."""
    return current_app.org


def check_session() -> None:
    """Let a caller with an open session pass; raises OrgError."""
    org().sessions.check(request.headers.get("Authorization", ""))


@routes.get("/")
def versions():
    """Return the API versions; the only data route without a session."""
    return jsonify(
        [{"label": f"API {v}", "url": f"/services/data/v{v}", "version": v} for v in VERSIONS]
    )


@routes.get("/v<version>/")
def resources(version: str):
    """Return what can be asked of a version."""
    check_session()
    names = ("sobjects", "query", "queryAll", "named-credentials")
    return jsonify({name: f"/services/data/v{version}/{name}" for name in names})


@routes.get("/v<version>/query")
@routes.get("/v<version>/queryAll")
def query(version: str):
    """Return the first page of what a SOQL query finds."""
    check_session()
    text = request.args.get("q")
    if not text:
        raise malformed_query("SOQL statements cannot be empty or null")
    with_deleted = request.path.endswith("queryAll")
    return jsonify(org().queries.run(text, version, _batch(), with_deleted=with_deleted))


@routes.get("/v<version>/query/<locator>")
@routes.get("/v<version>/queryAll/<locator>")
def query_more(version: str, locator: str):
    """Return a further page."""
    check_session()
    return jsonify(org().queries.more(locator, version, _batch()))


@routes.get("/v<version>/sobjects")
def objects(version: str):
    """Return which objects there are."""
    check_session()
    return jsonify(describe_global(list(org().schema.objects.values()), version))


@routes.get("/v<version>/sobjects/<name>/describe")
def describe(version: str, name: str):
    """Return an object's fields."""
    check_session()
    return jsonify(describe_object(_object(name), version))


@routes.post("/v<version>/sobjects/<name>")
def create(version: str, name: str):
    """Add a record."""
    check_session()
    new_id = org().records.create(_object(name), _record())
    return jsonify(id=new_id, success=True, errors=[]), 201


@routes.get("/v<version>/sobjects/<name>/<record_id>")
def read(version: str, name: str, record_id: str):
    """Return a record, all its fields or those in `fields`."""
    check_session()
    described = _object(name)
    names = request.args.get("fields")
    found = org().records.read(described, record_id, names.split(",") if names else None)
    shown_id = org().records.read(described, record_id, ["Id"])["Id"]
    url = f"/services/data/v{version}/sobjects/{described.name}/{shown_id}"
    return jsonify({"attributes": {"type": described.name, "url": url}} | found)


@routes.patch("/v<version>/sobjects/<name>/<record_id>")
def change(version: str, name: str, record_id: str):
    """Set fields of a record."""
    check_session()
    org().records.change(_object(name), record_id, _record())
    return "", 204


@routes.delete("/v<version>/sobjects/<name>/<record_id>")
def delete(version: str, name: str, record_id: str):
    """Move a record to the recycle bin."""
    check_session()
    org().records.delete(_object(name), record_id)
    return "", 204


def _object(name: str) -> ObjectType:
    found = org().schema.object(name)
    if found is None:
        raise not_found()
    return found


def _record() -> dict:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise OrgError(400, "JSON_PARSER_ERROR", "The HTTP entity body must be a JSON object")
    return body


def _batch() -> int:
    return batch_size(request.headers.get("Sforce-Query-Options", ""))
