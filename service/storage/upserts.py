"""Inserts of many rows, in the words of whichever engine the connection speaks to."""

from functools import cache

from sqlalchemy import Connection, Table, insert
from sqlalchemy.dialects import postgresql, sqlite


def insert_or_update(connection: Connection, table: Table, rows: list[dict]) -> None:
    """Insert `rows`; where the primary key exists, put the row in its place.

    Rows go in the order of their keys: two writers who lock the same rows never wait in a circle.
    """
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    statement = _statement(table, connection.dialect.name)
    connection.execute(statement, sorted(rows, key=lambda row: [row[key] for key in keys]))


def insert_rows(connection: Connection, table: Table, rows: list[dict]) -> None:
    """Insert `rows`, each with a value for every column, as they are.

    SQLAlchemy would look at each value of each row again; that costs more than the insert.
    """
    if rows:
        connection.exec_driver_sql(_plain_insert(table, connection.dialect.name), rows)


@cache
def _plain_insert(table: Table, dialect_name: str) -> str:
    dialect = sqlite if dialect_name == "sqlite" else postgresql
    style = "named" if dialect_name == "sqlite" else "pyformat"
    return str(insert(table).compile(dialect=dialect.dialect(paramstyle=style)))


@cache
def _statement(table: Table, dialect_name: str):
    dialect = sqlite if dialect_name == "sqlite" else postgresql
    statement = dialect.insert(table)
    keys = [column.name for column in table.primary_key]
    changed = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)
