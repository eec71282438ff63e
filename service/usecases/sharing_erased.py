"""Users of an export who were erased here: nothing is shared of them."""

from collections.abc import Mapping, Sequence

from service.model import Identity
from service.storage.people import People, digest, profile_digest
from service.tenant import Dataset, Tenant


def without_erased(
    people: People, tenant: Tenant, dataset: Dataset, rows: Sequence[Mapping]
) -> list[Mapping]:
    """Return those rows of the export whose users were not erased, by profile or identity."""
    if not people.has_erased(tenant.name):
        return list(rows)
    named = [(row, _digests(tenant, dataset, row)) for row in rows]
    gone = people.erased_among({each for _row, digests in named for each in digests})
    return [row for row, digests in named if gone.isdisjoint(digests)]


def _digests(tenant: Tenant, dataset: Dataset, row: Mapping) -> set[str]:
    attributes = row.get("attributes")
    attributes = attributes if isinstance(attributes, dict) else {}
    return {profile_digest(tenant.name, dataset.name, row["name"])} | {
        digest(tenant.name, dataset.name, Identity(kind, value))
        for kind in dataset.identity_types
        if isinstance(value := attributes.get(kind), str) and value
    }
