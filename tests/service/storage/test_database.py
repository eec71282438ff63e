"""The state store: a fault of the disk is a 503, never an acknowledgement."""

import sqlite3
import threading

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import insert, inspect

from service.errors import StorageUnavailable
from service.model import Identity
from service.storage.database import Database
from service.storage.people import People, digest
from service.storage.schema import MIGRATIONS, migrate, newest_version, require_current
from service.storage.tables import campaign_datafields, metadata

ADA = Identity("emailAddress", "ada@shop.example")
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


def test_the_migrations_make_exactly_the_tables_the_code_uses(state_store):
    made = inspect(state_store.engine)
    columns = {
        table: {column["name"] for column in made.get_columns(table)}
        for table in made.get_table_names()
        if table != "alembic_version"
    }
    indexes = {
        index["name"] for table in columns for index in made.get_indexes(table) if index["name"]
    }
    assert columns == {
        name: {column.name for column in table.columns} for name, table in metadata.tables.items()
    }
    assert indexes == {index.name for table in metadata.tables.values() for index in table.indexes}


def test_migrating_again_changes_nothing(state_store):
    assert migrate(state_store) == newest_version()
    require_current(state_store)


def test_the_files_of_the_versions_are_numbered_in_their_order():
    assert newest_version() == ScriptDirectory(str(MIGRATIONS)).get_current_head()


def test_who_has_nothing_to_migrate_waits_for_nobody(database):
    with database.turns.taken():
        assert migrate(database) == newest_version()


def test_migrating_waits_for_its_turn_like_every_writer(path):
    database = Database(f"sqlite:///{path}")
    migrating = threading.Thread(target=migrate, args=(database,))
    with database.turns.taken():
        migrating.start()
        migrating.join(1)
        assert migrating.is_alive()
    migrating.join(10)
    require_current(database)
    database.close()
    assert not migrating.is_alive()


def test_people_from_before_events_stay_proven(empty_url):
    older = Database(empty_url)
    migrate(older, "0001")
    with older.transaction() as connection:
        connection.exec_driver_sql(
            "insert into people (tenant, dataset, proven_at) values ('acme', 'retail', 1.5)"
        )
        connection.exec_driver_sql(
            f"insert into identities select '{digest('acme', 'retail', ADA)}', id from people"
        )
    migrate(older)
    assert People(older).find("acme", "retail", ADA) is not None
    older.close()


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
