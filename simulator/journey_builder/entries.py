"""Contacts on their way into journeys: what was posted, and what became of it.

Nothing runs in the background: where an event stands follows from its age.
Source: Marketing Cloud Engagement guide, `POST /interaction/v1/async/events` and its status
call. The table of member errors and the status answer are not documented.
"""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from simulator.journey_builder.definitions import EventDefinition

LONGEST_CONTACT_KEY = 254


@dataclass(frozen=True)
class Entry:
    """One entry event that was taken; `error` is what became of it later, None when it went in."""

    event_definition_key: str
    contact_key: str
    data: dict
    request_id: str
    event_instance_id: str
    at: datetime
    error: int | None = None

    def view(self, status: str) -> dict:
        """Return the entry as the status call does."""
        shown = {
            "requestId": self.request_id,
            "contactKey": self.contact_key,
            "eventInstanceId": self.event_instance_id,
            "eventDefinitionKey": self.event_definition_key,
            "status": status,
            "createdDate": self.at.isoformat(),
        }
        return shown | ({"errorcode": self.error} if status == "errored" else {})


class Entries:
    """All entry events, in the order in which they were taken."""

    def __init__(self, now: Callable[[], datetime], switches):
        self._now, self._switches = now, switches
        self._lock = threading.Lock()
        self._taken: list[Entry] = []
        self.listeners: list[Callable[[Entry], None]] = []
        """Are told of every event that was taken: the canvas lets the contact in."""

    def take(self, definition: EventDefinition, members: list[dict]) -> list[dict]:
        """Take what can be taken and return an answer for each member, in order."""
        request_id = str(uuid.uuid4())
        return [self._take(definition, member, request_id) for member in members]

    def refusals(self, definition: EventDefinition, members: list[dict]) -> list[tuple[int, str]]:
        """Return why members would not be taken; nothing is taken."""
        return list(filter(None, (self._refusal(definition, each) for each in members)))

    def find(self, status: str, wanted: dict[str, str], since: datetime | None) -> list[dict]:
        """Return the events in `status` whose fields are as `wanted`, the newest first."""
        with self._lock:
            taken = list(self._taken)
        shown = [each.view(status) for each in reversed(taken) if self._status(each) == status]
        return [
            each
            for each in shown
            if all(each[name] == value for name, value in wanted.items())
            and (since is None or datetime.fromisoformat(each["createdDate"]) >= since)
        ]

    def all(self) -> list[Entry]:
        """Return every event that was taken, the oldest first."""
        with self._lock:
            return list(self._taken)

    def forget(self) -> None:
        """Empty the list."""
        with self._lock:
            self._taken.clear()

    def _take(self, definition: EventDefinition, member: dict, request_id: str) -> dict:
        key = member.get("contactKey")
        answer = {"contactKey": key, "eventInstanceId": None}
        refusal = self._refusal(definition, member)
        if refusal:
            code, message = refusal
            return answer | {"errorcode": code, "message": message}
        errored = self._switches["erroredMembers"].get(key)
        entry = Entry(
            definition.key, key, member["data"], request_id, str(uuid.uuid4()), self._now(), errored
        )
        with self._lock:
            self._taken.append(entry)
        if errored is None:
            for tell in self.listeners:
                tell(entry)
        return answer | {"eventInstanceId": entry.event_instance_id, "requestId": request_id}

    def _refusal(self, definition: EventDefinition, member: dict) -> tuple[int, str] | None:
        key, data = member.get("contactKey"), member.get("data")
        if not isinstance(key, str) or not key.strip():
            return 10002, "contactKey is required"
        if len(key) > LONGEST_CONTACT_KEY:
            return 10003, "contactKey is too long"
        if key in self._switches["refusedMembers"]:
            return self._switches["refusedMembers"][key], "the contact cannot be entered"
        if not isinstance(data, dict):
            return 10002, "data is required"
        return next(filter(None, (_unfit(field, data) for field in definition.fields)), None)

    def _status(self, entry: Entry) -> str | None:
        age = (self._now() - entry.at).total_seconds()
        if age < self._switches["statusLagSeconds"]:
            return None
        if age < self._switches["processSeconds"]:
            return "queued"
        return "processed" if entry.error is None else "errored"


def _unfit(field, data: dict) -> tuple[int, str] | None:
    if field.name not in data:
        return 10002, f"{field.name} is missing"
    value = data[field.name]
    if value in (None, ""):
        return None if field.is_nullable else (10002, f"{field.name} is empty")
    if field.max_length is not None and len(str(value)) > field.max_length:
        return 10003, f"{field.name} is too long"
    return None
