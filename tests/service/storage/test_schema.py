"""Schema and programs of different age: what is newer only adds, and says when it does not."""

import ast
import threading
from pathlib import Path

import pytest
from sqlalchemy import text, update

from service.errors import StorageUnavailable
from service.storage import schema
from service.storage.database import Database
from service.storage.schema import migrate, require_current
from service.storage.tables import schema_floor

VERSIONS = Path(schema.__file__).with_name("migrations") / "versions"
FIRST_UNDER_THE_RULE = "0009"
TAKES_AWAY = {"drop_table", "drop_column", "alter_column", "rename_table", "drop_constraint"}


def set_version(store: Database, version: str, floor: str) -> None:
    def work(connection) -> None:
        connection.execute(text("update alembic_version set version_num = :v"), {"v": version})
        connection.execute(update(schema_floor).values(version=floor))

    store.write(work)


def test_a_program_works_on_a_newer_schema_that_has_all_it_needs(state_store):
    set_version(state_store, "9998", floor=schema.newest_version())
    require_current(state_store)
    assert migrate(state_store) == "9998"  # an older program that starts again changes nothing


def test_a_program_that_is_too_old_for_the_schema_is_refused(state_store):
    set_version(state_store, "9998", floor="9997")
    with pytest.raises(StorageUnavailable, match="Install the newer version"):
        require_current(state_store)


def test_a_new_program_asks_for_its_schema(empty_url):
    older = Database(empty_url)
    migrate(older, "0007")
    with pytest.raises(StorageUnavailable, match="has schema 0007, this program needs"):
        require_current(older)
    older.close()


def test_migrating_gives_way_to_who_holds_a_table_and_then_succeeds(postgres_server, monkeypatch):
    """On PostgreSQL a waiting lock would make everybody wait behind it; SQLite has one writer."""
    monkeypatch.setattr(schema, "LOCK_SECONDS", 1)
    with postgres_server.database() as url:
        migrate_while_a_table_is_held(Database(url), Database(url))


def migrate_while_a_table_is_held(older: Database, holder: Database) -> None:
    migrate(older, "0006")
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        with holder.transaction() as connection:
            connection.exec_driver_sql("lock table outbox in row exclusive mode")
            holding.set()
            done.wait(1.5)

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait(10)
    migrate(older)
    thread.join()
    require_current(older)
    older.close()
    holder.close()


@pytest.mark.parametrize("path", sorted(VERSIONS.glob("*.py")), ids=lambda path: path.stem)
def test_a_migration_only_adds_or_raises_the_floor(path):
    if path.name < FIRST_UNDER_THE_RULE:
        return
    source = path.read_text()
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    names = {call.func.attr for call in calls if isinstance(call.func, ast.Attribute)}
    raises_floor = "schema_floor" in source and path.stem != "0009_schema_floor"
    assert not names & TAKES_AWAY or raises_floor, "older programs would miss what goes"
    for call in calls:
        if getattr(call.func, "attr", "") == "add_column":
            column = call.args[-1]
            options = {keyword.arg: keyword.value for keyword in column.keywords}
            is_required = getattr(options.get("nullable"), "value", True) is False
            assert not is_required or "server_default" in options, "older programs leave it out"
