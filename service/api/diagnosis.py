"""`/v1/diagnosis`: why a card is empty, step by step, and what one experience would show."""

import dataclasses

import orjson
from flask import Response, current_app, g, request
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from service.api.affinities import AffinitiesRequest
from service.api.audit import records
from service.api.authentication import needs
from service.api.bodies import READ_BODY_BYTES, READ_PROBLEMS, ApiBlueprint
from service.api.next_best import NextBestRequest, NextBestResponse, wire_answer
from service.api.wire import (
    MAX_IDENTITY_LENGTH,
    PRIVATE,
    TOTAL_SECONDS,
    IdentitySchema,
    plain_text,
    text,
)
from service.deadline import Deadline
from service.model import Identity
from service.moments import iso
from service.usecases.affinities import AffinityQuestion
from service.usecases.diagnosis import Asked, Diagnosis, Findings
from service.usecases.diagnosis_steps import Step, StepName, StepState
from service.usecases.event_stream import StreamQuestion
from service.usecases.next_best import Question, Trace

EXPERIENCE_ID = validate.Regexp(r"(?!true$)[A-Za-z0-9_-]{1,40}$", error="Not an experience's id.")
"""`true` would ask for every campaign that is being tested."""
QUESTIONS = {"nextBest": Question, "affinities": AffinityQuestion, "eventStream": StreamQuestion}

blueprint = ApiBlueprint("diagnosis", __name__, description="Why a card is empty")


class RecordIdentitySchema(IdentitySchema):
    """What names the person; the value may be blank, as the record's field may be."""

    value = fields.String(
        required=True, validate=[validate.Length(max=MAX_IDENTITY_LENGTH), plain_text]
    )


class DiagnosisRequest(NextBestRequest, AffinitiesRequest):
    """The question that a card asks, whichever it is; what other cards ask besides is ignored."""

    component = fields.String(
        validate=validate.OneOf(list(QUESTIONS)),
        load_default="nextBest",
        metadata={"description": "nextBest needs a datafield"},
    )
    identity = fields.Nested(RecordIdentitySchema, required=True)
    fieldLabel = text(
        255,
        attribute="field_label",
        load_default=None,
        metadata={"description": "label of the record's field, for the sentences"},
    )
    datafield = text(128, metadata={"example": "promos"})

    @validates_schema
    def _datafield_of_next_best(self, body: dict, **_options) -> None:
        if body.get("component") == "nextBest" and "datafield" not in body:
            raise ValidationError("Missing data for required field.", "datafield")


class PreviewRequest(NextBestRequest):
    """A next-best question, and the experience to answer it from."""

    experienceId = fields.String(
        required=True,
        attribute="experience_id",
        validate=EXPERIENCE_ID,
        metadata={"example": "Ex2Pm"},
    )


class StepSchema(Schema):
    """One step; code, message and next are null where there is nothing to say."""

    step = fields.String(required=True, validate=validate.OneOf(list(StepName)))
    state = fields.String(required=True, validate=validate.OneOf(list(StepState)))
    code = fields.String(required=True, allow_none=True)
    message = fields.String(required=True, allow_none=True)
    parameters = fields.Dict(keys=fields.String(), required=True)
    next = fields.String(
        required=True, allow_none=True, metadata={"description": "what to do about it"}
    )


class ExplanationSchema(Schema):
    """Why a campaign did not return, in Personalization's own words; fields may be empty."""

    campaignId = fields.String(required=True)
    campaignName = fields.String(required=True)
    experienceId = fields.String(required=True)
    experienceName = fields.String(required=True)
    message = fields.String(required=True)


class ExperienceSchema(Schema):
    """A variant of a campaign that may be previewed."""

    campaignName = fields.String(required=True)
    id = fields.String(required=True)
    name = fields.String(required=True)


class DiagnosisResponse(Schema):
    """Every step from the record to what is shown; ok when something is."""

    state = fields.String(required=True, validate=validate.OneOf(["ok", "empty"]))
    component = fields.String(required=True, validate=validate.OneOf(list(QUESTIONS)))
    asOf = fields.DateTime(required=True)
    firstFailed = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(list(StepName))
    )
    steps = fields.List(fields.Nested(StepSchema), required=True)
    returnedDatafields = fields.List(fields.String(), required=True)
    explanations = fields.List(fields.Nested(ExplanationSchema), required=True)
    experiences = fields.List(fields.Nested(ExperienceSchema), required=True)
    debugAllowed = fields.Boolean(
        required=True, metadata={"description": "whether there can be explanations and previews"}
    )


@blueprint.post("/v1/diagnosis")
@needs("admin")
@blueprint.arguments(DiagnosisRequest)
@blueprint.response(200, DiagnosisResponse)
@blueprint.problems(*READ_PROBLEMS)
@records("diagnosis")
def diagnosis(body: dict):
    """Walk the way of a card's answer; Personalization is asked past the cache."""
    component, label = body.pop("component"), body.pop("field_label")
    asked = _question(QUESTIONS[component], body)
    deadline = Deadline.after(TOTAL_SECONDS)
    found = _use_case().diagnose(g.caller.tenant, asked, label, deadline)
    return _private({"component": component} | _wire(found))


@blueprint.post("/v1/diagnosis/preview")
@needs("admin")
@blueprint.arguments(PreviewRequest)
@blueprint.response(200, NextBestResponse)
@blueprint.problems(*READ_PROBLEMS)
@records("preview")
def preview(body: dict):
    """Return what a card would show from one experience; nothing is cached or counted."""
    experience_id = body.pop("experience_id")
    question, deadline = _question(Question, body), Deadline.after(TOTAL_SECONDS)
    answer = _use_case().preview(g.caller.tenant, question, experience_id, deadline)
    return _private(wire_answer(answer))


@blueprint.before_request
def _cap_body() -> None:
    request.max_content_length = READ_BODY_BYTES


def _use_case() -> Diagnosis:
    return current_app.extensions["p13n_parts"].diagnosis


def _question(kind: type, body: dict) -> Asked:
    """Return the question of one kind; what the body says for others is left out."""
    names = {each.name for each in dataclasses.fields(kind)}
    known = {name: value for name, value in body.items() if name in names}
    return kind(**(known | {"identity": Identity(**body["identity"])}))


def _private(body: dict) -> Response:
    return Response(orjson.dumps(body), mimetype="application/json", headers=PRIVATE)


def _wire(found: Findings) -> dict:
    first_failed = found.first_failed
    trace = found.trace
    return {
        "state": "empty" if first_failed else "ok",
        "asOf": iso(found.as_of),
        "firstFailed": first_failed and first_failed.name,
        "steps": [_wire_step(each) for each in found.steps],
        "returnedDatafields": list(trace.answer.returned_datafields) if trace else [],
        "debugAllowed": found.debug_allowed,
    } | _wire_explained(trace)


def _wire_step(step: Step) -> dict:
    return {
        "step": step.name,
        "state": step.state,
        "code": step.code,
        "message": step.message,
        "parameters": step.parameters,
        "next": step.next,
    }


def _wire_explained(trace: Trace | None) -> dict:
    return {
        "explanations": [
            {
                "campaignId": each.campaign_id,
                "campaignName": each.campaign_name,
                "experienceId": each.experience_id,
                "experienceName": each.experience_name,
                "message": each.message,
            }
            for each in (trace.explanations if trace else ())
        ],
        "experiences": [
            {"campaignName": each.campaign_name, "id": each.id, "name": each.name}
            for each in (trace.experiences if trace else ())
        ],
    }
