"""The response cache in Redis or Valkey, shared by all processes of all machines.

The client may retry ten times with five-second timeouts unless told otherwise; here it tries
once, with a timeout so short that a frozen server is noticed and passed by. The store may
evict whatever it likes: what is gone is a miss, never an old answer.
"""

import re
from collections.abc import Callable
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as NoAnswer
from redis.retry import Retry

from service.storage.cache_engine import (
    GENERATION_BYTES,
    MARK_BYTES,
    EngineRefused,
    EngineUnavailable,
)

TIMEOUT_SECONDS = 0.2
"""What a frozen server costs once. Shorter would be kinder then, but a busy machine lets a
healthy server take 100 ms, and passing it by costs every process a call upstream.
"""
MOST_CONNECTIONS = 512
"""Never reached: no call waits for a connection or fails for want of one."""

STORE = """
local mark = redis.call('get', KEYS[2])
if not mark or string.sub(mark, 1, #ARGV[3]) ~= ARGV[3] then return 0 end
redis.call('set', KEYS[1], ARGV[1], 'px', ARGV[2])
if redis.call('pttl', KEYS[2]) < tonumber(ARGV[2]) then redis.call('pexpire', KEYS[2], ARGV[2]) end
return 1
"""
CLAIM_MARK = """
local mark = redis.pcall('get', KEYS[1])
if type(mark) == 'string' and #mark == tonumber(ARGV[3]) then return mark end
redis.call('set', KEYS[1], ARGV[1], 'px', ARGV[2])
return ARGV[1]
"""
RENEW_FRESHNESS = """
local mark = redis.call('get', KEYS[1])
if not mark then return 0 end
redis.call('set', KEYS[1], string.sub(mark, 1, tonumber(ARGV[2])) .. ARGV[1], 'keepttl')
return 1
"""
RENEW = """
if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('pexpire', KEYS[1], ARGV[2])
"""
RELEASE = """
if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('del', KEYS[1])
"""


class RedisEngine:
    """A CacheEngine on the Redis at `url`; all its keys begin with `prefix`."""

    def __init__(
        self,
        url: str,
        *,
        prefix: str = "p13n:",
        timeout_seconds: float = TIMEOUT_SECONDS,
    ):
        self._redis = Redis.from_url(
            url,
            protocol=2,
            retry=Retry(NoBackoff(), 0),
            socket_timeout=timeout_seconds,
            socket_connect_timeout=timeout_seconds,
            max_connections=MOST_CONNECTIONS,
            driver_info=None,  # nor the two questions with which a connection introduces itself
        )
        self._prefix = prefix
        self._store = self._redis.register_script(STORE)
        self._claim_mark = self._redis.register_script(CLAIM_MARK)
        self._renew_freshness = self._redis.register_script(RENEW_FRESHNESS)
        self._renew = self._redis.register_script(RENEW)
        self._release = self._redis.register_script(RELEASE)

    def read(self, entry: str, mark: str) -> tuple[bytes | None, bytes | None]:
        value, raw_mark = self._ask(self._redis.mget, self._keys(entry, mark))
        return value, raw_mark

    def store(self, entry: str, value: bytes, seconds: float, mark: str, generation: bytes) -> bool:
        values = [value, _ms(seconds), generation]
        return self._ask(self._store, self._keys(entry, mark), values) == 1

    def claim_mark(self, mark: str, proposed: bytes, seconds: float) -> bytes:
        return self._ask(self._claim_mark, self._keys(mark), [proposed, _ms(seconds), MARK_BYTES])

    def renew_freshness(self, mark: str, freshness: bytes) -> None:
        self._ask(self._renew_freshness, self._keys(mark), [freshness, GENERATION_BYTES])

    def drop(self, *names: str) -> None:
        for name in names:  # one by one: in a cluster the keys of two persons live apart
            self._ask(self._redis.delete, *self._keys(name))

    def drop_all(self, beginning: str) -> None:
        (begins,) = self._keys(beginning)
        pattern = re.sub(r"([\\*?\[\]^])", r"\\\1", begins) + "*"
        cursor = 0
        while True:
            cursor, names = self._ask(self._redis.scan, cursor, match=pattern, count=1_000)
            for name in names:
                self._ask(self._redis.delete, name)
            if cursor == 0:
                return

    def acquire(self, lease: str, token: bytes, seconds: float) -> bool:
        (key,) = self._keys(lease)
        return bool(self._ask(self._redis.set, key, token, nx=True, px=_ms(seconds)))

    def renew(self, lease: str, token: bytes, seconds: float) -> bool:
        return self._ask(self._renew, self._keys(lease), [token, _ms(seconds)]) == 1

    def release(self, lease: str, token: bytes) -> None:
        self._ask(self._release, self._keys(lease), [token])

    def put(self, name: str, value: bytes, seconds: float) -> None:
        (key,) = self._keys(name)
        self._ask(self._redis.set, key, value, px=_ms(seconds))

    def get(self, name: str) -> bytes | None:
        return self._ask(self._redis.get, *self._keys(name))

    def ping(self) -> None:
        self._ask(self._redis.ping)

    def sweep(self) -> int:
        """Redis expires its keys itself."""
        return 0

    def close(self) -> None:
        # Not those in use: other threads may be in the middle of a question.
        self._redis.connection_pool.disconnect(inuse_connections=False)

    def _keys(self, *names: str) -> list[str]:
        return [self._prefix + name for name in names]

    def _ask(self, ask: Callable[..., Any], *values: Any, **options: Any) -> Any:
        try:
            return ask(*values, **options)
        except (NoConnection, NoAnswer, OSError) as trouble:
            raise EngineUnavailable(type(trouble).__name__) from trouble
        except RedisError as trouble:  # full, a replica, a key of another type
            raise EngineRefused(type(trouble).__name__) from trouble


def _ms(seconds: float) -> int:
    return max(1, round(seconds * 1_000))
