"""Fills the people index from Personalization's user export."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import structlog

from service.errors import Fault, UpstreamFault
from service.model import Identity
from service.storage.people import People, ProvenPerson
from service.tenant import Dataset, Tenant
from service.usecases.clock import Interrupted, Job
from service.usecases.user_export import UserExport

log = structlog.get_logger()

RETRY_SECONDS = 4 * 3_600
"""Long, because each try begins with the first page, and its rows are licensed."""
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


class ImportStopped(Fault):
    """Raised when a page of the export failed; the clock tries again within its hours."""

    status = 503
    code = "IMPORT_STOPPED"
    title = "Service Unavailable"


class PeopleImport:
    """Reads every page of the export; repeating it changes nothing."""

    def __init__(self, *, people: People, user_export: UserExport):
        self._people = people
        self._user_export = user_export

    def run(
        self,
        tenant: Tenant,
        dataset_name: str,
        report: Callable[[ImportProgress], None],
        segment: str | None = None,
    ) -> ImportProgress:
        """Import the named people of one dataset, or of a segment of it.

        `report` is told after each page, and may raise to end the import.
        Raises: UnknownDataset; the UpstreamFault of the page that failed. Pages before it stay.
        """
        dataset = tenant.dataset(dataset_name)
        progress = ImportProgress(0, 0, 0)
        for rows in self._user_export.pages(tenant, dataset, segment):
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

    def by_clock(
        self,
        tenant: Tenant,
        dataset: Dataset,
        segment: str | None,
        stopping: Callable[[], bool],
    ) -> None:
        """Import as `run` does, from the first page, unless the month's rows do not suffice.

        Raises: ImportStopped, which is tried again; Interrupted; RowBudgetSpent.
        """

        def leave(_progress: ImportProgress) -> None:
            if stopping():
                raise Interrupted

        known = self._people.count_proven(tenant.name, dataset.name)
        rows = known if segment is None else 1  # nobody knows a segment's size beforehand
        self._user_export.budget(tenant, dataset).require(rows)
        try:
            done = self.run(tenant, dataset.name, leave, segment)
        except UpstreamFault as fault:
            raise ImportStopped(
                f"The import stopped: {fault.code}.", retry_after=RETRY_SECONDS
            ) from fault
        log.info("people imported", tenant=tenant.name, dataset=dataset.name, people=done.people)


def import_jobs(people_import: PeopleImport, tenants: Mapping[str, Tenant]) -> tuple[Job, ...]:
    """Return what the worker's clock does, for each dataset with a schedule."""
    return tuple(
        Job(
            name=f"people {tenant.name} {dataset.name} {whom}",
            schedule=schedule,
            time_zone=tenant.time_zone,
            work=partial(people_import.by_clock, tenant, dataset, segment),
        )
        for tenant in tenants.values()
        for dataset in tenant.datasets.values()
        for whom, schedule, segment in (
            ("everybody", dataset.people_import.everybody, None),
            ("recent", dataset.people_import.recent, dataset.people_import.segment),
        )
        if schedule
    )


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
