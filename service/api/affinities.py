"""`POST /v1/affinities`: what a person leans to, from our own event store."""

import orjson
from flask import Response, current_app, g, request
from marshmallow import Schema, fields, validate

from service.api.audit import records
from service.api.authentication import needs
from service.api.bodies import READ_BODY_BYTES, READ_PROBLEMS, ApiBlueprint
from service.api.person import PersonSchema, wire_person
from service.api.wire import (
    PRIVATE,
    TOTAL_SECONDS,
    GroupSchema,
    OneOrSeveral,
    ReasonSchema,
    SummarySchema,
    hidden_types,
    text,
    whom,
    wire_group,
    wire_sentence,
)
from service.deadline import Deadline
from service.moments import iso
from service.usecases.affinities import AffinitiesAnswer, AffinityQuestion
from service.usecases.affinity_ranking import Affinity, AffinityType, ShowBy
from service.usecases.affinity_windows import DateRange

MAX_PER_TYPE = 50

blueprint = ApiBlueprint("affinities", __name__, description="What a person leans to")


class AffinitiesRequest(OneOrSeveral):
    """The question of one component."""

    dataset = text(64, required=True, metadata={"example": "retail"})
    showBy = fields.Enum(ShowBy, by_value=True, attribute="show_by")
    dateRange = fields.Enum(DateRange, by_value=True, attribute="date_range")
    hiddenTypes = hidden_types()
    maxPerType = fields.Integer(
        attribute="max_per_type", strict=True, validate=validate.Range(min=1, max=MAX_PER_TYPE)
    )


class AffinitySchema(Schema):
    """One object: times bought, item views, or milliseconds in view, as showBy says."""

    id = fields.String(required=True)
    label = fields.String(required=True)
    amount = fields.Integer(required=True)
    share = fields.Float(required=True, metadata={"description": "fraction of the type's total"})
    previousAmount = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "in as many days before; null for allTime"},
    )


class AffinityTypeSchema(Schema):
    """The strongest objects of one type; total counts those beyond the shown ones too."""

    type = fields.String(required=True)
    label = fields.String(required=True)
    total = fields.Integer(required=True)
    items = fields.List(fields.Nested(AffinitySchema), required=True)


class AffinitiesResponse(Schema):
    """Types with their strongest objects, or the reason why there are none."""

    state = fields.String(required=True, validate=validate.OneOf(["ok", "empty"]))
    asOf = fields.DateTime(required=True)
    stale = fields.Boolean(required=True, metadata={"description": "always false: own store"})
    reason = fields.Nested(ReasonSchema, allow_none=True, required=True)
    summary = fields.Nested(SummarySchema, allow_none=True, required=True)
    person = fields.Nested(PersonSchema, allow_none=True, required=True)
    group = fields.Nested(GroupSchema, allow_none=True, required=True)
    types = fields.List(fields.Nested(AffinityTypeSchema), required=True)


@blueprint.post("/v1/affinities")
@needs("read")
@blueprint.arguments(AffinitiesRequest)
@blueprint.response(200, AffinitiesResponse)
@blueprint.problems(*READ_PROBLEMS)
@records("affinities")
def affinities(body: dict):
    """Return the strongest objects of each type, of one person or summed over several."""
    question = AffinityQuestion(**(body | whom(body)))
    use_case = current_app.extensions["p13n_affinities"]
    answer = use_case.ask(g.caller.tenant, question, Deadline.after(TOTAL_SECONDS))
    return Response(orjson.dumps(_wire(answer)), mimetype="application/json", headers=PRIVATE)


@blueprint.before_request
def _cap_body() -> None:
    request.max_content_length = READ_BODY_BYTES


def _wire(answer: AffinitiesAnswer) -> dict:
    return {
        "state": "ok" if answer.types else "empty",
        "asOf": iso(answer.as_of),
        "stale": False,
        "reason": wire_sentence(answer.reason),
        "summary": wire_sentence(answer.summary),
        "person": wire_person(answer.person),
        "group": wire_group(answer.size),
        "types": [_wire_type(each) for each in answer.types],
    }


def _wire_type(kind: AffinityType) -> dict:
    return {
        "type": kind.type,
        "label": kind.label,
        "total": kind.total,
        "items": [_wire_item(each) for each in kind.items],
    }


def _wire_item(item: Affinity) -> dict:
    return {
        "id": item.id,
        "label": item.label,
        "amount": item.amount,
        "share": item.share,
        "previousAmount": item.previous_amount,
    }
