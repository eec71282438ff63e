"""All that `p13n worker` does, and how it changes its settings without a pause.

SIGHUP: the settings are read anew; if they are right, a new shift begins at once, and the old one
takes nothing more, finishes what it is sending, lets what runs at night come to a safe point, and
goes. SIGTERM: the same without a new shift.
"""

import gc
import queue
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from service.deadline import Deadline
from service.erasure_watch import ErasureWatch
from service.joining import join
from service.reloading import reread
from service.segment_clock import SegmentClock
from service.settings import Settings
from service.storage.clock_runs import ClockRuns
from service.storage.timers import Timers
from service.usecases.clock import Clock
from service.usecases.delivery_policy import DeliveryPolicy
from service.usecases.outbox_purge import OutboxPurge
from service.usecases.sharing_watch import RunWatch
from service.worker import Worker, send_seconds

PATIENCE_SECONDS = 25
"""For what is under way when the worker is told to stop; whoever stops it waits longer."""
LONG_PATIENCE_SECONDS = 3_600
"""For what is under way when only the settings change: nobody waits."""

log = structlog.get_logger()


@dataclass(frozen=True)
class WorkerOptions:
    """What the command line says: see `p13n worker --help`."""

    threads: int
    lease_seconds: float
    first_pause_seconds: float
    longest_pause_seconds: float


class Shift:
    """The work of one worker under one set of settings, in threads of its own."""

    def __init__(self, settings: Settings, options: WorkerOptions):
        self._parts = parts = join(settings)
        delivery = parts.make_delivery(
            policy=DeliveryPolicy(options.first_pause_seconds, options.longest_pause_seconds),
            send_seconds=send_seconds(options.lease_seconds),
        )
        self._worker = Worker(
            parts.outbox, delivery, threads=options.threads, lease_seconds=options.lease_seconds
        )
        self._clocks = (
            Clock(parts.jobs, ClockRuns(parts.database)),
            SegmentClock(parts.segment_exports, settings.tenants.values()),
            RunWatch(parts.data_sharing, settings.tenants),
            OutboxPurge(parts.outbox, Timers(parts.database)),
            ErasureWatch(parts.erasures, settings.tenants),
        )
        self._retention = parts.retention_timer
        self._delivering = threading.Thread(target=self._worker.run, name="worker")

    def start(self) -> None:
        """Begin to deliver and to look at the clock."""
        for each in self._clocks:
            each.start()
        self._retention.start()
        self._delivering.start()

    def stop(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Take nothing more, and return once what is under way is finished.

        What the clocks have begun is waited for so long at most; it is taken up again.
        """
        self._worker.stop()
        stopping = [threading.Thread(target=each.stop, args=(seconds,)) for each in self._clocks]
        for thread in stopping:
            thread.start()
        for thread in (self._delivering, *stopping):
            thread.join()
        self._parts.close()


def work(settings: Settings, options: WorkerOptions) -> None:
    """Work until told to stop (SIGTERM), under new settings whenever told so (SIGHUP)."""
    told: queue.SimpleQueue[int] = queue.SimpleQueue()
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(each, lambda number, _frame: told.put(number))
    shift, leaving = Shift(settings, options), []
    gc.collect()
    gc.freeze()  # what is loaded stays: the collector need not look at it all night
    shift.start()
    while told.get() == signal.SIGHUP:
        following = _next_shift(options)
        if following is not None:
            former, shift = shift, following
            shift.start()
            log.info("settings reloaded")
            leaving = [each for each in leaving if each.is_alive()]
            leaving.append(_apart(former.stop, LONG_PATIENCE_SECONDS))
    patience = Deadline.after(PATIENCE_SECONDS)
    shift.stop()
    for thread in leaving:
        thread.join(patience.remaining)


def _next_shift(options: WorkerOptions) -> Shift | None:
    """Return the shift of new settings; None when there are none to be used."""
    settings = reread()
    try:
        return settings and Shift(settings, options)
    except Exception:
        log.exception("settings not reloaded: the old ones stay")
        return None


def _apart(work: Callable, *arguments) -> threading.Thread:
    """A daemon: what still waits for the night's safe point must not keep the process."""
    thread = threading.Thread(target=work, args=arguments, daemon=True)
    thread.start()
    return thread
