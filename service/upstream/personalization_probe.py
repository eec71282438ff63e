"""Asks an account, without leaving anything in it, what our API token may do.

Past the last page the user export is empty and costs no row. An event without a user is invalid
wherever it comes from: it is refused as such only after the token was accepted (the order of
these two is *unverified*), and records nothing.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import quote

import orjson

from service.deadline import Deadline
from service.errors import UpstreamFault, UpstreamRefusedEvent
from service.tenant import Tenant
from service.upstream.personalization import json_of
from service.upstream.transport import Answer, Transport

MAX_BYTES = 1024 * 1024
PAST_THE_END = 1_000_000


@dataclass(frozen=True)
class Probed:
    """What one question showed: the fault it met, and how far the account's clock is ahead (s).

    `skew` is None when the answer has no date, or there was none.
    """

    fault: UpstreamFault | None
    skew: float | None


class PersonalizationProbe:
    """Asks the account of one tenant; neither breaker nor cache stands between."""

    def __init__(
        self, tenant: Tenant, transport: Transport, clock: Callable[[], float] = time.time
    ):
        self._account = tenant.personalization
        self._transport = transport
        self._clock = clock

    def may_export(self, dataset: str, deadline: Deadline) -> Probed:
        """Ask for an empty page of the user export."""
        path = f"/api/dataset/{quote(dataset, safe='')}/users.json"
        return self._ask("GET", f"{path}?pageSize=1&page={PAST_THE_END}", deadline)

    def may_send(self, dataset: str, deadline: Deadline) -> Probed:
        """Offer an event that cannot be taken; that it is refused as invalid is the good answer."""
        event = {"action": "p13n doctor", "source": {"channel": "Server"}}
        probed = self._ask(
            "POST", f"/api2/authevent/{quote(dataset, safe='')}", deadline, orjson.dumps(event)
        )
        is_good = isinstance(probed.fault, UpstreamRefusedEvent)
        return Probed(None, probed.skew) if is_good else probed

    def _ask(self, method: str, path: str, deadline: Deadline, body: bytes | None = None) -> Probed:
        headers = {"Accept": "application/json", "User-Agent": "p13n"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            answer = self._transport.call(
                method,
                self._account.url + path,
                deadline=deadline,
                max_bytes=MAX_BYTES,
                headers=headers,
                data=body,
                auth=(self._account.api_key_id.encode(), self._account.api_key_secret.encode()),
            )
        except UpstreamFault as fault:
            return Probed(fault, None)
        skew = self._skew(answer)
        try:
            json_of(answer, self._clock())
        except UpstreamFault as fault:
            return Probed(fault, skew)
        return Probed(None, skew)

    def _skew(self, answer: Answer) -> float | None:
        try:
            return parsedate_to_datetime(answer.headers["Date"]).timestamp() - self._clock()
        except (KeyError, TypeError, ValueError, OverflowError):
            return None
