"""The HTTP session that simple-salesforce uses: our transport in the clothes of `requests`.

The library sets no timeout, follows redirects, reads the environment and parses leniently.
Here every call has a total deadline and a size cap, goes to the configured address only, and
its JSON is read strictly. The session counts calls, because the org does.
"""

import re
from urllib.parse import urlsplit

import requests

from service.crm_errors import CrmApiLimit, as_crm_fault
from service.deadline import Deadline
from service.errors import UpstreamFault
from service.metrics import CRM_CALLS
from service.strict_json import loads
from service.upstream.transport import Transport

CALL_SECONDS = 120
MAX_ANSWER_BYTES = 64 * 1024 * 1024
USAGE = re.compile(r"api-usage=(\d+)/(\d+)")
TO_FINISH = 3
"""Calls kept apart from the rest, so that an open job can still be closed above the reserve."""


class CrmAnswer(requests.Response):
    """An answer whose JSON is strict, whatever the caller asks of the parser."""

    def json(self, **_options):
        return loads(self.content, max_depth=None)


class CrmSession(requests.Session):
    """Sends everything to `base`; `reserve` calls of the org's allowance are never touched."""

    def __init__(self, transport: Transport, base: str, tenant: str, reserve: int):
        super().__init__()
        self._transport = transport
        self._base = base
        self._tenant = tenant
        self._reserve = reserve
        self.calls = 0
        self.used: int | None = None
        self.maximum: int | None = None

    @property
    def remaining(self) -> int | None:
        """API calls the org still allows today; None before it has said so."""
        return None if self.used is None else max(0, self.maximum - self.used)

    def request(self, method, url, params=None, data=None, headers=None, json=None, **_options):
        """Do as `requests.Session.request` does. Raises: the Crm... fault that fits."""
        is_finishing = method == "POST" and isinstance(data, str) and data.startswith('{"state"')
        self._guard_reserve(0 if is_finishing else TO_FINISH)
        parts = urlsplit(url)
        target = f"{self._base}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        self.calls += 1
        try:
            answer = self._transport.call(
                method,
                target,
                deadline=Deadline.after(CALL_SECONDS),
                max_bytes=MAX_ANSWER_BYTES,
                params=params,
                data=data,
                json=json,
                headers=dict(headers or {}) | {"User-Agent": "p13n"},
            )
        except UpstreamFault as fault:
            CRM_CALLS.labels(self._tenant, fault.code).inc()
            raise as_crm_fault(fault) from None
        CRM_CALLS.labels(self._tenant, str(answer.status)).inc()
        self._note_usage(answer.headers.get("Sforce-Limit-Info", ""))
        return _as_response(answer)

    def _guard_reserve(self, besides: int) -> None:
        if self.remaining is not None and self.remaining <= self._reserve + besides:
            raise CrmApiLimit()

    def _note_usage(self, header: str) -> None:
        if found := USAGE.search(header):
            self.used, self.maximum = int(found[1]), int(found[2])
        elif self.used is not None:
            self.used += 1  # the Bulk API counts without saying so


def _as_response(answer) -> CrmAnswer:
    response = CrmAnswer()
    response.status_code = answer.status
    response.headers = answer.headers
    response.encoding = "utf-8"
    response._content = answer.body
    return response
