"""Joins the parts that erase people and record who saw whom; a branch of `joining.join`."""

from collections.abc import Mapping
from pathlib import Path

from service.base_parts import BaseParts
from service.storage.audit_log import AuditLog
from service.storage.erasures import Erasures
from service.tenant import Tenant
from service.upstream.user_deletion import UserDeletion
from service.usecases.erasures import PeopleErasures
from service.usecases.retention_of_rows import RowRetention


def join_privacy(base: BaseParts, data_dir: Path) -> tuple[PeopleErasures, AuditLog]:
    """Return what erases people of every tenant, and what records who saw whom."""
    audit_log = AuditLog(base.database, base.tombstones)

    def deletion(tenant: Tenant) -> UserDeletion:
        transport = base.transport.via(tenant.personalization.egress)
        return UserDeletion(tenant, transport, base.guard)

    erasures = PeopleErasures(
        database=base.database,
        tombstones=base.tombstones,
        erasures=Erasures(base.database, base.tombstones),
        audit_log=audit_log,
        people=base.people,
        cache=base.cache,
        deletion=deletion,
        run_files=data_dir / "runs",
    )
    return erasures, audit_log


def join_row_retention(
    base: BaseParts, audit_log: AuditLog, tenants: Mapping[str, Tenant]
) -> RowRetention:
    """Return what deletes rows past their time."""
    return RowRetention(
        database=base.database,
        audit_log=audit_log,
        erasures=Erasures(base.database, base.tombstones),
        tombstones=base.tombstones,
        tenants=tenants.values(),
    )
