"""Brings the state store's schema up to date."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from service.errors import StorageUnavailable
from service.storage import runs_tables, segment_tables  # noqa: F401 - part of the schema
from service.storage.database import Database

MIGRATIONS = Path(__file__).with_name("migrations")
_POSTGRESQL_LOCK = 7_013_001  # any number of ours: two processes never migrate at once


def migrate(database: Database, version: str = "head") -> str:
    """Upgrade to the newest version and return its name. Safe to call from several processes.

    It waits for its turn like every writer: a process may start in the middle of a rush.
    """

    def upgrade(connection: Connection) -> None:
        if not database.is_sqlite:
            connection.exec_driver_sql(f"select pg_advisory_xact_lock({_POSTGRESQL_LOCK})")
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, version)

    database.write(upgrade)
    return newest_version()


def newest_version() -> str:
    """Return the version this code was written for."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def require_current(database: Database) -> None:
    """Raise StorageUnavailable unless the schema is the one this code was written for."""
    with database.reading() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found != newest_version():
        raise StorageUnavailable(
            f"The state store has schema {found or 'none'}, this program needs "
            f"{newest_version()}. Run: p13n migrate"
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config
