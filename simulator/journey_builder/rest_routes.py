"""Marketing Cloud's REST API, as far as journeys are entered by it.

Sources: Marketing Cloud Engagement guide, "Access Token", "Journey Builder API", "Handle Errors
in REST API", "Rate Limiting Errors". That a data extension lists its fields at
`/data/v1/customobjects/<id>/fields` is not documented.
"""

import json
import uuid
from datetime import UTC, datetime

from flask import Blueprint, current_app, jsonify, request

from simulator.journey_builder.definitions import MOST_JOURNEYS, EventDefinition
from simulator.journey_builder.tokens import LIFE_SECONDS, SCOPES

MOST_MEMBERS = 100
STATUSES = ("errored", "queued", "processed")
FILTERS = ("requestId", "contactKey", "eventInstanceId", "eventDefinitionKey")

routes = Blueprint("marketing_cloud", __name__)


class Refusal(Exception):
    """Raised to answer with an error of the REST API."""

    def __init__(self, status: int, errorcode: int, message: str, retry_after: int | None = None):
        super().__init__(message)
        self.status, self.errorcode, self.retry_after = status, errorcode, retry_after


@routes.app_errorhandler(Refusal)
def _refuse(refusal: Refusal):
    body = {"message": str(refusal), "errorcode": refusal.errorcode, "documentation": ""}
    if refusal.retry_after is None:
        return jsonify(body), refusal.status
    headers = {"Retry-After": str(refusal.retry_after)}
    return jsonify(body | {"retryAfter": refusal.retry_after}), refusal.status, headers


@routes.post("/v2/token")
def token():
    """Return an access token; its addresses lead back here."""
    form = request.get_json(silent=True)
    granted = _cloud().tokens.grant(form if isinstance(form, dict) else {})
    if granted is None:
        return jsonify(error="invalid_client", error_description="Invalid client ID."), 401
    return jsonify(
        access_token=granted,
        token_type="Bearer",
        expires_in=LIFE_SECONDS,
        scope=SCOPES,
        soap_instance_url=request.host_url,
        rest_instance_url=request.host_url,
    )


@routes.post("/interaction/v1/async/events")
def enter_many():
    """Take up to 100 members; each gets an answer of its own, in the order of the request."""
    admit()
    body = _body()
    definition = _definition(body.get("eventDefinitionKey"))
    members = body.get("members")
    if not isinstance(members, list) or not 0 < len(members) <= MOST_MEMBERS:
        raise Refusal(400, 10006, f"members: 1 to {MOST_MEMBERS} are expected")
    if definition.journeys > MOST_JOURNEYS:
        raise Refusal(400, 10000, "Interaction Count Limit Exceeded")
    members = [each if isinstance(each, dict) else {} for each in members]
    if _cloud().switches["batchNeedsEveryMember"]:
        _require_every(definition, members)
    answers = _cloud().entries.take(definition, members)
    return jsonify(_batch_answer(answers)), 201


@routes.post("/interaction/v1/events")
def enter_one():
    """Take one contact, synchronously."""
    admit()
    body = _body()
    definition = _definition(body.get("EventDefinitionKey"))
    member = {"contactKey": body.get("ContactKey"), "data": body.get("Data")}
    [answer] = _cloud().entries.take(definition, [member])
    if answer["eventInstanceId"] is None:
        raise Refusal(400, answer["errorcode"], answer["message"])
    return jsonify(eventInstanceId=answer["eventInstanceId"]), 201


@routes.get("/interaction/v1/async/events/status")
def status():
    """Return a page of events in one status."""
    admit()
    wanted = request.args.get("type", "")
    filters = {name: request.args[name] for name in FILTERS if name in request.args}
    if wanted not in STATUSES or not filters:
        raise Refusal(400, 10005, "type, and what to look for, are expected")
    found = _cloud().entries.find(wanted, filters, _since())
    page, size = request.args.get("$page", 1, type=int), request.args.get("$pageSize", 50, type=int)
    rows = found[(page - 1) * size : page * size]
    shape = _cloud().switches["statusShape"]
    if shape == "list":
        return jsonify(rows)
    return jsonify({"count": len(found), "page": page, "pageSize": size, shape: rows})


@routes.get("/interaction/v1/eventDefinitions")
def list_definitions():
    """Return every event definition."""
    admit()
    items = [each.view(_cloud().published(each)) for each in _cloud().event_definitions.values()]
    return jsonify(count=len(items), page=1, pageSize=50, links={}, items=items)


@routes.get("/interaction/v1/eventDefinitions/<reference>")
def one_definition(reference: str):
    """Return an event definition by its id, or by `key:` and its key."""
    admit()
    for each in _cloud().event_definitions.values():
        if reference in (each.id, f"key:{each.key}"):
            return jsonify(each.view(_cloud().published(each)))
    raise Refusal(404, 30003, "Event definition not found")


@routes.get("/data/v1/customobjects/<data_extension>/fields")
def fields(data_extension: str):
    """Return the columns of a data extension."""
    admit()
    for each in _cloud().event_definitions.values():
        if each.data_extension_id == data_extension:
            columns = [field.column() for field in each.fields]
            return jsonify(id=data_extension, fields=columns)
    raise Refusal(404, 30003, "Data extension not found")


def _cloud():
    return current_app.marketing_cloud


def admit() -> None:
    """Raise Refusal for a caller without a living token, and for what a fault asks for."""
    hit = request.environ.get("simulator.faults", {})
    if "tokenExpired" in hit:
        _cloud().tokens.end_all()
    if not _cloud().tokens.admits(request.headers.get("Authorization", "")):
        raise Refusal(401, 0, "Not Authorized")
    if "forbidden" in hit:
        raise Refusal(403, 20000, "Insufficient Privileges")
    if "blocked" in hit:
        raise Refusal(429, 50200, "Temporarily blocked")
    if "throttled" in hit or _is_too_fast():
        raise Refusal(429, 50100, "Too many requests", int(hit.get("throttled", 5)))
    if "batchError" in hit:
        raise Refusal(400, int(hit["batchError"]), "The batch cannot be taken")


def _is_too_fast() -> bool:
    most = _cloud().switches["requestsPerMinute"]
    if most is None:
        return False
    now = _cloud().clock.now()
    times = (datetime.fromisoformat(call["at"]) for call in _cloud().calls.view()["calls"])
    return sum((now - at).total_seconds() < 60 for at in times) > most


def _body() -> dict:
    if request.mimetype != "application/json":
        raise Refusal(415, 0, "application/json is expected")
    try:
        body = json.loads(request.get_data())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refusal(400, 10004, "Unable to parse the JSON")
    return body


def _definition(key) -> EventDefinition:
    if not isinstance(key, str) or not key:
        raise Refusal(400, 10002, "eventDefinitionKey is required")
    if "." in key:
        raise Refusal(400, 10003, "eventDefinitionKey must not hold a period")
    definition = _cloud().event_definitions.get(key)
    if definition is None:
        raise Refusal(400, 10005, "There is no such event definition")
    return definition


def _require_every(definition: EventDefinition, members: list[dict]) -> None:
    refused = _cloud().entries.refusals(definition, members)
    if refused:
        raise Refusal(400, 10006, "Some members cannot be taken")


def _batch_answer(answers: list[dict]) -> dict:
    hit = request.environ.get("simulator.faults", {})
    taken = [each for each in answers if each["eventInstanceId"]]
    request_id = taken[0]["requestId"] if taken else str(uuid.uuid4())
    members = [{k: v for k, v in each.items() if k != "requestId"} for each in answers]
    if "shortAnswer" in hit:
        members.pop()
    if "swappedAnswer" in hit:
        members[:2] = reversed(members[:2])
    return {
        "requestId": request_id,
        "count": len(answers),
        "notQueuedCount": len(answers) - len(taken),
        "members": members,
    }


def _since() -> datetime | None:
    given = request.args.get("startDate")
    if not given:
        return None
    moment = datetime.fromisoformat(given)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
