"""One field's value, on its way in from JSON or from a bulk row, and out to JSON."""

import re
from datetime import date, datetime

from simulator.crm.errors import OrgError
from simulator.crm.schema import NUMBER_TYPES, Field
from simulator.crm.soql.sql import datetime_text
from simulator.record_ids import normalized

BOOLEANS = {"true": 1, "false": 0, "1": 1, "0": 0, "yes": 1, "no": 0}
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")


def stored(field: Field, value):
    """Return a JSON value as the table holds it; raises OrgError when it does not fit the field."""
    if value is None or value == "":
        return 0 if field.type == "boolean" else None
    if field.type == "boolean":
        return int(_of_type(field, value, bool))
    if field.type in NUMBER_TYPES:
        return _number(field, _of_type(field, value, (int, float)))
    text = _of_type(field, value, str)
    if field.is_id:
        return _record_id(field, text)
    if field.type in ("date", "datetime"):
        return _time(field, text)
    return _text(field, text)


def stored_from_bulk(field: Field, value):
    """Return a bulk row's value as the table holds it; raises OrgError.

    Bulk reads values as text, so that `"12.5"` is a number and `5` may go into a text field.
    """
    if value is None or value == "":
        return 0 if field.type == "boolean" else None
    if isinstance(value, (dict, list)):
        raise _not_of_type(field, value)
    text = str(value).strip() if not isinstance(value, bool) else str(value).lower()
    if field.type == "boolean":
        if text.lower() not in BOOLEANS:
            raise _not_of_type(field, value)
        return BOOLEANS[text.lower()]
    if field.type in NUMBER_TYPES:
        return _number(field, _number_in(field, text))
    if field.type in ("date", "datetime"):
        try:
            return _time(field, text)
        except OrgError as broken:
            raise _not_of_type(field, value) from broken
    return _record_id(field, text) if field.is_id else _text(field, text)


def shown(field: Field, value):
    """Return a table's value as JSON shows it."""
    return bool(value) if field.type == "boolean" else value


def as_text(field: Field, value) -> str:
    """Return a table's value as a cell of a CSV file shows it; a null is an empty cell."""
    if value is None:
        return ""
    if field.type == "boolean":
        return "true" if value else "false"
    if field.type == "datetime":
        return value.replace("+0000", "Z")
    return str(value)


def _of_type(field: Field, value, wanted):
    is_bool_for_number = isinstance(value, bool) and wanted is not bool
    if not isinstance(value, wanted) or is_bool_for_number:
        message = f"Cannot deserialize instance of {field.type} from {value!r}"
        raise OrgError(400, "JSON_PARSER_ERROR", message)
    return value


def _not_of_type(field: Field, value) -> OrgError:
    message = f"{field.label}: value not of required type: {str(value)[:80]}"
    return OrgError(400, "INVALID_TYPE_ON_FIELD_IN_RECORD", message, (field.name,))


def _number_in(field: Field, text: str) -> int | float:
    if not NUMBER.match(text):
        raise _not_of_type(field, text)
    return float(text) if set(text) & set(".eE") else int(text)


def _number(field: Field, value: int | float) -> int | float:
    """Return a number rounded to the field's decimals; raises OrgError when it has no room."""
    if field.type == "int":
        return round(value)
    rounded = round(value, field.scale) if field.precision else value
    if field.precision and abs(rounded) >= 10 ** (field.precision - field.scale):
        message = f"{field.label}: value outside of valid range on numeric field: {value}"
        raise OrgError(400, "NUMBER_OUTSIDE_VALID_RANGE", message, (field.name,))
    return rounded


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
    if field.restricted:
        _check_picklist(field, text)
    return text.strip() or None


def _check_picklist(field: Field, text: str) -> None:
    chosen = text.split(";") if field.type == "multipicklist" else [text]
    if unknown := [value for value in chosen if value not in field.picklist_values]:
        message = f"{field.label}: bad value for restricted picklist field: {unknown[0][:80]}"
        code = "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
        raise OrgError(400, code, message, (field.name,))
