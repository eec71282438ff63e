"""Takes up runs that nobody works on: begun over HTTP, or left by a process that died."""

import threading
from collections.abc import Mapping

import structlog

from service.errors import Fault
from service.tenant import Tenant
from service.usecases.clock import Interrupted
from service.usecases.data_sharing import DataSharing
from service.usecases.sharing_night import work_on_waiting

LOOK_SECONDS = 3

log = structlog.get_logger()


class RunWatch:
    """A thread of the worker."""

    def __init__(
        self,
        sharing: DataSharing,
        tenants: Mapping[str, Tenant],
        look_seconds: float = LOOK_SECONDS,
    ):
        self._sharing = sharing
        self._tenants = tenants
        self._look_seconds = look_seconds
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look, where any tenant shares data."""
        if any(tenant.data_sharing for tenant in self._tenants.values()):
            self._thread = threading.Thread(target=self._run, name="run-watch", daemon=True)
            self._thread.start()

    def stop(self, seconds: float = 25) -> None:
        """Let the run at work come to a safe point."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        while not self._stopping.wait(self._look_seconds):
            try:
                work_on_waiting(self._sharing, self._tenants, self._stopping.is_set)
            except Interrupted:
                return
            except Fault as fault:  # somebody else was faster, or the store does not answer
                log.info("no run taken", code=fault.code)
            except Exception:
                log.exception("the run watch stumbled")
