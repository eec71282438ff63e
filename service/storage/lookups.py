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
    """A search in tables for each of some keys, `wanted` being their columns: {name: SQL type}.

    `found` maps each table (with its alias) to the condition by which its rows are found from
    `wanted` and from the tables before it, so that every key is looked up in an index, whatever
    a planner without statistics believes; other parameters are named `:name`. `rest` is what
    follows, such as GROUP BY.

    With `locking`, a column of the first of two tables, PostgreSQL holds the rows of the second
    for us, in the order of that column, so that two writers never wait in a circle. On SQLite
    only one transaction writes.
    """

    def __init__(
        self,
        columns: str,
        found: dict[str, str],
        wanted: dict[str, str],
        rest: str = "",
        locking: str | None = None,
    ):
        self._columns, self._found, self._wanted = columns, found, wanted
        self._rest, self._locking = rest, locking

    def rows(self, connection: Connection, keys: Collection[Sequence], **values) -> list[tuple]:
        """Return the rows of all `keys`, each a sequence of as many values as `wanted` has."""
        if not keys:
            return []
        wanted = orjson.dumps(list(keys)).decode()
        return rows(connection, self.statement(connection), values | {"wanted": wanted})

    def statement(self, connection: Connection) -> str:
        """Return the text for the engine of `connection`; `:wanted` is a JSON list of keys."""
        return self._postgresql if is_postgresql(connection) else self._sqlite

    @cached_property
    def _sqlite(self) -> str:
        members = ", ".join(f"value ->> {place}" for place in range(len(self._wanted)))
        tables = " cross join ".join(self._found)  # keeps this order; SQLite, "Query Planner"
        return self._with(
            f"select {members} from json_each(:wanted)",  # noqa: S608
            f"wanted cross join {tables} where {' and '.join(self._found.values())}",
        )

    @cached_property
    def _postgresql(self) -> str:
        members = ", ".join(
            f"(value ->> {place})::{kind}" for place, kind in enumerate(self._wanted.values())
        )
        tables, before = "wanted", ""
        for place, (table, condition) in enumerate(self._found.items(), start=1):
            is_locked = self._locking and place == len(self._found)
            if is_locked:
                in_order = f"from {tables} order by {self._locking} offset 0"
                tables = f"(select {before}.* {in_order}) as {before}"
            # Neither form is ever joined in another way; PostgreSQL, "Table Expressions: LATERAL".
            search = f"select * from {table} where {condition}"  # noqa: S608
            before = table.split()[-1]
            end = "for update" if is_locked else "offset 0"
            tables += f" cross join lateral ({search} {end}) as {before}"
        return self._with(f"select {members} from json_array_elements(:wanted::json)", tables)  # noqa: S608

    def _with(self, keys: str, tables: str) -> str:
        found = f"select {self._columns} from {tables} {self._rest}"  # noqa: S608
        return f"with wanted ({', '.join(self._wanted)}) as ({keys}) {found}"
