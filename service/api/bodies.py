"""How request bodies are read: declared as JSON, capped, strict, and validated by schema;
and how the faults that come of it stand in the OpenAPI document."""

from flask import Request
from flask_smorest import Blueprint
from marshmallow import Schema, fields
from webargs.flaskparser import FlaskParser

from service.errors import InvalidJson, MissingBody, UnsupportedMediaType
from service.strict_json import NotStrictJson, loads

READ_BODY_BYTES = 64 * 1024


class StrictJsonParser(FlaskParser):
    """Reads the body as strict JSON; unknown fields are refused by the schemas' default."""

    def load_json(self, request: Request, schema):
        """Return the parsed body. Raises: UnsupportedMediaType, MissingBody, InvalidJson."""
        if request.mimetype != "application/json":
            raise UnsupportedMediaType()
        body = request.get_data(cache=True)
        if not body.strip():
            raise MissingBody()
        try:
            return loads(body)
        except NotStrictJson as trouble:
            raise InvalidJson(f"The body is not strict JSON: {trouble}.") from None


class FieldErrorSchema(Schema):
    """One field and what is wrong with it."""

    field = fields.String(required=True)
    message = fields.String(required=True)


class ProblemSchema(Schema):
    """A fault (RFC 9457); `code` is stable, `correlationId` finds it in our log."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    detail = fields.String(required=True)
    instance = fields.String(required=True)
    correlationId = fields.String(required=True, allow_none=True)
    errors = fields.List(fields.Nested(FieldErrorSchema))


class ApiBlueprint(Blueprint):
    """A blueprint whose JSON bodies are read strictly."""

    ARGUMENTS_PARSER = StrictJsonParser()

    def problems(self, *statuses: int):
        """Decorate a view: document the faults that it may answer with."""

        def decorate(view):
            for status in statuses:
                view = self.alt_response(
                    status, schema=ProblemSchema, content_type="application/problem+json"
                )(view)
            return view

        return decorate


READ_PROBLEMS = (400, 401, 403, 404, 413, 415, 422, 500, 502, 503)
"""What a read with a JSON body may answer instead."""
