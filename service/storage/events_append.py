"""Appends of several callers in one transaction, and what each of them is told."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from service.model import Arrival
from service.storage.events_ingest import Ingested, ingest
from service.storage.events_ready import ReadyArrival, ready
from service.storage.tombstones import Erased, nobody
from service.tenant import Dataset, Tenant


@dataclass(frozen=True)
class Append:
    """What one caller wants stored."""

    tenant: Tenant
    dataset: Dataset
    arrivals: tuple[ReadyArrival, ...]

    @classmethod
    def of(cls, tenant: Tenant, dataset: Dataset, arrivals: Iterable[Arrival]) -> "Append":
        """Return what has to be stored, made ready by the caller's own thread."""
        return cls(tenant, dataset, ready(tenant, dataset.name, arrivals))

    def __len__(self) -> int:
        return len(self.arrivals)

    @property
    def scope(self) -> tuple[str, str]:
        return self.tenant.name, self.dataset.name


@dataclass(frozen=True)
class Appended:
    """What became of one caller's arrivals.

    A contested event (`conflicts`) was stored for the person it identifies. `seen` are the
    digests of everybody the site told something new about. `erased` events are of people who
    were erased, and left out.
    """

    stored: int = 0
    duplicates: int = 0
    conflicts: int = 0
    seen: frozenset[str] = frozenset()
    erased: int = 0


@dataclass(frozen=True)
class Committed:
    """What each job is told, in order, and (tenant, digest) of identities with another person."""

    results: tuple[Appended, ...]
    voided: frozenset[tuple[str, str]]


def commit_appends(
    connection: Connection, jobs: Sequence[Append], now: float, among_erased: Erased = nobody
) -> Committed:
    """Write the arrivals of all `jobs`, those of one dataset in one go."""
    results: dict[int, Appended] = {}
    voided: set[tuple[str, str]] = set()
    for places in _by_scope(jobs).values():
        first = jobs[places[0]]
        arrivals = [arrival for place in places for arrival in jobs[place].arrivals]
        done = ingest(connection, *first.scope, arrivals, now, among_erased)
        voided |= {(first.tenant.name, digest) for digest in done.voided}
        start = 0
        for place in places:
            end = start + len(jobs[place])
            results[place] = _told(done, slice(start, end))
            start = end
    return Committed(tuple(results[place] for place in range(len(jobs))), frozenset(voided))


def _by_scope(jobs: Sequence[Append]) -> dict[tuple[str, str], list[int]]:
    places = defaultdict(list)
    for place, job in enumerate(jobs):
        places[job.scope].append(place)
    return places


def _told(done: Ingested, part: slice) -> Appended:
    owners = [owner for owner in done.outcomes[part] if owner is not None]
    people = {owner.person_id for owner in owners}
    erased = len(done.erased.intersection(range(part.start, part.stop)))
    return Appended(
        stored=len(owners),
        duplicates=len(done.outcomes[part]) - len(owners) - erased,
        erased=erased,
        conflicts=sum(owner.is_contested for owner in owners),
        seen=frozenset().union(*(done.seen.get(person, ()) for person in people)),
    )
