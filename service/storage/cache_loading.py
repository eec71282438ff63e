"""How a missing answer is loaded: by one process at a time, remembered also when it fails."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from service.deadline import Deadline
from service.errors import UpstreamFault, UpstreamTimeout
from service.storage.cache_answer import CachedAnswer, CacheKey, CachePolicy
from service.storage.cache_engine import EngineTrouble
from service.storage.cache_entry import Entry, Failure, Mark, Windows
from service.storage.cache_leases import Lease, Leases
from service.storage.cache_shelf import Found, Shelf

JITTER = 0.1
"""Windows differ by up to this share, so that what was stored together does not expire together."""
FAIR_SECONDS = 2.0
"""A load that began with less than this left of its caller's time proves nothing by timing out."""
SHORTEST_PAUSE_SECONDS = 0.002
LONGEST_PAUSE_SECONDS = 0.02
SLACK_SECONDS = 0.5
"""A lease is renewed this long beyond its holder's deadline, and no longer."""

Load = Callable[[Deadline], bytes]


@dataclass(frozen=True)
class Errand:
    """What a caller wants: which answer, from where, and how long it will serve."""

    key: CacheKey
    load: Load
    policy: CachePolicy


class OutOfTime(Exception):
    """Raised when a caller's deadline passed before its load could begin."""


class Loader:
    """Loads for one process. Inside the process, single flight is the caller's affair."""

    def __init__(
        self,
        shelf: Shelf,
        leases: Leases,
        clock: Callable[[], float],
        jitter: Callable[[float, float], float] = random.uniform,
    ):
        self._shelf = shelf
        self._leases = leases
        self._clock = clock
        self._jitter = jitter

    def load(self, errand: Errand, found: Found, deadline: Deadline) -> CachedAnswer:
        """Return a new answer, loaded here or by the process that holds the lease meanwhile.

        Raises: UpstreamFault  the load failed and no old answer can stand in.
                OutOfTime      the deadline passed while another process was loading.
        """
        for pause in _growing_pauses():
            try:
                lease = self._lease(errand, found, deadline)
            except EngineTrouble:  # no lease to be had: better twice than not at all
                return self._ask_upstream(errand, found, deadline)
            if lease is not None:
                with lease:
                    return self._load_unless_there(errand, found, deadline)
            if deadline.expired:
                raise OutOfTime
            time.sleep(min(pause, deadline.remaining))
            found = self._look_again(errand, found)
            answer = found.at_hand(self._clock())
            if answer is not None:
                return _coalesced(answer)

    def refresh(self, errand: Errand, found: Found, deadline: Deadline) -> CachedAnswer | None:
        """Load anew, or return None at once when another process does so already."""
        try:
            lease = self._lease(errand, found, deadline)
        except EngineTrouble:
            return None
        if lease is None:
            return None
        with lease:
            return self._load_unless_there(errand, found, deadline)

    def _lease(self, errand: Errand, found: Found, deadline: Deadline) -> Lease | None:
        if found.mark is None:
            raise EngineTrouble("nothing of this person can be stored now")
        name = errand.key.lease_name(found.mark.generation)
        return self._leases.acquire(name, deadline.remaining + SLACK_SECONDS)

    def _load_unless_there(self, errand: Errand, found: Found, deadline: Deadline) -> CachedAnswer:
        """Load, unless somebody did between our look and our lease."""
        found = self._look_again(errand, found)
        answer = found.at_hand(self._clock())
        return _coalesced(answer) if answer else self._ask_upstream(errand, found, deadline)

    def _look_again(self, errand: Errand, found: Found) -> Found:
        return self._shelf.with_mark(errand.key, self._shelf.look(errand.key, otherwise=found))

    def _ask_upstream(self, errand: Errand, found: Found, deadline: Deadline) -> CachedAnswer:
        if deadline.expired:
            raise OutOfTime
        had_time = deadline.remaining >= FAIR_SECONDS
        try:
            body = errand.load(deadline)
        except UpstreamFault as fault:
            says_something = had_time or not isinstance(fault, UpstreamTimeout)
            return self._after_failure(errand, found, fault, says_something)
        now = self._clock()
        loaded = Entry(found.mark or Mark.new(), self._windows(errand.policy, now), body)
        if found.mark is not None:
            self._shelf.keep(errand.key, loaded)
        return Found(loaded, found.mark).answer("miss", now)

    def _windows(self, policy: CachePolicy, now: float) -> Windows:
        fresh_until = now + policy.fresh_seconds * self._stretch()
        return Windows(
            now,
            fresh_until,
            fresh_until + policy.stale_while_revalidate_seconds,
            fresh_until + policy.stale_if_error_seconds,
        )

    def _after_failure(
        self, errand: Errand, found: Found, fault: UpstreamFault, remember: bool
    ) -> CachedAnswer:
        """Remember the failure; return what stands in for the answer, else raise the fault.

        It looks again, because what was usable before the load may have been voided during it.
        """
        found = self._shelf.look(errand.key, otherwise=found)
        now = self._clock()
        answer = found.at_hand(now)
        if answer is not None:
            return _coalesced(answer)
        if remember and found.mark is not None:
            failure = Failure.of(fault, now, self._seconds_to_remember(fault, errand.policy))
            self._shelf.keep(errand.key, _with_failure(found, failure, now))
        return found.stand_in(fault, now)

    def _seconds_to_remember(self, fault: UpstreamFault, policy: CachePolicy) -> float:
        """As long as the policy says, or less when upstream wants to be asked again sooner."""
        seconds = policy.negative_seconds * self._stretch()
        return min(seconds, fault.retry_after) if fault.retry_after else seconds

    def _stretch(self) -> float:
        return self._jitter(1 - JITTER, 1 + JITTER)


def _with_failure(found: Found, failure: Failure, now: float) -> Entry:
    if found.entry is None:
        return Entry.only_failed(found.mark, failure, now)
    return found.entry.failed(failure)


def _coalesced(answer: CachedAnswer) -> CachedAnswer:
    return replace(answer, state="coalesced") if answer.state == "hit" else answer


def _growing_pauses() -> Iterator[float]:
    pause = SHORTEST_PAUSE_SECONDS
    while True:
        yield pause
        pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)
