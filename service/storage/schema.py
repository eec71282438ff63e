"""Brings the state store's schema up to date.

Alembic is loaded only to change something: it weighs 10 MB.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect

from service.errors import StorageUnavailable
from service.storage import (  # noqa: F401 - parts of the schema
    privacy_tables,
    runs_tables,
    segment_tables,
)
from service.storage.database import Database

MIGRATIONS = Path(__file__).with_name("migrations")
_POSTGRESQL_LOCK = 7_013_001  # any number of ours: two processes never migrate at once


def migrate(database: Database, version: str | None = None) -> str:
    """Upgrade to `version`, else to the newest, and return the newest's name.

    Safe to call from several processes. It waits for its turn like every writer: a process may
    start in the middle of a rush.
    """

    def upgrade(connection: Connection) -> None:
        from alembic import command
        from alembic.config import Config

        if not database.is_sqlite:
            connection.exec_driver_sql(f"select pg_advisory_xact_lock({_POSTGRESQL_LOCK})")
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, version or "head")

    if version or _found_version(database) != newest_version():
        database.write(upgrade)
    return newest_version()


def newest_version() -> str:
    """Return the version this code was written for: the files are numbered."""
    return max(path.name for path in (MIGRATIONS / "versions").glob("*.py")).partition("_")[0]


def require_current(database: Database) -> None:
    """Raise StorageUnavailable unless the schema is the one this code was written for."""
    found = _found_version(database)
    if found != newest_version():
        raise StorageUnavailable(
            f"The state store has schema {found or 'none'}, this program needs "
            f"{newest_version()}. Run: p13n migrate"
        )


def _found_version(database: Database) -> str | None:
    with database.reading() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        query = "select version_num from alembic_version"
        return connection.exec_driver_sql(query).scalar()
