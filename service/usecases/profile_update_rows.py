"""Reads one row of a profile update and says, to the field, what is wrong with it.

A wrong row is an answer, not an exception: the other rows of the call go on.
Limits: Personalization help, "Personalization Limits"; guide, "Event API Options".
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime

from service.model import Identity
from service.tenant import Dataset

MOST_VALUE_BYTES = 1_024
MOST_OBJECTS_A_TYPE = 100
MOST_ATTRIBUTES_A_TYPE = 10
MOST_IDENTITIES = 10
MOST_IDENTITY_LETTERS = 320
LARGEST_NUMBER = 2**53
OBJECT_ID = re.compile(r"[A-Za-z0-9_-]{1,30}")
KEY = re.compile(r"[\x21-\x7e]{1,255}")
RECORD_ID = re.compile(r"[^\x00-\x1f\x7f]{1,255}")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
FIELDS = frozenset({"recordId", "key", "identities", "attributes", "profileObjects", "blankPolicy"})


@dataclass(frozen=True)
class ProfileObject:
    """A profile object, which Personalization replaces whole: what is blank is gone."""

    type: str
    id: str
    attributes: dict


@dataclass(frozen=True)
class ProfileUpdate:
    """What one row wants set. A None in `attributes` clears, by the row's blank policy."""

    record_id: str | None
    key: str | None
    identities: tuple[Identity, ...]
    attributes: dict = field(default_factory=dict)
    profile_objects: tuple[ProfileObject, ...] = ()


class RowRefused(Exception):
    """Raised when a row cannot be accepted; `field` is the exact place in it."""

    def __init__(self, code: str, field: str, message: str):
        self.code, self.field, self.message = code, field, message
        super().__init__(message)


def record_id_of(row: object) -> str | None:
    """Return the row's record id as far as it has a usable one."""
    given = row.get("recordId") if isinstance(row, dict) else None
    return given if isinstance(given, str) and RECORD_ID.fullmatch(given) else None


def read_row(dataset: Dataset, row: object) -> ProfileUpdate:
    """Return what `row` wants set. Raises: RowRefused."""
    if not isinstance(row, dict):
        raise RowRefused("INVALID_ROW", "", "An update must be a JSON object.")
    for name in sorted(row.keys() - FIELDS):
        raise RowRefused("UNKNOWN_FIELD", name[:80], f"{name[:80]!r} is no field of an update.")
    if row.get("recordId") is not None and record_id_of(row) is None:
        raise RowRefused("INVALID_VALUE", "recordId", "recordId must be a text of 1 to 255.")
    return ProfileUpdate(
        record_id=record_id_of(row),
        key=_key(row),
        identities=_identities(dataset, row.get("identities")),
        attributes=_attributes(
            "attributes", row.get("attributes"), dataset.user_attributes, dataset, _clears(row)
        ),
        profile_objects=_objects(dataset, row.get("profileObjects")),
    )


def _clears(row: dict) -> bool:
    policy = row.get("blankPolicy")
    if policy not in (None, "skip", "clear"):
        raise RowRefused("INVALID_VALUE", "blankPolicy", "blankPolicy must be skip or clear.")
    return policy == "clear"


def _key(row: dict) -> str | None:
    key = row.get("key")
    if key is not None and not (isinstance(key, str) and KEY.fullmatch(key)):
        raise RowRefused("INVALID_KEY", "key", "key must be 1 to 255 visible ASCII characters.")
    return key


def _identities(dataset: Dataset, given: object) -> tuple[Identity, ...]:
    if not isinstance(given, list) or not given:
        raise RowRefused("NO_IDENTITY", "identities", "At least one identity is needed.")
    if len(given) > MOST_IDENTITIES:
        message = f"At most {MOST_IDENTITIES} identities are accepted."
        raise RowRefused("TOO_MANY_IDENTITIES", "identities", message)
    found: dict[str, Identity] = {}
    for place, each in enumerate(given):
        identity = _identity(dataset, f"identities[{place}]", each)
        if identity.type in found:
            message = f"{identity.type} is given twice."
            raise RowRefused("INVALID_IDENTITY", f"identities[{place}].type", message)
        found[identity.type] = identity
    return tuple(found.values())


def _identity(dataset: Dataset, path: str, given: object) -> Identity:
    if not isinstance(given, dict) or given.keys() != {"type", "value"}:
        raise RowRefused("INVALID_IDENTITY", path, f"{path} must be an object of type and value.")
    kind, value = given["type"], given["value"]
    if kind not in dataset.identity_types:
        known = ", ".join(dataset.identity_types)
        message = f"{path}.type is none of the dataset's identity types: {known}."
        raise RowRefused("UNKNOWN_IDENTITY_TYPE", f"{path}.type", message)
    if not isinstance(value, str) or not 0 < len(value.strip()) <= MOST_IDENTITY_LETTERS:
        message = f"{path}.value must be a text of 1 to {MOST_IDENTITY_LETTERS} characters."
        raise RowRefused("INVALID_IDENTITY", f"{path}.value", message)
    if CONTROL.search(value):
        message = f"{path}.value has control characters."
        raise RowRefused("INVALID_IDENTITY", f"{path}.value", message)
    return Identity(kind, value)


def _objects(dataset: Dataset, given: object) -> tuple[ProfileObject, ...]:
    if given is None:
        return ()
    if not isinstance(given, list):
        raise RowRefused("INVALID_VALUE", "profileObjects", "profileObjects must be a list.")
    found: dict[tuple[str, str], ProfileObject] = {}
    for place, each in enumerate(given):
        one = _object(dataset, f"profileObjects[{place}]", each)
        if (one.type, one.id) in found:
            message = f"{one.type} {one.id} is given twice."
            raise RowRefused("INVALID_OBJECT", f"profileObjects[{place}].id", message)
        found[one.type, one.id] = one
    for kind in {one.type for one in found.values()}:
        if sum(one.type == kind for one in found.values()) > MOST_OBJECTS_A_TYPE:
            message = f"At most {MOST_OBJECTS_A_TYPE} objects of type {kind} are accepted."
            raise RowRefused("TOO_MANY_OBJECTS", "profileObjects", message)
    return tuple(found.values())


def _object(dataset: Dataset, path: str, given: object) -> ProfileObject:
    if not isinstance(given, dict) or not {"type", "id"} <= given.keys():
        raise RowRefused("INVALID_OBJECT", path, f"{path} must be an object of type and id.")
    for name in sorted(given.keys() - {"type", "id", "attributes"}):
        raise RowRefused("UNKNOWN_FIELD", f"{path}.{name[:80]}", f"{name[:80]!r} is no field here.")
    kind, object_id = given["type"], given["id"]
    types = dataset.profile_object_types
    if not isinstance(kind, str) or kind not in types:
        known = ", ".join(types) or "none"
        message = f"{path}.type is none of the dataset's profile object types: {known}."
        raise RowRefused("UNKNOWN_PROFILE_OBJECT_TYPE", f"{path}.type", message)
    if not isinstance(object_id, str) or not OBJECT_ID.fullmatch(object_id):
        message = f"{path}.id must be 1 to 30 letters, digits, - or _."
        raise RowRefused("INVALID_OBJECT", f"{path}.id", message)
    attributes = _attributes(f"{path}.attributes", given.get("attributes"), types[kind])
    if len(attributes) > MOST_ATTRIBUTES_A_TYPE:
        message = f"At most {MOST_ATTRIBUTES_A_TYPE} attributes a type are accepted."
        raise RowRefused("TOO_MANY_ATTRIBUTES", f"{path}.attributes", message)
    return ProfileObject(kind, object_id, attributes)


def _attributes(
    path: str, given: object, types, dataset: Dataset | None = None, clears: bool = False
) -> dict:
    """Return the attributes to set; blanks are left out, or None where they clear."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise RowRefused("INVALID_VALUE", path, f"{path} must be an object.")
    found = {}
    for name, value in given.items():
        place = f"{path}.{name[:80]}"
        if dataset is not None and name in dataset.identity_types:
            message = f"{place} is an identity; send it among the identities."
            raise RowRefused("UNKNOWN_ATTRIBUTE", place, message)
        if name not in types:
            message = f"{place} is not configured. Known: {', '.join(types) or 'none'}."
            raise RowRefused("UNKNOWN_ATTRIBUTE", place, message)
        if value is None or value == "":
            found |= {name: None} if clears else {}
        else:
            found[name] = _value(place, value, types[name])
    return found


def _value(place: str, value: object, kind: str) -> object:
    if not _FITS[kind](value):
        message = f"{place} must be {_SPOKEN[kind]}."
        raise RowRefused("WRONG_TYPE", place, message)
    if isinstance(value, str):
        if len(value.encode("utf-8")) > MOST_VALUE_BYTES:
            message = f"{place} is longer than {MOST_VALUE_BYTES} bytes."
            raise RowRefused("VALUE_TOO_LONG", place, message)
        if "\x00" in value:
            raise RowRefused("INVALID_VALUE", place, f"{place} has a NUL character.")
    return value


def _is_number(value: object) -> bool:
    is_numeric = isinstance(value, int | float) and not isinstance(value, bool)
    return is_numeric and abs(value) <= LARGEST_NUMBER


def _is_date(value: object) -> bool:
    """Accept ISO 8601: a day, or a moment with or without an offset."""
    if not isinstance(value, str) or not DAY.match(value):
        return False
    read = date.fromisoformat if len(value) == 10 else datetime.fromisoformat
    try:
        read(value)
    except ValueError:
        return False
    return True


_FITS = {
    "string": lambda value: isinstance(value, str),
    "number": _is_number,
    "boolean": lambda value: isinstance(value, bool),
    "date": _is_date,
}
_SPOKEN = {
    "string": "a text",
    "number": "a number of at most 2^53",
    "boolean": "true or false",
    "date": "a date as ISO 8601 writes it, such as 2026-11-21",
}
