"""The user export for data sharing: from any page on, row by row, tried again when it breaks."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from service.deadline import Deadline
from service.errors import Fault, UpstreamInvalidAnswer, UpstreamUnavailable
from service.metrics import EXPORT_ROWS
from service.storage.export_rows import ExportRows
from service.tenant import Dataset, Tenant
from service.upstream.personalization import Personalization

PAGE_SIZE = 1_000
PAGE_SECONDS = 60
TRIES = 4


class ExportBroken(Fault):
    """Raised when a page of the export stays broken; the run can be resumed at this page."""

    status = 502
    code = "EXPORT_BROKEN"
    title = "Bad Gateway"


class SharingExport:
    """Reads pages; rows are licensed, so they are counted."""

    def __init__(
        self,
        personalization: Callable[[Tenant], Personalization],
        export_rows: ExportRows,
        clock: Callable[[], float] = time.time,
        pause: Callable[[float], None] = time.sleep,
    ):
        self._personalization = personalization
        self._export_rows = export_rows
        self._clock = clock
        self._pause = pause

    def pages(
        self, tenant: Tenant, dataset: Dataset, start: int = 0, segment: str | None = None
    ) -> Iterator[tuple[int, list[dict | None]]]:
        """Yield (number, rows) from page `start` on until an empty one: a short one is no end.

        Raises: ExportBroken.
        """
        account = self._personalization(tenant)
        number = start
        while rows := self._page(account, dataset, number, segment):
            month = datetime.fromtimestamp(self._clock(), ZoneInfo(tenant.time_zone))
            self._export_rows.add(tenant.name, dataset.name, month.strftime("%Y-%m"), len(rows))
            EXPORT_ROWS.labels(tenant.name, dataset.name).inc(len(rows))
            yield number, rows
            number += 1

    def _page(self, account: Personalization, dataset: Dataset, number: int, segment) -> list:
        for trial in range(1, TRIES + 1):
            try:
                return account.export_rows(
                    dataset.name, number, PAGE_SIZE, Deadline.after(PAGE_SECONDS), segment
                )
            except (UpstreamUnavailable, UpstreamInvalidAnswer) as fault:
                if trial == TRIES:
                    message = f"Page {number} of the user export cannot be read: {fault.detail}"
                    raise ExportBroken(message, retry_after=fault.retry_after) from None
                self._pause(fault.retry_after or 2**trial)
        raise AssertionError("unreachable")
