"""The people index: whom Personalization surely knows.

Asking Personalization for an unknown identity creates a billable profile, so reads ask here
first. Proof is the user export, a `resolvedUserId`, or a write that upstream acknowledged;
what a browser claims is none. Identities are kept as digests only: the index has to recognise
a person, not to name one.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from service.model import Identity
from service.storage.database import Database
from service.storage.tables import identities, people


@dataclass(frozen=True)
class ProvenPerson:
    """What one piece of proof says: these identities, and perhaps the profile's own id."""

    identities: tuple[Identity, ...]
    upstream_id: str | None = None


class People:
    """Finds and learns people of one tenant and dataset at a time."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time):
        self._database = database
        self._clock = clock

    def find(self, tenant: str, dataset: str, identity: Identity) -> int | None:
        """Return the internal id of the person with this identity, None when nobody is proven."""
        query = select(identities.c.person_id).where(
            identities.c.digest == digest(tenant, dataset, identity)
        )
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one_or_none()

    def learn(self, tenant: str, dataset: str, proven: Iterable[ProvenPerson]) -> int:
        """Remember proven people, merging those who turn out to be one; return how many rows.

        All or nothing: a page of the export is one transaction, so an import can be repeated.
        """
        learned = 0
        with self._database.transaction() as connection:
            for person in proven:
                self._learn_one(connection, tenant, dataset, person)
                learned += 1
        return learned

    def _learn_one(
        self, connection: Connection, tenant: str, dataset: str, person: ProvenPerson
    ) -> None:
        digests = [digest(tenant, dataset, identity) for identity in person.identities]
        found = self._already_known(connection, tenant, dataset, digests, person.upstream_id)
        if not found:
            person_id = self._add(connection, tenant, dataset, person.upstream_id)
        else:
            person_id = found[0]
            self._merge(connection, person_id, found[1:])
            self._note_upstream_id(connection, person_id, person.upstream_id)
        self._attach(connection, person_id, digests)

    def _already_known(self, connection, tenant, dataset, digests, upstream_id) -> list[int]:
        """Return the ids of everyone this proof speaks of, oldest first."""
        by_identity = select(identities.c.person_id).where(identities.c.digest.in_(digests))
        known = set(connection.execute(by_identity).scalars())
        if upstream_id:
            by_upstream_id = select(people.c.id).where(
                people.c.tenant == tenant,
                people.c.dataset == dataset,
                people.c.upstream_id == upstream_id,
            )
            known |= set(connection.execute(by_upstream_id).scalars())
        return sorted(known)

    def _add(self, connection, tenant, dataset, upstream_id) -> int:
        row = insert(people).values(
            tenant=tenant, dataset=dataset, upstream_id=upstream_id, proven_at=self._clock()
        )
        return connection.execute(row).inserted_primary_key[0]

    def _merge(self, connection, person_id: int, others: Sequence[int]) -> None:
        if not others:
            return
        moved = update(identities).where(identities.c.person_id.in_(others))
        connection.execute(moved.values(person_id=person_id))
        connection.execute(people.delete().where(people.c.id.in_(others)))

    def _note_upstream_id(self, connection, person_id: int, upstream_id: str | None) -> None:
        values = {"proven_at": self._clock()}
        if upstream_id:
            values["upstream_id"] = upstream_id
        connection.execute(update(people).where(people.c.id == person_id).values(**values))

    def _attach(self, connection, person_id: int, digests: Sequence[str]) -> None:
        query = select(identities.c.digest).where(identities.c.digest.in_(digests))
        present = set(connection.execute(query).scalars())
        rows = [{"digest": d, "person_id": person_id} for d in dict.fromkeys(digests)]
        rows = [row for row in rows if row["digest"] not in present]
        if rows:
            connection.execute(insert(identities), rows)


def digest(tenant: str, dataset: str, identity: Identity) -> str:
    """Return what stands for an identity in stores and keys: never its value in clear."""
    parts = (tenant, dataset, identity.type, identity.comparable)
    return hashlib.sha256("\x1f".join(parts).encode("utf-8")).hexdigest()
