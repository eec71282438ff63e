"""Answers kept under a request's key, for writes that are no messages of the outbox."""

import time
from collections.abc import Callable

from sqlalchemy import Connection

from service.errors import IdempotencyKeyReused
from service.storage.database import Database
from service.storage.outbox_keys import Kept, KeyBook, KeyId
from service.storage.outbox_messages import RequestKey, digest_of


class RequestKeys:
    """Finds the first answer of a repeated request, and keeps new ones."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time):
        self._database = database
        self._clock = clock

    def earlier(self, tenant: str, key: RequestKey) -> bytes | None:
        """Return the first answer, None for a new key. Raises: IdempotencyKeyReused."""
        with self._database.reading() as connection:
            book = KeyBook(connection, self._clock())
            book.load([_place(tenant, key)])
            kept = book.get(_place(tenant, key))
        if kept is not None and kept.fingerprint != key.fingerprint:
            raise IdempotencyKeyReused()
        return kept and bytes(kept.answer)

    def keep_in(self, connection: Connection, tenant: str, key: RequestKey, answer: bytes) -> None:
        """Keep an answer, in the transaction that does what it tells of."""
        book = KeyBook(connection, self._clock())
        book.load([_place(tenant, key)])
        book.put(_place(tenant, key), Kept(key.fingerprint, answer))
        book.write()


def _place(tenant: str, key: RequestKey) -> KeyId:
    return KeyId(tenant, key.route, digest_of(key.key))
