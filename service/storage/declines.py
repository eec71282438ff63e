"""What people do not want to be offered for a while. Written where answers are accepted."""

import time
from collections.abc import Callable

from sqlalchemy import select

from service.model import Identity
from service.storage.database import Database
from service.storage.people import digest
from service.storage.tables import declines, identities


class Declines:
    """Knows which items are hidden from whom."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time):
        self._database = database
        self._clock = clock

    def hidden(self, tenant: str, dataset: str, identity: Identity) -> frozenset[tuple[str, str]]:
        """Return (item type, item id) of everything that is hidden from this person now."""
        query = (
            select(declines.c.item_type, declines.c.item_id)
            .join(identities, identities.c.person_id == declines.c.person_id)
            .where(
                identities.c.digest == digest(tenant, dataset, identity),
                declines.c.hidden_until > self._clock(),
            )
        )
        with self._database.reading() as connection:
            return frozenset((row.item_type, row.item_id) for row in connection.execute(query))
