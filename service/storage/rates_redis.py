"""Rates in Redis: a store for `RateLimits`, loaded only where there is a Redis."""

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from service.storage.rate_limits import TIMEOUT_SECONDS


class RedisRates:
    """Due times in Redis: all processes of all machines, on the server's clock."""

    def __init__(self, url: str, prefix: str = "p13n:rate:"):
        self._redis = Redis.from_url(
            url,
            protocol=2,
            retry=Retry(NoBackoff(), 0),
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            driver_info=None,
        )
        self._prefix = prefix
        self._advance = self._redis.register_script(ADVANCE_IN_REDIS)

    def advance(self, name: str, interval: float, tolerance: float) -> float:
        """Do as RateStore says. Raises: OSError when Redis does not answer."""
        try:
            answer = self._advance([self._prefix + name], [repr(interval), repr(tolerance)])
        except RedisError as trouble:
            raise OSError("Redis does not answer") from trouble
        return float(answer)

    def close(self) -> None:
        self._redis.close()


ADVANCE_IN_REDIS = """
local clock = redis.call('time')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local interval, tolerance = tonumber(ARGV[1]), tonumber(ARGV[2])
local due = math.max(tonumber(redis.call('get', KEYS[1]) or '0'), now)
if due - now > tolerance then return tostring(due - now - tolerance) end
due = due + interval
redis.call('set', KEYS[1], string.format('%.6f', due), 'px', math.ceil((due - now) * 1000) + 1)
return '0'
"""
