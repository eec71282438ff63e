"""Journey Builder over Marketing Cloud's REST API: entry events and what may be entered.

Entry events always go by the asynchronous batch call, even one. The table of member errors,
the answer of the status call and the route of a data extension's fields are not documented:
the first two are read as far as they can be understood, the last is *unverified*.
Source: Marketing Cloud Engagement guide, "Journey Builder API".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

from service.deadline import Deadline
from service.errors import Fate
from service.marketing_cloud_errors import MarketingCloudInvalidAnswer, MarketingCloudRefused
from service.upstream.marketing_cloud import MarketingCloud, whole_number

MOST_MEMBERS = 100
STATUSES = ("errored", "processed", "queued")
PAGE_SIZE = 200
MOST_PAGES = 20
LONGEST_ID, LONGEST_TEXT = 64, 254
LISTS = ("items", "members", "events", "results")
"""Where a status answer may have its events; nobody has documented it."""


@dataclass(frozen=True)
class Member:
    """One contact to enter; `data` has a value for each column of the data extension."""

    contact_key: str = field(repr=False)
    data: Mapping[str, object] = field(repr=False)


@dataclass(frozen=True)
class MemberOutcome:
    """What the batch call said of one member: an event instance, or an error.

    Neither: nobody knows.
    """

    event_instance_id: str | None = None
    errorcode: int | None = None


@dataclass(frozen=True)
class BatchOutcome:
    """What the batch call said; `members` in the order of the request."""

    request_id: str | None
    members: tuple[MemberOutcome, ...]


@dataclass(frozen=True)
class SeenEntry:
    """An entry event as the status call knows it."""

    status: str
    event_instance_id: str | None
    contact_key: str | None = field(repr=False)
    request_id: str | None = None
    errorcode: int | None = None


@dataclass(frozen=True)
class EntryField:
    """A column of the data extension that entry data lands in."""

    name: str
    data_type: str
    max_length: int | None
    is_nullable: bool


@dataclass(frozen=True)
class EventDefinition:
    """What journeys may start with. Counts are None where the answer does not say."""

    key: str
    name: str | None
    journeys: int | None
    published_journeys: int | None
    fields: tuple[EntryField, ...]


class JourneyBuilderApi:
    """Speaks to one tenant's Journey Builder. Every call takes the deadline it must keep."""

    def __init__(self, cloud: MarketingCloud):
        self._cloud = cloud

    def enter(
        self, event_definition_key: str, members: Sequence[Member], deadline: Deadline
    ) -> BatchOutcome:
        """Post up to 100 members. There is no key that would keep a repeated post from counting.

        Raises: the fault that fits; its `fate` says whether it may be posted again. An answer
        that cannot be matched to the members is such a fault, of unknown fate.
        """
        body = {
            "eventDefinitionKey": event_definition_key,
            "members": [{"contactKey": m.contact_key, "data": dict(m.data)} for m in members],
        }
        answer = self._cloud.call("POST", "/interaction/v1/async/events", deadline, body=body)
        return BatchOutcome(_id(answer, "requestId"), _outcomes(answer, members))

    def entries(
        self,
        status: str,
        deadline: Deadline,
        *,
        event_definition_key: str,
        contact_key: str | None = None,
        request_id: str | None = None,
        since: float | None = None,
    ) -> list[SeenEntry]:
        """Return the entry events in `status` (one of STATUSES) since that epoch second."""
        query = {"type": status, "eventDefinitionKey": event_definition_key}
        if contact_key is not None:
            query["contactKey"] = contact_key
        if request_id is not None:
            query["requestId"] = request_id
        if since is not None:
            query["startDate"] = datetime.fromtimestamp(since, UTC).isoformat(timespec="seconds")
        found: list[SeenEntry] = []
        for page in range(1, MOST_PAGES + 1):
            paged = query | {"$page": page, "$pageSize": PAGE_SIZE}
            rows = self._page(paged, deadline)
            found += [_seen(status, row) for row in rows]
            if len(rows) < PAGE_SIZE:
                break
        return found

    def _page(self, query: dict, deadline: Deadline) -> list[dict]:
        try:
            answer = self._cloud.call(
                "GET", "/interaction/v1/async/events/status", deadline, query=query
            )
        except MarketingCloudRefused as refusal:
            if refusal.http_status == 404:  # nobody says how "there are none" looks
                return []
            raise
        return _rows(answer)

    def event_definition(self, key: str, deadline: Deadline) -> EventDefinition | None:
        """Return the definition with its fields, None when there is none of this key."""
        path = f"/interaction/v1/eventDefinitions/key:{quote(key, safe='')}"
        try:
            answer = self._cloud.call("GET", path, deadline)
        except MarketingCloudRefused as refusal:
            if refusal.http_status in (400, 404):
                return None
            raise
        if not isinstance(answer, dict):
            raise MarketingCloudInvalidAnswer()
        return EventDefinition(
            key=key,
            name=_text(answer, "name"),
            journeys=whole_number(answer, "interactionCount"),
            published_journeys=whole_number(answer, "publishedInteractionCount"),
            fields=self._fields(answer, deadline),
        )

    def interaction(self, interaction_id: str, deadline: Deadline) -> dict | None:
        """Return a journey as Journey Builder keeps it, None when there is none of this id.

        Source: Journey Builder API, `GET /interaction/v1/interactions/{id}`; needs journeys_read.
        """
        path = f"/interaction/v1/interactions/{quote(interaction_id, safe='')}"
        try:
            answer = self._cloud.call("GET", path, deadline)
        except MarketingCloudRefused as refusal:
            if refusal.http_status in (400, 404):
                return None
            raise
        if not isinstance(answer, dict):
            raise MarketingCloudInvalidAnswer()
        return answer

    def _fields(self, definition: dict, deadline: Deadline) -> tuple[EntryField, ...]:
        """Return the fields that the definition lists, else those of its data extension."""
        schema = definition.get("schema")
        listed = schema.get("fields") if isinstance(schema, dict) else None
        if not listed:
            data_extension = _text(definition, "dataExtensionId")
            if data_extension is None:
                return ()
            path = f"/data/v1/customobjects/{quote(data_extension, safe='')}/fields"
            answer = self._cloud.call("GET", path, deadline)
            listed = answer.get("fields") if isinstance(answer, dict) else None
        listed = listed if isinstance(listed, list) else []
        return tuple(_field(each) for each in listed if _text(each, "name"))


def _outcomes(answer, members: Sequence[Member]) -> tuple[MemberOutcome, ...]:
    """Match by position, as documented, and look whether the contact keys agree."""
    told = answer.get("members") if isinstance(answer, dict) else None
    if not isinstance(told, list) or len(told) != len(members):
        raise _unmatched()
    for mine, theirs in zip(members, told, strict=True):
        named = _text(theirs, "contactKey")
        if named is not None and named.casefold() != mine.contact_key.strip().casefold():
            raise _unmatched()
    return tuple(_outcome(each) for each in told)


def _unmatched() -> MarketingCloudInvalidAnswer:
    said = "Marketing Cloud's answer does not fit the members that were sent."
    return MarketingCloudInvalidAnswer(said).with_fate(Fate.UNKNOWN)


def _outcome(told) -> MemberOutcome:
    errorcode = whole_number(told, "errorcode")
    if errorcode:
        return MemberOutcome(errorcode=errorcode)
    return MemberOutcome(event_instance_id=_id(told, "eventInstanceId"))


def _rows(answer) -> list[dict]:
    if isinstance(answer, dict):
        answer = next((answer[name] for name in LISTS if isinstance(answer.get(name), list)), [])
    if not isinstance(answer, list):
        raise MarketingCloudInvalidAnswer()
    return [row for row in answer if isinstance(row, dict)]


def _seen(status: str, row: dict) -> SeenEntry:
    return SeenEntry(
        status=status,
        event_instance_id=_id(row, "eventInstanceId"),
        contact_key=_text(row, "contactKey"),
        request_id=_id(row, "requestId"),
        errorcode=whole_number(row, "errorcode") or whole_number(row, "errorCode"),
    )


def _field(listed: dict) -> EntryField:
    length = whole_number(listed, "maxLength") or whole_number(listed, "length")
    return EntryField(
        name=listed["name"].strip(),
        data_type=_text(listed, "dataType") or _text(listed, "type") or "Text",
        max_length=length,
        is_nullable=listed.get("isNullable") is not False,
    )


def _text(value, name: str) -> str | None:
    """Return a text that is not blank and not longer than anything we asked for."""
    found = value.get(name) if isinstance(value, dict) else None
    found = found.strip() if isinstance(found, str) else ""
    return found if 0 < len(found) <= LONGEST_TEXT else None


def _id(value, name: str) -> str | None:
    found = _text(value, name)
    return found if found and len(found) <= LONGEST_ID else None
