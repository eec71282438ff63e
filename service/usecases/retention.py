"""Deletes what is past its dataset's retention: little by little, one process at a time."""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from datetime import time as wall_time
from zoneinfo import ZoneInfo

from service.errors import StorageUnavailable
from service.metrics import PURGED_EVENTS
from service.storage.event_store import EventStore
from service.storage.timers import Timers
from service.tenant import Dataset, Tenant
from service.usecases.retention_of_rows import RowRetention

EVERY_SECONDS = 3_600
LOOK_SECONDS = 60
STEP_EVENTS = 500
PAUSE_SECONDS = 0.05
"""Between two steps, so that others get their turn at writing."""

log = logging.getLogger(__name__)


class Retention:
    """Purges every dataset of every tenant."""

    def __init__(
        self,
        *,
        events: EventStore,
        tenants: Iterable[Tenant],
        clock: Callable[[], float] = time.time,
        pause: Callable[[float], object] = time.sleep,
    ):
        self._events = events
        self._tenants = tuple(tenants)
        self._clock = clock
        self._pause = pause

    def purge_all(self) -> int:
        """Delete all that is too old; return how many events went."""
        return sum(
            self.purge(tenant, dataset)
            for tenant in self._tenants
            for dataset in tenant.datasets.values()
        )

    def purge(self, tenant: Tenant, dataset: Dataset) -> int:
        """Delete what is too old in one dataset; return how many events went."""
        before_ms = first_kept_ms(tenant, dataset, self._clock())
        gone = 0
        while step := self._events.purge(tenant.name, dataset.name, before_ms, STEP_EVENTS):
            gone += step
            PURGED_EVENTS.inc(step)
            self._pause(PAUSE_SECONDS)
        return gone


def first_kept_ms(tenant: Tenant, dataset: Dataset, now: float) -> int:
    """Return the local midnight (epoch ms) at which the oldest day begins that is kept whole."""
    zone = ZoneInfo(tenant.time_zone)
    day = datetime.fromtimestamp(now, zone).date() - timedelta(days=dataset.retention_days)
    return int(datetime.combine(day, wall_time.min, zone).timestamp() * 1000)


class RetentionTimer:
    """Purges every hour in a thread of some process: whichever asks first when it is due.

    `rows` purges what is no event.
    """

    def __init__(
        self,
        retention: Retention,
        timers: Timers,
        rows: RowRetention | None = None,
        every_seconds: float = EVERY_SECONDS,
        look_seconds: float = LOOK_SECONDS,
    ):
        self._retention = retention
        self._timers = timers
        self._rows = rows
        self._every_seconds = every_seconds
        self._look_seconds = look_seconds
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin looking whether it is time; the first look is not at once."""
        self._thread = threading.Thread(target=self._run, name="retention", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End after what runs now."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._ending.wait(self._look_seconds):
            try:
                if self._timers.claim("retention", self._every_seconds):
                    self._retention.purge_all()
                    if self._rows is not None:
                        self._rows.purge_all()
            except StorageUnavailable:
                log.warning("The purge has to wait: the store does not answer.")
            except Exception:
                log.exception("A purge failed in a way nobody foresaw.")
