"""The part of the worker that goes on with erasures nobody works on."""

import threading
import time
from collections.abc import Mapping

import structlog

from service.errors import Fault
from service.tenant import Tenant
from service.usecases.erasures import PeopleErasures

LOOK_SECONDS = 2
CLEAN_SECONDS = 3_600

log = structlog.get_logger()


class ErasureWatch:
    """A thread of the worker; any number of workers may have one."""

    def __init__(
        self,
        erasures: PeopleErasures,
        tenants: Mapping[str, Tenant],
        look_seconds: float = LOOK_SECONDS,
    ):
        self._erasures = erasures
        self._tenants = tenants
        self._look_seconds = look_seconds
        self._stopping = threading.Event()
        self._next_clean = 0.0
        self._thread = threading.Thread(target=self._run, name="erasures", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, seconds: float = 25) -> None:
        """Let what is at work come to a safe point."""
        self._stopping.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        while not self._stopping.wait(self._look_seconds):
            try:
                self._erasures.work_on_due(self._tenants, self._stopping.is_set)
                self._clean_now_and_then()
            except Fault as fault:
                log.warning("no erasure went on", code=fault.code)
            except Exception:
                log.exception("the erasure watch stumbled")

    def _clean_now_and_then(self) -> None:
        if time.monotonic() >= self._next_clean:
            self._next_clean = time.monotonic() + CLEAN_SECONDS
            self._erasures.clean_machine(self._tenants.values())
