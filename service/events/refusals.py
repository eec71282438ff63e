"""Why an event is not stored."""

from enum import StrEnum


class Refusal(StrEnum):
    """The reasons, as metrics and `rejected` lists name them."""

    NOT_AN_EVENT = "NOT_AN_EVENT"
    NO_ACTION = "NO_ACTION"
    NO_IDENTITY = "NO_IDENTITY"
    INVALID_TIME = "INVALID_TIME"
    IN_THE_FUTURE = "IN_THE_FUTURE"
    TOO_OLD = "TOO_OLD"
    DO_NOT_TRACK = "DO_NOT_TRACK"
    ONLY_IMPRESSIONS = "ONLY_IMPRESSIONS"
    INVALID_EVENT_ID = "INVALID_EVENT_ID"


class EventRefused(ValueError):
    """Raised for an event that is not stored; `reason` says why, and nothing of its content."""

    def __init__(self, reason: Refusal):
        self.reason = reason
        super().__init__(reason.value)
