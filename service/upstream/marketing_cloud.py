"""One tenant's Marketing Cloud Engagement account over REST: tokens, limits and errors.

Sources: Marketing Cloud Engagement guide, "Access Token for Server-to-Server Integrations",
"Handle Errors in REST API", "Rate Limiting Errors".
"""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import orjson

from service.deadline import Deadline
from service.errors import Fate, UpstreamFault
from service.journey_builder import RestAccess
from service.marketing_cloud_errors import (
    MarketingCloudBusy,
    MarketingCloudForbidden,
    MarketingCloudInvalidAnswer,
    MarketingCloudRefused,
    MarketingCloudRefusedCredentials,
    MarketingCloudUnavailable,
    as_ours,
)
from service.metrics import MARKETING_CLOUD_CALLS
from service.storage.rate_limits import Rate, RateLimits
from service.strict_json import NotStrictJson, loads
from service.upstream.guard import Guard
from service.upstream.retry_after import retry_after
from service.upstream.transport import Answer, Transport

MAX_ANSWER_BYTES = 4 * 1024 * 1024
LARGEST_NUMBER = 10**9
SPARE_SECONDS = 60
"""A token is given up so long before its end: it must not end under way."""
BLOCKED_SECONDS = (15 * 60, 30 * 60)
"""How long we keep quiet when told of a block without an end (errorcode 50200)."""
BLOCKED = 50200


@dataclass(frozen=True)
class _Token:
    text: str
    good_until: float


class TokenShelf:
    """The tokens of one process: one for each tenant, fetched by one thread at a time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._tokens: dict[str, _Token] = {}

    def get(self, tenant: str, fetch: Callable[[], tuple[str, float]]) -> str:
        """Return a token that is alive; `fetch` returns one and its seconds to live."""
        with self._lock_of(tenant):
            kept = self._tokens.get(tenant)
            if kept is None or kept.good_until <= self._clock():
                text, seconds = fetch()
                kept = _Token(text, self._clock() + max(0.0, seconds - SPARE_SECONDS))
                self._tokens[tenant] = kept
            return kept.text

    def drop(self, tenant: str, text: str) -> None:
        """Give up this token, unless another thread has a newer one already."""
        with self._lock_of(tenant):
            kept = self._tokens.get(tenant)
            if kept is not None and kept.text == text:
                del self._tokens[tenant]

    def _lock_of(self, tenant: str) -> threading.Lock:
        with self._lock:
            return self._locks.setdefault(tenant, threading.Lock())


class MarketingCloud:
    """Speaks to the account of one tenant. Every call takes the deadline it must keep."""

    def __init__(
        self,
        tenant: str,
        access: RestAccess,
        *,
        transport: Transport,
        guard: Guard,
        rates: RateLimits,
        tokens: TokenShelf,
        clock: Callable[[], float] = time.time,
        pause: Callable[[float], object] = time.sleep,
    ):
        self._tenant = tenant
        self._name = f"{tenant}/marketing-cloud"
        self._access = access
        self._transport = transport
        self._guard = guard
        self._rates = rates
        self._tokens = tokens
        self._clock = clock
        self._pause = pause

    def call(self, method: str, path: str, deadline: Deadline, *, query=None, body=None):
        """Return the JSON of a good answer. `path` begins with a slash.

        A token that is refused is fetched anew, once. Raises: the fault that fits; its `fate`
        says whether anything may have been taken.
        """
        try:
            value = self._guarded(method, path, deadline, query, body)
        except UpstreamFault as fault:
            MARKETING_CLOUD_CALLS.labels(self._tenant, fault.code).inc()
            raise
        MARKETING_CLOUD_CALLS.labels(self._tenant, "ok").inc()
        return value

    def _guarded(self, method, path, deadline, query, body):
        try:
            self._guard.check(self._name)
        except UpstreamFault as fault:
            raise as_ours(fault) from None
        self._wait_for_our_rate(deadline)
        try:
            answer = self._admitted(method, path, deadline, query, body)
            value = self._json_of(answer)
        except UpstreamFault as fault:
            ours = as_ours(fault)
            self._guard.failed(self._name, ours)
            raise ours from fault
        self._guard.succeeded(self._name)
        return value

    def _wait_for_our_rate(self, deadline: Deadline) -> None:
        """Nobody publishes how often one may call: the operator says how often we do."""
        rate = Rate(
            self._access.requests_per_second, max(1, round(self._access.requests_per_second))
        )
        while seconds := self._rates.wait_for(self._name, rate):
            if seconds >= deadline.remaining:
                raise MarketingCloudBusy(retry_after=max(1, round(seconds))).with_fate(Fate.UNSENT)
            self._pause(seconds)

    def _admitted(self, method, path, deadline, query, body) -> Answer:
        for is_last in (False, True):
            token = self._tokens.get(self._tenant, lambda: self._fetch_token(deadline))
            answer = self._send(
                method,
                self._access.rest_url + path,
                deadline,
                params=query,
                data=None if body is None else orjson.dumps(body),
                headers={
                    "Authorization": f"Bearer {token}",
                    "Content-Type": "application/json; charset=UTF-8",
                },
            )
            if answer.status != 401:
                return answer
            self._tokens.drop(self._tenant, token)
            if is_last:
                raise MarketingCloudRefusedCredentials()
        raise AssertionError("unreachable")

    def _fetch_token(self, deadline: Deadline) -> tuple[str, float]:
        access = self._access
        form = {
            "grant_type": "client_credentials",
            "client_id": access.client_id,
            "client_secret": access.client_secret,
            "account_id": access.account_id,
        }
        headers = {"Content-Type": "application/json"}
        try:
            answer = self._send(
                "POST",
                f"{access.auth_url}/v2/token",
                deadline,
                data=orjson.dumps(form),
                headers=headers,
            )
        except UpstreamFault as fault:
            raise as_ours(fault).with_fate(Fate.NOT_TAKEN) from fault
        if answer.status in (400, 401, 403):
            raise MarketingCloudRefusedCredentials()
        try:
            value = self._json_of(answer)
        except UpstreamFault as fault:
            raise fault.with_fate(Fate.NOT_TAKEN) from None
        token = value.get("access_token") if isinstance(value, dict) else None
        seconds = value.get("expires_in") if token else None
        if not isinstance(token, str) or isinstance(seconds, bool):
            raise MarketingCloudInvalidAnswer().with_fate(Fate.NOT_TAKEN)
        return token, float(seconds) if isinstance(seconds, int | float) else 0.0

    def _send(self, method, url, deadline, *, headers, **options) -> Answer:
        return self._transport.call(
            method,
            url,
            deadline=deadline,
            max_bytes=MAX_ANSWER_BYTES,
            headers={"Accept": "application/json", "User-Agent": "p13n"} | headers,
            **options,
        )

    def _json_of(self, answer: Answer):
        """Return the JSON of a good answer; raise the fault that any other answer means."""
        value = _read(answer)
        if 200 <= answer.status < 300:
            if value is None:
                raise MarketingCloudInvalidAnswer("Marketing Cloud's answer is not JSON.")
            return value
        raise self._status_fault(answer, value)

    def _status_fault(self, answer: Answer, value) -> UpstreamFault:
        errorcode = whole_number(value, "errorcode")
        match answer.status:
            case 403:
                return MarketingCloudForbidden()
            case 429 if errorcode == BLOCKED:
                seconds = random.uniform(*BLOCKED_SECONDS)  # noqa: S311 - lest all come back at once
                return MarketingCloudBusy(
                    "Marketing Cloud has blocked us for a while.", retry_after=round(seconds)
                )
            case 429:
                said = retry_after(answer, self._clock()) or whole_number(value, "retryAfter")
                return MarketingCloudBusy(retry_after=said)
            case status if status >= 500:
                return MarketingCloudUnavailable()
            case status if status >= 400:
                return MarketingCloudRefused(status, errorcode)
            case status:
                return MarketingCloudInvalidAnswer(f"Marketing Cloud answered HTTP {status}.")


def _read(answer: Answer):
    try:
        return loads(answer.body)
    except NotStrictJson:
        return None


def whole_number(value, name: str) -> int | None:
    """Return a whole number of an answer, which may stand there as a text."""
    found = value.get(name) if isinstance(value, dict) else None
    if isinstance(found, str) and found.isascii() and found.isdigit():
        found = int(found[:10])
    is_number = isinstance(found, int) and not isinstance(found, bool)
    return found if is_number and abs(found) <= LARGEST_NUMBER else None
