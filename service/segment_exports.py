"""Which segments' members become entries of which journeys, as an operator configured it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Trigger(StrEnum):
    """What makes an entry: that somebody joined the segment, or left it."""

    JOIN = "join"
    LEAVE = "leave"


class Reentry(StrEnum):
    """When somebody who entered before enters again.

    never        once ever
    after_leave  at a join after a leave that we saw
    any          at each join, also when only its later time tells of the leave in between
    """

    NEVER = "never"
    AFTER_LEAVE = "after_leave"
    ANY = "any"


class StartWith(StrEnum):
    """Whether those who are members when the export begins enter, or only later joins do."""

    NEW = "new"
    EXISTING = "existing"


CONTACT_KEY, EMAIL = "@contactKey", "@email"
SEGMENT_ID, SEGMENT_NAME, TRIGGER = "@segmentId", "@segmentName", "@trigger"
SPECIAL_VALUES = (CONTACT_KEY, EMAIL, SEGMENT_ID, SEGMENT_NAME, TRIGGER)
"""What may stand in `data` in place of an attribute."""

NATIVE_DATA = {"ContactKey": CONTACT_KEY, "EmailAddress": EMAIL, "SegmentName": SEGMENT_NAME}
"""The columns of the native export, so that its data extensions fit as they are.
Source: Salesforce help, "Export Segments to Journey Builder"."""


@dataclass(frozen=True)
class SegmentExport:
    """One segment on its way to one entry event.

    `segment` is the segment's id; `contact_key` and `email` are identity types, the first the
    one that carries the consent; `data` maps columns of the event's data extension to attributes
    or SPECIAL_VALUES. Caps are None for no cap; `max_per_minute` delays, the others suppress.
    Who has a true value in one of the attributes `kept_out_by` never enters.

    `read_every_minutes` is how often the user export is read at most, 0 for never; `files` is
    the folder of nightly segment files; `at_once` asks for people as soon as they act, which
    needs our profile template in the account.
    """

    name: str
    dataset: str
    segment: str
    segment_name: str
    event_definition_key: str
    contact_key: str
    email: str | None = None
    data: Mapping[str, str] = field(default_factory=lambda: NATIVE_DATA)
    trigger: Trigger = Trigger.JOIN
    reentry: Reentry = Reentry.NEVER
    start_with: StartWith = StartWith.NEW
    max_per_person_per_day: int | None = None
    max_per_day: int | None = None
    max_per_minute: int | None = None
    kept_out_by: tuple[str, ...] = ("unsubscribed", "doNotTrack")
    read_every_minutes: float = 60
    files: str | None = None
    at_once: bool = False

    @property
    def origin(self) -> str:
        """What the members are members of, under which name; another one is another beginning."""
        return f"{self.dataset}/{self.segment}/{self.contact_key}"

    @property
    def attributes(self) -> frozenset[str]:
        """Every attribute that an entry is made of, or kept out by."""
        named = {value for value in self.data.values() if value not in SPECIAL_VALUES}
        return frozenset({self.contact_key, *([self.email] if self.email else []), *named})
