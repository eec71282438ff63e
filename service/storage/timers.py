"""What is to be done once in a while by one of any number of processes."""

import time
from collections.abc import Callable

from sqlalchemy import Connection, insert, select, update

from service.storage.database import Database
from service.storage.tables import timers


class Timers:
    """One due time for each name, in the state store that all processes share."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time):
        self._database = database
        self._clock = clock

    def claim(self, name: str, every_seconds: float) -> bool:
        """Return whether the caller is to do it now; then nobody else is for `every_seconds`.

        Raises: StorageUnavailable.
        """
        query = select(timers.c.due_at).where(timers.c.name == name)
        with self._database.reading() as connection:
            due_at = connection.execute(query).scalar_one_or_none()
        now = self._clock()
        if due_at is not None and due_at > now:
            return False
        return self._database.write(
            lambda connection: _claim(connection, name, now, now + every_seconds)
        )


def _claim(connection: Connection, name: str, now: float, due_at: float) -> bool:
    mine = timers.c.name == name
    change = update(timers).where(mine, timers.c.due_at <= now).values(due_at=due_at)
    if connection.execute(change).rowcount == 1:
        return True
    if connection.execute(select(timers.c.name).where(mine)).first() is not None:
        return False
    connection.execute(insert(timers).values(name=name, due_at=due_at))
    return True
