"""What each of many people leans to most, from the event store: one query for a page of users."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, select

from service.model import Identity
from service.storage.database import Database
from service.storage.people import digest
from service.storage.tables import affinity_days, identities, object_labels
from service.tenant import Dataset, Tenant

DAYS = 90
IDS_PER_QUERY = 500


class TopAffinities:
    """Finds the most viewed object of one catalog type in the last 90 days, by its label."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time):
        self._database = database
        self._clock = clock

    def of(
        self, tenant: Tenant, dataset: Dataset, kind: str, rows: Sequence[Mapping]
    ) -> dict[str, str]:
        """Return the label by user id, for those rows of the export of whom events are known."""
        digests = {
            digest(tenant.name, dataset.name, Identity(name, value)): row["name"]
            for row in rows
            for name in dataset.identity_types
            if isinstance(value := (row.get("attributes") or {}).get(name), str) and value
        }
        first = datetime.fromtimestamp(self._clock(), UTC).date() - timedelta(days=DAYS)
        with self._database.reading() as connection:
            users = _people(connection, digests)
            tops = _tops(connection, sorted(users), kind, first.isoformat())
            labels = _labels(connection, tenant, dataset, kind, sorted(set(tops.values())))
        return {users[person]: labels.get(each, each) for person, each in tops.items()}


def _people(connection: Connection, digests: Mapping[str, str]) -> dict[int, str]:
    found = {}
    for some in _parts(sorted(digests)):
        query = select(identities.c.digest, identities.c.person_id).where(
            identities.c.digest.in_(some)
        )
        found |= {row.person_id: digests[row.digest] for row in connection.execute(query)}
    return found


def _tops(connection: Connection, person_ids: list[int], kind: str, first: str) -> dict[int, str]:
    tops: dict[int, tuple] = {}
    columns = affinity_days.c
    for some in _parts(person_ids):
        query = (
            select(columns.person_id, columns.object_id, func.sum(columns.views))
            .where(columns.person_id.in_(some), columns.type == kind, columns.day >= first)
            .group_by(columns.person_id, columns.object_id)
        )
        for person, each, views in connection.execute(query):
            if views:
                tops[person] = max(tops.get(person, (0, "")), (views, each))
    return {person: each for person, (_views, each) in tops.items()}


def _labels(connection, tenant: Tenant, dataset: Dataset, kind: str, ids: list[str]):
    found = {}
    for some in _parts(ids):
        query = select(object_labels.c.object_id, object_labels.c.label).where(
            object_labels.c.tenant == tenant.name,
            object_labels.c.dataset == dataset.name,
            object_labels.c.type == kind,
            object_labels.c.object_id.in_(some),
        )
        found |= {row[0]: row[1] for row in connection.execute(query)}
    return found


def _parts(values: list):
    return (values[n : n + IDS_PER_QUERY] for n in range(0, len(values), IDS_PER_QUERY))
