"""The people index: whom Personalization surely knows, and whom we know beside them.

Asking Personalization for an unknown identity creates a billable profile, so reads ask here
first. Proof is the user export, a `resolvedUserId`, or a write that upstream acknowledged;
what a browser claims is none, nor what an import of events states. Identities are kept as
digests only: the index has to recognise a person, not to name one.
"""

import hashlib
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from service.model import ANONYMOUS_ID, Identity
from service.storage.database import Database
from service.storage.people_stitching import Stitching, Tie
from service.storage.privacy_tables import tombstones
from service.storage.tables import identities, people
from service.storage.tombstones import Erased, nobody

DIGESTS_PER_QUERY = 500
PROFILE = "\x1eprofile"
"""No identity type of a dataset can be called so."""


@dataclass(frozen=True)
class ProvenPerson:
    """What one piece of proof says: these identities, and perhaps the profile's own id."""

    identities: tuple[Identity, ...]
    upstream_id: str | None = None


@dataclass(frozen=True)
class Acquaintance:
    """What we know of whoever has an identity: how it is tied to a person, and their proof.

    `proven_at` (epoch seconds) is when somebody last proved that Personalization knows the
    person, None when nobody has; an identity that is tied more loosely is still no proof.
    """

    person_id: int
    tie: Tie
    proven_at: float | None

    @property
    def is_proven(self) -> bool:
        return self.tie == Tie.PROVEN and self.proven_at is not None


class People:
    """Finds and learns people of one tenant and dataset at a time.

    `on_void` is told tenant and digest of every identity whose cached answers may be another
    person's since a merge.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float] = time.time,
        on_void: Callable[[str, str], None] = lambda tenant, digest: None,
        among_erased: Erased = nobody,
    ):
        self._database = database
        self._clock = clock
        self._on_void = on_void
        self.among_erased = among_erased

    def find(self, tenant: str, dataset: str, identity: Identity) -> int | None:
        """Return the internal id of the person with this identity, None when nobody is proven."""
        known = self.acquaintance(tenant, dataset, identity)
        return known.person_id if known and known.is_proven else None

    def proven_among(self, digests: Sequence[str]) -> dict[str, int]:
        """Return the internal ids of those of many identities whose person is proven."""
        found = {}
        with self._database.reading() as connection:
            for start in range(0, len(digests), DIGESTS_PER_QUERY):
                query = (
                    select(identities.c.digest, identities.c.person_id)
                    .join(people, people.c.id == identities.c.person_id)
                    .where(
                        identities.c.digest.in_(digests[start : start + DIGESTS_PER_QUERY]),
                        identities.c.tie == Tie.PROVEN,
                        people.c.proven_at.is_not(None),
                    )
                )
                found |= {row.digest: row.person_id for row in connection.execute(query)}
        return found

    def find_any(self, tenant: str, dataset: str, identity: Identity) -> int | None:
        """Return the internal id of whoever has this identity, only claimed to have it or proven.

        For what we keep ourselves; never a reason to ask Personalization.
        """
        return self._scalar(_owner_of(digest(tenant, dataset, identity)))

    def acquaintance(self, tenant: str, dataset: str, identity: Identity) -> Acquaintance | None:
        """Return what is known of whoever has this identity, None when nobody has it."""
        query = (
            select(identities.c.person_id, identities.c.tie, people.c.proven_at)
            .join(people, people.c.id == identities.c.person_id)
            .where(identities.c.digest == digest(tenant, dataset, identity))
        )
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        return row and Acquaintance(row.person_id, Tie(row.tie), row.proven_at)

    def find_all(self, tenant: str, dataset: str, named: Sequence[Identity]) -> list[int | None]:
        """Return for each of these identities what `find_any` would, in few queries."""
        digests = [digest(tenant, dataset, each) for each in named]
        owners = {}
        with self._database.reading() as connection:
            for start in range(0, len(digests), DIGESTS_PER_QUERY):
                query = select(identities.c.digest, identities.c.person_id).where(
                    identities.c.digest.in_(digests[start : start + DIGESTS_PER_QUERY])
                )
                owners |= {row.digest: row.person_id for row in connection.execute(query)}
        return [owners.get(each) for each in digests]

    def count_proven(self, tenant: str, dataset: str) -> int:
        """Return how many people Personalization is known to know."""
        query = select(func.count()).where(
            people.c.tenant == tenant, people.c.dataset == dataset, people.c.proven_at.is_not(None)
        )
        return self._scalar(query)

    def upstream_id(self, person_id: int) -> str | None:
        """Return the id of the person's profile in Personalization, None when it is not known."""
        return self._scalar(select(people.c.upstream_id).where(people.c.id == person_id))

    def learn(self, tenant: str, dataset: str, proven: Iterable[ProvenPerson]) -> int:
        """Remember proven people, merging those who turn out to be one; return how many rows.

        People who were erased are left out and not counted.
        All or nothing: a page of the export is one transaction, so an import can be repeated.
        """
        proven = [(person, _ties(tenant, dataset, person)) for person in proven]
        names = {
            person.upstream_id: profile_digest(tenant, dataset, person.upstream_id)
            for person, _digests in proven
            if person.upstream_id
        }

        def learn_all(connection: Connection) -> tuple[int, set[str]]:
            asked = {*names.values(), *(d for _person, ties in proven for d in ties)}
            gone = self.among_erased(connection, asked)
            kept = [
                (person, ties)
                for person, ties in proven
                if not gone.intersection((names.get(person.upstream_id), *ties))
            ]
            stitching = Stitching(connection, tenant, dataset, self._clock())
            stitching.load(
                {d for _person, ties in kept for d in ties},
                {person.upstream_id for person, _ties in kept if person.upstream_id},
            )
            for person, ties in kept:
                stitching.state(ties, person.upstream_id, is_proof=True)
            stitching.flush()
            return len(kept), stitching.voided

        number, voided = self._database.write(learn_all)
        for each in voided:
            self._on_void(tenant, each)
        return number

    def erased_among(self, digests: Collection[str]) -> frozenset[str]:
        """Return those of `digests` whose people were erased: nothing goes out for them."""
        with self._database.reading() as connection:
            return self.among_erased(connection, digests)

    def has_erased(self, tenant: str) -> bool:
        """Tell whether anybody of this tenant was erased; most pages need no closer look."""
        query = select(tombstones.c.mark).where(tombstones.c.tenant == tenant).limit(1)
        with self._database.reading() as connection:
            return connection.execute(query).first() is not None

    def is_erased(self, tenant: str, dataset: str, named: Iterable[Identity]) -> bool:
        """Tell whether an erasure has removed whoever has one of these identities."""
        return bool(self.erased_among([digest(tenant, dataset, each) for each in named]))

    def _scalar(self, query):
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one_or_none()


def _owner_of(identity_digest: str):
    return select(identities.c.person_id).where(identities.c.digest == identity_digest)


def _ties(tenant: str, dataset: str, person: ProvenPerson) -> dict[str, Tie]:
    return ties_of(tenant, dataset, person.identities, Tie.PROVEN)


def ties_of(tenant: str, dataset: str, named: Iterable[Identity], tie: Tie) -> dict[str, Tie]:
    """Return digest and tie of each identity; a browser's id is never more than anonymous."""
    return {
        digest(tenant, dataset, each): Tie.ANONYMOUS if each.type == ANONYMOUS_ID else tie
        for each in sorted(named, key=lambda each: each.type == ANONYMOUS_ID)
    }


def digest(tenant: str, dataset: str, identity: Identity) -> str:
    """Return what stands for an identity in stores and keys: never its value in clear."""
    parts = (tenant, dataset, identity.type, identity.comparable)
    return hashlib.sha256("\x1f".join(parts).encode("utf-8")).hexdigest()


def profile_digest(tenant: str, dataset: str, upstream_id: str) -> str:
    """Return what stands for a profile of Personalization, as `digest` does for an identity."""
    return digest(tenant, dataset, Identity(PROFILE, upstream_id))
