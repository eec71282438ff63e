"""Brings the state store's schema up to date.

Alembic is loaded only to change something: it weighs 10 MB.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, select

from service.errors import StorageUnavailable
from service.storage import (  # noqa: F401 - parts of the schema
    privacy_tables,
    runs_tables,
    segment_tables,
)
from service.storage.database import Database
from service.storage.tables import schema_floor

MIGRATIONS = Path(__file__).with_name("migrations")
LOCK_SECONDS = 3
_POSTGRESQL_LOCK = 7_013_001  # any number of ours: two processes never migrate at once


def migrate(database: Database, version: str | None = None) -> str:
    """Upgrade to `version`, else to the newest, and return the version the store then has.

    Safe to call from several processes. It waits for its turn like every writer: a process may
    start in the middle of a rush. A newer store that this code can work on is left as it is.
    """
    own, (found, _floor) = newest_version(), _found(database)
    if version is None and found is not None and found > own:
        require_current(database)
        return found
    if version or found != own:
        database.write(lambda connection: migrate_within(connection, version or "head"))
    return version or own


def migrate_within(connection: Connection, version: str = "head") -> None:
    """Do as `migrate` does, in the caller's transaction.

    Programs that run meanwhile are kept waiting for LOCK_SECONDS at most: a lock that waits makes
    all others wait behind it.
    """
    from alembic import command
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"select pg_advisory_xact_lock({_POSTGRESQL_LOCK})")
        connection.exec_driver_sql(f"set local lock_timeout = '{LOCK_SECONDS}s'")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, version)


def newest_version() -> str:
    """Return the version this code was written for: the files are numbered."""
    return max(path.name for path in (MIGRATIONS / "versions").glob("*.py")).partition("_")[0]


def require_current(database: Database) -> None:
    """Raise StorageUnavailable unless this code can work on the schema: its own, or a newer one

    that still has all that it needs (CONTRIBUTING.md, "Schema").
    """
    own = newest_version()
    found, floor = _found(database)
    if found == own or (found or "") > own >= (floor or "9999"):
        return
    if found is not None and found > own:
        raise StorageUnavailable(
            f"The state store has schema {found}, which programs older than {floor} cannot use; "
            f"this one knows {own}. Install the newer version."
        )
    raise StorageUnavailable(
        f"The state store has schema {found or 'none'}, this program needs {own}. Run: p13n migrate"
    )


def _found(database: Database) -> tuple[str | None, str | None]:
    """Return the store's version, and the oldest version whose programs can use it."""
    with database.reading() as connection:
        tables = inspect(connection)
        if not tables.has_table("alembic_version"):
            return None, None
        found = connection.exec_driver_sql("select version_num from alembic_version").scalar()
        if not tables.has_table(schema_floor.name):
            return found, found
        return found, connection.execute(select(schema_floor.c.version)).scalar_one()
