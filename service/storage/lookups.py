"""Reads the rows that belong to many keys, in one statement whose text never changes.

SQLAlchemy spells an IN list anew for every call, which costs several times what the search
itself does. Here all keys travel as one value, a JSON text.
"""

from collections.abc import Collection, Sequence
from functools import cached_property

import orjson
from sqlalchemy import Connection

from service.storage.driver import is_postgresql, rows


class Lookup:
    """A query of `wanted`, a table of keys whose columns are those of `wanted`: {name: SQL type}.

    `query` names its other parameters `:name`. It lists `wanted` first and says "cross join",
    which tells SQLite to look each key up rather than to read the other table. `locking` names
    the table whose rows PostgreSQL holds for us; on SQLite only one transaction writes.
    """

    def __init__(self, query: str, wanted: dict[str, str], locking: str | None = None):
        self._query, self._wanted, self._locking = query, wanted, locking

    def rows(self, connection: Connection, keys: Collection[Sequence], **values) -> list[tuple]:
        """Return the rows of all `keys`, each a sequence of as many values as `wanted` has."""
        if not keys:
            return []
        statement = self._postgresql if is_postgresql(connection) else self._sqlite
        return rows(connection, statement, values | {"wanted": orjson.dumps(list(keys)).decode()})

    @cached_property
    def _sqlite(self) -> str:
        members = ", ".join(f"value ->> {place}" for place in range(len(self._wanted)))
        return self._with(f"select {members} from json_each(:wanted)")  # noqa: S608

    @cached_property
    def _postgresql(self) -> str:
        members = ", ".join(
            f"(value ->> {place})::{kind}" for place, kind in enumerate(self._wanted.values())
        )
        locking = f" for update of {self._locking}" if self._locking else ""
        return self._with(f"select {members} from json_array_elements(:wanted::json)") + locking  # noqa: S608

    def _with(self, keys: str) -> str:
        return f"with wanted ({', '.join(self._wanted)}) as ({keys}) {self._query}"
