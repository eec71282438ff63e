"""Whom an erasure has removed: nothing may bring these people back.

A tombstone is a keyed digest of an identity's digest, so that whoever reads the store can
neither name the person nor try addresses out. The key is random, made with the first erasure,
and kept encrypted with one made of P13N_SECRET_KEY: it outlives the rotation of that ring as
long as old and new key stand in it together once.

Who adds anything about a person asks `among` first, in the same transaction. On PostgreSQL that
holds a lock which an erasure waits for, so that nothing that began before a tombstone stood is
written after it; on SQLite one transaction writes at a time.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Collection, Iterable, Sequence

from sqlalchemy import Connection, insert, select, update

from service.errors import StorageUnavailable
from service.storage.database import Database
from service.storage.driver import is_postgresql, rows, run
from service.storage.lookups import Lookup
from service.storage.privacy_tables import tombstone_keys, tombstones
from service.storage.upserts import insert_rows

Erased = Callable[[Connection, Iterable[str]], frozenset[str]]
"""Returns those of some digests that belong to people who were erased."""

KEY_BYTES = 32
_POSTGRESQL_LOCK = 7_013_003  # any number of ours
_READ_KEY = "select wrapped from tombstone_keys"
_HOLD = f"select pg_advisory_xact_lock_shared({_POSTGRESQL_LOCK})"
_FOUND = Lookup(
    "tombstones.mark, tombstones.erasure_id",
    {"tombstones": "tombstones.mark = wanted.mark"},
    wanted={"mark": "text"},
)


class TombstonesLocked(StorageUnavailable):
    """Raised when the key of the tombstones cannot be opened: nobody can tell who was erased."""

    code = "TOMBSTONES_LOCKED"
    default_detail = (
        "No key in P13N_SECRET_KEY opens the key of the erased people. Put the key that was in "
        "use at the last erasure back into the ring, behind the new one."
    )


def nobody(_connection: Connection, _digests: Iterable[str]) -> frozenset[str]:
    """Stand in where nobody is ever erased."""
    return frozenset()


class Tombstones:
    """Sets up tombstones and finds them. `ring` is P13N_SECRET_KEY, the newest key first."""

    def __init__(self, ring: Sequence[str]):
        self._ring = tuple(ring)
        self._key: bytes | None = None

    def among(self, connection: Connection, digests: Iterable[str]) -> frozenset[str]:
        """Return those of `digests` whose people were erased. Raises: TombstonesLocked."""
        if is_postgresql(connection):
            run(connection, _HOLD, {})
        return frozenset(self._erasures_of(connection, digests))

    def make_ready(self, database: Database) -> None:
        """Make the key, in a transaction of its own, unless there is one."""

        def work(connection: Connection) -> None:
            if connection.execute(select(tombstone_keys.c.id)).first() is None:
                wrapped = _wrapped(self._ring, secrets.token_bytes(KEY_BYTES))
                connection.execute(insert(tombstone_keys).values(id=1, wrapped=wrapped))

        database.write(work)

    def erasure_of(self, connection: Connection, digest: str) -> int | None:
        """Return the erasure that removed whoever had this digest; None when none has."""
        return self._erasures_of(connection, [digest]).get(digest)

    def add(
        self,
        connection: Connection,
        tenant: str,
        dataset: str,
        digests: Collection[str],
        erasure_id: int,
    ) -> None:
        """Set up tombstones, once the key is ready; who has one keeps it."""
        known = self._erasures_of(connection, digests)
        key = self._key_in(connection)
        scope = {"tenant": tenant, "dataset": dataset, "erasure_id": erasure_id}
        new = sorted(set(digests) - known.keys())
        insert_rows(connection, tombstones, [{"mark": _mark(key, each)} | scope for each in new])

    @staticmethod
    def lift(connection: Connection, erasure_id: int) -> int:
        """Take the tombstones of one erasure away; return how many went."""
        gone = tombstones.delete().where(tombstones.c.erasure_id == erasure_id)
        return connection.execute(gone).rowcount

    @staticmethod
    def wait_for_others(connection: Connection) -> None:
        """Wait until every transaction that has asked `among` is over; later ones wait for ours.

        Call it first in the transaction that adds: who holds rows and waits here may wait for ever.
        """
        if is_postgresql(connection):
            run(connection, f"select pg_advisory_xact_lock({_POSTGRESQL_LOCK})", {})

    def keyed(self, connection: Connection, text: bytes) -> str:
        """Return a digest of `text` that tells nothing to who lacks the key."""
        key = self._key_in(connection)
        return hmac.digest(key, b"text\x1f" + text, hashlib.sha256).hex()

    def rewrap(self, connection: Connection) -> bool:
        """Encrypt the key with the newest of the ring; False when it is already."""
        wrapped = connection.execute(select(tombstone_keys.c.wrapped)).scalar_one_or_none()
        if wrapped is None or _opened(self._ring[:1], wrapped) is not None:
            return False
        fresh = _wrapped(self._ring, self._open(wrapped))
        connection.execute(update(tombstone_keys).values(wrapped=fresh))
        return True

    def _erasures_of(self, connection: Connection, digests: Iterable[str]) -> dict[str, int]:
        key = self._key_in(connection)
        if key is None:
            return {}
        by_mark = {_mark(key, each): each for each in digests}
        found = _FOUND.rows(connection, [(mark,) for mark in by_mark])
        return {by_mark[mark]: erasure for mark, erasure in found}

    def _key_in(self, connection: Connection) -> bytes | None:
        if self._key is None:
            for (wrapped,) in rows(connection, _READ_KEY, {}):
                self._key = self._open(wrapped)
        return self._key

    def _open(self, wrapped: str) -> bytes:
        key = _opened(self._ring, wrapped)
        if key is None:
            raise TombstonesLocked()
        return key


def _mark(key: bytes, digest: str) -> str:
    return hmac.digest(key, digest.encode("ascii"), hashlib.sha256).hex()


def _wrapped(ring: Sequence[str], key: bytes) -> str:
    return _fernets(ring)[0].encrypt(key).decode("ascii")


def _opened(ring: Sequence[str], wrapped: str) -> bytes | None:
    from cryptography.fernet import InvalidToken

    for fernet in _fernets(ring):
        try:
            return fernet.decrypt(wrapped.encode("ascii"))
        except InvalidToken:
            continue
    return None


def _fernets(ring: Sequence[str]) -> list:
    from cryptography.fernet import Fernet  # late: who has erased nobody never needs it

    digests = (
        hmac.digest(each.encode("utf-8"), b"p13n tombstones", hashlib.sha256) for each in ring
    )
    return [Fernet(base64.urlsafe_b64encode(each)) for each in digests]
