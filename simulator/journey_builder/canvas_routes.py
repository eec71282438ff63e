"""The canvas as a web page, and what it asks of the account behind it."""

from pathlib import Path

import requests
from flask import Blueprint, abort, current_app, jsonify, redirect, request, send_from_directory

from simulator.journey_builder.engine import Engine, NotPublished
from simulator.journey_builder.journeys import Journey
from simulator.journey_builder.page_answers import page_answers
from simulator.journey_builder.rest_routes import Refusal, admit

PAGE = Path(__file__).with_name("canvas")
POSTMONGER = (
    Path(__file__).parents[2] / "service/api/journey_page/node_modules/postmonger/postmonger.js"
)

routes = Blueprint("canvas", __name__)


@routes.get("/")
def home():
    return redirect("/canvas/")


@routes.get("/canvas/")
@routes.get("/canvas/<path:file>")
def page(file: str = "index.html"):
    return send_from_directory(PAGE, file, max_age=0)


@routes.get("/canvas/postmonger.js")
def postmonger():
    return send_from_directory(POSTMONGER.parent, POSTMONGER.name)


@routes.get("/journeys")
def journeys():
    """Return what the canvas needs at once: every journey, and where things are."""
    engine = _engine()
    try:
        for journey in engine.journeys.values():
            engine.load(journey)
    except requests.RequestException:
        abort(503, "The activities do not answer.")
    return jsonify(
        activityUrl=engine.activity_url,
        links=current_app.marketing_cloud.links,
        journeys=[journey.view() for journey in engine.journeys.values()],
    )


@routes.get("/journeys/<key>")
def journey(key: str):
    return jsonify(_journey(key).view())


@routes.get("/journeys/<key>/entries")
def entries(key: str):
    """Return who waits at the entry, with everything that is known of them there."""
    return jsonify(_journey(key).entry.rows)


@routes.get("/journeys/<key>/activities/<activity_key>")
def activity(key: str, activity_key: str):
    """Return an activity, and the answers to whatever its page may ask."""
    found = _journey(key)
    box = found.activities.get(activity_key) or abort(404)
    shape = current_app.marketing_cloud.switches["answerShapes"]
    return jsonify(payload=box.payload, answers=page_answers(found, activity_key, shape))


@routes.put("/journeys/<key>/activities/<activity_key>")
def save(key: str, activity_key: str):
    found = _journey(key)
    if activity_key not in found.activities or not isinstance(request.json, dict):
        abort(404)
    _engine().save(found, activity_key, request.json)
    return jsonify(found.view())


@routes.post("/journeys/<key>/<any(publish,stop,run,test):what>")
def act(key: str, what: str):
    found, engine = _journey(key), _engine()
    try:
        match what:
            case "publish":
                engine.publish(found)
            case "stop":
                engine.stop(found)
            case _:
                engine.run(found, is_test=what == "test")
    except NotPublished:
        abort(409, "Publish the journey first.")
    return jsonify(found.view())


@routes.get("/interaction/v1/interactions/<interaction_id>")
def interaction(interaction_id: str):
    """Return a journey to whoever has a token. Source: guide, "GET /interactions/{id}"."""
    admit()
    for each in _engine().journeys.values():
        if each.id == interaction_id:
            return jsonify(each.interaction())
    raise Refusal(404, 30003, "Interaction matching key not found.")


def _engine() -> Engine:
    return current_app.marketing_cloud.engine or abort(404, "No activities were given to show.")


def _journey(key: str) -> Journey:
    return _engine().journeys.get(key) or abort(404, "There is no such journey.")
