"""How request bodies are read: declared as JSON, capped, strict, and validated by schema."""

from flask import Request
from flask_smorest import Blueprint
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


class ApiBlueprint(Blueprint):
    """A blueprint whose JSON bodies are read strictly."""

    ARGUMENTS_PARSER = StrictJsonParser()
