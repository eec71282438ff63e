"""Commits what many threads and processes want to store in few transactions.

One thread of each process writes. It takes what came first, waits for its turn among the
processes (on SQLite), and only then takes along whatever has come in the meantime: the busier
the store, the larger the batch. Nobody is woken before COMMIT has returned.
"""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from service.errors import StorageUnavailable
from service.storage.cache_fork import after_fork
from service.storage.driver import driver_error, errors_named
from service.storage.turns import Turns

Job = TypeVar("Job")
Result = TypeVar("Result")

MOST_WEIGHT = 1_000
"""A batch takes no more jobs along once it weighs this much: others want their turn."""
WAIT_SECONDS = 10
"""How long a caller waits before it is told that the store is unavailable."""

log = logging.getLogger(__name__)


class _Ticket(Generic[Job, Result]):
    """One caller's job and what became of it."""

    def __init__(self, job: Job):
        self.job = job
        self.result: Result | None = None
        self.trouble: Exception | None = None
        self.is_given_up = False
        self._pending = threading.Lock()  # an Event would bring a Condition along
        self._pending.acquire()

    def wait(self, seconds: float) -> bool:
        """Wait until it is done; return False when it takes longer than that."""
        return self._pending.acquire(timeout=seconds)

    def finish(self) -> None:
        """Wake whoever waits."""
        self._pending.release()


class GroupCommit(Generic[Job, Result]):
    """Runs `commit(jobs)`, which is one transaction, for as many jobs as have queued up.

    `commit` returns one result for each job. A transaction that failed has failed for each of
    its jobs; where one job's content is to blame, each is tried alone.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Job]], Sequence[Result]],
        turns: Turns,
        weigh: Callable[[Job], int] = lambda job: 1,
    ):
        self._commit = commit
        self._turns = turns
        self._weigh = weigh
        self._start_afresh()
        after_fork(self._start_afresh)

    def _start_afresh(self) -> None:
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._queue: queue.SimpleQueue[_Ticket | None] = queue.SimpleQueue()

    def run(self, job: Job) -> Result:
        """Return the job's result once it is on disk. Raises what its transaction raised."""
        ticket = _Ticket(job)
        self._require_thread()
        self._queue.put(ticket)
        if not ticket.wait(WAIT_SECONDS):
            ticket.is_given_up = True
            raise StorageUnavailable()
        if isinstance(ticket.trouble, StorageUnavailable):
            raise StorageUnavailable(ticket.trouble.detail) from ticket.trouble
        if ticket.trouble is not None:
            raise ticket.trouble
        return ticket.result

    def close(self) -> None:
        """Finish what is queued and end the thread."""
        with self._starting:
            thread, self._thread = self._thread, None
        if thread:
            self._queue.put(None)
            thread.join()

    def _require_thread(self) -> None:
        if self._thread:
            return
        with self._starting:
            if not self._thread:
                # A daemon: a caller who gave up must not keep the process.
                thread = threading.Thread(target=self._write, name="group-commit", daemon=True)
                thread.start()
                self._thread = thread

    def _write(self) -> None:
        while (first := self._queue.get()) is not None:
            batch = [first]
            try:
                with self._turns.taken():
                    goes_on = self._drain(batch)
                    self._commit_batch([ticket for ticket in batch if not ticket.is_given_up])
            except Exception as trouble:
                log.exception("A group of writes failed in a way nobody foresaw.")
                _fail(batch, trouble)
                continue
            finally:
                for ticket in batch:
                    ticket.finish()
            if not goes_on:
                return

    def _drain(self, batch: list[_Ticket]) -> bool:
        """Take along what waits, without waiting; return False when it is time to end."""
        weight = self._weigh(batch[0].job)
        while weight < MOST_WEIGHT:
            try:
                ticket = self._queue.get_nowait()
            except queue.Empty:
                return True
            if ticket is None:
                return False
            batch.append(ticket)
            weight += self._weigh(ticket.job)
        return True

    def _commit_batch(self, batch: Sequence[_Ticket]) -> None:
        if not batch:
            return
        try:
            results = self._commit([ticket.job for ticket in batch])
        except Exception as trouble:
            if len(batch) > 1 and _blames_content(trouble):
                for ticket in batch:
                    self._commit_batch([ticket])
            else:
                _fail(batch, trouble)
            return
        for ticket, result in zip(batch, results, strict=True):
            ticket.result = result


def _blames_content(trouble: Exception) -> bool:
    """Tell whether another job would have gone through: not so on a full or locked disk."""
    if isinstance(trouble, StorageUnavailable):
        blaming = errors_named("IntegrityError", "DataError")
        return isinstance(driver_error(trouble.__cause__), blaming)
    return True


def _fail(batch: Sequence[_Ticket], trouble: Exception) -> None:
    for ticket in batch:
        ticket.trouble = trouble
