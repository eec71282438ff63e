"""The worker's clock: does each job once per local date, or once per wall time.

A job's occasion is named by its local date (or date and wall time), so that nights on which
clocks are put back or forward have one occasion like any other. A missed occasion is made up
for within twelve hours; one whose worker was lost is taken over once its lease runs out.
APScheduler only computes when a crontab line fires next.
"""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from apscheduler.triggers.cron import CronTrigger

from service.errors import Fault, StorageUnavailable
from service.storage.clock_runs import ClaimedOccasion, ClockRuns

CATCH_UP = timedelta(hours=12)
LOOK_SECONDS = 10
LEASE_SECONDS = 60
SHORTEST_RETRY_SECONDS = 300
A_SECOND = timedelta(seconds=1)

log = structlog.get_logger()


@dataclass(frozen=True)
class Job:
    """What is to be done by the clock: `schedule` is a crontab line in `time_zone`.

    `work` is given a function that says whether the worker wants to stop; then it leaves at the
    next safe point and raises `Interrupted`. A Fault with `retry_after` is tried again within
    the twelve hours; any other ends the occasion. `once_per_day` False: once per wall time.
    """

    name: str
    schedule: str
    time_zone: str
    work: Callable[[Callable[[], bool]], None]
    once_per_day: bool = True


class Interrupted(Exception):
    """Raised by work that stopped halfway because it was asked to; it is taken up again."""


def crontab(schedule: str, time_zone: str) -> CronTrigger:
    """Return when a crontab line fires. Raises: ValueError when it is none."""
    return CronTrigger.from_crontab(schedule, timezone=ZoneInfo(time_zone))


def due_occasion(job: Job, now: datetime) -> str | None:
    """Return the latest occasion that came up to `now`; None beyond the time for making up."""
    trigger = crontab(job.schedule, job.time_zone)
    last, fires = None, _next_fire(trigger, now - CATCH_UP)
    while fires is not None and fires <= now:
        last, fires = fires, _next_fire(trigger, fires + A_SECOND)
    if last is None:
        return None
    local = last.astimezone(ZoneInfo(job.time_zone))
    return local.strftime("%Y-%m-%d" if job.once_per_day else "%Y-%m-%dT%H:%M")


def _next_fire(trigger: CronTrigger, after: datetime) -> datetime | None:
    """Return the first time from `after` on in UTC: in a zone, times of a put-back hour compare

    by what the wall shows, and a search among them need not end.
    """
    fires = trigger.get_next_fire_time(None, after)
    return fires and max(fires.astimezone(UTC), after)


class Clock:
    """Looks at all jobs every few seconds; each that is due runs in a thread of its own."""

    def __init__(
        self,
        jobs: Iterable[Job],
        runs: ClockRuns,
        clock: Callable[[], float] = time.time,
        look_seconds: float = LOOK_SECONDS,
    ):
        self._jobs = tuple(jobs)
        self._runs = runs
        self._clock = clock
        self._look_seconds = look_seconds
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._running: dict[str, tuple[ClaimedOccasion, threading.Thread]] = {}
        self._looker: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look, in a thread of its own."""
        if self._jobs:
            self._looker = threading.Thread(target=self._keep_looking, name="clock", daemon=True)
            self._looker.start()

    def stop(self, seconds: float = 25) -> None:
        """Begin nothing more; let what runs come to a safe point, for so long at most."""
        self._stopping.set()
        give_up = time.monotonic() + seconds
        for thread in [self._looker, *self._threads()]:
            if thread is not None:
                thread.join(max(0, give_up - time.monotonic()))

    def look(self) -> list[str]:
        """Begin what is due and keep what runs; return the names of the jobs that were begun."""
        self._renew()
        return [job.name for job in self._jobs if self._begin(job)]

    def wait(self) -> None:
        """Return once nothing runs."""
        for thread in self._threads():
            thread.join()

    def _keep_looking(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
            except StorageUnavailable:
                log.warning("the clock cannot reach the state store")
            self._stopping.wait(self._look_seconds)

    def _begin(self, job: Job) -> bool:
        with self._lock:
            if job.name in self._running or self._stopping.is_set():
                return False
        occasion = due_occasion(job, datetime.fromtimestamp(self._clock(), UTC))
        held = occasion and self._runs.claim(job.name, occasion, LEASE_SECONDS)
        if not held:
            return False
        thread = threading.Thread(target=self._run, args=(job, held), name=job.name, daemon=True)
        with self._lock:
            self._running[job.name] = held, thread
        thread.start()
        return True

    def _run(self, job: Job, held: ClaimedOccasion) -> None:
        names = {"job": job.name, "occasion": held.occasion, "attempt": held.attempt}
        log.info("job begun", **names)
        try:
            outcome = self._outcome(job, held)
            log.info("job over", outcome=outcome, **names)
        except StorageUnavailable:
            log.warning("the state store does not answer; the lease will run out", **names)
        finally:
            with self._lock:
                self._running.pop(job.name, None)

    def _outcome(self, job: Job, held: ClaimedOccasion) -> str:
        try:
            job.work(self._stopping.is_set)
        except Interrupted:
            self._runs.put_back(held, 0, "INTERRUPTED")
            return "INTERRUPTED"
        except Fault as fault:
            if fault.retry_after is None:
                self._runs.finish(held, code=fault.code)
            else:
                seconds = max(fault.retry_after, SHORTEST_RETRY_SECONDS)
                self._runs.put_back(held, seconds, fault.code)
            return fault.code
        except Exception:
            log.exception("job failed unforeseen", job=job.name)
            self._runs.finish(held, code="INTERNAL_ERROR")
            return "INTERNAL_ERROR"
        self._runs.finish(held)
        return "DONE"

    def _renew(self) -> None:
        with self._lock:
            held = [claimed for claimed, _thread in self._running.values()]
        for each in held:
            self._runs.renew(each, LEASE_SECONDS)

    def _threads(self) -> list[threading.Thread]:
        with self._lock:
            return [thread for _held, thread in self._running.values()]
