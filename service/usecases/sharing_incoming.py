"""What a CRM record says of its person: typed attributes, manual segments, identities.

Source: Personalization guide, "User Attributes"; Salesforce field types in describe.
"""

import math
from collections.abc import Iterable, Mapping
from datetime import datetime

from service.data_sharing import ID_ATTRIBUTES, DataSharing, SegmentRule
from service.model import Identity
from service.tenant import Dataset
from service.usecases.sharing_matching import ID, ladder
from service.usecases.sharing_values import Unusable

LONGEST_VALUE_BYTES = 1_024
LONGEST_IDENTITY_BYTES, SHORTEST_IDENTITY_BYTES = 120, 4
ACCOUNT = "Account."


def pulled_fields(sharing: DataSharing, object_name: str) -> dict[str, str]:
    """Return the attribute by CRM field; a contact brings its account's fields along."""
    fields = {each.field: each.attribute for each in sharing.objects[object_name].pull}
    if object_name == "Contact":
        account = sharing.objects["Account"].pull
        fields |= {f"{ACCOUNT}{each.field}": each.attribute for each in account}
    return fields


def identity_fields(
    sharing: DataSharing, dataset: Dataset, object_name: str
) -> tuple[tuple[str, str], ...]:
    """Return (CRM field, identity type) of what may name the person, the surest first."""
    rungs = ladder(sharing, sharing.objects[object_name])
    return tuple(
        (field, attribute)
        for _rung, field, attribute in rungs
        if attribute in dataset.identity_types
    )


def identities_of(record: Mapping, fields: Iterable[tuple[str, str]]) -> list[Identity]:
    """Return what may name the person, the surest first; an id in both of its forms."""
    found = []
    for field, kind in fields:
        value = record.get(field)
        if not isinstance(value, str) or not value:
            continue
        found.append(Identity(kind, value))
        if field == ID and kind in ID_ATTRIBUTES.values():
            found.append(Identity(kind, value[:15]))
    return found


def value_at(record: Mapping, field: str):
    """Return a field's value, also that of a parent, such as `Account.Name`; None for blank."""
    value = record.get(field)
    if "." in field and field not in record:
        name, _dot, field = field.partition(".")
        parent = record.get(name)
        value = parent.get(field) if isinstance(parent, Mapping) else None
    return None if value == "" else value


def attribute_value(value, kind: str, field: str):
    """Return a CRM value as an attribute of `kind`. Raises: Unusable."""
    if value is None:
        return None
    if kind == "number":
        return _number(value, field)
    if kind == "boolean":
        return _boolean(value, field)
    if kind == "date":
        return _date(value, field)
    text = _text(value)
    if len(text.encode("utf-8")) > LONGEST_VALUE_BYTES:
        message = f"longer than {LONGEST_VALUE_BYTES} bytes"
        raise Unusable("VALUE_TOO_LONG", field, message)
    return text


def segments_of(record: Mapping, rules: Iterable[SegmentRule]) -> tuple[str, ...]:
    """Return the manual segments that a record's values put its person into."""
    found = {
        rule.segment
        for rule in rules
        if rule.value in _text(value_at(record, rule.field) or "").split(";")
        or rule.value == _text(value_at(record, rule.field) or "")
    }
    return tuple(sorted(found))


def _number(value, field: str):
    try:
        number = float(value) if not isinstance(value, bool) else math.nan
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise Unusable("WRONG_TYPE", field, "a number is needed")
    return int(number) if number.is_integer() else number


def _boolean(value, field: str) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise Unusable("WRONG_TYPE", field, "true or false is needed")


def _date(value, field: str) -> str:
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise Unusable("WRONG_TYPE", field, "a date is needed") from None
    return value


def _text(value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
