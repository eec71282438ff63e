"""What each of many people leans to most: a few queries for a page of users."""

from collections.abc import Collection, Mapping, Sequence

from service.model import Identity
from service.storage.database import Database
from service.storage.lookups import Lookup
from service.storage.people import digest
from service.tenant import Dataset, Tenant

OWNERS = Lookup(
    "identities.digest, identities.person_id",
    {"identities": "identities.digest = wanted.digest"},
    wanted={"digest": "text"},
)
UNCOUNTED = Lookup(
    "distinct dirty_days.person_id",
    {"dirty_days": "dirty_days.person_id = wanted.person_id and dirty_days.day >= :first"},
    wanted={"person_id": "bigint"},
)
VIEWS = Lookup(
    "days.person_id, days.object_id, sum(days.views)",
    {
        "affinity_days days": "days.person_id = wanted.person_id and days.type = :kind"
        " and days.day >= :first"
    },
    wanted={"person_id": "bigint"},
    rest="group by days.person_id, days.object_id",
)
LABELS = Lookup(
    "known.object_id, known.label",
    {
        "object_labels known": "known.tenant = :tenant and known.dataset = :dataset"
        " and known.type = :kind and known.object_id = wanted.id"
    },
    wanted={"id": "text"},
)


class TopAffinities:
    """Reads what was counted of people. Every method may raise StorageUnavailable."""

    def __init__(self, database: Database):
        self._database = database

    def people(self, tenant: Tenant, dataset: Dataset, rows: Sequence[Mapping]) -> dict[int, str]:
        """Return the user id of every person whom rows of the export identify."""
        users = {
            digest(tenant.name, dataset.name, Identity(name, value)): row["name"]
            for row in rows
            for name in dataset.identity_types
            if isinstance(value := (row.get("attributes") or {}).get(name), str) and value
        }
        with self._database.reading() as connection:
            found = OWNERS.rows(connection, [(each,) for each in users])
        return {person_id: users[each] for each, person_id in found}

    def uncounted(self, people: Collection[int], first_day: str) -> list[int]:
        """Return those of `people` who have days from `first_day` on to be counted anew."""
        wanted = [(person_id,) for person_id in people]
        with self._database.reading() as connection:
            return [
                person_id for (person_id,) in UNCOUNTED.rows(connection, wanted, first=first_day)
            ]

    def strongest(
        self, tenant: str, dataset: str, kind: str, people: Collection[int], first_day: str
    ) -> dict[int, str]:
        """Return by person the label of the object of this type viewed most since `first_day`."""
        wanted = [(person_id,) for person_id in people]
        tops: dict[int, tuple] = {}
        with self._database.reading() as connection:
            for person_id, each, views in VIEWS.rows(
                connection, wanted, kind=kind, first=first_day
            ):
                if views:
                    tops[person_id] = max(tops.get(person_id, (0, "")), (views, each))
            ids = {(each,) for _views, each in tops.values()}
            scope = {"tenant": tenant, "dataset": dataset, "kind": kind}
            labels = dict(LABELS.rows(connection, ids, **scope))
        return {person_id: labels.get(each, each) for person_id, (_, each) in tops.items()}
