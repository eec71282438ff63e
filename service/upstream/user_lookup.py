"""The documented user look-up: what Personalization itself says of one person.

It takes a profile id, never an e-mail address. Two shapes are known, nested (documented) and
flat (seen); in both, keys may be missing, null or unknown. The look-up is a courtesy: it has a
breaker and a count of its own, so that its troubles never stop the calls that matter, but a
pause the account asked for holds for it too.
Source: developer.salesforce.com, Personalization guide, "User Look-Up and Deletion API".
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from service.deadline import Deadline
from service.errors import UpstreamBusy, UpstreamFault, UpstreamInvalidAnswer, UpstreamUnavailable
from service.metrics import USER_LOOKUPS
from service.strict_json import NotStrictJson, loads
from service.tenant import Tenant
from service.upstream.guard import Guard
from service.upstream.transport import Answer, Transport

MAX_PROFILE_BYTES = 4 * 1024 * 1024
"""A full profile holds all visits and orders, so it is far larger than what is taken from it."""

MAX_SEGMENTS, MAX_SEGMENT_NAME = 50, 120
YEAR_2000_MS, YEAR_2100_MS = 946_684_800_000, 4_102_444_800_000


@dataclass(frozen=True)
class LookedUp:
    """What is kept of a look-up. Every field may be empty or None.

    `segments` are names in the flat shape, ids in the nested one. `engagement` is an index in
    the nested shape and a fraction of 1 in the flat one, as `engagement_scale` says: never
    compare the two. Times are epoch milliseconds.
    """

    segments: tuple[str, ...] = ()
    engagement: float | None = None
    engagement_scale: str | None = None
    first_activity: int | None = None
    last_activity: int | None = None
    visits: int | None = None


class UserLookup:
    """Asks the account of one tenant."""

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

    def look_up(self, dataset: str, upstream_id: str, deadline: Deadline) -> LookedUp | None:
        """Return what is known of the profile with this id; None when nothing can be had.

        None stands for every refusal: not found, no permission, look-up not licensed. It is
        worth remembering; a fault is not. Raises: UpstreamUnavailable and its kin when the
        account is out of reach, UpstreamInvalidAnswer for an answer nobody can read.
        """
        own = f"{self._tenant}/user-lookup"
        self._guard.check(self._tenant)
        self._guard.check(own)
        try:
            found = self._ask(dataset, upstream_id, deadline)
        except UpstreamFault as fault:
            self._guard.failed(own, fault)
            USER_LOOKUPS.labels(self._tenant, fault.code).inc()
            raise
        self._guard.succeeded(own)
        USER_LOOKUPS.labels(self._tenant, "ok" if found else "not_found").inc()
        return found

    def _ask(self, dataset: str, upstream_id: str, deadline: Deadline) -> LookedUp | None:
        path = f"/api/dataset/{quote(dataset, safe='')}/user/{quote(upstream_id, safe='')}"
        answer = self._transport.call(
            "GET",
            self._account.url + path,
            deadline=deadline,
            max_bytes=MAX_PROFILE_BYTES,
            headers={"Accept": "application/json", "User-Agent": "p13n"},
            auth=(self._account.api_key_id.encode(), self._account.api_key_secret.encode()),
        )
        if answer.status == 429:
            raise UpstreamBusy()
        if answer.status >= 500:
            raise UpstreamUnavailable()
        return read_profile(_json_of(answer)) if answer.status == 200 else None


def read_profile(profile: object) -> LookedUp | None:
    """Return what a look-up's JSON says, in either shape; None when it says nothing."""
    if not isinstance(profile, dict):
        return None
    engagement = profile.get("engagement")
    nested = _number(engagement.get("score")) if isinstance(engagement, dict) else None
    flat = _number(profile.get("engagementScore"))
    found = LookedUp(
        segments=tuple(_segments(profile)),
        engagement=flat if nested is None else nested,
        engagement_scale=_scale(nested, flat),
        first_activity=_time(profile.get("firstActivity")),
        last_activity=_time(profile.get("lastActivity")),
        visits=_visits(profile.get("visitHistory")),
    )
    return None if found == LookedUp() else found


def _json_of(answer: Answer):
    try:
        return loads(answer.body)
    except NotStrictJson as trouble:
        raise UpstreamInvalidAnswer(f"The user look-up is not JSON: {trouble}.") from None


def _segments(profile: dict) -> Iterator[str]:
    """Yield names where the shape has them, else the ids of memberships; each once."""
    names = profile.get("segments")
    memberships = profile.get("segmentMembership")
    found = names if isinstance(names, list) else memberships
    found = found if isinstance(found, list) else []
    texts = (each.get("id") if isinstance(each, dict) else each for each in found)
    plain = (text.strip()[:MAX_SEGMENT_NAME] for text in texts if isinstance(text, str))
    yield from list(dict.fromkeys(filter(None, plain)))[:MAX_SEGMENTS]


def _scale(nested: float | None, flat: float | None) -> str | None:
    if nested is not None:
        return "index"
    return None if flat is None else "fraction"


def _number(value) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < 1e15 else None


def _time(value) -> int | None:
    number = _number(value)
    return None if number is None or not YEAR_2000_MS <= number < YEAR_2100_MS else int(number)


def _visits(history) -> int | None:
    return len(history) if isinstance(history, list) else None
