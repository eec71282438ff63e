"""Reads what our profile template says of a person: attributes the admin chose, and segments.

`payload.profile = {attributes: {name: value}, segments: [{id, name}]}`, values boxed or flat.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

MOST_SEGMENTS = 1_000


@dataclass(frozen=True)
class ProfileSummary:
    """`attributes` has a key for each attribute that the template shows, None where it is blank."""

    attributes: Mapping[str, object] = field(repr=False)
    segment_ids: frozenset[str]


def read_profile_summary(responses: Iterable[dict]) -> ProfileSummary | None:
    """Return what all campaigns with a profile say together; None when there is none."""
    attributes: dict[str, object] = {}
    segment_ids: set[str] = set()
    is_told = False
    for response in responses:
        payload = response.get("payload")
        profile = payload.get("profile") if isinstance(payload, dict) else None
        segments = profile.get("segments") if isinstance(profile, dict) else None
        if not isinstance(segments, list):
            continue
        is_told = True
        shown = profile.get("attributes")
        shown = shown if isinstance(shown, dict) else {}
        attributes |= {name: _unboxed(value) for name, value in shown.items()}
        segment_ids.update(filter(None, map(_segment_id, segments[:MOST_SEGMENTS])))
    return ProfileSummary(attributes, frozenset(segment_ids)) if is_told else None


def _segment_id(segment: object) -> str | None:
    found = segment.get("id") if isinstance(segment, dict) else segment
    return found if isinstance(found, str) else None


def _unboxed(value: object) -> object:
    return value.get("value") if isinstance(value, dict) else value
