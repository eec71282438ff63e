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
    """Return what the first campaign with a profile says; None when there is none."""
    for response in responses:
        payload = response.get("payload")
        profile = payload.get("profile") if isinstance(payload, dict) else None
        segments = profile.get("segments") if isinstance(profile, dict) else None
        if isinstance(segments, list):
            attributes = profile.get("attributes")
            attributes = attributes if isinstance(attributes, dict) else {}
            return ProfileSummary(
                {name: _unboxed(value) for name, value in attributes.items()},
                frozenset(filter(None, map(_segment_id, segments[:MOST_SEGMENTS]))),
            )
    return None


def _segment_id(segment: object) -> str | None:
    found = segment.get("id") if isinstance(segment, dict) else segment
    return found if isinstance(found, str) else None


def _unboxed(value: object) -> object:
    return value.get("value") if isinstance(value, dict) else value
