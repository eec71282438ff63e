"""`GET /v1/settings`: what the operator set for this tenant, for the Setup page. Read only."""

import orjson
from flask import Response, g
from marshmallow import Schema, fields, validate

from service.api.authentication import needs
from service.api.bodies import ApiBlueprint
from service.usecases.settings import written_settings

blueprint = ApiBlueprint("settings", __name__, description="What the operator has set")


class SettingSchema(Schema):
    """One key of the tenants file; of a secret only where it comes from, without values."""

    name = fields.String(required=True)
    values = fields.List(fields.String(), required=True)
    secret = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(["env", "file", "env file"])
    )


class SettingsSectionSchema(Schema):
    """One table of the file; `path` is empty for the tenant's own keys."""

    path = fields.String(required=True, metadata={"example": "datasets.retail"})
    settings = fields.List(fields.Nested(SettingSchema), required=True)


class SettingsResponse(Schema):
    """What stands in the file; what does not has its default."""

    tenant = fields.String(required=True)
    sections = fields.List(fields.Nested(SettingsSectionSchema), required=True)


@blueprint.get("/v1/settings")
@needs("admin")
@blueprint.response(200, SettingsResponse)
@blueprint.problems(401, 403, 500, 503)
def settings():
    """Return the tenant's settings as the operator wrote them, without any secret."""
    sections = [
        {"path": each.path, "settings": [vars(setting) for setting in each.settings]}
        for each in written_settings(g.caller.tenant)
    ]
    body = {"tenant": g.caller.tenant.name, "sections": sections}
    return Response(orjson.dumps(body), mimetype="application/json")
