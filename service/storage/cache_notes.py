"""Small facts that all processes should know for a while, such as "do not call before noon"."""

import struct
import threading
from collections.abc import Callable
from contextlib import suppress

from service.storage.cache_engine import CacheEngine, EngineTrouble

UNTIL = struct.Struct("<d")
MOST_NOTES = 1_000


class Notes:
    """Kept in the engine, and in this process for the time when the engine cannot be asked."""

    def __init__(self, engine: CacheEngine, clock: Callable[[], float]):
        self._engine = engine
        self._clock = clock
        self._lock = threading.Lock()
        self._own: dict[str, tuple[float, bytes]] = {}

    def put(self, name: str, value: bytes, ttl: float) -> None:
        until = self._clock() + ttl
        with self._lock:
            self._own.pop(name, None)
            self._own[name] = (until, value)
            while len(self._own) > MOST_NOTES:
                del self._own[next(iter(self._own))]
        with suppress(EngineTrouble):  # this process knows it, the others will be told upstream
            self._engine.put(_note_name(name), UNTIL.pack(until) + value, ttl)

    def get(self, name: str) -> bytes | None:
        try:
            raw = self._engine.get(_note_name(name))
        except EngineTrouble:
            raw = None
        if raw is not None and len(raw) >= UNTIL.size:
            until, value = UNTIL.unpack_from(raw)[0], raw[UNTIL.size :]
        else:
            until, value = self._own.get(name, (0.0, b""))
        return value if until > self._clock() else None


def _note_name(name: str) -> str:
    return f"note:{name}"
