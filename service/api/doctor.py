"""`GET /v1/doctor`: what is wrong with this tenant and what to do next, for the Setup page."""

import orjson
from flask import Response, current_app, g
from marshmallow import Schema, fields

from service.api.authentication import needs
from service.api.bodies import ApiBlueprint
from service.deadline import Deadline
from service.usecases.doctor_checks import Group, Verdict

SECONDS = 12
"""What does not answer by then is amber. An administrator waits longer than a rep, and the org is
asked half a dozen questions, one after the other; Apex gives up after 20 s."""

blueprint = ApiBlueprint("doctor", __name__, description="What is wrong, and what to do next")


class CheckSchema(Schema):
    """One thing that was looked at; `action` is null when nothing is to be done."""

    code = fields.String(required=True)
    group = fields.Enum(Group, by_value=True, required=True)
    about = fields.String(required=True, allow_none=True)
    verdict = fields.Enum(Verdict, by_value=True, required=True)
    message = fields.String(required=True)
    action = fields.String(required=True, allow_none=True)


class DoctorResponse(Schema):
    """Every check, and the worst verdict of all."""

    verdict = fields.Enum(Verdict, by_value=True, required=True)
    checks = fields.List(fields.Nested(CheckSchema), required=True)


@blueprint.get("/v1/doctor")
@needs("admin")
@blueprint.response(200, DoctorResponse)
@blueprint.problems(401, 403, 500, 503)
def doctor():
    """Examine the tenant; reads a few rows of the user export, which the licence counts."""
    found = current_app.extensions["p13n_parts"].doctor.examine(
        g.caller.tenant, Deadline.after(SECONDS)
    )
    order = list(Verdict)
    worst = max((check.verdict for check in found), key=order.index, default=Verdict.GREEN)
    body = {"verdict": worst, "checks": [vars(check) for check in found]}
    return Response(orjson.dumps(body), mimetype="application/json")
