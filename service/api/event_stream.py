"""`POST /v1/event-stream`: what a person does and did, from our own event store."""

from datetime import UTC, datetime

import orjson
from flask import Response, current_app, g, request
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

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
from service.model import EventKind, EventSource
from service.moments import iso
from service.storage.event_store import Cursor, GroupCursor
from service.usecases.event_stream import ShownEvent, StreamAnswer, StreamQuestion

MOST_EVENTS = 200

blueprint = ApiBlueprint("event_stream", __name__, description="What a person does and did")


class CursorField(fields.String):
    """A place in a stream, as an earlier answer gave it."""

    def _deserialize(self, value, attr, data, **kwargs) -> Cursor:
        return _cursor(Cursor, super()._deserialize(value, attr, data, **kwargs))


def _cursor(kind: type, text: str, *field: str):
    try:
        return kind.parse(text)
    except ValueError:
        raise ValidationError("Not a cursor of an earlier answer.", *field) from None


class EventStreamRequest(OneOrSeveral):
    """The question of one component."""

    dataset = text(64, required=True, metadata={"example": "retail"})
    limit = fields.Integer(strict=True, validate=validate.Range(min=1, max=MOST_EVENTS))
    hiddenTypes = hidden_types()
    after = fields.String(metadata={"description": "latest of an earlier answer: what is newer"})
    before = CursorField(metadata={"description": "oldest of an earlier answer: what is older"})

    @validates_schema
    def _one_direction(self, body: dict, **_options) -> None:
        if "after" in body and "before" in body:
            raise ValidationError("Give after or before, not both.", "before")

    @post_load
    def _read_after(self, body: dict, **_options) -> dict:
        """Several people's cursor is another than one person's."""
        if "after" not in body:
            return body
        kind = Cursor if "identity" in body else GroupCursor
        return body | {"after": _cursor(kind, body["after"], "after")}


class EventItemSchema(Schema):
    """The first item of an event; inventory status is as of the event."""

    type = fields.String(required=True)
    id = fields.String(required=True)
    name = fields.String(allow_none=True)
    inventoryStatus = fields.String(allow_none=True)


class DetailSchema(Schema):
    """One line of a drill-in."""

    label = fields.String(required=True)
    value = fields.String(required=True)


class EventSchema(Schema):
    """One event. All but id, time, name, kind and source may be null."""

    id = fields.String(required=True)
    time = fields.DateTime(required=True, metadata={"description": "with milliseconds"})
    name = fields.String(required=True)
    itemAction = fields.String(allow_none=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(EventKind)))
    url = fields.Url(allow_none=True, metadata={"description": "query string redacted"})
    channel = fields.String(allow_none=True)
    application = fields.String(allow_none=True)
    source = fields.String(required=True, validate=validate.OneOf(list(EventSource)))
    item = fields.Nested(EventItemSchema, allow_none=True)
    details = fields.List(fields.Nested(DetailSchema), required=True)
    who = fields.List(
        fields.Integer(),
        allow_none=True,
        required=True,
        metadata={"description": "places in identities that name whoever did it"},
    )


class EventStreamResponse(Schema):
    """A page of events, newest first, or the reason why there are none."""

    state = fields.String(required=True, validate=validate.OneOf(["ok", "empty"]))
    asOf = fields.DateTime(required=True)
    stale = fields.Boolean(required=True, metadata={"description": "always false: own store"})
    reason = fields.Nested(ReasonSchema, allow_none=True, required=True)
    summary = fields.Nested(SummarySchema, allow_none=True, required=True)
    person = fields.Nested(PersonSchema, allow_none=True, required=True)
    group = fields.Nested(GroupSchema, allow_none=True, required=True)
    events = fields.List(fields.Nested(EventSchema), required=True)
    latest = fields.String(allow_none=True, required=True)
    oldest = fields.String(allow_none=True, required=True)


@blueprint.post("/v1/event-stream")
@needs("read")
@blueprint.arguments(EventStreamRequest)
@blueprint.response(200, EventStreamResponse)
@blueprint.problems(*READ_PROBLEMS)
@records("event-stream")
def event_stream(body: dict):
    """Return the newest events, those before a cursor, or those that arrived after one."""
    question = StreamQuestion(**(body | whom(body)))
    use_case = current_app.extensions["p13n_event_stream"]
    answer = use_case.ask(g.caller.tenant, question, Deadline.after(TOTAL_SECONDS))
    return Response(orjson.dumps(_wire(answer)), mimetype="application/json", headers=PRIVATE)


@blueprint.before_request
def _cap_body() -> None:
    request.max_content_length = READ_BODY_BYTES


def _wire(answer: StreamAnswer) -> dict:
    return {
        "state": "empty" if answer.reason else "ok",
        "asOf": iso(answer.as_of),
        "stale": False,
        "reason": wire_sentence(answer.reason),
        "summary": wire_sentence(answer.summary),
        "person": wire_person(answer.person),
        "group": wire_group(answer.size),
        "events": [_wire_event(each) for each in answer.events],
        "latest": _wire_cursor(answer.latest),
        "oldest": _wire_cursor(answer.oldest),
    }


def _wire_event(shown: ShownEvent) -> dict:
    event = shown.event
    moment = datetime.fromtimestamp(event.time_ms / 1_000, UTC)
    return {
        "id": str(event.id),
        "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "name": event.name,
        "itemAction": event.item_action,
        "kind": event.kind,
        "url": shown.url,
        "channel": event.channel,
        "application": event.application,
        "source": event.source,
        "item": event.item_id
        and {
            "type": event.item_type,
            "id": event.item_id,
            "name": event.item_name,
            "inventoryStatus": event.inventory_status,
        },
        "details": [{"label": label, "value": value} for label, value in shown.details],
        "who": None if shown.who is None else list(shown.who),
    }


def _wire_cursor(cursor: Cursor | GroupCursor | None) -> str | None:
    return None if cursor is None else str(cursor)
