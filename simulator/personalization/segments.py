"""Segments: live groups of people, made by rules."""

from collections.abc import Callable
from dataclasses import dataclass

from simulator.personalization.profiles import Profile


@dataclass(frozen=True)
class Segment:
    """A named rule; ids are five base62 characters."""

    id: str
    name: str
    rule: Callable[[Profile], bool]


def refresh_memberships(profile: Profile, segments: list[Segment], now_ms: int) -> None:
    """Let the person join the segments whose rule holds, and leave the others."""
    for segment in segments:
        if not segment.rule(profile):
            profile.segments.pop(segment.id, None)
        elif segment.id not in profile.segments:
            profile.segments[segment.id] = now_ms
