"""One field's value, on its way in from JSON and out to JSON."""

import re
from datetime import date, datetime

from simulator.crm.errors import OrgError
from simulator.crm.schema import NUMBER_TYPES, Field
from simulator.crm.soql.sql import datetime_text
from simulator.record_ids import normalized

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")


def stored(field: Field, value):
    """Return a JSON value as the table holds it; raises OrgError when it does not fit the field."""
    if value is None or value == "":
        return 0 if field.type == "boolean" else None
    if field.type == "boolean":
        return int(_of_type(field, value, bool))
    if field.type in NUMBER_TYPES:
        return _of_type(field, value, (int, float))
    text = _of_type(field, value, str)
    if field.is_id:
        return _record_id(field, text)
    if field.type in ("date", "datetime"):
        return _time(field, text)
    return _text(field, text)


def shown(field: Field, value):
    """Return a table's value as JSON shows it."""
    return bool(value) if field.type == "boolean" else value


def _of_type(field: Field, value, wanted):
    is_bool_for_number = isinstance(value, bool) and wanted is not bool
    if not isinstance(value, wanted) or is_bool_for_number:
        message = f"Cannot deserialize instance of {field.type} from {value!r}"
        raise OrgError(400, "JSON_PARSER_ERROR", message)
    return value


def _record_id(field: Field, text: str) -> str:
    found = normalized(text)
    if found is None:
        message = f"{field.label}: id value of incorrect type: {text}"
        raise OrgError(400, "MALFORMED_ID", message, (field.name,))
    return found


def _time(field: Field, text: str) -> str:
    try:
        if field.type == "date":
            return date.fromisoformat(text[:10]).isoformat()
        return datetime_text(datetime.fromisoformat(text))
    except ValueError as broken:
        message = f"Cannot deserialize instance of {field.type} from VALUE_STRING value {text}"
        raise OrgError(400, "JSON_PARSER_ERROR", message) from broken


def _text(field: Field, text: str) -> str:
    if field.length and len(text) > field.length:
        message = f"{field.label}: data value too large: {text[:80]} (max length={field.length})"
        raise OrgError(400, "STRING_TOO_LONG", message, (field.name,))
    if field.type == "email" and not EMAIL.match(text):
        message = f"{field.label}: invalid email address: {text}"
        raise OrgError(400, "INVALID_EMAIL_ADDRESS", message, (field.name,))
    return text.strip() or None
