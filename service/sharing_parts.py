"""Joins the parts that share data with the CRM; a branch of `app.join`."""

from collections.abc import Callable
from pathlib import Path

from service.storage.database import Database
from service.storage.event_store import EventStore
from service.storage.outbox import Outbox
from service.storage.people import People
from service.storage.pulled import Pulled
from service.storage.top_affinities import TopAffinities
from service.tenant import Tenant
from service.upstream.crm import Crm
from service.upstream.personalization import Personalization
from service.upstream.transport import Transport
from service.usecases.affinity_recount import Recount
from service.usecases.data_sharing import DataSharing
from service.usecases.sharing_affinities import SharingAffinities
from service.usecases.sharing_pull import Puller


def join_data_sharing(
    *,
    database: Database,
    data_dir: Path,
    personalization: Callable[[Tenant], Personalization],
    transport: Transport,
    people: People,
    outbox: Outbox,
    events: EventStore,
) -> DataSharing:
    """Return the runs of every tenant."""

    def make_crm(tenant: Tenant) -> Crm:
        reserve = tenant.data_sharing.api_reserve
        return Crm(tenant.name, tenant.crm, transport, reserve=reserve)

    def make_pull(**parts) -> Puller:
        return Puller(
            people=people,
            outbox=outbox,
            pulled=Pulled(database, parts["runs"]),
            folder=data_dir / "runs",
            **parts,
        )

    return DataSharing(
        database=database,
        data_dir=data_dir,
        personalization=personalization,
        make_crm=make_crm,
        make_pull=make_pull,
        affinities=SharingAffinities(store=TopAffinities(database), recount=Recount(events)),
    )
