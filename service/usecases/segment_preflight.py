"""Whether an export can work, and whether an entry's data fits: pure decisions."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.segment_exports import SegmentExport
from service.upstream.journey_builder import EventDefinition

MOST_JOURNEYS = 10
"""So many journeys may wait for one key. Source: `POST /interaction/v1/async/events`."""


@dataclass(frozen=True)
class Misfit:
    """Why an export cannot send anything: a stable code, and a sentence with the next step."""

    code: str
    detail: str


def misfit(export: SegmentExport, definition: EventDefinition | None) -> Misfit | None:
    """Return the first thing that is wrong between an export and its entry event."""
    key = export.event_definition_key
    if definition is None:
        return Misfit(
            "EVENT_DEFINITION_UNKNOWN",
            f"Journey Builder has no event definition {key}. Copy the key from the journey's "
            "API event, in the business unit of account_id.",
        )
    if definition.published_journeys == 0:
        return Misfit(
            "EVENT_NOT_PUBLISHED",
            f"No published journey starts with {key}. Publish the journey; who joins until then "
            "waits and enters afterwards.",
        )
    if definition.journeys is not None and definition.journeys > MOST_JOURNEYS:
        return Misfit(
            "TOO_MANY_JOURNEYS",
            f"{definition.journeys} journeys use {key}; Journey Builder takes no batch for more "
            f"than {MOST_JOURNEYS}.",
        )
    return _fields_misfit(export, definition)


def unfit(definition: EventDefinition, data: Mapping[str, object]) -> str | None:
    """Return why this entry's data cannot be taken, None when it can."""
    for field in definition.fields:
        value = data.get(field.name)
        if value in (None, ""):
            if not field.is_nullable:
                return f"The column {field.name} must not be empty."
        elif field.max_length is not None and len(str(value)) > field.max_length:
            return f"The column {field.name} holds at most {field.max_length} characters."
    return None


def _fields_misfit(export: SegmentExport, definition: EventDefinition) -> Misfit | None:
    if not definition.fields:
        return None  # nobody told us: the first batch will
    known = {field.name for field in definition.fields}
    strange = sorted(export.data.keys() - known)
    if strange:
        return Misfit(
            "COLUMN_UNKNOWN",
            f"The data extension has no column {', '.join(strange)}. It has "
            f"{', '.join(sorted(known))}; names are compared with case.",
        )
    missing = sorted(known - export.data.keys())
    if missing:
        return Misfit(
            "COLUMN_NOT_FILLED",
            f"Journey Builder wants a value for each column; data says nothing of "
            f"{', '.join(missing)}.",
        )
    return None
