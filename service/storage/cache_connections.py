"""One SQLite connection for each thread, to whichever file is the current one."""

import os
import sqlite3
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from service.storage.cache_file import CacheFile
from service.storage.cache_fork import after_fork

Answer = TypeVar("Answer")

OPENING_ATTEMPTS = 3

_INHERITED: list[object] = []
"""What a forked child got from its parent. It is kept, because closing it could harm the parent."""


class ThreadConnection:
    """An open connection and the file it was opened on."""

    def __init__(self, file: Path, busy_seconds: float, most_pages: int):
        self.file = file
        self._in_use = threading.Lock()  # closing a connection that another thread uses crashes
        self._inode = os.stat(file).st_ino
        self._most_pages = most_pages
        self._is_set_up = False
        # Closed by whoever drops it last, which need not be the thread that opened it.
        self._connection = sqlite3.connect(
            f"{file.absolute().as_uri()}?mode=rw",  # never create: a replaced name stays gone
            uri=True,
            timeout=busy_seconds,
            isolation_level=None,
            check_same_thread=False,
        )
        self._connection.text_factory = bytes  # text where bytes belong is junk, not an error

    def ask(self, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Return what `question` makes of the connection; raises sqlite3.Error."""
        with self._in_use:
            if not self._is_set_up:
                self._set_up()
            return question(self._connection)

    def is_current(self) -> bool:
        """Whether the file is still there: a damaged one was deleted by whoever replaced it."""
        try:
            return os.stat(self.file).st_ino == self._inode
        except FileNotFoundError:
            return False

    def close(self) -> None:
        with suppress(sqlite3.Error, AttributeError), self._in_use:
            self._connection.close()

    __del__ = close

    def _set_up(self) -> None:
        """Read the file for the first time, which is when a damaged one is noticed."""
        self._connection.execute("pragma synchronous = off")  # a cache may lose its last second
        self._connection.execute(f"pragma max_page_count = {self._most_pages:d}")
        self._is_set_up = True


class Connections:
    """The connections of this process. Nothing is opened before the first call of `here`."""

    def __init__(self, file: CacheFile, busy_seconds: float, most_pages: int):
        self._file = file
        self._busy_seconds = busy_seconds
        self._most_pages = most_pages
        self._of_thread = threading.local()
        self._all: weakref.WeakSet[ThreadConnection] = weakref.WeakSet()
        self._closed = False
        after_fork(self._leave_to_parent)

    def here(self) -> ThreadConnection:
        """Return this thread's connection; opened if there is none or its file was replaced.

        Raises sqlite3.Error or OSError when it cannot be opened, and after `close`.
        """
        if self._closed:
            raise sqlite3.ProgrammingError("the cache was closed")
        held = getattr(self._of_thread, "held", None)
        if held is None or not held.is_current():
            held = self._of_thread.held = self._open(lost=held.file if held else None)
            self._all.add(held)
        return held

    def drop_here(self) -> None:
        """Close this thread's connection; the next call opens another."""
        held = self._of_thread.__dict__.pop("held", None)
        if held is not None:
            held.close()

    def replace_file(self, damaged: Path) -> None:
        """Put an empty file in place of a damaged one; other threads notice by themselves."""
        self.drop_here()
        self._file.replace(damaged)

    def close(self) -> None:
        self._closed = True
        for held in list(self._all):
            held.close()

    def _open(self, lost: Path | None) -> ThreadConnection:
        for _ in range(OPENING_ATTEMPTS):
            file = self._file.current(lost)
            try:
                return ThreadConnection(file, self._busy_seconds, self._most_pages)
            except (FileNotFoundError, sqlite3.OperationalError):
                if file.exists():
                    raise
                lost = file  # it was replaced or deleted while we were opening it
        raise sqlite3.OperationalError("the cache file does not stay where it is")

    def _leave_to_parent(self) -> None:
        _INHERITED.extend([self._of_thread, *self._all])
        self._of_thread = threading.local()
        self._all = weakref.WeakSet()
