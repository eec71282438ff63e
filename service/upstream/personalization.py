"""One tenant's Marketing Cloud Personalization account, over its documented HTTP APIs.

Source: developer.salesforce.com, Personalization guide: Event API, User Export API.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

import orjson

from service.deadline import Deadline
from service.errors import (
    Fate,
    UpstreamBusy,
    UpstreamFault,
    UpstreamInvalidAnswer,
    UpstreamRefusedCredentials,
    UpstreamRefusedEvent,
    UpstreamUnavailable,
    UpstreamUnknownDataset,
)
from service.metrics import UPSTREAM_CALLS
from service.model import Identity
from service.strict_json import NotStrictJson, loads
from service.tenant import Tenant
from service.upstream.explanations import Debug
from service.upstream.export_page import read_rows
from service.upstream.guard import Guard
from service.upstream.retry_after import retry_after
from service.upstream.transport import Answer, Transport

CHANNEL = "Server"
"""The one channel that returns server-side campaigns; the vendor compares it with case."""

MAX_EVENT_ANSWER_BYTES = 2 * 1024 * 1024
MAX_EXPORT_PAGE_BYTES = 32 * 1024 * 1024
BUSY, INVALID_EVENT = 3, 5  # values of errorCode
QUIET = Debug()


@dataclass(frozen=True)
class EventAnswer:
    """What one event brought back; campaigns and explanations are as the wire has them.

    `campaign_explanations` come only to those who ask for them.
    """

    resolved_user_id: str | None
    campaign_responses: tuple[dict, ...]
    campaign_explanations: tuple[dict, ...] = ()


class Personalization:
    """Speaks to the account of one tenant. Every call takes the deadline it must keep."""

    def __init__(
        self,
        tenant: Tenant,
        transport: Transport,
        guard: Guard,
        clock: Callable[[], float] = time.time,
    ):
        self._tenant = tenant.name
        self._account = tenant.personalization
        self._transport = transport
        self._guard = guard
        self._clock = clock

    def ask_campaigns(
        self,
        dataset: str,
        identity: Identity,
        *,
        action: str,
        application: str,
        content_zones: tuple[str, ...],
        deadline: Deadline,
        debug: Debug = QUIET,
    ) -> EventAnswer:
        """Return all server-side campaigns for one person. Logs `action` on the profile.

        Only the identity already known is sent: a second one would be attached to the profile.
        Raises: the UpstreamFault that fits.
        """
        event = {
            "action": action,
            "source": _source(application, content_zones),
            "user": {"attributes": {identity.type: identity.value}},
            "flags": {"nonInteractive": True},
        } | ({"debug": debug.wire()} if debug != QUIET else {})
        path = f"/api2/authevent/{quote(dataset, safe='')}"
        body = self._call("POST", path, deadline, MAX_EVENT_ANSWER_BYTES, event)
        return _event_answer(body)

    def send_event(self, dataset: str, event: dict, deadline: Deadline) -> EventAnswer:
        """Record one event that brings no campaigns back; its channel is ours to set.

        Personalization knows no key that would keep a repeated event from counting twice: the
        `fate` of the UpstreamFault that is raised says whether it may be sent again.
        """
        source = {"channel": CHANNEL} | event.get("source", {})
        path = f"/api2/authevent/{quote(dataset, safe='')}"
        body = event | {"source": source}
        return _event_answer(self._call("POST", path, deadline, MAX_EVENT_ANSWER_BYTES, body))

    def export_users(
        self,
        dataset: str,
        page: int,
        page_size: int,
        deadline: Deadline,
        segment: str | None = None,
    ) -> list[dict]:
        """Return page `page` (0-based) of the user export; an empty page is the end.

        `segment` is the id of a segment whose members alone are wanted: `filter` chooses them,
        `segmentId` asks for the time they joined. Export rows are licensed: 8 per profile and
        month. Raises: the UpstreamFault that fits.
        """
        rows = self._export(dataset, page, page_size, deadline, segment, json_of)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise UpstreamInvalidAnswer("The user export is not a list of users.")
        return rows

    def export_rows(
        self,
        dataset: str,
        page: int,
        page_size: int,
        deadline: Deadline,
        segment: str | None = None,
    ) -> list[dict | None]:
        """Do as `export_users` does, but give None for each row that is not strict JSON."""
        return self._export(dataset, page, page_size, deadline, segment, _rows_of)

    def _export(self, dataset, page, page_size, deadline, segment, read):
        path = f"/api/dataset/{quote(dataset, safe='')}/users.json?pageSize={page_size}&page={page}"
        if segment is not None:
            named = quote(segment, safe="")
            path += f"&filter={named}&segmentId={named}"
        return self._call("GET", path, deadline, MAX_EXPORT_PAGE_BYTES, read=read)

    def _call(
        self, method: str, path: str, deadline: Deadline, max_bytes: int, body=None, read=None
    ):
        self._guard.check(self._tenant)
        try:
            answer = self._send(method, path, deadline, max_bytes, body)
            value = (read or json_of)(answer, self._clock())
        except UpstreamFault as fault:
            self._guard.failed(self._tenant, fault)
            UPSTREAM_CALLS.labels(self._tenant, fault.code).inc()
            raise
        self._guard.succeeded(self._tenant)
        UPSTREAM_CALLS.labels(self._tenant, "ok").inc()
        return value

    def _send(self, method, path, deadline, max_bytes, body) -> Answer:
        headers = {"Accept": "application/json", "User-Agent": "p13n"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        return self._transport.call(
            method,
            self._account.url + path,
            deadline=deadline,
            max_bytes=max_bytes,
            headers=headers,
            data=None if body is None else orjson.dumps(body),
            auth=(self._account.api_key_id.encode(), self._account.api_key_secret.encode()),
        )


def _source(application: str, content_zones: tuple[str, ...]) -> dict:
    source = {"channel": CHANNEL, "application": application}
    return source | ({"contentZones": list(content_zones)} if content_zones else {})


def json_of(answer: Answer, now: float):
    """Return the JSON of a good answer; raise the fault that any other answer means."""
    _require_json(answer, now)
    try:
        value = loads(answer.body)
    except NotStrictJson as trouble:
        raise UpstreamInvalidAnswer(f"Personalization's answer is not JSON: {trouble}.") from None
    _refuse_error_code(value)
    return value


def _rows_of(answer: Answer, now: float) -> list[dict | None]:
    _require_json(answer, now)
    return read_rows(answer.body)


def _require_json(answer: Answer, now: float) -> None:
    if answer.status != 200:
        raise _status_fault(answer, now)
    media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise UpstreamInvalidAnswer("Personalization's answer is not JSON.")


def _status_fault(answer: Answer, now: float) -> UpstreamFault:
    match answer.status:
        case 400:
            return UpstreamRefusedEvent()
        case 401 | 403:
            return UpstreamRefusedCredentials()
        case 404:
            return UpstreamUnknownDataset()
        case 429:
            return UpstreamBusy(retry_after=retry_after(answer, now))
        case 503 if "Retry-After" in answer.headers:
            return UpstreamBusy(retry_after=retry_after(answer, now)).with_fate(Fate.UNKNOWN)
        case status if status >= 500:
            return UpstreamUnavailable()
        case status:
            fault = UpstreamInvalidAnswer(f"Personalization answered HTTP {status}.")
            return fault.with_fate(Fate.NOT_TAKEN, is_permanent=status >= 400)


def _refuse_error_code(value) -> None:
    """The Event API reports some faults inside a 200. Source: Event API Responses."""
    code = value.get("errorCode", 0) if isinstance(value, dict) else 0
    if code == BUSY:
        raise UpstreamBusy()
    if code == INVALID_EVENT:
        raise UpstreamRefusedEvent()


def _event_answer(value) -> EventAnswer:
    responses = value.get("campaignResponses") if isinstance(value, dict) else None
    if responses is None:
        responses = []
    if not isinstance(value, dict) or not isinstance(responses, list):
        raise UpstreamInvalidAnswer("Personalization's answer has no list of campaigns.")
    resolved = value.get("resolvedUserId")
    return EventAnswer(
        resolved_user_id=resolved if isinstance(resolved, str) and resolved else None,
        campaign_responses=_objects(responses),
        campaign_explanations=_objects(value.get("campaignExplanations")),
    )


def _objects(value) -> tuple[dict, ...]:
    elements = value if isinstance(value, list) else []
    return tuple(each for each in elements if isinstance(each, dict))
