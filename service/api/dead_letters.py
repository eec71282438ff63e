"""`/v1/dead-letters`: what could not be delivered, for the admin's page in Salesforce."""

import orjson
from flask import Response, current_app, g, request
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from service.api.authentication import needs
from service.api.bodies import READ_BODY_BYTES, ApiBlueprint
from service.moments import iso
from service.storage.outbox_messages import Letter

MOST_LETTERS = 200
MOST_NUMBERS = 1_000
LARGEST = 2**63 - 1
PROBLEMS = (400, 401, 403, 413, 415, 422, 500, 503)

blueprint = ApiBlueprint("dead_letters", __name__, description="What could not be delivered")


class LettersQuery(Schema):
    """Which page."""

    after = fields.Integer(load_default=0, validate=validate.Range(min=0, max=LARGEST))
    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=MOST_LETTERS))


class LetterSchema(Schema):
    """A message that was set apart; nothing in it names the person."""

    id = fields.Integer(required=True)
    dataset = fields.String(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["dead", "unconfirmed"]))
    code = fields.String(required=True)
    reason = fields.String(required=True)
    attempts = fields.Integer(required=True)
    acceptedAt = fields.DateTime(required=True)
    finishedAt = fields.DateTime(required=True)
    correlationId = fields.String(required=True)


class LettersResponse(Schema):
    """A page by rising number; `next` is where to ask on with `after`, null at the end."""

    letters = fields.List(fields.Nested(LetterSchema), required=True)
    next = fields.Integer(required=True, allow_none=True)


class ChoiceRequest(Schema):
    """Which messages: some by number, or all."""

    ids = fields.List(
        fields.Integer(strict=True, validate=validate.Range(min=1, max=LARGEST)),
        validate=validate.Length(min=1, max=MOST_NUMBERS),
    )
    all = fields.Boolean(truthy={True}, falsy={False}, load_default=False)

    @validates_schema
    def _one_of_them(self, given: dict, **_options) -> None:
        if given.get("all", False) == ("ids" in given):
            raise ValidationError("Name ids, or say all: true.", "ids")


class ReplayResponse(Schema):
    replayed = fields.List(fields.Integer(), required=True)


class DropResponse(Schema):
    dropped = fields.List(fields.Integer(), required=True)


@blueprint.get("/v1/dead-letters")
@needs("admin")
@blueprint.arguments(LettersQuery, location="query")
@blueprint.response(200, LettersResponse)
@blueprint.problems(401, 403, 422, 500, 503)
def letters(query: dict):
    """List what was refused for good, tried in vain for a day, or is in doubt."""
    found = _use_case().page(g.caller.tenant, query["after"], query["limit"])
    is_full = len(found) == query["limit"]
    page = {"letters": [_wire(e) for e in found], "next": found[-1].id if is_full else None}
    return Response(orjson.dumps(page), mimetype="application/json")


@blueprint.post("/v1/dead-letters/replay")
@needs("admin")
@blueprint.arguments(ChoiceRequest)
@blueprint.response(200, ReplayResponse)
@blueprint.problems(*PROBLEMS)
def replay(body: dict):
    """Send dead messages again; what is unconfirmed never goes again."""
    return {"replayed": _use_case().replay(g.caller.tenant, body.get("ids"))}


@blueprint.post("/v1/dead-letters/drop")
@needs("admin")
@blueprint.arguments(ChoiceRequest)
@blueprint.response(200, DropResponse)
@blueprint.problems(*PROBLEMS)
def drop(body: dict):
    """Delete messages for good."""
    return {"dropped": _use_case().drop(g.caller.tenant, body.get("ids"))}


@blueprint.before_request
def _cap_body() -> None:
    request.max_content_length = READ_BODY_BYTES


def _use_case():
    return current_app.extensions["p13n_dead_letters"]


def _wire(letter: Letter) -> dict:
    return {
        "id": letter.id,
        "dataset": letter.dataset,
        "kind": letter.kind,
        "state": letter.state,
        "code": letter.code,
        "reason": letter.detail,
        "attempts": letter.attempts,
        "acceptedAt": iso(letter.accepted_at),
        "finishedAt": iso(letter.finished_at),
        "correlationId": letter.correlation_id,
    }
