"""Turns at writing: one writer at a time among all threads and processes of a machine.

SQLite's own waiting sleeps for longer and longer and may starve a writer for seconds. The
kernel hands a file lock on in order, and takes it back from the dead.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from service.errors import StorageUnavailable


class Turns:
    """Turns of everybody who names the same lock file; without a file nobody waits."""

    def __init__(self, path: str | os.PathLike | None):
        self._path = path

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for a turn and keep it to the end. Raises: StorageUnavailable without a disk."""
        if self._path is None:
            yield
            return
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as trouble:
            raise StorageUnavailable() from trouble
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
