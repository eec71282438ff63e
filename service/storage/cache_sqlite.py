"""The response cache in a SQLite file, shared by all processes of one machine.

Write-ahead log, no waiting for the disk: after a power failure the file may be damaged, and a
damaged file is thrown away and built anew. It needs a local disk, not a network share
(sqlite.org, "Write-Ahead Logging").
"""

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from service.storage.cache_connections import Connections
from service.storage.cache_engine import (
    GENERATION_BYTES,
    MARK_BYTES,
    EngineRefused,
    EngineUnavailable,
)
from service.storage.cache_file import CacheFile
from service.storage.cache_fork import after_fork

Answer = TypeVar("Answer")

MAX_BYTES = 256 * 2**20
PAGE_BYTES = 4_096
BUSY_SECONDS = 0.5
CLOCK_SLACK_SECONDS = 10
"""By so much a lease may outlast ours without being absurd: others renew while we look."""
SWEEP_ROWS = 500
"""Rows thrown away in one transaction: a few milliseconds during which nobody else writes."""
SWEEP_STEPS = 20
FULL, ROOMY = 0.9, 0.8
"""Above the first share of `max_bytes` a sweep makes room, down to the second."""
MAKE_ROOM = """
delete from entries where rowid in (select rowid from entries order by expires limit 20)
"""

DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}
"""The last one means that our tables are missing: our statements themselves are right."""
REFUSED = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_TOOBIG}


class SqliteEngine:
    """A CacheEngine on files named after `path`, at most about `max_bytes` large."""

    def __init__(
        self,
        path: str | os.PathLike,
        *,
        max_bytes: int = MAX_BYTES,
        busy_seconds: float = BUSY_SECONDS,
        clock: Callable[[], float] = time.time,
    ):
        self._most_pages = max(64, max_bytes // PAGE_BYTES)
        self._connections = Connections(CacheFile(path), busy_seconds, self._most_pages)
        self._clock = clock
        self._start_afresh()
        after_fork(self._start_afresh)

    def _start_afresh(self) -> None:
        self._claiming = threading.Lock()

    def read(self, entry: str, mark: str) -> tuple[bytes | None, bytes | None]:
        return self._row(
            "select (select value from entries where name = ?),"
            " (select mark from marks where name = ?)",
            entry,
            mark,
        )

    def store(self, entry: str, value: bytes, seconds: float, mark: str, generation: bytes) -> bool:
        until = self._clock() + seconds
        try:
            kept = self._change(
                "insert or replace into entries select ?, ?, ? where exists"
                " (select 1 from marks where name = ? and substr(mark, 1, ?) = ?)",
                entry,
                value,
                until,
                mark,
                GENERATION_BYTES,
                generation,
            )
        except EngineRefused:
            self._change(MAKE_ROOM)  # for the next answer; this one is not kept
            raise
        if kept:
            self._change(
                "update marks set expires = ? where name = ? and expires < ?", until, mark, until
            )
        return kept == 1

    def claim_mark(self, mark: str, proposed: bytes, seconds: float) -> bytes:
        with self._claiming:  # of many threads one writes, the others read what it wrote
            row = self._row("select mark from marks where name = ?", mark)
            if row and len(row[0]) == MARK_BYTES:
                return row[0]
            return self._claim_mark(mark, proposed, self._clock() + seconds)

    def renew_freshness(self, mark: str, freshness: bytes) -> None:
        if self._row("select 1 from marks where name = ?", mark) is None:
            return  # seen without the write lock: most events are of people nobody asks about
        self._change(
            # Without the cast, SQLite takes what it has joined for text.
            "update marks set mark = cast(substr(mark, 1, ?) || ? as blob) where name = ?",
            GENERATION_BYTES,
            freshness,
            mark,
        )

    def drop(self, *names: str) -> None:
        for name in names:
            self._change("delete from marks where name = ?", name)
            self._change("delete from entries where name = ?", name)

    def drop_all(self, beginning: str) -> None:
        end = beginning + chr(0x10FFFF)
        for table in ("marks", "entries"):
            self._change(f"delete from {table} where name >= ? and name < ?", beginning, end)  # noqa: S608

    def acquire(self, lease: str, token: bytes, seconds: float) -> bool:
        now = self._clock()
        # A lease that ends much later than ours would was taken before the clock was set back.
        absurd = now + seconds + CLOCK_SLACK_SECONDS
        row = self._row("select expires from leases where name = ?", lease)
        if row and now <= row[0] <= absurd:
            return False  # seen without the write lock, so that those who wait disturb nobody
        changed = self._change(
            "insert into leases values (?, ?, ?) on conflict (name) do update"
            " set token = excluded.token, expires = excluded.expires"
            " where expires < ? or expires > ?",
            lease,
            token,
            now + seconds,
            now,
            absurd,
        )
        return changed == 1

    def renew(self, lease: str, token: bytes, seconds: float) -> bool:
        until = self._clock() + seconds
        changed = self._change(
            "update leases set expires = ? where name = ? and token = ?", until, lease, token
        )
        return changed == 1

    def release(self, lease: str, token: bytes) -> None:
        self._change("delete from leases where name = ? and token = ?", lease, token)

    def put(self, name: str, value: bytes, seconds: float) -> None:
        self._change(
            "insert or replace into entries values (?, ?, ?)", name, value, self._clock() + seconds
        )

    def get(self, name: str) -> bytes | None:
        row = self._row(
            "select value from entries where name = ? and expires > ?", name, self._clock()
        )
        return row[0] if row else None

    def ping(self) -> None:
        self._ask(_touch)

    def sweep(self) -> int:
        """Delete expired rows; then, if the file is nearly full, those that expire first."""
        swept = sum(self._sweep_table(table) for table in ("entries", "marks", "leases"))
        if self._used_pages() > FULL * self._most_pages:
            swept += self._make_room()
        return swept

    def close(self) -> None:
        self._connections.close()

    def _claim_mark(self, mark: str, proposed: bytes, until: float) -> bytes:
        row = self._row(
            "insert into marks values (?, ?, ?) on conflict (name) do update"
            " set mark = iif(length(mark) = ?, mark, excluded.mark) returning mark",
            mark,
            proposed,
            until,
            MARK_BYTES,
        )
        return row[0]

    def _sweep_table(self, table: str) -> int:
        return self._delete_in_steps(
            f"delete from {table} where rowid in (select rowid from {table}"  # noqa: S608
            f" where expires < ? limit {SWEEP_ROWS})",
            self._clock(),
        )

    def _make_room(self) -> int:
        return self._delete_in_steps(
            MAKE_ROOM, enough=lambda: self._used_pages() < ROOMY * self._most_pages
        )

    def _delete_in_steps(self, statement: str, *values, enough=lambda: False) -> int:
        swept = 0
        for _ in range(SWEEP_STEPS):
            gone = self._change(statement, *values)
            swept += gone
            if not gone or enough():
                break
        return swept

    def _used_pages(self) -> int:
        return self._row("pragma page_count")[0] - self._row("pragma freelist_count")[0]

    def _row(self, statement: str, *values) -> tuple | None:
        return self._ask(lambda connection: connection.execute(statement, values).fetchone())

    def _change(self, statement: str, *values) -> int:
        return self._ask(lambda connection: connection.execute(statement, values).rowcount)

    def _ask(self, ask: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Ask this thread's connection; once more when the file had to be replaced."""
        try:
            try:
                return self._ask_once(ask)
            except _FileReplaced:
                return self._ask_once(ask)
        except _FileReplaced as trouble:
            raise EngineUnavailable("the new cache file is damaged as well") from trouble
        except (sqlite3.Error, OSError) as trouble:
            self._connections.drop_here()
            raise EngineUnavailable(str(trouble)) from trouble

    def _ask_once(self, ask: Callable[[sqlite3.Connection], Answer]) -> Answer:
        held = self._connections.here()
        try:
            return held.ask(ask)
        except sqlite3.DatabaseError as trouble:
            if not held.is_current():
                raise _FileReplaced from trouble
            reason = getattr(trouble, "sqlite_errorcode", 0) & 0xFF  # without the extended part
            if reason in REFUSED:
                raise EngineRefused(str(trouble)) from trouble
            if reason in DAMAGED:
                self._connections.replace_file(held.file)
                raise _FileReplaced from trouble
            raise


class _FileReplaced(Exception):
    """Raised when the file was damaged or deleted, so that another one stands in its place."""


def _touch(connection: sqlite3.Connection) -> None:
    """Take the write lock and give it back: reading alone would not show who blocks it."""
    connection.execute("begin immediate")
    connection.execute("rollback")
