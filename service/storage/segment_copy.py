"""A copy of some exports in a file of its own: a dry run does the real thing there."""

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import select

from service.segment_exports import SegmentExport
from service.storage.database import Database
from service.storage.privacy_tables import erasures, tombstone_keys, tombstones
from service.storage.segment_tables import segment_entries, segment_exports, segment_members
from service.storage.tables import metadata

COPIED = ((segment_exports, "name"), (segment_members, "export"), (segment_entries, "export"))
WHOLE = (tombstone_keys, erasures, tombstones)
"""Who was erased enters no copy either; a tombstone names nobody."""

ROWS_PER_STEP = 1_000


def copy_of(
    database: Database, tenant: str, exports: Iterable[SegmentExport], folder: Path
) -> Database:
    """Return a store in `folder` that knows of these exports what `database` knows."""
    copy = Database(f"sqlite:///{folder / 'dry-run.db'}")
    names = [export.name for export in exports]
    queries = {table: select(table) for table in WHOLE} | {
        table: select(table).where(table.c.tenant == tenant, table.c[column].in_(names))
        for table, column in COPIED
    }
    metadata.create_all(copy.engine, tables=list(queries))
    for table, query in queries.items():
        with database.reading() as source, copy.transaction() as target:
            found = source.execute(query)
            while rows := found.fetchmany(ROWS_PER_STEP):
                target.execute(table.insert(), [dict(row._mapping) for row in rows])
    with copy.transaction() as target:
        target.execute(segment_exports.update().values(read_until=0.0))  # nobody reads the copy
    return copy
