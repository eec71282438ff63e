"""Which file on disk holds the cache right now, and how a damaged one is replaced.

A damaged file is never replaced under its own name: SQLite deletes a write-ahead log by name
when the last connection closes, and a connection to the old file would take the new file's
log with it. So the successor of `responses.db` is `responses.db.1`, and the file with the
highest number is the current one. A lock file keeps two processes from creating at once.
"""

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA = """
create table if not exists entries (name text primary key, value blob, expires real);
create index if not exists entries_by_expiry on entries (expires);
create table if not exists marks (name text primary key, mark blob, expires real);
create table if not exists leases (name text primary key, token blob, expires real);
"""


class CacheFile:
    """The current file of a family of files named after `path`."""

    def __init__(self, path: str | os.PathLike, lock_seconds: float = 0.5):
        self._path = Path(path)
        self._lock_seconds = lock_seconds

    def current(self, lost: Path | None = None) -> Path:
        """Return the current file, ready to be opened; it is created if there is none.

        `lost` is a file that the caller has open and that somebody deleted: its name is not
        used again. Raises sqlite3.OperationalError or OSError when there can be no file.
        """
        found = self._newest()
        if found is not None:
            return found
        with self._locked():
            found = self._newest()  # another process may have been faster
            return found if found is not None else self._create(self._after(lost))

    def replace(self, damaged: Path) -> None:
        """Put an empty file in place of `damaged`, unless another process has done so."""
        with self._locked():
            if self._newest() == damaged:
                self._create(self._after(damaged))
            for name in (damaged, f"{damaged}-wal", f"{damaged}-shm"):
                Path(name).unlink(missing_ok=True)

    def _newest(self) -> Path | None:
        """Return the file with the highest number, the plain name counting as 0."""
        numbers = [
            int(suffix)
            for other in self._path.parent.glob(f"{self._path.name}.*")
            if (suffix := other.name.removeprefix(f"{self._path.name}.")).isdecimal()
        ]
        if numbers:
            return self._numbered(max(numbers))
        return self._path if self._path.exists() else None

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}") if number else self._path

    def _after(self, file: Path | None) -> Path:
        if file is None:
            return self._path
        number = 0 if file == self._path else int(file.suffix.removeprefix("."))
        return self._numbered(number + 1)

    def _create(self, file: Path) -> Path:
        """Build the file under another name, so that nobody opens it half made."""
        draft = file.with_name(f"{file.name}.draft")
        for name in (draft, f"{draft}-wal", f"{draft}-shm", f"{file}-wal", f"{file}-shm"):
            Path(name).unlink(missing_ok=True)
        connection = sqlite3.connect(draft, isolation_level=None)
        try:
            connection.execute("pragma journal_mode = wal")
            connection.executescript(SCHEMA)
        finally:
            connection.close()
        draft.rename(file)
        return file

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with open(f"{self._path}.lock", "w", encoding="ascii") as lock:
            until = time.monotonic() + self._lock_seconds
            while not _try_lock(lock.fileno()):
                if time.monotonic() > until:
                    raise sqlite3.OperationalError("another process is creating the cache file")
                time.sleep(0.005)
            yield  # closing the file gives the lock back, as does the end of the process


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
