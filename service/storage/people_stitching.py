"""Who an identity belongs to, and what may tie identities together.

What ties an identity to a person, weakest first:

anonymous   a browser's id; it never makes two people one unless only the tee knows one of them
claimed     the public collector says so: anybody could
stated      an authenticated source says so: an import, a Flow, a journey
proven      Personalization has a profile with this identity

A person is *established* once proven or stated. The collector may join people of whom at most
one is established; two established people are joined only by what is stated or proven. A
claim never stands in the way of that: an identity that was only claimed for one established
person moves to the person it is stated or proven to belong to.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count

from sqlalchemy import Connection, select, update

from service.storage.driver import is_postgresql, rows
from service.storage.lookups import Lookup
from service.storage.people_merge import merge
from service.storage.tables import identities, people
from service.storage.upserts import insert_rows

NEXT_IDS = "select nextval(pg_get_serial_sequence('people', 'id')) from generate_series(1, 20)"

KNOWN_COLUMNS = people.c.id, people.c.upstream_id, people.c.proven_at, people.c.stated_at
TIES_HELD = Lookup(
    "identities.digest, identities.tie,"
    " people.id, people.upstream_id, people.proven_at, people.stated_at",
    {
        "identities": "identities.digest = wanted.digest",
        "people": "people.id = identities.person_id",
    },
    wanted={"digest": "text"},
    locking="person_id",
)


class Tie(StrEnum):
    """What ties an identity to its person; see the module."""

    ANONYMOUS = "anonymous"
    CLAIMED = "claimed"
    STATED = "stated"
    PROVEN = "proven"

    @property
    def is_binding(self) -> bool:
        return self in (Tie.STATED, Tie.PROVEN)


STRENGTH = {tie: place for place, tie in enumerate(Tie)}


@dataclass
class KnownPerson:
    """A row of `people` as the stitching sees it."""

    id: int
    is_established: bool
    upstream_id: str | None = None


@dataclass(frozen=True)
class Owner:
    """Whom an event belongs to; `is_contested` says that its identities belong to several people

    whom nobody may join on this evidence.
    """

    person_id: int
    is_contested: bool = False


class Stitching:
    """Decides for a batch of statements in one transaction, whose rows of people it holds.

    `voided` gathers the digests of everybody whose answers another person's may have been:
    people who were merged, identities that moved.
    """

    def __init__(self, connection: Connection, tenant: str, dataset: str, now: float):
        self._connection = connection
        self._tenant, self._dataset, self._now = tenant, dataset, now
        self._ties: dict[str, tuple[int, Tie]] = {}
        self._people: dict[int, KnownPerson] = {}
        self._gone: dict[int, int] = {}
        self._fresh_ids = fresh_ids(connection)
        self._unwritten_people: dict[int, dict] = {}
        self._unwritten_ties: dict[str, dict] = {}
        self.voided: set[str] = set()

    def load(self, digests: Iterable[str], upstream_ids: Collection[str] = ()) -> None:
        """Read everything known of `digests`, and hold these people until the transaction ends."""
        wanted = [(digest,) for digest in set(digests) - self._ties.keys()]
        for digest, tie, *person in TIES_HELD.rows(self._connection, wanted):
            self._ties[digest] = person[0], Tie(tie)
            self._remember(*person)
        if upstream_ids:
            self._load_upstream(sorted(upstream_ids))

    def claim(self, ties: dict[str, Tie]) -> Owner:
        """Return whose event this is that came through the public collector.

        `ties` maps digests to what they are, identified ones first.
        """
        known = self._people_of(ties)
        established = [person for person in known if person.is_established]
        if len(established) > 1:
            return Owner(established[0].id, is_contested=True)
        survivor = self._joined(known) if known else self._add(is_established=False)
        self._attach(survivor, ties)
        return Owner(survivor.id)

    def state(
        self, ties: dict[str, Tie], upstream_id: str | None = None, *, is_proof: bool = False
    ) -> Owner:
        """Return the one person all of `ties` belong to, by the word of an authenticated source."""
        bound = [self._people[self._ties[d][0]] for d in ties if self._binds(d)]
        bound += [p for p in self._people.values() if upstream_id and p.upstream_id == upstream_id]
        bound = list({person.id: person for person in bound}.values())
        survivor = self._joined(bound) if bound else self._add(is_established=True)
        self._establish(survivor, upstream_id, is_proof)
        self._attach(survivor, ties, moving=True)
        return Owner(survivor.id)

    def flush(self) -> None:
        """Write new people and ties; the caller ends with this."""
        insert_rows(self._connection, people, list(self._unwritten_people.values()))
        insert_rows(self._connection, identities, list(self._unwritten_ties.values()))
        self._unwritten_people.clear()
        self._unwritten_ties.clear()

    def survivor_of(self, owner: Owner) -> Owner:
        """Return the owner an event has now, after merges since `owner` was named."""
        while owner.person_id in self._gone:
            owner = replace(owner, person_id=self._gone[owner.person_id])
        return owner

    def _load_upstream(self, upstream_ids: Sequence[str]) -> None:
        query = select(*KNOWN_COLUMNS).where(
            people.c.tenant == self._tenant,
            people.c.dataset == self._dataset,
            people.c.upstream_id.in_(upstream_ids),
        )
        for row in self._connection.execute(query.order_by(people.c.id).with_for_update()):
            self._remember(*row)

    def _remember(self, person_id: int, upstream_id: str | None, proven_at, stated_at) -> None:
        is_established = proven_at is not None or stated_at is not None
        self._people.setdefault(person_id, KnownPerson(person_id, is_established, upstream_id))

    def _people_of(self, digests: Iterable[str]) -> list[KnownPerson]:
        ids = dict.fromkeys(self._ties[d][0] for d in digests if d in self._ties)
        return [self._people[person_id] for person_id in ids]

    def _binds(self, digest: str) -> bool:
        """Tell whether the tie of this digest may join its person with others."""
        if digest not in self._ties:
            return False
        person_id, tie = self._ties[digest]
        return tie.is_binding or not self._people[person_id].is_established

    def _joined(self, known: Sequence[KnownPerson]) -> KnownPerson:
        """Return the survivor of `known`: the established before the others, then the oldest."""
        if len(known) == 1:
            return known[0]
        survivor, *others = sorted(known, key=lambda person: (not person.is_established, person.id))
        self._merge(survivor, others)
        return survivor

    def _merge(self, survivor: KnownPerson, others: Sequence[KnownPerson]) -> None:
        gone = [person.id for person in others]
        self.flush()
        self._void_all_of([survivor.id, *gone])
        merge(self._connection, self._tenant, self._dataset, survivor.id, gone)
        inherited = next((person.upstream_id for person in others if person.upstream_id), None)
        if survivor.upstream_id is None and inherited:
            self._set(survivor, upstream_id=inherited)
        for person_id in gone:
            del self._people[person_id]
            self._gone[person_id] = survivor.id
        for digest, (person_id, tie) in self._ties.items():
            if person_id in gone:
                self._ties[digest] = survivor.id, tie

    def _void_all_of(self, people_ids: Sequence[int]) -> None:
        query = select(identities.c.digest).where(
            identities.c.person_id.in_(people_ids), identities.c.tie != Tie.ANONYMOUS
        )
        self.voided |= set(self._connection.execute(query).scalars())

    def _add(self, *, is_established: bool) -> KnownPerson:
        person = KnownPerson(next(self._fresh_ids), is_established)
        self._people[person.id] = person
        self._unwritten_people[person.id] = {
            "id": person.id,
            "tenant": self._tenant,
            "dataset": self._dataset,
            "upstream_id": None,
            "proven_at": None,
            "stated_at": self._now if is_established else None,
        }
        return person

    def _establish(self, person: KnownPerson, upstream_id: str | None, is_proof: bool) -> None:
        values = {"proven_at": self._now} if is_proof else {}
        if upstream_id and upstream_id != person.upstream_id:
            values["upstream_id"] = upstream_id
        if not person.is_established:
            values["stated_at"] = self._now
        if values:
            self._set(person, **values)

    def _set(self, person: KnownPerson, **values) -> None:
        if person.id in self._unwritten_people:
            self._unwritten_people[person.id] |= values
        else:
            change = update(people).where(people.c.id == person.id)
            self._connection.execute(change.values(**values))
        person.is_established = person.is_established or "stated_at" in values
        person.upstream_id = values.get("upstream_id", person.upstream_id)

    def _attach(self, person: KnownPerson, ties: dict[str, Tie], *, moving: bool = False) -> None:
        """Tie the digests to `person`; those of others move only if they are `moving`."""
        for digest, tie in ties.items():
            if digest not in self._ties:
                row = {"digest": digest, "person_id": person.id, "tie": tie.value}
                self._unwritten_ties[digest] = row
                self._ties[digest] = person.id, tie
            elif moving:
                self._strengthen(person, digest, tie)

    def _strengthen(self, person: KnownPerson, digest: str, tie: Tie) -> None:
        owner, before = self._ties[digest]
        stronger = max(before, tie, key=STRENGTH.__getitem__)
        if (owner, before) == (person.id, stronger):
            return
        if owner != person.id:
            self.voided.add(digest)
        values = {"person_id": person.id, "tie": stronger.value}
        if digest in self._unwritten_ties:
            self._unwritten_ties[digest] |= values
        else:
            self.flush()  # the new owner has to be there
            change = update(identities).where(identities.c.digest == digest)
            self._connection.execute(change.values(**values))
        self._ties[digest] = person.id, stronger


def fresh_ids(connection: Connection) -> Iterator[int]:
    """Yield ids for new people; on SQLite nobody else writes, on PostgreSQL a sequence counts."""
    if not is_postgresql(connection):
        ((newest,),) = rows(connection, "select coalesce(max(id), 0) from people", {})
        yield from count(newest + 1)
    while True:
        yield from (fresh for (fresh,) in rows(connection, NEXT_IDS, {}))
