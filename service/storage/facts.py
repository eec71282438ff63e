"""What a diagnosis reads from the store: how full, how old, how many. Costs no write."""

from dataclasses import dataclass

from sqlalchemy import func, select

from service.storage.database import Database
from service.storage.privacy_tables import erasures
from service.storage.tables import action_names, campaign_datafields, clock_runs, events, people


@dataclass(frozen=True)
class PeopleFacts:
    """The people index of a dataset: proven people, and when the last one was proven."""

    proven: int
    last_proven_at: float | None


@dataclass(frozen=True)
class OpenErasures:
    """Erasures that are not over: how many, since when (epoch seconds), what the oldest says."""

    number: int
    oldest_requested_at: float
    waits_for: str | None


class Facts:
    """Answers for one tenant and dataset at a time. May raise StorageUnavailable."""

    def __init__(self, database: Database):
        self._database = database

    def people(self, tenant: str, dataset: str) -> PeopleFacts:
        """Return how many people are proven to exist, and how fresh that is."""
        proof = people.c.proven_at
        query = select(func.count(proof), func.max(proof)).where(
            people.c.tenant == tenant, people.c.dataset == dataset
        )
        with self._database.reading() as connection:
            return PeopleFacts(*connection.execute(query).one())

    def latest_event_ms(self, tenant: str, dataset: str) -> int | None:
        """Return the time of the latest event, None when there is none."""
        query = select(func.max(events.c.time_ms)).where(
            events.c.tenant == tenant, events.c.dataset == dataset
        )
        return self._scalar(query)

    def datafields(self, tenant: str, dataset: str) -> dict[str, list[str]]:
        """Return the ids of the campaigns that were seen to feed each Datafield, by its name."""
        table = campaign_datafields.c
        query = select(table.datafield, table.campaign_id)
        query = query.where(table.tenant == tenant, table.dataset == dataset)
        found: dict[str, list[str]] = {}
        with self._database.reading() as connection:
            for datafield, campaign in connection.execute(query.order_by(*query.selected_columns)):
                found.setdefault(datafield, []).append(campaign)
        return found

    def action_names(self, tenant: str, dataset: str) -> int:
        """Return how many distinct actions were sent."""
        query = select(func.count()).where(
            action_names.c.tenant == tenant, action_names.c.dataset == dataset
        )
        return self._scalar(query)

    def open_erasures(self, tenant: str) -> OpenErasures | None:
        """Return what is still to be erased, None when nothing is."""
        table = erasures.c
        query = select(func.count().over(), table.requested_at, table.detail).where(
            table.tenant == tenant, table.finished_at.is_(None)
        )
        with self._database.reading() as connection:
            row = connection.execute(query.order_by(table.requested_at, table.id).limit(1)).first()
        return row and OpenErasures(*row)

    def has_begun(self, job: str, occasion: str) -> bool:
        """Return whether any worker has taken up this occasion of a job of the clock."""
        query = select(func.count()).where(
            clock_runs.c.job == job, clock_runs.c.occasion == occasion
        )
        return self._scalar(query) > 0

    def _scalar(self, query):
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one_or_none()
