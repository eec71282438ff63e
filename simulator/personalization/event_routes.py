"""The Event API: the authenticated route and the open one."""

import base64
import binascii
import json

from flask import Blueprint, abort, jsonify, request

from simulator.personalization.admission import account, admit, dataset_named
from simulator.personalization.events import InvalidEvent, read_event
from simulator.personalization.pipeline import (
    BUSY,
    INVALID_EVENT,
    Reception,
    envelope,
    take_event,
)

routes = Blueprint("events", __name__, url_prefix="/api2")


@routes.after_request
def _let_sites_read(response):
    """The open route is called by pages of any site, which read what to show."""
    if request.endpoint == "events.open_event":
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@routes.post("/authevent/<dataset>")
def authenticated_event(dataset: str):
    """Take an event from a caller with a token; the body is JSON and nothing else."""
    admit("can_send_events", dataset)
    dataset_named(dataset)
    if request.mimetype != "application/json":
        abort(415, "authevent takes application/json")
    return _answer(dataset, request.get_data(), is_authenticated=True)


@routes.post("/event/<dataset>")
@routes.get("/event/<dataset>")
def open_event(dataset: str):
    """Take an event from a website: JSON, or base64 in a form field or in the query."""
    dataset_named(dataset)
    encoded = request.values.get("event")
    if encoded is None:
        return _answer(dataset, request.get_data(), is_authenticated=False)
    try:
        body = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return _invalid("the event is not Base64")
    return _answer(dataset, body, is_authenticated=False)


def _answer(dataset: str, body: bytes, *, is_authenticated: bool):
    busy = request.environ.get("simulator.faults", {}).get("busy")
    if busy is True:
        return jsonify(envelope(BUSY))
    if busy:
        abort(int(busy), "busy")
    try:
        event = read_event(_parsed(body))
        with account().lock:
            now_ms, switches = account().clock.now_ms(), account().switches
            held = dataset_named(dataset)
            return jsonify(take_event(Reception(held, event, is_authenticated, now_ms, switches)))
    except InvalidEvent as refusal:
        return _invalid(str(refusal))


def _invalid(reason: str):
    if account().switches["invalidEventAs"] == INVALID_EVENT:
        return jsonify(envelope(INVALID_EVENT))
    return jsonify(error=reason), 400


def _parsed(body: bytes):
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as broken:
        raise InvalidEvent("the body is not JSON") from broken


def _refuse_constant(name: str):
    raise ValueError(f"{name} is not JSON")
