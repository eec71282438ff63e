"""What the tests of the response cache move by hand: time, and an upstream that can hold still."""

import threading
import time
from collections.abc import Callable

from service.deadline import Deadline
from service.errors import UpstreamFault
from service.storage.cache_flights import Flights
from service.storage.response_cache import CachedAnswer, CacheKey, CachePolicy, ResponseCache

POLICY = CachePolicy()
"""60 s fresh, 600 s stale while renewed, 86,400 s stale on error, failures remembered for 15 s."""
KEY = CacheKey("acme", "person-1", "next-best", "parameters-1")
PATIENCE_SECONDS = 10
"""After this a wait in a test has failed; nothing is expected to take it."""


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self):
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


class Upstream:
    """Answers `answer 1`, `answer 2`, ... or fails with `fault`; a closed gate holds it still."""

    def __init__(self):
        self.calls = 0
        self.fault: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.asked = threading.Event()
        self._lock = threading.Lock()

    def load(self, deadline: Deadline) -> bytes:
        with self._lock:
            self.calls += 1
            number, fault = self.calls, self.fault
        self.asked.set()
        assert self.gate.wait(PATIENCE_SECONDS), "nobody opened the gate"
        if fault is not None:
            raise fault
        return f"answer {number}".encode()

    def hold(self) -> None:
        """From now on a call waits until `let_go`."""
        self.asked.clear()
        self.gate.clear()

    def let_go(self) -> None:
        self.gate.set()

    def wait_until_asked(self) -> None:
        assert self.asked.wait(PATIENCE_SECONDS), "nobody asked upstream"


class CountedFlights(Flights):
    """Knows how many callers have come aboard."""

    def __init__(self):
        super().__init__()
        self._counting = threading.Lock()
        self.boarded = 0

    def board(self, key):
        aboard = super().board(key)
        with self._counting:
            self.boarded += 1
        return aboard


def count_flights(cache: ResponseCache) -> CountedFlights:
    """Let the cache count who comes aboard from now on."""
    cache._flights = CountedFlights()
    return cache._flights


class Caller(threading.Thread):
    """A fetch in a thread of its own, and what came of it."""

    def __init__(self, fetch: Callable[[], CachedAnswer]):
        super().__init__(daemon=True)
        self._fetch = fetch
        self.answer: CachedAnswer | None = None
        self.trouble: Exception | None = None
        self.seconds = 0.0
        self.start()

    def run(self) -> None:
        started = time.monotonic()
        try:
            self.answer = self._fetch()
        except Exception as trouble:
            self.trouble = trouble
        self.seconds = time.monotonic() - started

    def done(self) -> "Caller":
        """Return this caller once its fetch has ended."""
        self.join(PATIENCE_SECONDS)
        assert not self.is_alive(), "a fetch did not end"
        return self


class Stage:
    """A store, a clock, an upstream, and as many caches as a test has processes."""

    def __init__(self, store):
        self.store = store
        self.clock = Clock()
        self.upstream = Upstream()
        self.counted: list[str] = []
        self._caches: list[ResponseCache] = []
        self.cache = self.another_cache()

    def another_cache(self, *, engine=None, **options) -> ResponseCache:
        """Return a cache on the same store, as another process has it."""
        settings = {"clock": self.clock, "jitter": lambda low, high: 1.0} | options
        cache = ResponseCache(engine or self.store.engine(), count=self.counted.append, **settings)
        self._caches.append(cache)
        return cache

    def fetch(
        self, key=KEY, *, cache=None, load=None, policy=POLICY, seconds=None, deadline=None
    ) -> CachedAnswer:
        if deadline is None:
            deadline = Deadline.after(PATIENCE_SECONDS if seconds is None else seconds)
        return (cache or self.cache).fetch(key, load or self.upstream.load, policy, deadline)

    def fault_of(self, *arguments, **options) -> UpstreamFault:
        """Return the fault that a fetch raises; fail when it raises none."""
        try:
            answer = self.fetch(*arguments, **options)
        except UpstreamFault as fault:
            return fault
        raise AssertionError(f"no fault, but {answer}")

    def call(self, *arguments, **options) -> Caller:
        """Fetch in a thread of its own."""
        return Caller(lambda: self.fetch(*arguments, **options))

    def let_refresh_end(self) -> None:
        """Return once the refresh in the background has put its answer or its failure."""
        wait_until(lambda: self.fetch().state != "stale")

    def close(self) -> None:
        self.upstream.let_go()
        for cache in self._caches:
            cache.close()


def wait_until(condition: Callable[[], bool]) -> None:
    """Return once `condition` holds; fail when it does not in a long time."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.005)
