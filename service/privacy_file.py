"""Reads the section `privacy` of a tenant."""

from service.file_tables import Table
from service.privacy import Audit, Privacy

MOST_DAYS = 3_650
DAYS = tuple(name for name in Privacy.__dataclass_fields__ if name.endswith("_days"))


def read_privacy(tenant: Table) -> Privacy:
    """Return what the section says, the defaults where it is missing; problems are noted."""
    values = tenant.get("privacy", dict, {})
    table = Table(f"{tenant.path}.privacy", values, tenant.problems)
    audit = Audit(table.one_of("audit", tuple(Audit)))
    days = {name: _days(table, name) for name in DAYS}
    if days["run_row_days"] > days["run_days"]:
        table.wrong("run_days", "must not be less than run_row_days")
    if days["entry_data_days"] > days["entry_days"]:
        table.wrong("entry_days", "must not be less than entry_data_days")
    table.refuse_unknown()
    return Privacy(audit=audit, **days)


def _days(table: Table, name: str) -> int:
    default = getattr(Privacy, name)
    days = table.get(name, int, default)
    if not 1 <= days <= MOST_DAYS:
        table.wrong(name, f"must be from 1 to {MOST_DAYS}")
        return default
    return days
