"""The lines about a person that only Personalization knows: segments, engagement, visits.

A courtesy beside an answer that stands without it. The look-up runs in a thread of its own
and is waited for briefly; what comes too late is in the cache for the next reader. Whatever
goes wrong hides the lines and nothing else.
"""

import dataclasses
import hashlib
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from dataclasses import dataclass

import orjson
import structlog

from service.deadline import Deadline
from service.errors import Fault
from service.model import Identity
from service.storage.cache_answer import CacheKey, CachePolicy
from service.storage.people import People, digest
from service.storage.response_cache import ResponseCache
from service.tenant import Tenant
from service.upstream.user_lookup import LookedUp, UserLookup

WAIT_SECONDS = 1.0
"""What a reader waits at most for lines nobody has looked up yet."""

LOOKUP_SECONDS = 2.5
THREADS = 4
POLICY = CachePolicy(
    fresh_seconds=3_600,
    stale_while_revalidate_seconds=3_600,
    stale_if_error_seconds=86_400,
    negative_seconds=60,
)
"""Full profiles were made for right-of-access requests, not for page views: ask rarely."""

log = structlog.get_logger()


@dataclass(frozen=True)
class PersonLines:
    """What was looked up, and when (epoch seconds)."""

    looked_up: LookedUp
    as_of: float


class PersonLookup:
    """Finds the lines of proven people whose profile id is known."""

    def __init__(
        self,
        *,
        cache: ResponseCache,
        people: People,
        user_lookup: Callable[[Tenant], UserLookup],
        clock: Callable[[], float] = time.time,
    ):
        self._cache = cache
        self._people = people
        self._user_lookup = user_lookup
        self._clock = clock
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="user-lookup")

    def lines(
        self, tenant: Tenant, dataset: str, identity: Identity, deadline: Deadline
    ) -> PersonLines | None:
        """Return the lines, or None when there are none or not within `deadline`. Never raises.

        Segments have the names of the tenants file, else what the look-up called them.
        Only a proven identity is looked up: what a browser claims never leads to a profile.
        """
        try:
            upstream_id = self._upstream_id(tenant, dataset, identity)
            if not upstream_id:
                return None
            whole = Deadline.after(LOOKUP_SECONDS)
            found = self._threads.submit(
                self._fetch, tenant, dataset, identity, upstream_id, whole, POLICY
            )
            lines = found.result(deadline.at_most(WAIT_SECONDS).remaining)
            return lines and _with_names(lines, tenant.dataset(dataset).segment_names)
        except (TooLate, Fault):
            return None
        except Exception as trouble:  # a courtesy must not cost the answer it stands beside
            log.error("person lines", exc_info=trouble)
            return None

    def look_up(
        self,
        tenant: Tenant,
        dataset: str,
        identity: Identity,
        deadline: Deadline,
        policy: CachePolicy,
    ) -> PersonLines | None:
        """Return the lines for whoever cannot do without; None when nothing can be had.

        Raises: StorageUnavailable, or the UpstreamFault that fits.
        """
        upstream_id = self._upstream_id(tenant, dataset, identity)
        if not upstream_id:
            return None
        return self._fetch(tenant, dataset, identity, upstream_id, deadline, policy)

    def close(self) -> None:
        """End the threads; look-ups that nobody waits for are dropped."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _upstream_id(self, tenant: Tenant, dataset: str, identity: Identity) -> str | None:
        person_id = self._people.find(tenant.name, dataset, identity)
        return self._people.upstream_id(person_id) if person_id else None

    def _fetch(
        self,
        tenant: Tenant,
        dataset: str,
        identity: Identity,
        upstream_id: str,
        deadline: Deadline,
        policy: CachePolicy,
    ) -> PersonLines | None:
        key = CacheKey(
            tenant=tenant.name,
            person=digest(tenant.name, dataset, identity),
            kind="user-lookup",
            parameters=hashlib.sha256(upstream_id.encode("utf-8")).hexdigest()[:32],
        )

        def load(deadline: Deadline) -> bytes:
            found = self._user_lookup(tenant).look_up(dataset, upstream_id, deadline)
            return orjson.dumps(found and dataclasses.asdict(found))

        cached = self._cache.fetch(key, load, policy, deadline)
        kept = orjson.loads(cached.body)
        if kept is None:
            return None
        kept["segments"] = tuple(kept["segments"])
        return PersonLines(LookedUp(**kept), cached.stored_at)


def _with_names(lines: PersonLines, names: Mapping[str, str]) -> PersonLines:
    segments = tuple(names.get(segment, segment) for segment in lines.looked_up.segments)
    looked_up = dataclasses.replace(lines.looked_up, segments=segments)
    return dataclasses.replace(lines, looked_up=looked_up)
