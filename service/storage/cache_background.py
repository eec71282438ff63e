"""A few threads that renew stale answers after the caller has got one."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

MOST_WAITING = 64
"""Refreshes in line. One more is not worth waiting for: the next stale read asks again."""

log = logging.getLogger(__name__)


class Background:
    """Runs jobs on `threads` threads, the first of which starts with the first job."""

    def __init__(self, threads: int):
        self._threads = threads
        self._lock = threading.Lock()
        self._waiting = 0
        self._pool: ThreadPoolExecutor | None = None
        self._closed = False

    def run(self, job: Callable[[], None]) -> bool:
        """Return whether the job was taken; False when too many wait. `job` must not raise."""
        with self._lock:
            if self._closed or self._waiting >= MOST_WAITING:
                return False
            self._waiting += 1
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._threads, "cache-refresh")
            self._pool.submit(self._run, job)
        return True

    def close(self) -> None:
        """Take no more jobs, forget those in line, wait for the running ones.

        They end by their deadline, and they use connections that are closed next.
        """
        with self._lock:
            self._closed = True
            pool = self._pool
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, job: Callable[[], None]) -> None:
        try:
            job()
        except Exception:
            log.exception("A refresh in the background failed in a way nobody foresaw.")
        finally:
            with self._lock:
                self._waiting -= 1
