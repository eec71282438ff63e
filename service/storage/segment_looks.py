"""People who have just done something: their segments are to be asked for."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, insert, select

from service.storage.database import Database
from service.storage.segment_tables import segment_looks
from service.storage.store_clock import store_time


@dataclass(frozen=True)
class Look:
    """Somebody whose segments are to be asked for."""

    dataset: str
    person: str
    identity_type: str
    identity_value: str = field(repr=False)


class SegmentLooks:
    """Keeps each person at most once, until they are taken out. `clock` gives epoch seconds."""

    def __init__(self, database: Database, clock: Callable[[], float] | None = None):
        self._database = database
        self._clock = clock

    def add(self, tenant: str, look: Look, seconds: float) -> None:
        """Note somebody to be asked for in so many seconds; who is noted stays as noted."""

        def work(connection: Connection) -> None:
            now = store_time(connection, self._clock)
            place = (segment_looks.c.tenant == tenant, segment_looks.c.dataset == look.dataset)
            mine = (*place, segment_looks.c.person == look.person)
            if connection.execute(select(segment_looks.c.person).where(*mine)).first() is None:
                values = {"tenant": tenant, "due_at": now + seconds} | vars(look)
                connection.execute(insert(segment_looks).values(values))

        self._database.write(work)

    def has_due(self, tenant: str) -> bool:
        """Tell whether somebody's time to be asked for has come. Costs no write."""
        columns = segment_looks.c
        with self._database.reading() as connection:
            now = store_time(connection, self._clock)
            due = select(columns.person).where(columns.tenant == tenant, columns.due_at <= now)
            return connection.execute(due.limit(1)).first() is not None

    def take(self, tenant: str, limit: int) -> list[Look]:
        """Take out up to `limit` people whose time to be asked for has come."""
        columns = segment_looks.c

        def work(connection: Connection) -> list[Look]:
            now = store_time(connection, self._clock)
            query = select(segment_looks).where(columns.tenant == tenant, columns.due_at <= now)
            query = query.order_by(columns.due_at).limit(limit)
            locking = query.with_for_update(skip_locked=True)
            rows = connection.execute(locking).all()
            for row in rows:
                mine = (columns.tenant == tenant, columns.dataset == row.dataset)
                connection.execute(delete(segment_looks).where(*mine, columns.person == row.person))
            return [
                Look(row.dataset, row.person, row.identity_type, row.identity_value) for row in rows
            ]

        return self._database.write(work)
