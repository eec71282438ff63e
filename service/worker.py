"""The worker: takes messages from the outbox and delivers them, until it is told to stop.

Any number of workers may run, on any number of machines that share a state store.
"""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import structlog

from service.deadline import Deadline
from service.errors import StorageUnavailable
from service.storage.outbox import Outbox
from service.usecases.delivery import SEND_SECONDS, Delivery

THREADS = 8
LEASE_SECONDS = 30
POLL_SECONDS = 0.25
TROUBLED_SECONDS = 1.0

log = structlog.get_logger()


def send_seconds(lease_seconds: float) -> float:
    """Return how long one call may take, so that its report fits into the lease as well."""
    return min(SEND_SECONDS, lease_seconds / 3)


class Worker:
    """Claims as many messages as it has idle threads, so that no lease runs out in a queue."""

    def __init__(
        self,
        outbox: Outbox,
        delivery: Delivery,
        *,
        threads: int = THREADS,
        lease_seconds: float = LEASE_SECONDS,
        poll_seconds: float = POLL_SECONDS,
    ):
        self._outbox = outbox
        self._delivery = delivery
        self._threads = threads
        self._lease_seconds = lease_seconds
        self._poll_seconds = poll_seconds
        self._stopping = threading.Event()
        self._news = threading.Event()
        self._running: set[Future] = set()

    def stop(self, *_signal) -> None:
        """Take nothing more; what is being sent is finished. May be called from a signal."""
        self._stopping.set()
        self._news.set()

    def run(self) -> None:
        """Deliver until `stop` is called, then finish what is under way."""
        log.info("worker started", threads=self._threads)
        with ThreadPoolExecutor(self._threads, thread_name_prefix="deliver") as pool:
            while not self._stopping.is_set():
                self._news.clear()
                self._news.wait(self._work(pool))
        log.info("worker stopped")

    def run_until_idle(self) -> None:
        """Deliver everything that is due now, and what that makes due; then return."""
        with ThreadPoolExecutor(self._threads) as pool:
            while self._take(pool) or self._running:
                self._news.wait(self._poll_seconds)
                self._news.clear()

    def _work(self, pool: ThreadPoolExecutor) -> float:
        """Do what is to be done now and return how many seconds to wait for news."""
        try:
            self._take(pool)
        except StorageUnavailable:
            log.warning("the state store does not answer")
            return TROUBLED_SECONDS
        return self._poll_seconds

    def _take(self, pool: ThreadPoolExecutor) -> int:
        idle = self._threads - len(self._running)
        if idle <= 0:
            return 0
        lease = Deadline.after(self._lease_seconds)
        claimed = self._outbox.claim(idle, self._lease_seconds, self._delivery.held_back())
        for message in claimed:
            future = pool.submit(self._delivery.deliver, message, lease)
            self._running.add(future)
            future.add_done_callback(self._finished)
        return len(claimed)

    def _finished(self, future: Future) -> None:
        self._running.discard(future)
        self._news.set()  # the person's next message may be due now
