"""Answers of Personalization, kept per person: fresh, then stale, then only on error.

One core on two engines (a SQLite file, Redis). Of any number of callers in any number of
processes who miss the same answer, one loads it. A store that fails is never seen by a caller:
it is a miss on reading and a count on writing.

The windows are those of RFC 5861 (stale-while-revalidate, stale-if-error); their lengths are
ours. An entry counts only while its generation is the person's: voiding a person deletes the
person's mark, and the next one is random, so that neither a lost mark nor an answer that was
on its way can bring old data back.
"""

import random
import time
from collections.abc import Callable

from service.deadline import Deadline
from service.errors import UpstreamFault, UpstreamTimeout, upstream_fault
from service.storage.cache_answer import CachedAnswer, CacheKey, CachePolicy, mark_name, of_person
from service.storage.cache_background import Background
from service.storage.cache_bypass import RETRY_SECONDS, Bypass
from service.storage.cache_engine import CacheEngine, EngineRefused, EngineTrouble
from service.storage.cache_entry import new_freshness
from service.storage.cache_flights import Flight, FlightKey, Flights
from service.storage.cache_fork import after_fork
from service.storage.cache_leases import LEASE_SECONDS, RENEW_SECONDS, Leases
from service.storage.cache_loading import Errand, Load, Loader, OutOfTime
from service.storage.cache_notes import Notes
from service.storage.cache_shelf import Found, Shelf

__all__ = ["CacheKey", "CachePolicy", "CachedAnswer", "ResponseCache"]

REFRESH_SECONDS = 3.5
"""What a refresh in the background may take in all."""
SWEEP_EVERY_SECONDS = 60


class ResponseCache:
    """The cache of one process; all processes with the same engine share what is in it.

    `clock` gives epoch seconds. `count` is told the name of whatever went wrong inside:
    read_failed, write_failed, unreadable (a value), void_postponed.
    """

    def __init__(
        self,
        engine: CacheEngine,
        *,
        lease_seconds: float = LEASE_SECONDS,
        renew_seconds: float = RENEW_SECONDS,
        retry_seconds: float = RETRY_SECONDS,
        clock: Callable[[], float] = time.time,
        jitter: Callable[[float, float], float] = random.uniform,
        background_threads: int = 4,
        count: Callable[[str], None] = lambda name: None,
    ):
        self._engine = Bypass(engine, retry_seconds)
        self._lease_times = lease_seconds, renew_seconds
        self._clock = clock
        self._jitter = jitter
        self._background_threads = background_threads
        self._count = count
        self._start_afresh()
        after_fork(self._start_afresh)

    def _start_afresh(self) -> None:
        """Make what a process has for itself; no thread and no connection begins here."""
        self._shelf = Shelf(self._engine, self._clock, self._count)
        self._flights = Flights()
        self._leases = Leases(self._engine, *self._lease_times)
        self._loader = Loader(self._shelf, self._leases, self._clock, self._jitter)
        self._background = Background(self._background_threads)
        self._notes = Notes(self._engine, self._clock)
        self._next_sweep = 0.0

    def fetch(
        self, key: CacheKey, load: Load, policy: CachePolicy, deadline: Deadline
    ) -> CachedAnswer:
        """Return the answer from the cache, or load it, or wait for whoever is loading it.

        `load` gets the time that is left, returns the bytes to keep and raises UpstreamFault
        when it cannot. Waiting for others ends with the deadline.

        Raises: the UpstreamFault of the load, also when it was only remembered; UpstreamTimeout
                when time ran out while another was loading. Both only if no old answer serves.
        """
        errand = Errand(key, load, policy)
        while True:
            found = self._shelf.look(key)
            answer = found.at_hand(self._clock()) or self._stale(errand, found)
            if answer is not None:
                return answer
            found = self._shelf.with_mark(key, found)
            flight, leads = self._flights.board(_flight_key(errand, found))
            if leads:
                return self._lead(flight, errand, found, deadline)
            outcome = flight.wait(deadline.remaining)
            if outcome is not None:
                return _shared(outcome)
            if deadline.expired:
                return self._too_late(errand, found)

    def void_person(self, tenant: str, person: str) -> None:
        """Make every cached answer about this person unusable, also one on its way.

        When the store cannot be told now, this process tells it later and reads nothing of the
        person before that.
        """
        name = mark_name(tenant, person)
        try:
            self._engine.void(name)
        except EngineTrouble:
            self._count("void_postponed")
        self._flights.forget(name)

    def forget_person(self, tenant: str, person: str) -> bool:
        """Void the person and delete what is cached; False when the store cannot be told now."""
        self.void_person(tenant, person)
        try:
            self._engine.drop_all(of_person(tenant, person))
        except EngineTrouble:
            self._count("write_failed")
            return False
        return True

    def expire_person(self, tenant: str, person: str) -> None:
        """End the freshness of every cached answer about this person; as stale they serve on."""
        try:
            self._engine.renew_freshness(mark_name(tenant, person), new_freshness())
        except EngineTrouble:
            self._count("write_failed")

    def put_note(self, name: str, value: bytes, ttl: float) -> None:
        """Keep a small fact for all processes for `ttl` seconds, best effort."""
        self._notes.put(name, value, ttl)

    def get_note(self, name: str) -> bytes | None:
        """Return the fact, or None when it is unknown or its time has passed."""
        return self._notes.get(name)

    def examine(self) -> None:
        """Return when the store has kept a value. Raises: EngineTrouble."""
        self._engine.put("examined", b"1", SWEEP_EVERY_SECONDS)
        if self._engine.get("examined") is None:
            raise EngineRefused("what is kept is gone at once")

    def sweep(self) -> int:
        """Throw expired rows away, in small steps; return how many. Also runs by itself."""
        try:
            return self._engine.sweep()
        except EngineTrouble:
            self._count("write_failed")
            return 0

    def close(self) -> None:
        """End the threads and close the connections of this process."""
        self._background.close()
        self._leases.close()
        self._engine.close()

    def _stale(self, errand: Errand, found: Found) -> CachedAnswer | None:
        """Return the stale answer at once, and have it renewed."""
        now = self._clock()
        if found.entry is None or not found.entry.may_be_renewed_later(now):
            return None
        flight, leads = self._flights.board(_flight_key(errand, found))
        if leads and not self._background.run(lambda: self._refresh(flight, errand, found)):
            self._flights.land(flight, None)
        return found.answer("stale", now)

    def _refresh(self, flight: Flight, errand: Errand, found: Found) -> None:
        outcome = None
        try:
            outcome = self._loader.refresh(errand, found, Deadline.after(REFRESH_SECONDS))
        except UpstreamFault as fault:
            outcome = _same(fault)  # the next reader learns it from the entry
        except OutOfTime:
            pass
        finally:
            self._flights.land(flight, outcome)

    def _lead(
        self, flight: Flight, errand: Errand, found: Found, deadline: Deadline
    ) -> CachedAnswer:
        outcome = None
        try:
            outcome = self._loader.load(errand, found, deadline)
            return outcome
        except OutOfTime:
            return self._too_late(errand, found)
        except Exception as trouble:
            outcome = _same(trouble)
            raise
        finally:
            self._flights.land(flight, outcome)
            self._sweep_now_and_then()

    def _too_late(self, errand: Errand, found: Found) -> CachedAnswer:
        found = self._shelf.look(errand.key, otherwise=found)
        now = self._clock()
        return found.at_hand(now) or found.stand_in(UpstreamTimeout(), now)

    def _sweep_now_and_then(self) -> None:
        now = self._clock()
        if now >= self._next_sweep:
            self._next_sweep = now + SWEEP_EVERY_SECONDS
            self._background.run(self.sweep)


def _flight_key(errand: Errand, found: Found) -> FlightKey:
    generation = found.mark.generation if found.mark else None
    return FlightKey(errand.key.mark_name, errand.key.entry_name, generation)


def _shared(outcome: object) -> CachedAnswer:
    """Return or raise what the leader of a flight brought, as seen by one who waited."""
    if isinstance(outcome, Exception):
        raise _same(outcome)
    answer: CachedAnswer = outcome
    if answer.state != "miss":
        return answer
    return CachedAnswer(answer.body, answer.stored_at, "coalesced", answer.ttl)


def _same(trouble: Exception) -> Exception:
    """Return the fault anew: one object raised in many threads would mix their tracebacks."""
    if isinstance(trouble, UpstreamFault):
        return upstream_fault(trouble.code, trouble.detail, trouble.retry_after)
    return trouble
