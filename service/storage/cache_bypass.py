"""Keeps a store that is gone or frozen from costing more than one short timeout.

The first call that finds the store unavailable pays for it; from then on every call fails at
once, while one thread asks in the background whether the store is back. What was voided in
the meantime is voided before anything is read again.
"""

import threading
from collections.abc import Callable
from typing import Any

from service.storage.cache_engine import (
    CacheEngine,
    EngineRefused,
    EngineTrouble,
    EngineUnavailable,
)
from service.storage.cache_fork import after_fork

RETRY_SECONDS = 2.0
MOST_AT_ONCE = 16
"""Questions a process asks at once. The store answers one after the other anyway, and a herd
that opens a connection for each of its threads makes a healthy store look frozen.
"""


class Bypass:
    """A CacheEngine around another one. See the module for what it adds."""

    def __init__(self, engine: CacheEngine, retry_seconds: float = RETRY_SECONDS):
        self._engine = engine
        self._retry_seconds = retry_seconds
        self._start_afresh()
        after_fork(self._start_afresh)

    def _start_afresh(self) -> None:
        self._lock = threading.Lock()
        self._turns = threading.Semaphore(MOST_AT_ONCE)
        self._is_open = False
        self._closing = threading.Event()
        self._owed: dict[str, object] = {}

    @property
    def is_open(self) -> bool:
        """Whether the store is being passed by."""
        return self._is_open

    def read(self, entry: str, mark: str) -> tuple[bytes | None, bytes | None]:
        self._refuse_owed(mark)
        return self._call(self._engine.read, entry, mark)

    def store(self, entry: str, value: bytes, seconds: float, mark: str, generation: bytes) -> bool:
        self._refuse_owed(mark)
        return self._call(self._engine.store, entry, value, seconds, mark, generation)

    def claim_mark(self, mark: str, proposed: bytes, seconds: float) -> bytes:
        self._refuse_owed(mark)
        return self._call(self._engine.claim_mark, mark, proposed, seconds)

    def renew_freshness(self, mark: str, freshness: bytes) -> None:
        self._call(self._engine.renew_freshness, mark, freshness)

    def drop(self, *names: str) -> None:
        self._call(self._engine.drop, *names)

    def drop_all(self, beginning: str) -> None:
        self._call(self._engine.drop_all, beginning)

    def void(self, mark: str) -> None:
        """Delete a mark. What cannot be done now stays owed, and the person is not read."""
        try:
            self._call(self._engine.drop, mark)
        except EngineTrouble:
            with self._lock:
                self._owed[mark] = object()
            raise

    def acquire(self, lease: str, token: bytes, seconds: float) -> bool:
        return self._call(self._engine.acquire, lease, token, seconds)

    def renew(self, lease: str, token: bytes, seconds: float) -> bool:
        return self._call(self._engine.renew, lease, token, seconds)

    def release(self, lease: str, token: bytes) -> None:
        self._call(self._engine.release, lease, token)

    def put(self, name: str, value: bytes, seconds: float) -> None:
        self._call(self._engine.put, name, value, seconds)

    def get(self, name: str) -> bytes | None:
        return self._call(self._engine.get, name)

    def ping(self) -> None:
        self._call(self._engine.ping)

    def sweep(self) -> int:
        return self._call(self._engine.sweep)

    def close(self) -> None:
        self._closing.set()
        self._engine.close()

    def _call(self, ask: Callable[..., Any], *arguments: Any) -> Any:
        self._refuse_while_open()
        with self._turns:
            self._refuse_while_open()  # the store may have gone while we waited for our turn
            try:
                return ask(*arguments)
            except EngineUnavailable:
                self._open()
                raise

    def _refuse_while_open(self) -> None:
        if self._is_open or self._closing.is_set():
            raise EngineUnavailable("closed, or unavailable a moment ago")

    def _refuse_owed(self, mark: str) -> None:
        if not self._owed:
            return
        self._call(self._settle)
        if mark in self._owed:
            raise EngineRefused("this person was voided and the store has not heard of it yet")

    def _settle(self) -> None:
        """Void what is owed. A name that was owed anew in the meantime stays owed."""
        owed = dict(self._owed)
        if not owed:
            return
        try:
            self._engine.drop(*owed)
        except EngineRefused:
            return
        with self._lock:
            for mark, debt in owed.items():
                if self._owed.get(mark) is debt:
                    del self._owed[mark]

    def _open(self) -> None:
        with self._lock:
            if self._is_open or self._closing.is_set():
                return
            self._is_open = True
            threading.Thread(target=self._ask_until_back, name="cache-bypass", daemon=True).start()

    def _ask_until_back(self) -> None:
        while not self._closing.wait(self._retry_seconds):
            try:
                self._engine.ping()
                self._settle()
            except EngineTrouble:
                continue
            self._is_open = False
            return
