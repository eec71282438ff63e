"""What several calls have in common on the wire: texts, identities, reasons, times."""

import re

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from service.model import Identity, Reason
from service.usecases.people_groups import GroupSize

MAX_IDENTITY_LENGTH = 320
"""The longest e-mail address; nothing that names a person is longer."""

MOST_IDENTITIES = 200
"""How many people one question may be about."""

TOTAL_SECONDS = 3.5
"""Below Apex's 5 s, so that a rep gets our sentence and not a time-out."""


PRIVATE = {"Cache-Control": "private, no-store", "Vary": "Authorization"}
"""What intermediaries must know of a personal answer."""


def plain_text(value: str) -> None:
    """Refuse control characters: they have no meaning in names and break logs."""
    if re.search(r"[\x00-\x1f\x7f]", value):
        raise ValidationError("Control characters are not allowed.")


def text(max_length: int, **options) -> fields.String:
    """Return a field for a short text without control characters."""
    rules = [validate.Length(min=1, max=max_length), plain_text]
    return fields.String(validate=rules, **options)


def hidden_types() -> fields.List:
    """Return the field that names what not to show; case is ignored."""
    return fields.List(
        text(200), attribute="hidden_types", validate=validate.Length(max=100), load_default=()
    )


class IdentitySchema(Schema):
    """One value that names a person."""

    type = text(64, required=True, metadata={"example": "emailAddress"})
    value = text(MAX_IDENTITY_LENGTH, required=True, metadata={"example": "ada@example.com"})


class GroupSchema(Schema):
    """How many identities were asked for, and how many people they are that we know."""

    asked = fields.Integer(required=True)
    known = fields.Integer(required=True)


def identities(**options) -> fields.List:
    """Return the field for several people, at most as many as one question may be about."""
    return fields.List(
        fields.Nested(IdentitySchema),
        validate=validate.Length(min=1, max=MOST_IDENTITIES),
        metadata={"description": "several people; each counts once, however often named"},
        **options,
    )


class OneOrSeveral(Schema):
    """A question about one person or about several."""

    identity = fields.Nested(IdentitySchema)
    identities = identities()

    @validates_schema
    def _one_of_both(self, body: dict, **_options) -> None:
        if ("identity" in body) == ("identities" in body):
            raise ValidationError("Give either identity or identities.", "identity")


def whom(body: dict) -> dict:
    """Return the one or the several identities of a question, as values."""
    if "identity" in body:
        return {"identity": Identity(**body["identity"])}
    return {"identity": None, "identities": tuple(Identity(**each) for each in body["identities"])}


class ReasonSchema(Schema):
    """Why there is nothing to show."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    parameters = fields.Dict(keys=fields.String(), required=True)


class SummarySchema(Schema):
    """One sentence about the person: a code with parameters to translate, and English."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    parameters = fields.Dict(keys=fields.String(), required=True)


def wire_sentence(sentence: Reason | None) -> dict | None:
    """Return a reason or a summary as its code, English message and parameters."""
    return sentence and {
        "code": sentence.code,
        "message": sentence.message,
        "parameters": sentence.parameters,
    }


def wire_group(size: GroupSize | None) -> dict | None:
    """Return the size of a group, null where one person was asked for."""
    return size and {"asked": size.asked, "known": size.known}
