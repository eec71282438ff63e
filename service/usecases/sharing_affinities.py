"""The top affinity of each user of the export, counted to the day like what a rep sees."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from service.deadline import Deadline
from service.storage.top_affinities import TopAffinities
from service.tenant import Dataset, Tenant
from service.usecases.affinity_recount import Recount

DAYS = 90
RECOUNT_SECONDS = 60
"""For one person; the longest histories take about a second for 100,000 events."""


class SharingAffinities:
    """Finds the most viewed object of one catalog type in the last 90 days, by its label."""

    def __init__(
        self, *, store: TopAffinities, recount: Recount, clock: Callable[[], float] = time.time
    ):
        self._store = store
        self._recount = recount
        self._clock = clock

    def of(
        self, tenant: Tenant, dataset: Dataset, kind: str, rows: Sequence[Mapping]
    ) -> dict[str, str]:
        """Return the label by user id, for those rows of the export of whom events are known.

        Raises: StorageUnavailable.
        """
        users = self._store.people(tenant, dataset, rows)
        today = datetime.fromtimestamp(self._clock(), ZoneInfo(tenant.time_zone)).date()
        first = (today - timedelta(days=DAYS)).isoformat()
        for person_id in self._store.uncounted(users, first):
            self._recount.bring_up_to_date(
                tenant, dataset, person_id, first, Deadline.after(RECOUNT_SECONDS)
            )
        tops = self._store.strongest(tenant.name, dataset.name, kind, users, first)
        return {users[person_id]: label for person_id, label in tops.items()}
