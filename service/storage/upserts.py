"""Inserts of many rows, in the words of whichever engine the connection speaks to.

Rows go to the driver as they are, each with a value for every column: SQLAlchemy would look at
each value of each row again, which costs more than the insert. SQLite gets values by their place,
which it need not look up by name. PostgreSQL gets all rows in one statement as one JSON text,
bytes among them being JSON themselves: its driver would spell out arrays value by value.
"""

from functools import cache
from operator import itemgetter

import orjson
from sqlalchemy import Column, Connection, Table

from service.storage.driver import is_postgresql, run, run_each


def insert_rows(connection: Connection, table: Table, rows: list[dict]) -> None:
    """Insert `rows`."""
    _execute(connection, table, _insert(table, is_postgresql(connection)), rows)


def insert_or_update(connection: Connection, table: Table, rows: list[dict]) -> None:
    """Insert `rows`; where the primary key exists, put the row in its place.

    Rows go in the order of their keys: two writers who lock the same rows never wait in a circle.
    """
    keys = [column.name for column in table.primary_key]
    ordered = sorted(rows, key=lambda row: [row[key] for key in keys])
    _execute(connection, table, _upsert(table, is_postgresql(connection)), ordered)


def _execute(connection: Connection, table: Table, statement: str, rows: list[dict]) -> None:
    if not rows:
        return
    if is_postgresql(connection):
        run(connection, statement, {"rows": orjson.dumps(rows, default=bytes.decode).decode()})
    else:
        run_each(connection, statement, map(_values_of(table), rows))


@cache
def _values_of(table: Table) -> itemgetter:
    return itemgetter(*(column.name for column in table.columns))


@cache
def _insert(table: Table, on_postgresql: bool) -> str:
    names = [column.name for column in table.columns]
    into = f"insert into {table.name} ({', '.join(names)})"
    if not on_postgresql:
        return f"{into} values ({', '.join('?' for _ in names)})"
    columns = [(column.name, _type_of(column)) for column in table.columns]
    declared = ", ".join(f"{n} {'text' if kind == 'BYTEA' else kind}" for n, kind in columns)
    values = ", ".join(f"convert_to({n}, 'UTF8')" if kind == "BYTEA" else n for n, kind in columns)
    return f"{into} select {values} from json_to_recordset(:rows::json) as given ({declared})"  # noqa: S608


def _type_of(column: Column) -> str:
    from sqlalchemy.dialects import postgresql  # weighs 3 MB

    return column.type.compile(postgresql.dialect())


@cache
def _upsert(table: Table, on_postgresql: bool) -> str:
    keys = [column.name for column in table.primary_key]
    changed = [column.name for column in table.columns if column.name not in keys]
    changes = ", ".join(f"{name} = excluded.{name}" for name in changed)
    return (
        f"{_insert(table, on_postgresql)} on conflict ({', '.join(keys)}) do update set {changes}"
    )
