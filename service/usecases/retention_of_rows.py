"""Deletes what is over: messages, runs, journey entries, looks at people; each in its time."""

import time
from collections.abc import Callable, Iterable, Iterator

from service.metrics import PURGED_ROWS
from service.storage import purges
from service.storage.audit_log import AuditLog
from service.storage.database import Database
from service.storage.erasures import Erasures
from service.storage.tombstones import Tombstones
from service.tenant import Tenant

STEP_ROWS = 500
PAUSE_SECONDS = 0.05
A_DAY = 86_400
LOOK_DAYS = 1
OCCASION_DAYS = 90
LIFTED_DAYS = 400
BY_SETTING = {
    "dead_letter_days": (purges.dead_letters,),
    "run_row_days": (purges.forgotten_runs, purges.run_rows),
    "run_days": (purges.runs,),
    "entry_data_days": (purges.entry_data,),
    "entry_days": (purges.entries, purges.members),
}
"""What the tenants file gives its time to, in the order in which it must go."""

Step = Callable[[], int]


class RowRetention:
    """Purges what every tenant has, in small steps. Raises: StorageUnavailable."""

    def __init__(
        self,
        *,
        database: Database,
        audit_log: AuditLog,
        erasures: Erasures,
        tombstones: Tombstones,
        tenants: Iterable[Tenant],
        clock: Callable[[], float] = time.time,
        pause: Callable[[float], object] = time.sleep,
    ):
        self._database = database
        self._audit_log = audit_log
        self._erasures = erasures
        self._tombstones = tombstones
        self._tenants = tuple(tenants)
        self._clock = clock
        self._pause = pause

    def purge_all(self) -> int:
        """Delete all that is past its time; return how many rows went or were blanked."""
        self._database.write(self._tombstones.rewrap)
        return sum(self._until_nothing_is_left(name, step) for name, step in self._steps())

    def _steps(self) -> Iterator[tuple[str, Step]]:
        now = self._clock()
        for tenant in self._tenants:
            for setting, chosen in BY_SETTING.items():
                before = now - getattr(tenant.privacy, setting) * A_DAY
                for purge in chosen:
                    yield purge.__name__, self._of_tenant(purge, tenant.name, before)
            yield "looks", self._of_tenant(purges.looks, tenant.name, now - LOOK_DAYS * A_DAY)
            yield "audit", self._audit(tenant, now - tenant.privacy.audit_days * A_DAY)
        lifted = now - LIFTED_DAYS * A_DAY
        yield "erasures", lambda: self._erasures.forget_lifted(lifted, STEP_ROWS)
        done = now - OCCASION_DAYS * A_DAY
        yield "occasions", self._writing(lambda c: purges.occasions(c, done, STEP_ROWS))

    def _of_tenant(self, purge: Callable, tenant: str, before: float) -> Step:
        return self._writing(lambda connection: purge(connection, tenant, before, STEP_ROWS))

    def _audit(self, tenant: Tenant, before: float) -> Step:
        return lambda: self._audit_log.purge(tenant.name, before, STEP_ROWS)

    def _writing(self, work: Callable) -> Step:
        return lambda: self._database.write(work)

    def _until_nothing_is_left(self, name: str, step: Step) -> int:
        gone = 0
        while number := step():
            gone += number
            PURGED_ROWS.labels(name).inc(number)
            self._pause(PAUSE_SECONDS)
        return gone
