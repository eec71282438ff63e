"""Backups of the state store, made while everything runs, and brought back into an empty place.

SQLite is copied by its own backup call, in one read transaction: writers go on, and the copy is
the store as it was when it began. PostgreSQL's own pg_dump and pg_restore do the same. A backup
appears under its name only when it is whole and has been read back.
"""

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, inspect

from service.errors import Fault
from service.storage.database import Database
from service.storage.schema import migrate_within, newest_version

PROGRAM_SECONDS = 6 * 3_600
VERSION_ROWS = "TABLE DATA public alembic_version"


class BackupFailed(Fault):
    """Raised when a backup cannot be made or brought back; nothing was changed."""

    code = "BACKUP_FAILED"
    title = "Backup Failed"


def back_up(database: Database, target: Path) -> Path:
    """Put a backup into the file `target`, or into a new file of that folder; return the file.

    Raises: BackupFailed.
    """
    if target.is_dir():
        ending = "sqlite" if database.is_sqlite else "pgdump"
        target = target / f"p13n-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.{ending}"
    if target.exists():
        raise BackupFailed(f"{target} is there already.")
    with _unfinished(target) as part:
        if database.is_sqlite:
            _copy_sqlite(Path(database.engine.url.database), part)
            _require_whole(part)
        else:
            _run(database, "pg_dump", "--format=custom", f"--file={part}", with_store=True)
            _run(database, "pg_restore", "--list", str(part))
        _sync(part)
    return target


def restore(database: Database, file: Path, and_then: Callable[[Connection], object]) -> str:
    """Bring `file` back and its schema up to date, do `and_then`; return the schema's version.

    Whatever is interrupted leaves an empty place, or a store that every program refuses.
    Raises: BackupFailed, also when the place is not empty.
    """
    if not file.is_file():
        raise BackupFailed(f"{file} is not a file.")
    return (_restore_sqlite if database.is_sqlite else _restore_postgresql)(
        database, file, and_then
    )


def _restore_sqlite(database: Database, file: Path, and_then) -> str:
    place = Path(database.engine.url.database)
    for each in (place, Path(f"{place}-wal"), Path(f"{place}-shm")):
        if each.exists() and each.stat().st_size:
            raise BackupFailed(f"{each} is there already. Move it away first.")
    with _unfinished(place) as part:
        shutil.copyfile(file, part)
        _require_whole(part)
        _require_known(_sqlite_version(part))
        copy = Database(f"sqlite:///{part}")
        try:
            version = _finish(copy, and_then)
        finally:
            copy.close()
        _leave_wal(part)
        _sync(part)
    return version


def _restore_postgresql(database: Database, file: Path, and_then) -> str:
    """Leave the version out until all is done: without it nobody takes the store for one."""
    with database.reading() as connection:
        if inspect(connection).get_table_names():
            raise BackupFailed("The database has tables already. Restore into an empty one.")
    contents = _run(database, "pg_restore", "--list", str(file))
    rows = _run(database, "pg_restore", "--data-only", "--table=alembic_version", "-f-", str(file))
    found = re.search(r"^COPY public\.alembic_version [^\n]*\n(\S+)\n", rows, re.MULTILINE)
    _require_known(found and found[1])
    with tempfile.NamedTemporaryFile("w", suffix=".list") as wanted:
        lines = [line for line in contents.splitlines() if VERSION_ROWS not in line]
        wanted.write("\n".join(lines) + "\n")
        wanted.flush()
        options = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
        list_of = f"--use-list={wanted.name}"
        _run(database, "pg_restore", *options, list_of, str(file), with_store=True)

    note_version = "insert into alembic_version values (%s)"
    return _finish(database, and_then, lambda c: c.exec_driver_sql(note_version, (found[1],)))


def _finish(database: Database, and_then, begin=lambda connection: None) -> str:
    """Bring the schema up to date and do `and_then`, all or nothing."""

    def work(connection: Connection) -> None:
        begin(connection)
        migrate_within(connection)
        and_then(connection)

    database.write(work)
    return newest_version()


@contextlib.contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """Yield a private file beside `target` that takes its name at the end, or goes."""
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _remove(part)  # of somebody who was killed: another store's WAL must not be read into this
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        yield part
        part.replace(target)
        _sync(target.parent)
    except (OSError, sqlite3.Error) as trouble:
        raise BackupFailed(f"{target} cannot be written ({trouble}).") from trouble
    finally:
        _remove(part)


def _remove(part: Path) -> None:
    for ending in ("", "-wal", "-shm", ".writing"):
        Path(f"{part}{ending}").unlink(missing_ok=True)


def _copy_sqlite(source: Path, target: Path) -> None:
    if not source.exists():
        raise BackupFailed(f"There is no state store at {source}.")
    with (
        contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as original,
        contextlib.closing(sqlite3.connect(target)) as copy,
    ):
        original.backup(copy)  # in one step: copying in many begins anew at each write
    _leave_wal(target)


def _leave_wal(file: Path) -> None:
    """Make it one file again; the service turns the WAL on when it opens it."""
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("pragma journal_mode=delete")


def _require_whole(file: Path) -> None:
    try:
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            [(verdict,)] = connection.execute("pragma integrity_check(1)").fetchall()
    except sqlite3.DatabaseError as trouble:
        raise BackupFailed(f"The backup cannot be read ({trouble}).") from trouble
    if verdict != "ok":
        raise BackupFailed(f"The backup is damaged: {verdict}.")


def _sqlite_version(file: Path) -> str | None:
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        try:
            return connection.execute("select version_num from alembic_version").fetchone()[0]
        except (sqlite3.OperationalError, TypeError):
            return None


def _require_known(version: str | None) -> None:
    if version is None:
        raise BackupFailed("This is no backup of a state store.")
    if version > newest_version():
        raise BackupFailed(
            f"The backup has schema {version}, this program knows {newest_version()}. "
            "Install the version that made it, or a newer one."
        )


def _run(database: Database, name: str, *arguments: str, with_store: bool = False) -> str:
    """Run one of PostgreSQL's programs and return what it says; the password goes by variable."""
    program = shutil.which(name)
    if program is None:
        raise BackupFailed(f"{name} is not installed (Debian: postgresql-client).")
    url, environment = database.engine.url, dict(os.environ)
    command = [program, *arguments]
    if with_store:
        address = url._replace(drivername="postgresql", password=None)  # `set` would keep it
        command.append(f"--dbname={address.render_as_string()}")
        if url.password:
            environment["PGPASSWORD"] = str(url.password)
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=PROGRAM_SECONDS
    )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        raise BackupFailed(f"{name}: {said}")
    return done.stdout


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
