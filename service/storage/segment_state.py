"""Where an export stands: one row for each, which whoever changes its members or entries holds."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from service.segment_exports import SegmentExport
from service.storage import segment_members as members
from service.storage.segment_tables import segment_exports

MOST_DETAIL = 500
READS_WELL = {"read_code": None, "read_detail": None}
BEGINNING = {
    "began_at": None,
    "read_until": 0.0,
    "read_at": None,
    "read_rows": 0,
    "next_read_at": 0.0,
    "read_code": None,
    "read_detail": None,
    "held_until": 0.0,
    "checked_at": 0.0,
    "code": None,
    "detail": None,
}


@dataclass(frozen=True)
class ExportState:
    """Where an export stands. Times are epoch seconds, None for never.

    `read_code` and `read_detail` say what is wrong with reading, `code` and `detail` with sending.
    """

    began_at: float | None = None
    read_ms: int = 0
    read_until: float = 0.0
    read_at: float | None = None
    read_rows: int = 0
    next_read_at: float = 0.0
    read_code: str | None = None
    read_detail: str | None = None
    held_until: float = 0.0
    checked_at: float = 0.0
    code: str | None = None
    detail: str | None = None


def hold(connection: Connection, tenant: str, export: SegmentExport):
    """Return an export's row and keep others from it; one of another origin begins anew."""
    place = (segment_exports.c.tenant == tenant, segment_exports.c.name == export.name)
    query = select(segment_exports).where(*place).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        first = {"tenant": tenant, "name": export.name, "origin": export.origin} | BEGINNING
        connection.execute(insert(segment_exports).values(first | {"read_ms": 0}))
    elif row.origin != export.origin:
        members.forget_members(connection, tenant, export)
        change(connection, tenant, [export.name], origin=export.origin, **BEGINNING)
    else:
        return row
    return connection.execute(query).one()


def change(connection: Connection, tenant: str, names: Sequence[str], **values) -> None:
    """Set columns of some exports."""
    of_them = update(segment_exports).where(
        segment_exports.c.tenant == tenant, segment_exports.c.name.in_(list(names))
    )
    connection.execute(of_them.values(values))


def state_of(row) -> ExportState:
    """Return an export's row as a value."""
    return ExportState(**{name: getattr(row, name) for name in ExportState.__dataclass_fields__})
