"""`POST /v1/people/hottest`: who of several people was active, hottest first."""

import orjson
from flask import Response, current_app, g, request
from marshmallow import Schema, fields, validate

from service.api.audit import records
from service.api.authentication import needs
from service.api.bodies import READ_BODY_BYTES, READ_PROBLEMS, ApiBlueprint
from service.api.wire import (
    PRIVATE,
    TOTAL_SECONDS,
    GroupSchema,
    ReasonSchema,
    SummarySchema,
    identities,
    text,
    wire_group,
    wire_sentence,
)
from service.deadline import Deadline
from service.model import Identity
from service.moments import iso
from service.usecases.hottest_people import Heat, HotPerson, HottestAnswer, HottestQuestion

MOST_PEOPLE = 20

blueprint = ApiBlueprint("hottest_people", __name__, description="Who of several people is active")


class HottestRequest(Schema):
    """The question of one component."""

    dataset = text(64, required=True, metadata={"example": "retail"})
    identities = identities(required=True)
    limit = fields.Integer(strict=True, validate=validate.Range(min=1, max=MOST_PEOPLE))


class HotPersonSchema(Schema):
    """One person: hot is the last half hour, warm 24 hours, engaged 7 days, quiet before."""

    who = fields.List(
        fields.Integer(), required=True, metadata={"description": "places in identities"}
    )
    heat = fields.String(required=True, validate=validate.OneOf(list(Heat)))
    lastActivity = fields.DateTime(required=True)
    recentEvents = fields.Integer(
        required=True, metadata={"description": "the person's own events of the last 7 days"}
    )
    summary = fields.Nested(SummarySchema, required=True)


class HottestResponse(Schema):
    """The hottest people, or the reason why there are none."""

    state = fields.String(required=True, validate=validate.OneOf(["ok", "empty"]))
    asOf = fields.DateTime(required=True)
    stale = fields.Boolean(required=True, metadata={"description": "always false: own store"})
    reason = fields.Nested(ReasonSchema, allow_none=True, required=True)
    group = fields.Nested(GroupSchema, required=True)
    active = fields.Integer(
        required=True, metadata={"description": "all who did anything in the last 7 days"}
    )
    people = fields.List(fields.Nested(HotPersonSchema), required=True)


@blueprint.post("/v1/people/hottest")
@needs("read")
@blueprint.arguments(HottestRequest)
@blueprint.response(200, HottestResponse)
@blueprint.problems(*READ_PROBLEMS)
@records("hottest-people")
def hottest(body: dict):
    """Return who was active last, by heat, then by events of the last 7 days, then by time."""
    named = tuple(Identity(**each) for each in body["identities"])
    question = HottestQuestion(**(body | {"identities": named}))
    use_case = current_app.extensions["p13n_hottest_people"]
    answer = use_case.ask(g.caller.tenant, question, Deadline.after(TOTAL_SECONDS))
    return Response(orjson.dumps(_wire(answer)), mimetype="application/json", headers=PRIVATE)


@blueprint.before_request
def _cap_body() -> None:
    request.max_content_length = READ_BODY_BYTES


def _wire(answer: HottestAnswer) -> dict:
    return {
        "state": "empty" if answer.reason else "ok",
        "asOf": iso(answer.as_of),
        "stale": False,
        "reason": wire_sentence(answer.reason),
        "group": wire_group(answer.size),
        "active": answer.active,
        "people": [_wire_person(each) for each in answer.people],
    }


def _wire_person(each: HotPerson) -> dict:
    return {
        "who": list(each.who),
        "heat": each.heat,
        "lastActivity": iso(each.last_ms / 1_000),
        "recentEvents": each.recent,
        "summary": wire_sentence(each.summary),
    }
