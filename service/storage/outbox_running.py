"""Requests that are being accepted right now, by their keys: a second one is told to wait."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from service.errors import IdempotencyKeyInUse
from service.storage.cache_fork import after_fork
from service.storage.outbox_keys import KeyId


class RunningKeys:
    """The keys of one process. Between processes the store decides: see `hold_in_store`."""

    def __init__(self):
        self._start_afresh()
        after_fork(self._start_afresh)

    def _start_afresh(self) -> None:
        self._lock = threading.Lock()
        self._held: set[KeyId] = set()

    @contextmanager
    def held(self, key_id: KeyId) -> Iterator[None]:
        """Hold the key to the end. Raises: IdempotencyKeyInUse when another thread holds it."""
        with self._lock:
            if key_id in self._held:
                raise IdempotencyKeyInUse()
            self._held.add(key_id)
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(key_id)


def hold_in_store(connection: Connection, key_id: KeyId) -> None:
    """Hold the key among all processes until the transaction ends.

    On SQLite there is nothing to do: one transaction writes at a time, and the second finds
    what the first has accepted. Raises: IdempotencyKeyInUse.
    """
    if connection.dialect.name != "postgresql":
        return
    place = f"{key_id.tenant}\x1f{key_id.scope}\x1f{key_id.digest}"
    query = "select pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
    if not connection.exec_driver_sql(query, (place,)).scalar_one():
        raise IdempotencyKeyInUse()
