"""`POST /v1/profile-updates`: what Flows send about up to 200 records, one result for each."""

from flask import Response, current_app, g, request
from marshmallow import Schema, fields, validate

from service.api.authentication import needs
from service.api.bodies import ApiBlueprint
from service.api.idempotency import HEADER, WRITE_PROBLEMS, answered, request_key
from service.api.wire import IdentitySchema, text
from service.errors import TooManyRows
from service.usecases.profile_updates import MOST_ROWS

BODY_BYTES = 5 * 1024 * 1024

blueprint = ApiBlueprint("profile_updates", __name__, description="What Flows send about people")


class ProfileObjectSchema(Schema):
    """An object of the customer's own, such as a case; replaced whole."""

    type = fields.String(required=True)
    id = fields.String(required=True, metadata={"pattern": "^[A-Za-z0-9_-]{1,30}$"})
    attributes = fields.Dict(keys=fields.String())


class ProfileUpdateSchema(Schema):
    """One row. For the document: rows are read one by one, so that one cannot fail the others."""

    recordId = fields.String(allow_none=True)
    key = fields.String(metadata={"description": "kept 7 days; the same again is DUPLICATE"})
    identities = fields.List(fields.Nested(IdentitySchema), required=True)
    attributes = fields.Dict(keys=fields.String(), allow_none=True)
    profileObjects = fields.List(fields.Nested(ProfileObjectSchema), allow_none=True)
    blankPolicy = fields.String(validate=validate.OneOf(["skip", "clear"]))


class Rows(fields.List):
    """A list whose elements are checked later, each for itself."""

    def _deserialize(self, value, attr, data, **_options):
        if not isinstance(value, list):
            raise self.make_error("invalid")
        return value


class ProfileUpdatesRequest(Schema):
    """Updates that share a dataset and an action."""

    dataset = text(64, required=True, metadata={"example": "retail"})
    action = text(100, required=True, metadata={"description": "keep it constant"})
    validateOnly = fields.Boolean(
        truthy={True},
        falsy={False},
        load_default=False,
        allow_none=True,
        attribute="validate_only",
    )
    updates = Rows(
        fields.Nested(ProfileUpdateSchema), required=True, validate=validate.Length(min=1)
    )


class ProfileUpdateResult(Schema):
    """What became of one row; `field` is the place in it that `message` speaks of."""

    recordId = fields.String(required=True, allow_none=True)
    status = fields.String(
        required=True, validate=validate.OneOf(["ACCEPTED", "REJECTED", "DUPLICATE", "VALID"])
    )
    code = fields.String(required=True, allow_none=True)
    message = fields.String(required=True, allow_none=True)
    field = fields.String(required=True, allow_none=True)
    correlationId = fields.String(required=True)
    resolvedUserId = fields.String(required=True, allow_none=True)


class WarningSchema(Schema):
    """What is no fault yet."""

    code = fields.String(required=True, metadata={"example": "TOO_MANY_ACTIONS"})
    message = fields.String(required=True)


class ProfileUpdatesResponse(Schema):
    """One result for each update, in order."""

    results = fields.List(fields.Nested(ProfileUpdateResult), required=True)
    warnings = fields.List(fields.Nested(WarningSchema), required=True)


@blueprint.post("/v1/profile-updates")
@needs("write")
@blueprint.arguments(ProfileUpdatesRequest)
@blueprint.response(200, ProfileUpdatesResponse)
@blueprint.problems(*WRITE_PROBLEMS)
@blueprint.doc(parameters=[HEADER])
def profile_updates(body: dict):
    """Put every usable row on disk; a wrong one is named and never fails the others."""
    key = request_key()
    if len(body["updates"]) > MOST_ROWS:
        raise TooManyRows(f"One call takes at most {MOST_ROWS} updates.")
    use_case = current_app.extensions["p13n_profile_updates"]
    arguments = g.caller.tenant, body["dataset"]
    if body["validate_only"]:
        answer = use_case.check(*arguments, body["updates"], g.correlation_id)
        return Response(answer, mimetype="application/json")
    accepted = use_case.accept(*arguments, body["action"], body["updates"], key, g.correlation_id)
    return answered(accepted, 200)


@blueprint.before_request
def _cap_body() -> None:
    request.max_content_length = BODY_BYTES
