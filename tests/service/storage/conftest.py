"""Stores for the tests of what is kept: a SQLite file, and a real Redis started once."""

import pytest

from tests.real_redis import RealRedis
from tests.service.storage.cache_stage import Stage
from tests.service.storage.cache_stores import RedisStore, SqliteStore


@pytest.fixture(scope="session")
def redis_server():
    """A Redis that no test harms; who wants to kill or freeze one starts one."""
    with RealRedis() as server:
        yield server


@pytest.fixture(params=["sqlite", "redis"])
def cache_store(request, tmp_path):
    """Each of the two stores, empty."""
    if request.param == "sqlite":
        yield SqliteStore(tmp_path)
        return
    store = RedisStore(request.getfixturevalue("redis_server"))
    yield store
    store.close()


@pytest.fixture
def stage(cache_store):
    """A cache on each of the two stores, with a clock and an upstream moved by hand."""
    stage = Stage(cache_store)
    yield stage
    stage.close()
