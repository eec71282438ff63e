"""Reads what a journey's activity brings for one contact: the in-arguments of `execute`.

Journey Builder fills in the bindings (`{{Event.key."Column"}}`) as texts; what it cannot resolve
arrives empty or as it was written. Arguments may stand in one object or be split over several.
Sources: Marketing Cloud Engagement guide, "How Data Binding Works", "Custom Activity
Configuration". How it writes dates is not documented: ISO 8601 and the US form are read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from service.events.reading import text
from service.tenant import Dataset, Tenant
from service.usecases.profile_update_rows import ProfileUpdate, RowRefused, read_row

CONTROL = re.compile(r"[\x00-\x1f\x7f]")
NUMBER = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?")
TRUTHS = {"true": True, "false": False}
US_MOMENTS = ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y")
MOST_ACTION_LETTERS = 100
MOST_JOURNEY_LETTERS = 200


@dataclass(frozen=True)
class JourneyEvent:
    """What one contact's step is about to tell Personalization; `journey` is the journey's name."""

    dataset: Dataset
    action: str
    journey: str | None
    update: ProfileUpdate


def read_event(tenant: Tenant, in_arguments: object) -> JourneyEvent:
    """Return what the arguments say. Raises: RowRefused, naming what can never work."""
    given = merged(in_arguments)
    dataset = dataset_of(tenant, given)
    row = {
        "identities": given_identities(given.get("identities")),
        "attributes": _attributes(given.get("attributes"), dataset.user_attributes),
        "profileObjects": _objects(given.get("profileObjects"), dataset),
    }
    return JourneyEvent(
        dataset=dataset,
        action=_action(given.get("action")),
        journey=text(given.get("journey"), MOST_JOURNEY_LETTERS),
        update=read_row(dataset, row),
    )


def merged(in_arguments: object) -> dict:
    """Return the arguments as one object, wherever they stand. Raises: RowRefused.

    Maps and lists that were split are joined; two different values of one name contradict.
    """
    parts = [in_arguments] if isinstance(in_arguments, dict) else in_arguments
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        message = "inArguments must be an object or a list of objects."
        raise RowRefused("INVALID_ARGUMENTS", "inArguments", message)
    whole: dict = {}
    for part in parts:
        for name, value in part.items():
            whole[name] = _joined(name, whole[name], value) if name in whole else value
    return whole


def dataset_of(tenant: Tenant, given: Mapping) -> Dataset:
    """Return the dataset that the arguments name. Raises: RowRefused."""
    name = given.get("dataset")
    if isinstance(name, str) and name in tenant.datasets:
        return tenant.datasets[name]
    known = ", ".join(tenant.datasets) or "none"
    message = f"dataset is none of those that are configured: {known}."
    raise RowRefused("UNKNOWN_DATASET", "dataset", message)


def given_identities(given: object) -> list[dict]:
    """Return the identities that have a value for this contact. Raises: RowRefused.

    A list of `{type, value}` or a map; what was not resolved is left out, since a shared
    placeholder would make one person of many.
    """
    if isinstance(given, dict):
        given = [{"type": kind, "value": value} for kind, value in given.items()]
    if not isinstance(given, list):
        message = "identities must be a list of type and value, or a map."
        raise RowRefused("INVALID_IDENTITY", "identities", message)
    resolved = [_resolved_identity(each) for each in given]
    present = [each for each in resolved if each is not None]
    if not present:
        message = "No identity has a value for this contact."
        raise RowRefused("NO_IDENTITY", "identities", message)
    return present


def is_binding(value: object) -> bool:
    """Return whether a text is, or holds, a binding."""
    return isinstance(value, str) and 0 <= value.find("{{") < value.rfind("}}")


def _resolved_identity(given: object) -> dict | None:
    """Return the identity, None where it has no value; what is malformed is left for the reader."""
    if not isinstance(given, dict) or given.keys() != {"type", "value"}:
        return given
    value = given["value"]
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if _is_blank(value):
        return None
    return {"type": given["type"], "value": value.strip() if isinstance(value, str) else value}


def _is_blank(value: object) -> bool:
    return value is None or is_binding(value) or (isinstance(value, str) and not value.strip())


def _joined(name: str, first: object, second: object) -> object:
    if isinstance(first, dict) and isinstance(second, dict):
        both = dict(first)
        for key, value in second.items():
            both[key] = _joined(f"{name}.{key}", both[key], value) if key in both else value
        return both
    if isinstance(first, list) and isinstance(second, list):
        return first + [each for each in second if each not in first]
    if first == second and isinstance(first, bool) == isinstance(second, bool):
        return first
    message = f"{name[:80]} is given twice with different values."
    raise RowRefused("CONFLICTING_ARGUMENTS", name[:80], message)


def _action(given: object) -> str:
    if _is_blank(given):
        raise RowRefused("NO_ACTION", "action", "The action has no value for this contact.")
    if not isinstance(given, str) or CONTROL.search(given.strip()):
        raise RowRefused("INVALID_ACTION", "action", "action must be one line of text.")
    if len(given.strip()) > MOST_ACTION_LETTERS:
        message = f"action is longer than {MOST_ACTION_LETTERS} characters."
        raise RowRefused("INVALID_ACTION", "action", message)
    return given.strip()


def _attributes(given: object, types: Mapping[str, str]) -> object:
    """Return the attributes that have a value, as their types want them."""
    if not isinstance(given, dict):
        return given
    return {
        name: as_typed(value, types.get(name, ""))
        for name, value in given.items()
        if not _is_blank(value)
    }


def _objects(given: object, dataset: Dataset) -> object:
    """Return the profile objects that have an id for this contact."""
    if not isinstance(given, list):
        return given
    return [_object(each, dataset) for each in given if not _lacks_id(each)]


def _lacks_id(given: object) -> bool:
    return isinstance(given, dict) and _is_blank(given.get("id"))


def _object(given: object, dataset: Dataset) -> object:
    if not isinstance(given, dict):
        return given
    kind = given.get("type")
    types = dataset.profile_object_types.get(kind, {}) if isinstance(kind, str) else {}
    return given | {
        "id": as_typed(given.get("id"), "string"),
        "attributes": _attributes(given.get("attributes"), types),
    }


def as_typed(value: object, kind: str) -> object:
    """Return a value that came as text in the form of its type; one that does not fit, as it is."""
    if kind == "string" and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        return value
    match kind:
        case "number" if NUMBER.fullmatch(value.strip()):
            return float(value) if "." in value else int(value)
        case "boolean":
            return TRUTHS.get(value.strip().lower(), value)
        case "date":
            return _iso_date(value.strip())
    return value


def _iso_date(value: str) -> str:
    for form in US_MOMENTS:
        try:
            moment = datetime.strptime(value, form)  # noqa: DTZ007 - it names no zone
        except ValueError:
            continue
        return moment.date().isoformat() if form == US_MOMENTS[-1] else moment.isoformat()
    return value
