"""The part of the worker that exports segments: looks every second what is due.

A timetable would be too slow for joins that are to be seen at once, and too coarse for caps by
the minute; what is due, and who does it, stands in the store.
"""

import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor

import structlog

from service.errors import Fault
from service.tenant import Tenant
from service.usecases.segment_export import SegmentExports

LOOK_SECONDS = 1.0
TENANTS_AT_ONCE = 4

log = structlog.get_logger()


class SegmentClock:
    """Looks for all tenants, a few at a time; any number of workers may have one."""

    def __init__(
        self,
        exports: SegmentExports,
        tenants: Iterable[Tenant],
        look_seconds: float = LOOK_SECONDS,
    ):
        self._exports = exports
        self._tenants = [tenant for tenant in tenants if exports.exports(tenant)]
        self._look_seconds = look_seconds
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._under_way: dict[str, Future] = {}

    def start(self) -> None:
        """Begin to look, where any tenant exports segments."""
        if self._tenants:
            self._thread = threading.Thread(target=self._run, name="segments", daemon=True)
            self._thread.start()

    def stop(self, seconds: float = 25) -> None:
        """Begin nothing more; wait for what is under way, for so long at most."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        with ThreadPoolExecutor(TENANTS_AT_ONCE, thread_name_prefix="segments") as pool:
            while not self._stopping.is_set():
                for tenant in self._tenants:
                    last = self._under_way.get(tenant.name)
                    if last is None or last.done():
                        self._under_way[tenant.name] = pool.submit(self._tick, tenant)
                self._stopping.wait(self._look_seconds)

    def _tick(self, tenant: Tenant) -> None:
        if self._stopping.is_set():
            return
        try:
            self._exports.tick(tenant)
        except Fault as fault:
            log.warning("segments were not exported", tenant=tenant.name, code=fault.code)
        except Exception:
            log.exception("segment export failed unforeseen", tenant=tenant.name)
