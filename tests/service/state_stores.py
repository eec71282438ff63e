"""State stores for tests, on both engines with the same facts: a SQLite file, a real PostgreSQL."""

import pytest

from service.storage.database import Database
from service.storage.schema import migrate
from tests.real_postgres import RealPostgres


@pytest.fixture(scope="session")
def postgres_server():
    """A PostgreSQL that no test harms; without waiting for the disk, which no test cuts off."""
    with RealPostgres("fsync=off", "full_page_writes=off") as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def state_url(request, tmp_path):
    """The address of an empty state store on each of the two engines."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'state.db'}"
        return
    with request.getfixturevalue("postgres_server").database() as url:
        yield url


@pytest.fixture
def state_store(state_url):
    """A state store with today's schema on each of the two engines."""
    database = Database(state_url)
    migrate(database)
    yield database
    database.close()
