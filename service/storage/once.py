"""Work that is done once for each Idempotency-Key, in one transaction with the key."""

from collections.abc import Callable

from sqlalchemy import Connection

from service.errors import IdempotencyKeyReused
from service.storage.database import Database
from service.storage.outbox_keys import Kept, KeyBook, KeyId
from service.storage.outbox_messages import Accepted, RequestKey, digest_of
from service.storage.outbox_running import hold_in_store
from service.storage.store_clock import store_time


class Once:
    """Does what callers ask for, and answers a repetition as it answered at first."""

    def __init__(self, database: Database):
        self._database = database

    def run(self, tenant: str, key: RequestKey, work: Callable[[Connection], bytes]) -> Accepted:
        """Return what `work` returned, now or when this key came for the first time.

        Raises: IdempotencyKeyReused for another body, IdempotencyKeyInUse while the first
        request is still running; `work` has not been done then.
        """
        place = KeyId(tenant, key.route, digest_of(key.key))

        def once(connection: Connection) -> Accepted:
            hold_in_store(connection, place)
            book = KeyBook(connection, store_time(connection, None))
            book.load([place])
            kept = book.get(place)
            if kept is not None:
                return Accepted(
                    kept.answer, is_repeat=True, is_refused=kept.fingerprint != key.fingerprint
                )
            answer = work(connection)
            book.put(place, Kept(key.fingerprint, answer))
            book.write()
            return Accepted(answer)

        accepted = self._database.write(once)
        if accepted.is_refused:
            raise IdempotencyKeyReused()
        return accepted
