"""Statements straight to the driver, for what is written thousands of times a second.

SQLAlchemy looks at each statement and each value again, which costs several times what SQLite
needs to run it. Here a statement is a text with named parameters (`:name`) and goes to the
DBAPI cursor of the transaction as it is. What the drivers raise is `errors_named("Error")`;
`Database.transaction` turns it into StorageUnavailable as it does SQLAlchemy's own.
"""

import re
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

_NAMED = re.compile(r"(?<!:):(\w+)")


def errors_named(*names: str) -> tuple[type[Exception], ...]:
    """Return the classes of the DBAPI so named, of each driver that is in use.

    psycopg weighs 7 MB and is loaded only where PostgreSQL is spoken to.
    """
    drivers = [sqlite3, sys.modules.get("psycopg")]
    return tuple(getattr(driver, name) for driver in drivers if driver for name in names)


def driver_error(trouble: BaseException | None) -> BaseException | None:
    """Return what the driver raised, also where SQLAlchemy has wrapped it."""
    return trouble.orig if isinstance(trouble, DBAPIError) else trouble


def is_postgresql(connection: Connection) -> bool:
    """Tell which of the two engines the connection speaks to."""
    return connection.dialect.name == "postgresql"


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """Send what is run inside in one go, without waiting for one answer after the other.

    An error shows at the latest when this ends. Only this module's calls may stand inside.
    Source: PostgreSQL, "Pipeline Mode".
    """
    if is_postgresql(connection):
        with connection.connection.driver_connection.pipeline():
            yield
    else:
        yield


def rows(connection: Connection, statement: str, values: Mapping[str, object]) -> list[tuple]:
    """Return what the query `statement` finds."""
    cursor = _cursor(connection)
    try:
        cursor.execute(_spelled(connection, statement), values)
        return cursor.fetchall()
    finally:
        cursor.close()


def run(connection: Connection, statement: str, values: Mapping[str, object]) -> None:
    """Run a statement that answers nothing."""
    cursor = _cursor(connection)
    try:
        cursor.execute(_spelled(connection, statement), values)
    finally:
        cursor.close()


def run_each(connection: Connection, statement: str, values: Iterable[Mapping | Sequence]) -> None:
    """Run a statement that answers nothing once for each of `values`."""
    cursor = _cursor(connection)
    try:
        cursor.executemany(_spelled(connection, statement), values)
    finally:
        cursor.close()


def _cursor(connection: Connection):
    return connection.connection.cursor()


def _spelled(connection: Connection, statement: str) -> str:
    return _for_psycopg(statement) if is_postgresql(connection) else statement


@cache
def _for_psycopg(statement: str) -> str:
    return _NAMED.sub(r"%(\1)s", statement.replace("%", "%%"))
