"""Which campaign feeds which Datafield, learned from answers.

A control-group answer lacks the Datafield, so only what earlier people got can tell which
component the control group concerns.
"""

from sqlalchemy import insert, select

from service.errors import StorageUnavailable
from service.storage.database import Database
from service.storage.driver import driver_error, errors_named
from service.storage.tables import campaign_datafields


class CampaignDatafields:
    """Remembers pairs of campaign and Datafield per tenant and dataset."""

    def __init__(self, database: Database):
        self._database = database
        self._remembered: set[tuple[str, str, str, str]] = set()  # spares a write per answer

    def remember(self, tenant: str, dataset: str, campaign_id: str, datafield: str) -> None:
        """Note that this campaign feeds this Datafield; known pairs cost nothing."""
        pair = (tenant, dataset, campaign_id, datafield)
        if pair in self._remembered:
            return
        if datafield not in self.of(tenant, dataset, campaign_id):
            self._store(pair)
        self._remembered.add(pair)

    def of(self, tenant: str, dataset: str, campaign_id: str) -> frozenset[str]:
        """Return the Datafields this campaign was ever seen to feed."""
        query = select(campaign_datafields.c.datafield).where(
            campaign_datafields.c.tenant == tenant,
            campaign_datafields.c.dataset == dataset,
            campaign_datafields.c.campaign_id == campaign_id,
        )
        with self._database.reading() as connection:
            return frozenset(connection.execute(query).scalars())

    def feeding(self, tenant: str, dataset: str, datafield: str) -> frozenset[str]:
        """Return the ids of the campaigns that were ever seen to feed this Datafield."""
        query = select(campaign_datafields.c.campaign_id).where(
            campaign_datafields.c.tenant == tenant,
            campaign_datafields.c.dataset == dataset,
            campaign_datafields.c.datafield == datafield,
        )
        with self._database.reading() as connection:
            return frozenset(connection.execute(query).scalars())

    def _store(self, pair: tuple[str, str, str, str]) -> None:
        columns = ("tenant", "dataset", "campaign_id", "datafield")
        try:
            with self._database.transaction() as connection:
                connection.execute(
                    insert(campaign_datafields).values(**dict(zip(columns, pair, strict=True)))
                )
        except StorageUnavailable as trouble:
            if not isinstance(driver_error(trouble.__cause__), errors_named("IntegrityError")):
                raise  # a unique conflict means that another process noted it first
