"""The one reader of Personalization's user export; it counts rows, which are licensed.

Source: Personalization guide, "User Export API"; Salesforce help, "Personalization Limits"
(8 rows per named profile and month in the Premium edition).
"""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from service.deadline import Deadline
from service.errors import Fault
from service.metrics import EXPORT_ROWS
from service.storage.export_rows import ExportRows
from service.storage.people import People
from service.tenant import Dataset, Tenant
from service.upstream.personalization import Personalization

PAGE_SIZE = 1_000
PAGE_SECONDS = 60
ROWS_PER_PROFILE = 8


class RowBudgetSpent(Fault):
    """Raised when a read would use more rows than the licence has left this month."""

    status = 409
    code = "ROW_BUDGET_SPENT"
    title = "Conflict"


@dataclass(frozen=True)
class RowBudget:
    """Rows of the user export this month. `allowed` is None when nobody knows the licence."""

    used: int
    allowed: int | None
    seconds_left: float

    @property
    def left(self) -> int | None:
        return None if self.allowed is None else max(0, self.allowed - self.used)

    def require(self, rows: int) -> None:
        """Raise RowBudgetSpent unless so many rows are left."""
        if self.left is not None and rows > self.left:
            raise RowBudgetSpent(
                f"{self.used} of this month's {self.allowed} export rows are used and a read "
                f"needs about {rows}. It goes on next month; export_rows_per_month says what "
                "the licence allows."
            )

    def seconds_between(self, rows: int) -> float:
        """Return the shortest pause between reads of so many rows that lasts out the month."""
        if self.left is None or rows == 0:
            return 0.0
        return self.seconds_left if self.left < rows else rows * self.seconds_left / self.left


class UserExport:
    """Reads people of one dataset, all or those of a segment."""

    def __init__(
        self,
        *,
        personalization: Callable[[Tenant], Personalization],
        export_rows: ExportRows,
        people: People,
        clock: Callable[[], float] = time.time,
    ):
        self._personalization = personalization
        self._export_rows = export_rows
        self._people = people
        self._clock = clock

    def pages(
        self, tenant: Tenant, dataset: Dataset, segment: str | None = None
    ) -> Iterator[list[dict]]:
        """Yield pages until an empty one: a short page is not the end. Rows may come twice.

        Raises: the UpstreamFault of the page that failed.
        """
        account = self._personalization(tenant)
        for page in itertools.count():
            deadline = Deadline.after(PAGE_SECONDS)
            rows = account.export_users(dataset.name, page, PAGE_SIZE, deadline, segment)
            if not rows:
                return
            self._count(tenant, dataset, len(rows))
            yield rows

    def sample(self, tenant: Tenant, dataset: Dataset, rows: int, deadline: Deadline) -> list[dict]:
        """Return the first rows of the export. Raises: the UpstreamFault that fits."""
        found = self._personalization(tenant).export_users(dataset.name, 0, rows, deadline)
        self._count(tenant, dataset, len(found))
        return found

    def budget(self, tenant: Tenant, dataset: Dataset) -> RowBudget:
        """Return what the licence leaves of this month, in the tenant's time zone."""
        month, seconds_left = self._month(tenant)
        allowed = dataset.export_rows_per_month
        if allowed is None:
            known = self._people.count_proven(tenant.name, dataset.name)
            allowed = known * ROWS_PER_PROFILE or None
        used = self._export_rows.used(tenant.name, dataset.name, month)
        return RowBudget(used, allowed, seconds_left)

    def _count(self, tenant: Tenant, dataset: Dataset, rows: int) -> None:
        month, _left = self._month(tenant)
        self._export_rows.add(tenant.name, dataset.name, month, rows)
        EXPORT_ROWS.labels(tenant.name, dataset.name).inc(rows)

    def _month(self, tenant: Tenant) -> tuple[str, float]:
        """Return this month, and the seconds to the next."""
        now = datetime.fromtimestamp(self._clock(), ZoneInfo(tenant.time_zone))
        midnight = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        following = (midnight + timedelta(days=32)).replace(day=1)
        return now.strftime("%Y-%m"), following.timestamp() - now.timestamp()
