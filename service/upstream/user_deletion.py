"""Personalization's own deletion of people: at once and for good.

Source: developer.salesforce.com, Personalization guide, "User Look-Up and Deletion API": a file
whose first line is `name`, then ids; the answer says how many were deleted. Unverified: that the
id is the profile's, as the user export names it, and which permission the token needs.
"""

import re
import time
from collections.abc import Callable, Collection
from urllib.parse import quote

from service.deadline import Deadline
from service.errors import (
    UpstreamBusy,
    UpstreamFault,
    UpstreamInvalidAnswer,
    UpstreamRefusedCredentials,
    UpstreamUnavailable,
    UpstreamUnknownDataset,
)
from service.metrics import UPSTREAM_CALLS
from service.tenant import Tenant
from service.upstream.guard import Guard
from service.upstream.retry_after import retry_after
from service.upstream.transport import Answer, Transport

MOST_BYTES = 64 * 1024
SAYS = re.compile(r"Deleted (\d{1,9}) users? \((\d{1,9}) requested\)")


class UserDeletion:
    """Speaks to the account of one tenant."""

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

    def delete(self, dataset: str, upstream_ids: Collection[str], deadline: Deadline) -> None:
        """Delete the profiles with these ids; those that are gone already are no fault.

        Raises: the UpstreamFault that fits; the call may then be made again.
        """
        own = f"{self._tenant}/user-deletion"
        self._guard.check(self._tenant)
        self._guard.check(own)
        try:
            self._require_done(self._send(dataset, upstream_ids, deadline))
        except UpstreamFault as fault:
            self._guard.failed(own, fault)
            UPSTREAM_CALLS.labels(self._tenant, fault.code).inc()
            raise
        self._guard.succeeded(own)
        UPSTREAM_CALLS.labels(self._tenant, "ok").inc()

    def _send(self, dataset: str, upstream_ids: Collection[str], deadline: Deadline) -> Answer:
        lines = "".join(f"{each}\r\n" for each in ("name", *sorted(upstream_ids)))
        return self._transport.call(
            "POST",
            f"{self._account.url}/api/dataset/{quote(dataset, safe='')}/users/delete",
            deadline=deadline,
            max_bytes=MOST_BYTES,
            headers={"User-Agent": "p13n"},
            files={"file": ("users.csv", lines.encode("utf-8"), "text/csv")},
            auth=(self._account.api_key_id.encode(), self._account.api_key_secret.encode()),
        )

    def _require_done(self, answer: Answer) -> None:
        match answer.status:
            case 200:
                if not SAYS.search(answer.body.decode("utf-8", errors="replace")):
                    detail = "Personalization did not say how many people it deleted."
                    raise UpstreamInvalidAnswer(detail)
            case 401 | 403:
                raise UpstreamRefusedCredentials(
                    "Personalization refused our API token for the deletion of people. Check key "
                    "id, secret, 'Can access API' and the datasets the token is restricted to."
                )
            case 404:
                raise UpstreamUnknownDataset()
            case 429:
                raise UpstreamBusy(retry_after=retry_after(answer, self._clock()))
            case status if status >= 500:
                raise UpstreamUnavailable()
            case status:
                raise UpstreamInvalidAnswer(f"Personalization answered HTTP {status}.")
