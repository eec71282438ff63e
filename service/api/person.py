"""The lines about a person that Personalization adds, as the wire has them."""

from marshmallow import Schema, fields

from service.moments import iso
from service.usecases.person_lookup import PersonLines


class PersonSchema(Schema):
    """What the user look-up says; every field may be null or empty."""

    segments = fields.List(fields.String(), required=True)
    engagement = fields.Float(allow_none=True)
    engagementScale = fields.String(
        allow_none=True, metadata={"description": "index or fraction; never compare the two"}
    )
    firstActivity = fields.DateTime(allow_none=True)
    lastActivity = fields.DateTime(allow_none=True)
    visits = fields.Integer(allow_none=True)
    asOf = fields.DateTime(required=True, metadata={"description": "when it was looked up"})


def wire_person(lines: PersonLines | None) -> dict | None:
    """Return the lines, or null when nothing could be looked up."""
    if lines is None:
        return None
    found = lines.looked_up
    return {
        "segments": list(found.segments),
        "engagement": found.engagement,
        "engagementScale": found.engagement_scale,
        "firstActivity": _time(found.first_activity),
        "lastActivity": _time(found.last_activity),
        "visits": found.visits,
        "asOf": iso(lines.as_of),
    }


def _time(epoch_ms: int | None) -> str | None:
    return None if epoch_ms is None else iso(epoch_ms / 1_000)
