"""Inserts of many rows, in the words of whichever engine the connection speaks to.

Rows go to the driver as they are, each with a value for every column: SQLAlchemy would look at
each value of each row again, which costs more than the insert. PostgreSQL gets all rows in one
statement, column by column.
"""

from functools import cache

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql

from service.storage.driver import is_postgresql, run, run_each


def insert_rows(connection: Connection, table: Table, rows: list[dict]) -> None:
    """Insert `rows`."""
    _execute(connection, _insert(table, is_postgresql(connection)), rows)


def insert_or_update(connection: Connection, table: Table, rows: list[dict]) -> None:
    """Insert `rows`; where the primary key exists, put the row in its place.

    Rows go in the order of their keys: two writers who lock the same rows never wait in a circle.
    """
    keys = [column.name for column in table.primary_key]
    ordered = sorted(rows, key=lambda row: [row[key] for key in keys])
    _execute(connection, _upsert(table, is_postgresql(connection)), ordered)


def _execute(connection: Connection, statement: str, rows: list[dict]) -> None:
    if not rows:
        return
    if is_postgresql(connection):
        run(connection, statement, {name: [row[name] for row in rows] for name in rows[0]})
    else:
        run_each(connection, statement, rows)


@cache
def _insert(table: Table, on_postgresql: bool) -> str:
    names = [column.name for column in table.columns]
    into = f"insert into {table.name} ({', '.join(names)})"
    if not on_postgresql:
        return f"{into} values ({', '.join(f':{name}' for name in names)})"
    types = {c.name: c.type.compile(postgresql.dialect()) for c in table.columns}
    lists = ", ".join(f":{name}::{types[name]}[]" for name in names)
    return f"{into} select * from unnest({lists})"  # noqa: S608


@cache
def _upsert(table: Table, on_postgresql: bool) -> str:
    keys = [column.name for column in table.primary_key]
    changed = [column.name for column in table.columns if column.name not in keys]
    changes = ", ".join(f"{name} = excluded.{name}" for name in changed)
    return (
        f"{_insert(table, on_postgresql)} on conflict ({', '.join(keys)}) do update set {changes}"
    )
