"""The two engines of the state store, each as an address that lives as long as a measurement."""

import contextlib
from collections.abc import Iterator

from tests.real_postgres import RealPostgres


@contextlib.contextmanager
def sqlite_url(folder: str) -> Iterator[str]:
    """Yield the address of a SQLite file in `folder`."""
    yield f"sqlite:///{folder}/state.db"


@contextlib.contextmanager
def postgres_url(_folder: str) -> Iterator[str]:
    """Yield the address of a database on a PostgreSQL that waits for the disk."""
    with RealPostgres() as server, server.database() as url:
        yield url


ENGINES = {"sqlite": sqlite_url, "postgresql": postgres_url}
