"""What is written to a CRM field: Personalization's values in the form the field takes.

A value that does not fit is no reason to write another one: the row is rejected and says so.
Sources: Salesforce field types in describe; times are ISO 8601 in UTC, multi-selects joined by
semicolons (Bulk API guide, "Valid Date Format").
"""

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import quote

import orjson

from service.data_sharing import ATTRIBUTE, LINK, SEGMENTS, TOP_AFFINITY, PushField
from service.upstream.crm import CrmField

NUMBER_TYPES = frozenset({"double", "currency", "percent", "int", "long"})
TEXT_TYPES = frozenset(
    {"string", "textarea", "picklist", "email", "phone", "url", "combobox", "encryptedstring",
     "reference", "id"}
)  # fmt: skip
TIMES = frozenset({"firstActivity", "lastActivity"})
BETWEEN_SEGMENTS = "; "
LARGEST_NUMBER = 1e18
Reader = Callable[[Mapping, Sequence[str], str | None], object]
ROW_VALUES = ("accountName", "displayName")


class Unusable(Exception):
    """Raised when a value does not fit its field."""

    def __init__(self, code: str, field: str, message: str):
        super().__init__(message)
        self.code, self.field = code, field


def reader_of(value: str, link: str | None) -> Reader:
    """Return what reads a word of the vocabulary off a row of the export, None when nothing.

    It is called with (row, segments, top affinity).
    """
    name = value.removeprefix(ATTRIBUTE)
    readers: dict[str, Reader] = {
        "engagementScore": lambda row, segments, affinity: _percentage(row.get("engagementScore")),
        "engagementTrend": lambda row, segments, affinity: row.get("engagementPercentChange"),
        "firstActivity": lambda row, segments, affinity: row.get("firstActivity"),
        "lastActivity": lambda row, segments, affinity: row.get("lastActivity"),
        SEGMENTS: lambda row, segments, affinity: sorted(segments),
        LINK: lambda row, segments, affinity: (
            link and link.replace("{id}", _in_address(row["name"]))
        ),
        TOP_AFFINITY: lambda row, segments, affinity: affinity,
    }
    return readers.get(value) or (lambda row, segments, affinity: attribute_of(row, name))


def _percentage(score):
    return score * 100 if isinstance(score, int | float) and score is not True else score


def _in_address(name: str) -> str:
    """Most ids are letters and digits already."""
    return name if name.isascii() and name.isalnum() else quote(name, safe="")


def attribute_of(row: Mapping, name: str):
    """Return an attribute of a row of the export, or one of the values beside them."""
    attributes = row.get("attributes")
    found = attributes.get(name) if isinstance(attributes, Mapping) else None
    return row.get(name) if found is None and name in ROW_VALUES else found


def fit(raw, push: PushField, field: CrmField):
    """Return `raw` as the field takes it, None for blank. Raises: Unusable."""
    if raw is None or raw == "" or raw == []:
        return None
    if field.type in NUMBER_TYPES:
        return _number(raw, field)
    if field.type == "boolean":
        return _boolean(raw, field)
    if field.type in ("date", "datetime"):
        return _time(raw, field)
    if field.type == "multipicklist":
        return _joined(raw, field)
    if field.type in TEXT_TYPES:
        return _text(raw, push, field)
    raise Unusable("WRONG_TYPE", field.name, f"fields of type {field.type} cannot be written")


def _number(raw, field: CrmField):
    try:
        number = None if isinstance(raw, bool) else float(raw)
    except (ValueError, TypeError):
        number = None
    if number is None or not math.isfinite(number) or abs(number) >= LARGEST_NUMBER:
        raise Unusable("WRONG_TYPE", field.name, "a number is needed")
    rounded = round(number, field.scale)
    return int(rounded) if field.type in ("int", "long") or rounded.is_integer() else rounded


def _boolean(raw, field: CrmField) -> bool:
    if isinstance(raw, bool):
        return raw
    if raw in ("true", "false"):
        return raw == "true"
    raise Unusable("WRONG_TYPE", field.name, "true or false is needed")


def _time(raw, field: CrmField) -> str:
    moment = _moment(raw)
    if moment is None:
        raise Unusable("WRONG_TYPE", field.name, "a date is needed")
    if field.type == "date":
        return moment.date().isoformat()
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def _moment(raw) -> datetime | None:
    """Read epoch milliseconds or ISO 8601; what names no zone is UTC."""
    try:
        if isinstance(raw, int | float) and not isinstance(raw, bool):
            return datetime.fromtimestamp(raw / 1000, UTC)
        if isinstance(raw, str):
            moment = datetime.fromisoformat(raw)
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _joined(raw, field: CrmField) -> str:
    values = raw if isinstance(raw, list) else str(raw).replace("|", ";").split(";")
    if not all(isinstance(value, str) for value in values):
        raise Unusable("WRONG_TYPE", field.name, "a list of texts is needed")
    return _checked(";".join(v.strip() for v in values if v.strip()), field)


def _text(raw, push: PushField, field: CrmField) -> str:
    if isinstance(raw, list):
        if not all(isinstance(each, str) for each in raw):
            raise Unusable("WRONG_TYPE", field.name, "a text is needed")
        return _cut(raw, field.length)
    if isinstance(raw, bool):
        raise Unusable("WRONG_TYPE", field.name, "a text is needed")
    if push.value in TIMES:
        return _time(raw, field)
    if isinstance(raw, int | float):
        if not math.isfinite(raw):
            raise Unusable("WRONG_TYPE", field.name, "a number is not finite")
        raw = str(int(raw)) if float(raw).is_integer() else repr(raw)
    if not isinstance(raw, str):
        raise Unusable("WRONG_TYPE", field.name, "a text is needed")
    return _checked(raw, field)


def _cut(names: Iterable[str], length: int) -> str | None:
    """Join as many names as fit; a name is never cut in two."""
    text = ""
    for name in names:
        longer = f"{text}{BETWEEN_SEGMENTS}{name}" if text else name
        if length and len(longer) > length:
            break
        text = longer
    return text or None


def _checked(text: str, field: CrmField) -> str:
    if field.length and len(text) > field.length:
        message = f"{len(text)} characters do not fit into {field.length}"
        raise Unusable("VALUE_TOO_LONG", field.name, message)
    return text


def comparable(value, field: CrmField | None):
    """Return a value of the CRM, or one for it, in a form in which equal ones are equal."""
    if value is None or value == "":
        return None
    kind = field.type if field else ""
    if kind in NUMBER_TYPES and isinstance(value, int | float):
        return round(float(value), field.scale)
    if kind == "datetime" and isinstance(value, str):
        return _moment(_with_colon(value)) or value
    if kind == "date" and isinstance(value, str):
        moment = _moment(value)
        return moment.date() if moment else value
    return value.strip() if isinstance(value, str) else value


def _with_colon(text: str) -> str:
    """Salesforce writes +0000, which ISO readers before Python 3.11 did not take."""
    return f"{text[:-2]}:{text[-2:]}" if text[-5:-4] in ("+", "-") else text


def digest_of(values: Mapping | list) -> str:
    """Return a digest of values, such as everything that decides what is sent."""
    body = orjson.dumps(values, option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def combined(raws: Sequence, take: str):
    """Return what the users of an account come to. `raws` are not None."""
    if take == "union":
        texts = {t for raw in raws for t in (raw if isinstance(raw, list) else [raw])}
        return sorted(str(each) for each in texts)
    numbers = [raw for raw in raws if isinstance(raw, int | float) and not isinstance(raw, bool)]
    if take == "sum":
        return sum(numbers) if numbers else None
    if numbers:
        return max(numbers) if take == "max" else min(numbers)
    texts = [raw for raw in raws if isinstance(raw, str)]
    if not texts:
        return None
    return max(texts) if take == "max" else min(texts)
