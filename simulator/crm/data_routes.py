"""The REST API's routes for queries, records and describes."""

from datetime import datetime

from flask import Blueprint, g, jsonify, request

from simulator.crm.describe import column_metadata, describe_global, describe_object
from simulator.crm.entry import enter_rest, org
from simulator.crm.errors import OrgError, malformed_query, not_found
from simulator.crm.queries import batch_size
from simulator.crm.schema import ObjectType

VERSIONS = tuple(f"{number}.0" for number in range(50, 66))
LONGEST_QUERY = 100_000
routes = Blueprint("data", __name__, url_prefix="/services/data")
routes.before_request(enter_rest)


@routes.get("/")
def versions():
    """Return the API versions; the only data route without a session."""
    return jsonify(
        [{"label": f"API {v}", "url": f"/services/data/v{v}", "version": v} for v in VERSIONS]
    )


@routes.get("/v<version>/")
def resources(version: str):
    """Return what can be asked of a version."""
    names = ("sobjects", "query", "queryAll", "limits", "composite", "jobs", "named-credentials")
    return jsonify({name: f"/services/data/v{version}/{name}" for name in names})


@routes.get("/v<version>/query")
@routes.get("/v<version>/queryAll")
def query(version: str):
    """Return the first page of what a SOQL query finds."""
    text = request.args.get("q")
    if not text:
        raise malformed_query("SOQL statements cannot be empty or null")
    if len(text) > LONGEST_QUERY:
        raise malformed_query(f"SOQL statements cannot exceed {LONGEST_QUERY} characters")
    if request.args.get("columns") == "true":
        return jsonify(column_metadata(org().queries.statement(text, g.schema), g.schema))
    with_deleted = "queryAll" in request.path
    batch = batch_size(request.headers.get("Sforce-Query-Options", ""))
    found = org().queries.run(text, g.schema, version, batch, with_deleted=with_deleted)
    return jsonify(found)


@routes.get("/v<version>/query/<locator>")
@routes.get("/v<version>/queryAll/<locator>")
def query_more(version: str, locator: str):
    """Return a further page."""
    batch = batch_size(request.headers.get("Sforce-Query-Options", ""))
    return jsonify(org().queries.more(locator, version, batch))


@routes.get("/v<version>/sobjects")
def objects(version: str):
    """Return which objects there are."""
    return jsonify(describe_global(list(g.schema.objects.values()), version))


@routes.get("/v<version>/sobjects/<name>/describe")
def describe(version: str, name: str):
    """Return an object's fields."""
    return jsonify(describe_object(object_named(name), version))


@routes.get("/v<version>/limits")
def limits(version: str):
    """Return the org's allowances and what is left of them."""
    if not org().users.access(g.user).has("ViewSetup"):
        message = "This feature is not currently enabled for this user."
        raise OrgError(403, "FUNCTIONALITY_NOT_ENABLED", message)
    return jsonify(org().limits.view())


@routes.get("/v<version>/sobjects/<name>")
def basics(version: str, name: str):
    """Return an object without its fields."""
    described = describe_global([object_named(name)], version)["sobjects"][0]
    return jsonify(objectDescribe=described, recentItems=[])


@routes.get("/v<version>/sobjects/<name>/<any(updated, deleted):kind>")
def changes(version: str, name: str, kind: str):
    """Return which records were changed, or deleted, between two moments."""
    begin, end = (_moment(request.args.get(edge, "")) for edge in ("start", "end"))
    return jsonify(org().records.changes(object_named(name), kind, begin, end))


@routes.post("/v<version>/sobjects/<name>")
def create(version: str, name: str):
    """Add a record."""
    new_id = org().records.create(object_named(name), posted_object(), g.user.id)
    return jsonify(id=new_id, success=True, errors=[]), 201


@routes.get("/v<version>/sobjects/<name>/<record_id>")
def read(version: str, name: str, record_id: str):
    """Return a record, all its fields or those in `fields`."""
    described = object_named(name)
    names = request.args.get("fields")
    found = org().records.read(described, record_id, names.split(",") if names else None)
    shown_id = org().records.read(described, record_id, ["Id"])["Id"]
    url = f"/services/data/v{version}/sobjects/{described.name}/{shown_id}"
    return jsonify({"attributes": {"type": described.name, "url": url}} | found)


@routes.patch("/v<version>/sobjects/<name>/<record_id>")
def change(version: str, name: str, record_id: str):
    """Set fields of a record."""
    org().records.change(object_named(name), record_id, posted_object(), g.user.id)
    return "", 204


@routes.delete("/v<version>/sobjects/<name>/<record_id>")
def delete(version: str, name: str, record_id: str):
    """Move a record to the recycle bin."""
    org().records.delete(object_named(name), record_id, g.user.id)
    return "", 204


def object_named(name: str) -> ObjectType:
    """Return an object as the caller sees it; raises OrgError NOT_FOUND."""
    found = g.schema.object(name)
    if found is None:
        raise not_found()
    return found


def posted_object() -> dict:
    """Return the request's body; raises OrgError unless it is a JSON object."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise OrgError(400, "JSON_PARSER_ERROR", "The HTTP entity body must be a JSON object")
    return body


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.replace(" ", "+"))  # an unescaped plus sign
    except ValueError as broken:
        raise OrgError(400, "INVALID_REPLICATION_DATE", f"not a moment: {text}") from broken
