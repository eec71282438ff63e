"""The two stores of the response cache as tests see them: the engine's side and the raw side."""

import sqlite3
from pathlib import Path

from service.storage.cache_engine import CacheEngine
from service.storage.cache_redis import RedisEngine
from service.storage.cache_sqlite import SqliteEngine
from tests.real_redis import RealRedis


class SqliteStore:
    """A cache file, and a plain connection to look into it and to plant things in it."""

    def __init__(self, folder: Path):
        self.path = folder / "responses.db"
        self.address = str(self.path)

    def engine(self) -> CacheEngine:
        """Return an engine as another process would make it."""
        return SqliteEngine(self.path)

    def raw(self, name: str) -> bytes | None:
        rows = self._run("select value from entries where name = ?", name)
        return rows[0][0] if rows else None

    def plant(self, name: str, value: bytes) -> None:
        self._run("update entries set value = ? where name = ?", value, name)

    def lose(self, name: str) -> None:
        self._run("delete from marks where name = ?", name)

    def names(self) -> list[str]:
        tables = ("entries", "marks", "leases")
        return [row[0] for table in tables for row in self._run(f"select name from {table}")]

    def _run(self, statement: str, *values):
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=5)
        try:
            return connection.execute(statement, values).fetchall()
        finally:
            connection.close()


class RedisStore:
    """A Redis server, and a plain client to look into it and to plant things in it."""

    def __init__(self, server: RealRedis):
        self.server = server
        self.address = server.url
        self._client = server.client()
        self._client.flushall()

    def engine(self) -> CacheEngine:
        """Return an engine as another process would make it.

        The machine of the tests may be busy, so a slow answer is not yet taken for a frozen
        store; the tests that freeze it use the timeout of the product.
        """
        return RedisEngine(self.address, timeout_seconds=1.0)

    def raw(self, name: str) -> bytes | None:
        return self._client.get(f"p13n:{name}")

    def plant(self, name: str, value: bytes) -> None:
        self._client.set(f"p13n:{name}", value)

    def lose(self, name: str) -> None:
        self._client.delete(f"p13n:{name}")

    def names(self) -> list[str]:
        return [name.decode().removeprefix("p13n:") for name in self._client.keys("*")]

    def close(self) -> None:
        self._client.close()


def engine_at(address: str) -> CacheEngine:
    """Return the engine of a store in another process, from the store's address."""
    if address.startswith("redis://"):
        return RedisEngine(address, timeout_seconds=1.0)
    return SqliteEngine(address)
