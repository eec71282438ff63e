"""Who saw whom: an entry is on disk before the answer goes out."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, insert, select

from service.metrics import AUDIT_ENTRIES
from service.model import Identity
from service.moments import iso
from service.storage.database import Database
from service.storage.erasures import Traces
from service.storage.group_commit import GroupCommit
from service.storage.people import digest
from service.storage.privacy_tables import audit_entries
from service.storage.tombstones import Tombstones


@dataclass(frozen=True)
class Sight:
    """Somebody's look at people. `user_id` is what Apex said, and proves nothing.

    `keeps_identity`: identities are kept in clear.
    """

    tenant: str
    client_id: str
    user_id: str | None
    component: str
    detail: str | None
    dataset: str
    keeps_identity: bool = False


@dataclass(frozen=True)
class AuditEntry:
    """One entry; the identity is None where digests alone are kept."""

    id: int
    at: float
    client_id: str
    user_id: str | None
    component: str
    detail: str | None
    dataset: str
    person: str
    identity_type: str | None
    identity_value: str | None = field(repr=False)


@dataclass(frozen=True)
class AuditFilter:
    """What is asked for; None asks for all. Times are epoch seconds, `until` is left out."""

    since: float | None = None
    until: float | None = None
    user_id: str | None = None
    component: str | None = None
    dataset: str | None = None
    identity: Identity | None = None


class AuditLog:
    """Keeps entries of every tenant. Every method may raise StorageUnavailable."""

    def __init__(
        self,
        database: Database,
        tombstones: Tombstones,
        clock: Callable[[], float] = time.time,
    ):
        self._database = database
        self._tombstones = tombstones
        self._clock = clock
        self._is_ready = False
        self._group = GroupCommit(self._commit, database.turns)

    def record(self, sight: Sight, people: Sequence[Identity]) -> None:
        """Put an entry for each of `people` on disk. Whoever was erased is nobody."""
        if not self._is_ready:
            self._tombstones.make_ready(self._database)
            self._is_ready = True
        self._group.run((sight, tuple(people)))
        AUDIT_ENTRIES.labels(sight.tenant, sight.component).inc(len(people))

    def entries(
        self, tenant: str, wanted: AuditFilter, limit: int, before: int | None = None
    ) -> list[AuditEntry]:
        """Return entries, the newest first, those numbered below `before`."""
        columns = audit_entries.c
        query = select(audit_entries).where(columns.tenant == tenant)
        conditions = {
            columns.user_id: wanted.user_id,
            columns.component: wanted.component,
            columns.dataset: wanted.dataset,
        }
        for column, value in conditions.items():
            if value is not None:
                query = query.where(column == value)
        if wanted.since is not None:
            query = query.where(columns.at >= wanted.since)
        if wanted.until is not None:
            query = query.where(columns.at < wanted.until)
        if before is not None:
            query = query.where(columns.id < before)
        with self._database.reading() as connection:
            if wanted.identity is not None:
                query = query.where(columns.person.in_(self._persons(connection, tenant, wanted)))
            rows = connection.execute(query.order_by(columns.id.desc()).limit(limit))
            return [AuditEntry(*(getattr(row, name) for name in NAMES)) for row in rows]

    def purge(self, tenant: str, before: float, limit: int) -> int:
        """Delete up to `limit` entries older than `before`; return how many went."""
        columns = audit_entries.c
        old = select(columns.id).where(columns.tenant == tenant, columns.at < before).limit(limit)
        gone = delete(audit_entries).where(columns.id.in_(old))
        return self._database.write(lambda connection: connection.execute(gone).rowcount)

    def erase(self, connection: Connection, traces: Traces) -> tuple[dict, Traces]:
        """Remove the entries of a person, as a piece of an erasure."""
        marks = [person_mark(self._tombstones, connection, each) for each in traces.digests]
        gone = delete(audit_entries).where(audit_entries.c.person.in_(marks))
        return {"audit_entries": connection.execute(gone).rowcount}, traces

    def close(self) -> None:
        """Finish what is being written."""
        self._group.close()

    def _persons(self, connection, tenant: str, wanted: AuditFilter) -> list[str]:
        query = select(audit_entries.c.dataset).where(audit_entries.c.tenant == tenant).distinct()
        names = connection.execute(query).scalars().all()
        digests = [digest(tenant, name, wanted.identity) for name in names]
        return [person_mark(self._tombstones, connection, each) for each in digests]

    def _commit(self, jobs: Sequence[tuple[Sight, tuple[Identity, ...]]]) -> list[None]:
        looks = [
            (sight, each, digest(sight.tenant, sight.dataset, each))
            for sight, people in jobs
            for each in people
        ]

        def work(connection: Connection) -> None:
            gone = self._tombstones.among(connection, {person for *_look, person in looks})
            now = self._clock()
            rows = [self._row(connection, *look, now) for look in looks if look[-1] not in gone]
            if rows:
                connection.execute(insert(audit_entries), rows)

        self._database.write_in_turn(work)
        return [None] * len(jobs)

    def _row(self, connection, sight: Sight, who: Identity, person: str, now: float) -> dict:
        kept = who if sight.keeps_identity else None
        return {
            "tenant": sight.tenant,
            "at": now,
            "client_id": sight.client_id,
            "user_id": sight.user_id,
            "component": sight.component,
            "detail": sight.detail,
            "dataset": sight.dataset,
            "person": person_mark(self._tombstones, connection, person),
            "identity_type": kept and kept.type,
            "identity_value": kept and kept.value,
        }


NAMES = tuple(AuditEntry.__dataclass_fields__)


def person_mark(tombstones: Tombstones, connection: Connection, person: str) -> str:
    """Return what stands for a person in the log: no tombstone looks like it."""
    return tombstones.keyed(connection, b"seen\x1f" + person.encode("ascii"))


def told_of(entry: AuditEntry) -> dict:
    """Return an entry as the wire and the terminal have it."""
    identity = {"type": entry.identity_type, "value": entry.identity_value}
    return {
        "id": entry.id,
        "at": iso(entry.at),
        "client": entry.client_id,
        "user": entry.user_id,
        "component": entry.component,
        "detail": entry.detail,
        "dataset": entry.dataset,
        "person": entry.person,
        "identity": identity if entry.identity_type else None,
    }
