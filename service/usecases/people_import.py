"""Fills the people index from Personalization's user export."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from service.model import Identity
from service.storage.people import People, ProvenPerson
from service.tenant import Dataset, Tenant
from service.usecases.user_export import UserExport

ROWS_PER_TRANSACTION = 100
"""Small, so that an import never keeps a Flow's write waiting for long."""


@dataclass(frozen=True)
class ImportProgress:
    """How far an import is; `export_rows` counts against the licence.

    `erased` rows are of people who were erased here, and skipped.
    """

    pages: int
    export_rows: int
    people: int
    erased: int = 0


class PeopleImport:
    """Reads every page of the export; repeating it changes nothing."""

    def __init__(self, *, people: People, user_export: UserExport):
        self._people = people
        self._user_export = user_export

    def run(
        self, tenant: Tenant, dataset_name: str, report: Callable[[ImportProgress], None]
    ) -> ImportProgress:
        """Import all named people of one dataset; `report` is told after each page.

        Raises: UnknownDataset; the UpstreamFault of the page that failed. Pages before it stay.
        """
        dataset = tenant.dataset(dataset_name)
        progress = ImportProgress(0, 0, 0)
        for rows in self._user_export.pages(tenant, dataset):
            proven = [person for row in rows if (person := _proven(row, dataset))]
            learned = sum(
                self._people.learn(tenant.name, dataset.name, part) for part in _batches(proven)
            )
            progress = ImportProgress(
                progress.pages + 1,
                progress.export_rows + len(rows),
                progress.people + learned,
                progress.erased + len(proven) - learned,
            )
            report(progress)
        return progress


def _proven(row: dict, dataset: Dataset) -> ProvenPerson | None:
    """Return the identities of one export row; None for a row that carries none."""
    attributes = row.get("attributes")
    attributes = attributes if isinstance(attributes, dict) else {}
    identities = tuple(
        Identity(kind, value)
        for kind in dataset.identity_types
        if isinstance(value := attributes.get(kind), str) and value
    )
    name = row.get("name")
    upstream_id = name if isinstance(name, str) and name else None
    return ProvenPerson(identities, upstream_id) if identities else None


def _batches(proven: list[ProvenPerson]) -> Iterator[list[ProvenPerson]]:
    for start in range(0, len(proven), ROWS_PER_TRANSACTION):
        yield proven[start : start + ROWS_PER_TRANSACTION]
