"""The state store: one SQLAlchemy engine on SQLite (embedded) or PostgreSQL (scaled out).

SQLite runs in WAL mode with full syncs. What may write begins IMMEDIATE: upgrading a read to a
write would fail with "database is locked" at once, without waiting. What only reads says so,
and never waits for a writer.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from service.errors import StorageUnavailable
from service.storage.driver import driver_error, errors_named
from service.storage.turns import Turns

Result = TypeVar("Result")

BUSY_TIMEOUT_MS = 2_000
"""Shorter than a read's whole deadline (3.5 s): a locked store must still get its answer out."""

TRIES = 8
"""How often work is done anew when another writer got in its way."""
IN_THE_WAY = {"40001", "40P01", "55P03"}
"""serialization_failure, deadlock_detected, lock_not_available. Source: PostgreSQL, appendix A."""


class Database:
    """Opens transactions; connects lazily, so that a forked process never shares a connection."""

    def __init__(self, url: str):
        self.is_sqlite = url.startswith("sqlite")
        self.engine: Engine = _sqlite(url) if self.is_sqlite else _postgresql(url)
        self.turns = Turns(_lock_file(self.engine) if self.is_sqlite else None)

    @contextmanager
    def transaction(self, *, reading: bool = False) -> Iterator[Connection]:
        """Yield a connection; commit at the end, roll back on any exception.

        Raises: StorageUnavailable when the store is locked, full, read-only or gone.
        """
        try:
            with self.engine.connect() as connection:
                connection = connection.execution_options(only_reads=reading)
                with connection.begin():
                    yield connection
        except (SQLAlchemyError, *errors_named("Error")) as trouble:
            raise StorageUnavailable() from trouble

    def write(self, work: Callable[[Connection], Result]) -> Result:
        """Return what `work` returns once its transaction is on disk; it waits for its turn.

        Raises: StorageUnavailable as `transaction` does.
        """
        with self.turns.taken():
            return self.write_in_turn(work)

    def write_in_turn(self, work: Callable[[Connection], Result]) -> Result:
        """Do as `write` does for a caller whose turn it is.

        `work` is done anew, in a new transaction, when another writer got in its way.
        """
        for trial in range(1, TRIES + 1):
            try:
                with self.transaction() as connection:
                    return work(connection)
            except StorageUnavailable as trouble:
                if trial == TRIES or not _another_was_in_the_way(trouble.__cause__):
                    raise
            time.sleep(random.uniform(0, 0.01 * trial))  # noqa: S311 - lest both try in step
        raise AssertionError("unreachable")

    def reading(self):
        """Yield a connection for reads only."""
        return self.transaction(reading=True)

    def ping(self) -> None:
        """Raise StorageUnavailable unless the store answers."""
        with self.reading() as connection:
            connection.exec_driver_sql("select 1")

    def close(self) -> None:
        self.engine.dispose()


def _another_was_in_the_way(trouble: BaseException | None) -> bool:
    """Tell whether two writers added the same row, or waited for each other in a circle."""
    original = driver_error(trouble)
    return isinstance(original, errors_named("IntegrityError")) or (
        getattr(original, "sqlstate", "") in IN_THE_WAY
    )


def _lock_file(engine: Engine) -> str | None:
    path = engine.url.database
    return f"{path}.writing" if path and path != ":memory:" else None


def _sqlite(url: str) -> Engine:
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=64,
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection, _record):
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=wal", "synchronous=full", "foreign_keys=on"):
            cursor.execute(f"pragma {pragma}")
        cursor.close()
        # SQLite's own lower() knows the letters of ASCII only.
        connection.create_function("lower", 1, _lower, deterministic=True)

    @event.listens_for(engine, "begin")
    def _begin(connection):
        only_reads = connection.get_execution_options().get("only_reads")
        connection.exec_driver_sql("begin" if only_reads else "begin immediate")

    return engine


def _lower(text: str | None) -> str | None:
    return text and text.lower()


def _postgresql(url: str) -> Engine:
    engine = create_engine(
        url,
        pool_size=8,
        max_overflow=24,
        pool_timeout=2,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 2},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection, _record):
        # Every statement begins at an index. Without statistics, as in the first minutes of a new
        # database, the planner takes even a large table for one that is quicker read as a whole.
        with connection.cursor() as cursor:
            cursor.execute("set enable_seqscan = off")
        connection.commit()

    return engine
