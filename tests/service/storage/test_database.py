"""The state store: a fault of the disk is a 503, never an acknowledgement."""

import sqlite3

import pytest
from sqlalchemy import insert

from service.errors import StorageUnavailable
from service.storage.database import Database
from service.storage.schema import migrate, newest_version, require_current
from service.storage.tables import campaign_datafields, metadata

ROW = {"tenant": "acme", "dataset": "retail", "campaign_id": "c", "datafield": "recs"}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state.db"


@pytest.fixture
def database(path):
    made = Database(f"sqlite:///{path}")
    migrate(made)
    yield made
    made.close()


def test_the_migrations_make_exactly_the_tables_the_code_uses(database, path):
    columns = {
        table: {row[1] for row in sqlite3.connect(path).execute(f"pragma table_info({table})")}
        for table in metadata.tables
    }
    assert columns == {
        name: {column.name for column in table.columns} for name, table in metadata.tables.items()
    }


def test_migrating_twice_changes_nothing(database):
    assert migrate(database) == newest_version()
    require_current(database)


def test_an_old_store_is_refused_with_the_command_that_helps(tmp_path):
    empty = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(StorageUnavailable, match="p13n migrate"):
        require_current(empty)
    empty.close()


def test_a_locked_store_is_unavailable_and_recovers_by_itself(database, path):
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("begin immediate")
    with pytest.raises(StorageUnavailable), database.transaction() as connection:
        connection.execute(insert(campaign_datafields).values(**ROW))
    holder.execute("rollback")
    holder.close()
    with database.transaction() as connection:
        connection.execute(insert(campaign_datafields).values(**ROW))


def test_reading_never_waits_for_a_writer(database, path):
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("begin immediate")
    database.ping()
    holder.execute("rollback")
    holder.close()


def test_a_failed_transaction_leaves_nothing(database):
    with pytest.raises(RuntimeError), database.transaction() as connection:
        connection.execute(insert(campaign_datafields).values(**ROW))
        raise RuntimeError("after the write")
    with database.reading() as connection:
        assert connection.execute(campaign_datafields.select()).all() == []
