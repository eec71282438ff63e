"""`/v1/data-sharing`: runs on demand, their progress and their reports."""

from collections.abc import Iterable

import orjson
from flask import Response, current_app, g, request
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from service.api.authentication import needs
from service.api.bodies import READ_BODY_BYTES, ApiBlueprint
from service.api.idempotency import HEADER, WRITE_PROBLEMS, answered, request_key
from service.storage.outbox_messages import Accepted
from service.storage.runs import Run
from service.usecases.sharing_reports import REPORTED, plan_csv, rejected_csv, run_values

MOST_RUNS = 100
LARGEST = 2**63 - 1

blueprint = ApiBlueprint("data_sharing", __name__, description="Contacts, leads and accounts")


class RunRequest(Schema):
    """What to begin: a run, a plan only, a stored plan, or the run that stopped."""

    action = fields.String(
        load_default="run", validate=validate.OneOf(["run", "plan", "apply", "resume"])
    )
    direction = fields.String(
        load_default="both",
        validate=validate.OneOf(["both", "push", "pull"]),
        metadata={"description": "both: the pull begins once the push is done, as at night"},
    )
    plan = fields.Integer(
        strict=True,
        validate=validate.Range(min=1, max=LARGEST),
        metadata={"description": "with action apply: the planned run"},
    )
    limit = fields.Integer(
        strict=True,
        allow_none=True,
        load_default=None,
        validate=validate.Range(min=1, max=750_000),
        metadata={"description": "at most so many records of each object"},
    )
    releaseBrake = fields.Boolean(
        truthy={True}, falsy={False}, load_default=False, attribute="release_brake"
    )

    @validates_schema
    def _plan_where_needed(self, given: dict, **_options) -> None:
        if (given.get("action") == "apply") != ("plan" in given):
            raise ValidationError("Name plan with action apply, and only there.", "plan")


class RunSchema(Schema):
    """One run; counts by name, progress as done of total."""

    id = fields.Integer(required=True)
    direction = fields.String(required=True, validate=validate.OneOf(["push", "pull"]))
    state = fields.String(
        required=True,
        validate=validate.OneOf(["planned", "running", "stopped", "done", "failed", "abandoned"]),
    )
    phase = fields.String(required=True, validate=validate.OneOf(["plan", "push", "pull"]))
    startedAt = fields.DateTime(required=True)
    plannedAt = fields.DateTime(required=True, allow_none=True)
    finishedAt = fields.DateTime(required=True, allow_none=True)
    code = fields.String(required=True, allow_none=True)
    detail = fields.String(required=True, allow_none=True)
    counts = fields.Dict(keys=fields.String(), required=True)
    progress = fields.Dict(keys=fields.String(), required=True)


class RunsQuery(Schema):
    """How many."""

    limit = fields.Integer(load_default=20, validate=validate.Range(min=1, max=MOST_RUNS))


class BegunResponse(Schema):
    """The run that was begun."""

    runs = fields.List(fields.Nested(RunSchema), required=True)


class RunsResponse(Schema):
    """Runs, the newest first."""

    runs = fields.List(fields.Nested(RunSchema), required=True)


class FindingSchema(Schema):
    """One thing that stands in the way."""

    code = fields.String(required=True, metadata={"example": "FIELD_NOT_VISIBLE"})
    object = fields.String(required=True, allow_none=True)
    field = fields.String(required=True, allow_none=True)
    message = fields.String(required=True)


class PreflightResponse(Schema):
    """Every missing permission, invisible field and short allowance; empty when all is well."""

    findings = fields.List(fields.Nested(FindingSchema), required=True)


@blueprint.post("/v1/data-sharing/runs")
@needs("admin")
@blueprint.arguments(RunRequest)
@blueprint.response(202, BegunResponse)
@blueprint.problems(*WRITE_PROBLEMS)
@blueprint.doc(parameters=[HEADER])
def begin(body: dict):
    """Begin a run; a worker takes it up within seconds. Look at it under its id."""
    key, tenant = request_key(), g.caller.tenant
    keys = current_app.extensions["p13n_request_keys"]
    earlier = keys.earlier(tenant.name, key)
    if earlier is not None:
        return answered(Accepted(earlier, is_repeat=True), 202)
    kept = []

    def keep(connection, run: Run) -> None:
        kept.append(orjson.dumps({"runs": [run_values(run)]}))
        keys.keep_in(connection, tenant.name, key, kept[-1])

    _begin(_use_case(), tenant, body, owned=False, and_then=keep)
    return answered(Accepted(kept[-1]), 202)


@blueprint.get("/v1/data-sharing/runs")
@needs("admin")
@blueprint.arguments(RunsQuery, location="query")
@blueprint.response(200, RunsResponse)
@blueprint.problems(401, 403, 422, 500, 503)
def runs(query: dict):
    """List runs, the newest first."""
    found = _use_case().runs.newest(g.caller.tenant.name, query["limit"])
    return _json({"runs": [run_values(run) for run in found]})


@blueprint.get("/v1/data-sharing/runs/<int:run_id>")
@needs("admin")
@blueprint.response(200, RunSchema)
@blueprint.problems(401, 403, 404, 500, 503)
def run(run_id: int):
    """Return one run."""
    return _json(run_values(_run(run_id)))


@blueprint.get("/v1/data-sharing/runs/<int:run_id>/rejected.csv")
@needs("admin")
@blueprint.response(200, content_type="text/csv")
@blueprint.problems(401, 403, 404, 500, 503)
def rejected(run_id: int):
    """Return what could not be written and why, for a spreadsheet."""
    found = _run(run_id)
    return _csv(rejected_csv(_use_case().rows.all(found, *REPORTED)), f"rejected-{run_id}.csv")


@blueprint.get("/v1/data-sharing/runs/<int:run_id>/plan.csv")
@needs("admin")
@blueprint.response(200, content_type="text/csv")
@blueprint.problems(401, 403, 404, 500, 503)
def plan(run_id: int):
    """Return the plan field by field, with before and after, for a spreadsheet."""
    found = _run(run_id)
    rows = ((found, row) for row in _use_case().rows.all(found))
    return _csv(plan_csv(rows), f"plan-{run_id}.csv")


@blueprint.get("/v1/data-sharing/preflight")
@needs("admin")
@blueprint.response(200, PreflightResponse)
@blueprint.problems(401, 403, 404, 409, 500, 502, 503)
def preflight():
    """Name what stands in the way of sharing; asks the org a few calls."""
    found = _use_case().preflight(g.caller.tenant)
    told = [
        {"code": e.code, "object": e.object_name or None, "field": e.field, "message": e.message}
        for e in found
    ]
    return _json({"findings": told})


@blueprint.before_request
def _cap_body() -> None:
    request.max_content_length = READ_BODY_BYTES


def _begin(sharing, tenant, body: dict, **starting) -> None:
    match body["action"]:
        case "apply":
            sharing.apply(tenant, body["plan"], **starting)
        case "resume":
            sharing.to_resume(tenant, release_brake=body["release_brake"], **starting)
        case action:
            sharing.begin(
                tenant,
                body["direction"],
                plan_only=action == "plan",
                limit=body["limit"],
                origin="api",
                **starting,
            )


def _use_case():
    return current_app.extensions["p13n_parts"].data_sharing


def _run(run_id: int) -> Run:
    return _use_case().runs.get(g.caller.tenant.name, run_id)


def _json(values: dict) -> Response:
    return Response(orjson.dumps(values), mimetype="application/json")


def _csv(lines: Iterable[str], name: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    encoded = (line.encode("utf-8") for line in lines)
    return Response(encoded, mimetype="text/csv", headers=headers)
