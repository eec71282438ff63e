"""`POST /v1/next-best`: what a next-best component shows for one person."""

import orjson
from flask import Response, current_app, g, request
from marshmallow import Schema, fields, validate

from service.api.audit import records
from service.api.authentication import needs
from service.api.bodies import READ_BODY_BYTES, READ_PROBLEMS, ApiBlueprint
from service.api.cache_status import cache_headers
from service.api.wire import (
    TOTAL_SECONDS,
    IdentitySchema,
    ReasonSchema,
    text,
    wire_sentence,
)
from service.deadline import Deadline
from service.model import Identity, Item
from service.moments import iso
from service.usecases.next_best import NextBestAnswer, Question

blueprint = ApiBlueprint("next_best", __name__, description="Next best promotions and products")


class NextBestRequest(Schema):
    """The question of one component."""

    dataset = text(64, required=True, metadata={"example": "retail"})
    identity = fields.Nested(IdentitySchema, required=True)
    datafield = text(128, required=True, metadata={"example": "promos"})
    actionName = text(100, attribute="action", metadata={"description": "dataset's if left out"})
    channel = text(64, metadata={"description": "only Server returns campaigns"})
    application = text(64, metadata={"description": "dataset's if left out"})
    contentZones = fields.List(
        text(64), attribute="content_zones", validate=validate.Length(max=20)
    )
    maxItems = fields.Integer(
        attribute="max_items", strict=True, validate=validate.Range(min=1, max=50)
    )


class ItemSchema(Schema):
    """One promotion, action or product. All but itemType and id may be null."""

    itemType = fields.String(required=True)
    id = fields.String(required=True)
    name = fields.String(allow_none=True)
    description = fields.String(allow_none=True)
    url = fields.Url(allow_none=True)
    imageUrl = fields.Url(allow_none=True)
    price = fields.Float(allow_none=True)
    currency = fields.String(allow_none=True)
    rating = fields.Float(allow_none=True, metadata={"description": "0 to 5 stars"})
    ctaText = fields.String(allow_none=True)
    campaignId = fields.String(allow_none=True)
    campaignName = fields.String(allow_none=True)
    experienceId = fields.String(allow_none=True)
    userGroup = fields.String(allow_none=True)


class NextBestResponse(Schema):
    """Items to show, or the reason why there are none."""

    state = fields.String(required=True, validate=validate.OneOf(["ok", "empty"]))
    asOf = fields.DateTime(required=True, metadata={"description": "when Personalization said so"})
    stale = fields.Boolean(required=True)
    reason = fields.Nested(ReasonSchema, allow_none=True, required=True)
    items = fields.List(fields.Nested(ItemSchema), required=True)
    returnedDatafields = fields.List(fields.String(), required=True)


@blueprint.post("/v1/next-best")
@needs("read")
@blueprint.arguments(NextBestRequest)
@blueprint.response(200, NextBestResponse)
@blueprint.problems(*READ_PROBLEMS)
@records("next-best")
def next_best(body: dict):
    """Return the items of every campaign whose payload has the Datafield."""
    question = Question(**(body | {"identity": Identity(**body["identity"])}))
    use_case = current_app.extensions["p13n_next_best"]
    answer = use_case.ask(g.caller.tenant, question, Deadline.after(TOTAL_SECONDS))
    response = Response(orjson.dumps(wire_answer(answer)), mimetype="application/json")
    response.headers.update(cache_headers(answer.cached, answer.as_of))
    return response


@blueprint.before_request
def _cap_body() -> None:
    request.max_content_length = READ_BODY_BYTES


def wire_answer(answer: NextBestAnswer) -> dict:
    """Return an answer as NextBestResponse has it."""
    return {
        "state": "ok" if answer.items else "empty",
        "asOf": iso(answer.as_of),
        "stale": answer.stale,
        "reason": wire_sentence(answer.reason),
        "items": [_wire_item(item) for item in answer.items],
        "returnedDatafields": list(answer.returned_datafields),
    }


def _wire_item(item: Item) -> dict:
    return {
        "itemType": item.item_type,
        "id": item.id,
        "name": item.name,
        "description": item.description,
        "url": item.url,
        "imageUrl": item.image_url,
        "price": item.price,
        "currency": item.currency,
        "rating": item.rating,
        "ctaText": item.cta_text,
        "campaignId": item.campaign_id,
        "campaignName": item.campaign_name,
        "experienceId": item.experience_id,
        "userGroup": item.user_group,
    }
