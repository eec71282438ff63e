"""State stores for tests, on both engines with the same facts: a SQLite file, a real PostgreSQL.

Today's schema is made once for each engine and copied for each test.
"""

import shutil

import pytest

from service.storage.database import Database
from service.storage.schema import migrate
from tests.real_postgres import RealPostgres

ENGINES = ["sqlite", "postgresql"]


@pytest.fixture(scope="session")
def postgres_server():
    """A PostgreSQL that no test harms; without waiting for the disk, which no test cuts off."""
    with RealPostgres("fsync=off", "full_page_writes=off") as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    """A SQLite file with today's schema and nothing in it."""
    path = tmp_path_factory.mktemp("template") / "state.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server):
    """The address of a database with today's schema and nothing in it."""
    with postgres_server.database() as url:
        _migrate(url)
        yield url


def _migrate(url: str) -> None:
    database = Database(url)
    migrate(database)
    database.close()


@pytest.fixture(params=ENGINES)
def empty_url(request, tmp_path):
    """The address of a store without any schema on each of the two engines."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'state.db'}"
        return
    with request.getfixturevalue("postgres_server").database() as url:
        yield url


@pytest.fixture(params=ENGINES)
def state_url(request, tmp_path):
    """The address of a state store with today's schema on each of the two engines."""
    if request.param == "sqlite":
        path = tmp_path / "state.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    template = request.getfixturevalue("postgres_template")
    with request.getfixturevalue("postgres_server").database(template) as url:
        yield url


@pytest.fixture
def state_store(state_url):
    """A state store with today's schema on each of the two engines."""
    database = Database(state_url)
    yield database
    database.close()
