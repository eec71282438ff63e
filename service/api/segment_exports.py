"""`/v1/segment-exports`: segments on their way to journeys, for the admin's page in Salesforce."""

import orjson
from flask import Response, current_app, g, request
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from service.api.authentication import needs
from service.api.bodies import READ_BODY_BYTES, ApiBlueprint
from service.api.idempotency import HEADER, WRITE_PROBLEMS, answered, request_key
from service.api.wire import MAX_IDENTITY_LENGTH, text
from service.moments import iso
from service.segment_exports import Trigger
from service.storage.segment_entries import EntryState
from service.storage.segment_ledger import LedgerRow
from service.usecases.segment_export import ExportStatus

MOST_ENTRIES = 200
MOST_NUMBERS = 1_000
LARGEST = 2**63 - 1
READ_PROBLEMS = (401, 403, 404, 422, 500, 503)

blueprint = ApiBlueprint("segment_exports", __name__, description="Segments as journey entries")


class SegmentTroubleSchema(Schema):
    """What keeps an export from working: a stable code, and a sentence with the next step."""

    code = fields.String(required=True)
    message = fields.String(required=True)


class SegmentRowBudgetSchema(Schema):
    """Rows of the user export this month; `allowed` is null when nobody knows the licence."""

    used = fields.Integer(required=True)
    allowed = fields.Integer(required=True, allow_none=True)


class SegmentExportSchema(Schema):
    """One export: what it is made to do, where it stands, and what its entries became."""

    name = fields.String(required=True)
    dataset = fields.String(required=True)
    segment = fields.String(required=True)
    segmentName = fields.String(required=True)
    eventDefinitionKey = fields.String(required=True)
    trigger = fields.Enum(Trigger, by_value=True, required=True)
    beganAt = fields.DateTime(required=True, allow_none=True)
    readAt = fields.DateTime(required=True, allow_none=True)
    readRows = fields.Integer(required=True)
    nextReadAt = fields.DateTime(required=True, allow_none=True)
    heldUntil = fields.DateTime(required=True, allow_none=True)
    entries = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    readTrouble = fields.Nested(SegmentTroubleSchema, required=True, allow_none=True)
    trouble = fields.Nested(SegmentTroubleSchema, required=True, allow_none=True)
    rowBudget = fields.Nested(SegmentRowBudgetSchema, required=True)


class SegmentExportsResponse(Schema):
    """Every export of the tenant."""

    exports = fields.List(fields.Nested(SegmentExportSchema), required=True)


class SegmentAskRequest(Schema):
    """Which export, none named for all."""

    name = text(64, allow_none=True)


class SegmentAskResponse(Schema):
    """The exports that a worker will read and send as soon as it can."""

    asked = fields.List(fields.String(), required=True)
    correlationId = fields.String(required=True)


class SegmentEntriesQuery(Schema):
    """Which page."""

    export = text(64)
    state = fields.Enum(EntryState, by_value=True)
    after = fields.Integer(load_default=0, validate=validate.Range(min=0, max=LARGEST))
    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=MOST_ENTRIES))


class SegmentEntrySchema(Schema):
    """An entry of the ledger; nothing in it names the person."""

    id = fields.Integer(required=True)
    export = fields.String(required=True)
    trigger = fields.Enum(Trigger, by_value=True, required=True)
    state = fields.Enum(EntryState, by_value=True, required=True)
    decidedAt = fields.DateTime(required=True)
    sentAt = fields.DateTime(required=True, allow_none=True)
    settledAt = fields.DateTime(required=True, allow_none=True)
    eventInstanceId = fields.String(required=True, allow_none=True)
    code = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)


class SegmentEntriesResponse(Schema):
    """A page by rising number; `next` is where to ask on with `after`, null at the end."""

    entries = fields.List(fields.Nested(SegmentEntrySchema), required=True)
    next = fields.Integer(required=True, allow_none=True)


class SegmentFindRequest(Schema):
    """One person in one export."""

    export = text(64, required=True)
    contactKey = text(MAX_IDENTITY_LENGTH, required=True)


class SegmentReplayRequest(Schema):
    """Which entries: some by number, or all."""

    ids = fields.List(
        fields.Integer(strict=True, validate=validate.Range(min=1, max=LARGEST)),
        validate=validate.Length(min=1, max=MOST_NUMBERS),
    )
    all = fields.Boolean(truthy={True}, falsy={False}, load_default=False)

    @validates_schema
    def _one_of_them(self, given: dict, **_options) -> None:
        if given.get("all", False) == ("ids" in given):
            raise ValidationError("Name ids, or say all: true.", "ids")


class SegmentReplayResponse(Schema):
    """The entries that will be sent again."""

    replayed = fields.List(fields.Integer(), required=True)


@blueprint.get("/v1/segment-exports")
@needs("admin")
@blueprint.response(200, SegmentExportsResponse)
@blueprint.problems(401, 403, 500, 503)
def exports():
    """Say where each export stands."""
    found = _use_case().status(g.caller.tenant)
    return _json({"exports": [_export(each) for each in found]})


@blueprint.post("/v1/segment-exports")
@needs("admin")
@blueprint.arguments(SegmentAskRequest)
@blueprint.response(202, SegmentAskResponse)
@blueprint.problems(*WRITE_PROBLEMS)
@blueprint.doc(parameters=[HEADER])
def ask(body: dict):
    """Let a worker read and send an export as soon as it can; reading uses licensed rows."""
    accepted = _use_case().ask(
        g.caller.tenant,
        body.get("name"),
        request_key(),
        lambda names: orjson.dumps({"asked": names, "correlationId": g.correlation_id}),
    )
    return answered(accepted, 202)


@blueprint.get("/v1/segment-exports/entries")
@needs("admin")
@blueprint.arguments(SegmentEntriesQuery, location="query")
@blueprint.response(200, SegmentEntriesResponse)
@blueprint.problems(*READ_PROBLEMS)
def entries(query: dict):
    """List the ledger, the oldest first."""
    states = (query["state"],) if "state" in query else tuple(EntryState)
    found = _use_case().ledger(
        g.caller.tenant,
        name=query.get("export"),
        states=states,
        after=query["after"],
        limit=query["limit"],
    )
    is_full = len(found) == query["limit"]
    return _json({"entries": [_entry(e) for e in found], "next": found[-1].id if is_full else None})


@blueprint.post("/v1/segment-exports/entries/find")
@needs("admin")
@blueprint.arguments(SegmentFindRequest)
@blueprint.response(200, SegmentEntriesResponse)
@blueprint.problems(400, 413, 415, *READ_PROBLEMS)
def find(body: dict):
    """List one person's entries of an export."""
    found = _use_case().ledger(
        g.caller.tenant, name=body["export"], contact_key=body["contactKey"], limit=MOST_ENTRIES
    )
    return _json({"entries": [_entry(each) for each in found], "next": None})


@blueprint.post("/v1/segment-exports/entries/replay")
@needs("admin")
@blueprint.arguments(SegmentReplayRequest)
@blueprint.response(200, SegmentReplayResponse)
@blueprint.problems(*WRITE_PROBLEMS)
@blueprint.doc(parameters=[HEADER])
def replay(body: dict):
    """Send failed, capped and undecided entries again; an undecided one may have entered."""
    accepted = _use_case().replay_once(
        g.caller.tenant,
        body.get("ids"),
        request_key(),
        lambda ids: orjson.dumps({"replayed": ids}),
    )
    return answered(accepted, 200)


@blueprint.before_request
def _cap_body() -> None:
    request.max_content_length = READ_BODY_BYTES


def _use_case():
    return current_app.extensions["p13n_segment_exports"]


def _json(value: dict) -> Response:
    return Response(orjson.dumps(value), mimetype="application/json")


def _export(status: ExportStatus) -> dict:
    export, state = status.export, status.state
    return {
        "name": export.name,
        "dataset": export.dataset,
        "segment": export.segment,
        "segmentName": export.segment_name,
        "eventDefinitionKey": export.event_definition_key,
        "trigger": export.trigger,
        "beganAt": _time(state.began_at),
        "readAt": _time(state.read_at),
        "readRows": state.read_rows,
        "nextReadAt": _time(state.next_read_at),
        "heldUntil": _time(state.held_until),
        "entries": dict(status.counts),
        "readTrouble": _trouble(state.read_code, state.read_detail),
        "trouble": _trouble(state.code, state.detail),
        "rowBudget": {"used": status.budget.used, "allowed": status.budget.allowed},
    }


def _entry(row: LedgerRow) -> dict:
    return {
        "id": row.id,
        "export": row.export,
        "trigger": row.trigger,
        "state": row.state,
        "decidedAt": _time(row.decided_at),
        "sentAt": _time(row.sent_at),
        "settledAt": _time(row.settled_at),
        "eventInstanceId": row.event_instance_id,
        "code": row.code,
        "reason": row.detail,
    }


def _trouble(code: str | None, message: str | None) -> dict | None:
    return code and {"code": code, "message": message}


def _time(epoch_seconds: float | None) -> str | None:
    return iso(epoch_seconds) if epoch_seconds else None
