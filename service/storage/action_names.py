"""The distinct names of actions that were sent: Personalization keeps few, so they must stay few.

Source: Salesforce help, "Personalization Limits": 100 a profile and day, 1,000 in all.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable

from sqlalchemy import Connection, select

from service.storage.database import Database
from service.storage.tables import action_names
from service.storage.upserts import insert_or_update

MOST_KEPT = 1_000
"""Beyond this nobody needs to know which they are."""


class ActionNames:
    """Counts names per tenant and dataset; asks the store only for names new to this process."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time):
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, str], set[str]] = defaultdict(set)

    def note(self, tenant: str, dataset: str, action: str) -> int:
        """Remember the name; return how many distinct ones are known now."""
        with self._lock:
            seen = self._seen[tenant, dataset]
            if action in seen or len(seen) >= MOST_KEPT:
                return len(seen)
        found = self._database.write(lambda c: self._add(c, tenant, dataset, action))
        with self._lock:
            seen |= found
            return len(seen)

    def _add(self, connection: Connection, tenant: str, dataset: str, action: str) -> set[str]:
        query = select(action_names.c.action).where(
            action_names.c.tenant == tenant, action_names.c.dataset == dataset
        )
        known = set(connection.execute(query.limit(MOST_KEPT)).scalars())
        if action not in known and len(known) < MOST_KEPT:
            row = {"tenant": tenant, "dataset": dataset, "action": action}
            insert_or_update(connection, action_names, [row | {"first_seen": self._clock()}])
        return known | {action}
