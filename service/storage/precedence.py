"""Lets the one thread that everybody waits for finish first.

A thread that writes hands its interpreter to another at each statement, and gets it back when
that one is done reading what it was sent. While a batch is being written, whoever has not begun
to read yet waits for the few milliseconds that this takes.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from service.storage.cache_fork import after_fork

MOST_SECONDS = 0.05
"""Longer nobody gives way: a writer that takes so long waits for the disk or for a lock."""


class Precedence:
    """What one thread of a process takes, and the others respect; never more than a courtesy."""

    def __init__(self) -> None:
        self._start_afresh()
        after_fork(self._start_afresh)

    def _start_afresh(self) -> None:
        self._is_free = threading.Event()
        self._is_free.set()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Have the others give way for as long as this lasts."""
        self._is_free.clear()
        try:
            yield
        finally:
            self._is_free.set()

    def give_way(self) -> None:
        """Wait, for MOST_SECONDS at the most, until nobody has precedence."""
        self._is_free.wait(MOST_SECONDS)
