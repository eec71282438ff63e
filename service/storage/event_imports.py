"""How far each file of events is imported, by the digest of its content."""

from collections import Counter
from dataclasses import dataclass, field, replace

import orjson
from sqlalchemy import Connection, insert, select, update

from service.errors import Fault
from service.storage.database import Database
from service.storage.events_append import Appended
from service.storage.tables import event_imports


class ImportOvertaken(Fault):
    """Raised when another import of the same file was faster; nothing of this step is stored."""

    status = 409
    code = "IMPORT_OVERTAKEN"
    title = "Conflict"
    default_detail = "Another import of this file is running. Wait for it, then run this again."


@dataclass(frozen=True)
class ImportState:
    """The next event begins at byte `position`, after `row` rows; the rest counts events."""

    tenant: str
    dataset: str
    file_digest: str
    position: int = 0
    row: int = 0
    stored: int = 0
    duplicates: int = 0
    erased: int = 0
    rejected: Counter = field(default_factory=Counter)

    def moved(self, position: int, row: int, rejected: Counter) -> "ImportState":
        """Return the state at a later position."""
        return replace(self, position=position, row=row, rejected=self.rejected + rejected)

    def with_counts(self, appended: Appended) -> "ImportState":
        """Return the state with what became of one more step's events."""
        return replace(
            self,
            stored=self.stored + appended.stored,
            duplicates=self.duplicates + appended.duplicates,
            erased=self.erased + appended.erased,
        )


class EventImports:
    """Remembers positions; they are written by whoever writes the rows, in one transaction."""

    def __init__(self, database: Database):
        self._database = database

    def state(self, tenant: str, dataset: str, file_digest: str) -> ImportState:
        """Return how far this file is; at its start when it is new."""
        start = ImportState(tenant, dataset, file_digest)
        query = select(event_imports).where(*_is(start))
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return start
        counts = orjson.loads(bytes(row.counts))
        counts["rejected"] = Counter(counts["rejected"])
        return replace(start, position=row.position, row=row.row_number, **counts)

    def remember(self, connection: Connection, before: ImportState, after: ImportState) -> None:
        """Move from `before` to `after`. Raises: ImportOvertaken if somebody else has moved."""
        values = {
            "position": after.position,
            "row_number": after.row,
            "counts": orjson.dumps(
                {
                    "stored": after.stored,
                    "duplicates": after.duplicates,
                    "erased": after.erased,
                    "rejected": {str(reason): n for reason, n in after.rejected.items()},
                }
            ),
        }
        change = update(event_imports).where(
            *_is(before), event_imports.c.position == before.position
        )
        if connection.execute(change.values(**values)).rowcount == 1:
            return
        if before.position or self._exists(connection, before):
            raise ImportOvertaken()
        key = {name: getattr(before, name) for name in ("tenant", "dataset", "file_digest")}
        connection.execute(insert(event_imports).values(**key, **values))

    def _exists(self, connection: Connection, state: ImportState) -> bool:
        query = select(event_imports.c.position).where(*_is(state))
        return connection.execute(query).first() is not None


def _is(state: ImportState) -> tuple:
    return (
        event_imports.c.tenant == state.tenant,
        event_imports.c.dataset == state.dataset,
        event_imports.c.file_digest == state.file_digest,
    )
