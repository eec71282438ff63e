"""INSERT ... ON CONFLICT in the words of whichever engine the connection speaks to."""

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_or_update(connection: Connection, table: Table, rows: list[dict]) -> None:
    """Insert `rows`; where the primary key exists, put the other columns of the row in its place.

    Rows go in the order of their keys: two writers who lock the same rows never wait in a circle.
    """
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    statement = statement.on_conflict_do_update(index_elements=keys, set_=changed)
    connection.execute(statement, sorted(rows, key=lambda row: [row[key] for key in keys]))
