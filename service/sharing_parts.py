"""Joins the parts that share data with the CRM; a branch of `joining.join`."""

from pathlib import Path

from service.base_parts import BaseParts
from service.storage.export_rows import ExportRows
from service.storage.pulled import Pulled
from service.storage.top_affinities import TopAffinities
from service.tenant import Tenant
from service.upstream.crm import Crm
from service.usecases.affinity_recount import Recount
from service.usecases.data_sharing import DataSharing
from service.usecases.sharing_affinities import SharingAffinities
from service.usecases.sharing_pull import Puller
from service.usecases.user_export import UserExport


def join_data_sharing(base: BaseParts, data_dir: Path) -> DataSharing:
    """Return the runs of every tenant."""

    def make_crm(tenant: Tenant) -> Crm:
        reserve = tenant.data_sharing.api_reserve
        transport = base.transport.via(tenant.crm.egress)
        return Crm(tenant.name, tenant.crm, transport, reserve=reserve)

    def make_pull(**parts) -> Puller:
        return Puller(
            people=base.people,
            outbox=base.outbox,
            pulled=Pulled(base.database, parts["runs"]),
            folder=data_dir / "runs",
            **parts,
        )

    return DataSharing(
        database=base.database,
        data_dir=data_dir,
        personalization=base.personalization,
        make_crm=make_crm,
        make_pull=make_pull,
        people=base.people,
        user_export=UserExport(
            personalization=base.personalization,
            export_rows=ExportRows(base.database),
            people=base.people,
        ),
        affinities=SharingAffinities(
            store=TopAffinities(base.database), recount=Recount(base.events)
        ),
    )
