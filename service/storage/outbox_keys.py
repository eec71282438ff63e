"""Keys of what was accepted: whoever repeats a request, a row or a stat is recognised."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, tuple_

from service.storage.tables import accepted_keys

KEPT_SECONDS = 7 * 86_400
KEYS_PER_QUERY = 300


@dataclass(frozen=True)
class KeyId:
    """A key in its scope: the route of a request, or what a key inside a body belongs to."""

    tenant: str
    scope: str
    digest: str


@dataclass(frozen=True)
class Kept:
    """What is kept under a key."""

    fingerprint: str
    answer: bytes


class KeyBook:
    """The keys that one transaction asks for and adds. Write at the end."""

    def __init__(self, connection: Connection, now: float):
        self._connection = connection
        self._now = now
        self._known: dict[KeyId, Kept] = {}
        self._expired: set[KeyId] = set()
        self._new: dict[KeyId, Kept] = {}

    def load(self, wanted: Iterable[KeyId]) -> None:
        """Read what is kept under these keys."""
        ids = sorted(set(wanted), key=lambda each: (each.tenant, each.scope, each.digest))
        for start in range(0, len(ids), KEYS_PER_QUERY):
            self._load(ids[start : start + KEYS_PER_QUERY])

    def get(self, key_id: KeyId) -> Kept | None:
        """Return what is kept under a loaded key, None when it is new."""
        return self._new.get(key_id) or self._known.get(key_id)

    def put(self, key_id: KeyId, kept: Kept) -> None:
        """Keep this under a key that was new."""
        self._new[key_id] = kept

    def write(self) -> None:
        """Put everything new into the store; a key that another writer added is an error."""
        for key_id in self._expired & self._new.keys():
            self._connection.execute(delete(accepted_keys).where(_is(key_id)))
        rows = [
            {
                "tenant": key_id.tenant,
                "scope": key_id.scope,
                "key_digest": key_id.digest,
                "fingerprint": kept.fingerprint,
                "answer": kept.answer,
                "kept_until": self._now + KEPT_SECONDS,
            }
            for key_id, kept in self._new.items()
        ]
        if rows:
            self._connection.execute(insert(accepted_keys), rows)

    def _load(self, ids: Sequence[KeyId]) -> None:
        columns = accepted_keys.c
        place = tuple_(columns.tenant, columns.scope, columns.key_digest)
        wanted = [(each.tenant, each.scope, each.digest) for each in ids]
        for row in self._connection.execute(select(accepted_keys).where(place.in_(wanted))):
            key_id = KeyId(row.tenant, row.scope, row.key_digest)
            if row.kept_until > self._now:
                self._known[key_id] = Kept(row.fingerprint, row.answer)
            else:
                self._expired.add(key_id)


def forget_expired(connection: Connection, now: float, limit: int) -> int:
    """Delete up to `limit` keys whose time is over; return how many went."""
    columns = accepted_keys.c
    place = tuple_(columns.tenant, columns.scope, columns.key_digest)
    old = select(columns.tenant, columns.scope, columns.key_digest)
    old = old.where(columns.kept_until < now).limit(limit)
    return connection.execute(delete(accepted_keys).where(place.in_(old))).rowcount


def _is(key_id: KeyId):
    columns = accepted_keys.c
    return (
        (columns.tenant == key_id.tenant)
        & (columns.scope == key_id.scope)
        & (columns.key_digest == key_id.digest)
    )
