"""`/v1/erasures`: the right to be forgotten, for whoever answers the requests of data subjects."""

import orjson
from flask import Response, current_app, g, request
from marshmallow import Schema, fields, validate

from service.api.authentication import needs
from service.api.bodies import READ_BODY_BYTES, ApiBlueprint
from service.api.idempotency import HEADER, WRITE_PROBLEMS, request_key
from service.api.wire import IdentitySchema, text
from service.deadline import Deadline
from service.model import Identity
from service.storage.erasures import Upstream
from service.usecases.erasures import PeopleErasures, told_of

WORK_SECONDS = 2.5
MOST_LISTED = 200

blueprint = ApiBlueprint("erasures", __name__, description="The right to be forgotten")


class PersonRequest(Schema):
    """Whom it is about: any one identity of the person."""

    dataset = text(64, required=True, metadata={"example": "retail"})
    identity = fields.Nested(IdentitySchema, required=True)


class ErasureSchema(Schema):
    """One erasure; nothing in it names the person."""

    id = fields.Integer(required=True)
    dataset = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["running", "done"]))
    removed = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "rows that were removed or blanked, by table; 0: none was there"},
    )
    personalization = fields.Enum(Upstream, by_value=True, required=True)
    waitsFor = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    requestedAt = fields.DateTime(required=True)
    finishedAt = fields.DateTime(required=True, allow_none=True)


class ErasuresQuery(Schema):
    """How many."""

    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=MOST_LISTED))


class ErasuresResponse(Schema):
    """The newest erasures."""

    erasures = fields.List(fields.Nested(ErasureSchema), required=True)


class LiftedResponse(Schema):
    """How many tombstones went: one for each identity."""

    lifted = fields.Integer(required=True)


@blueprint.post("/v1/erasures")
@needs("admin")
@blueprint.arguments(PersonRequest)
@blueprint.response(200, ErasureSchema)
@blueprint.alt_response(202, schema=ErasureSchema)
@blueprint.problems(*WRITE_PROBLEMS)
@blueprint.doc(parameters=[HEADER])
def erase(body: dict):
    """Erase a person; 202 while a worker still goes on. Repeated, it tells how far it is."""
    tenant, use_case = g.caller.tenant, _use_case()
    erasure = use_case.begin(
        tenant,
        body["dataset"],
        Identity(**body["identity"]),
        g.caller.client_id,
        request_key(use_case.keyed_fingerprint),
    )
    erasure = use_case.work(tenant, erasure, Deadline.after(WORK_SECONDS))
    return _json(told_of(erasure), 200 if erasure.is_over else 202)


@blueprint.post("/v1/erasures/lift")
@needs("admin")
@blueprint.arguments(PersonRequest)
@blueprint.response(200, LiftedResponse)
@blueprint.problems(400, 401, 403, 404, 409, 413, 415, 422, 500, 503)
def lift(body: dict):
    """Let an erased person be known again from now on; nothing comes back by itself."""
    lifted = _use_case().lift(g.caller.tenant, body["dataset"], Identity(**body["identity"]))
    return _json({"lifted": lifted})


@blueprint.get("/v1/erasures")
@needs("admin")
@blueprint.arguments(ErasuresQuery, location="query")
@blueprint.response(200, ErasuresResponse)
@blueprint.problems(401, 403, 422, 500, 503)
def erasures(query: dict):
    """List erasures, the newest first."""
    found = _use_case().newest(g.caller.tenant, query["limit"])
    return _json({"erasures": [told_of(each) for each in found]})


@blueprint.get("/v1/erasures/<int:erasure_id>")
@needs("admin")
@blueprint.response(200, ErasureSchema)
@blueprint.problems(401, 403, 404, 500, 503)
def erasure(erasure_id: int):
    """Return one erasure."""
    return _json(told_of(_use_case().get(g.caller.tenant, erasure_id)))


@blueprint.before_request
def _cap_body() -> None:
    request.max_content_length = READ_BODY_BYTES


def _use_case() -> PeopleErasures:
    return current_app.extensions["p13n_parts"].erasures


def _json(values: dict, status: int = 200) -> Response:
    return Response(orjson.dumps(values), status=status, mimetype="application/json")
