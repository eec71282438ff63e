"""Inserts of many rows, in the words of whichever engine the connection speaks to.

Rows go to the driver as they are, each with a value for every column: SQLAlchemy would look at
each value of each row again, which costs more than the insert. PostgreSQL gets all rows in one
statement, column by column.
"""

from functools import cache

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql


def insert_rows(connection: Connection, table: Table, rows: list[dict]) -> None:
    """Insert `rows`."""
    _execute(connection, _insert(table, _is_postgresql(connection)), rows)


def insert_or_update(connection: Connection, table: Table, rows: list[dict]) -> None:
    """Insert `rows`; where the primary key exists, put the row in its place.

    Rows go in the order of their keys: two writers who lock the same rows never wait in a circle.
    """
    keys = [column.name for column in table.primary_key]
    ordered = sorted(rows, key=lambda row: [row[key] for key in keys])
    _execute(connection, _upsert(table, _is_postgresql(connection)), ordered)


def _execute(connection: Connection, statement: str, rows: list[dict]) -> None:
    if not rows:
        return
    if _is_postgresql(connection):
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        connection.exec_driver_sql(statement, columns)
    else:
        connection.exec_driver_sql(statement, rows)


def _is_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


@cache
def _insert(table: Table, is_postgresql: bool) -> str:
    names = [column.name for column in table.columns]
    into = f"insert into {table.name} ({', '.join(names)})"
    if not is_postgresql:
        return f"{into} values ({', '.join(f':{name}' for name in names)})"
    types = {c.name: c.type.compile(postgresql.dialect()) for c in table.columns}
    lists = ", ".join(f"%({name})s::{types[name]}[]" for name in names)
    return f"{into} select * from unnest({lists})"  # noqa: S608


@cache
def _upsert(table: Table, is_postgresql: bool) -> str:
    keys = [column.name for column in table.primary_key]
    changed = [column.name for column in table.columns if column.name not in keys]
    changes = ", ".join(f"{name} = excluded.{name}" for name in changed)
    return (
        f"{_insert(table, is_postgresql)} on conflict ({', '.join(keys)}) do update set {changes}"
    )
