"""A Redis that is killed, frozen, restarted empty or full, with the timeouts of the product."""

import time

import pytest

from service.errors import UpstreamBusy
from service.storage.cache_redis import TIMEOUT_SECONDS, RedisEngine
from tests.real_redis import RealRedis
from tests.service.storage.cache_stage import KEY, Stage, count_flights, wait_until
from tests.service.storage.cache_stores import RedisStore


@pytest.fixture
def server():
    with RealRedis() as server:
        yield server


@pytest.fixture
def stage(server):
    """A cache that looks every 50 ms whether its Redis is back."""
    store = RedisStore(server)
    stage = Stage(store)
    yield stage
    stage.close()
    store.close()


@pytest.fixture
def cache(stage, server):
    return stage.another_cache(engine=RedisEngine(server.url), retry_seconds=0.05)


def test_a_killed_redis_is_not_missed(stage, server, cache):
    stage.fetch(cache=cache)
    server.kill()
    began = time.monotonic()
    bodies = [stage.fetch(cache=cache).body for _ in range(20)]
    assert bodies == [f"answer {number}".encode() for number in range(2, 22)]
    assert time.monotonic() - began < 1  # the client's own defaults would take 4 s a call


def test_a_redis_that_was_never_there_is_not_missed(stage, server, cache):
    server.kill()
    assert stage.fetch(cache=cache).body == b"answer 1"


def test_a_restarted_redis_is_empty_and_is_filled_again(stage, server, cache):
    stage.fetch(cache=cache)
    server.kill()
    stage.fetch(cache=cache)
    server.start()
    wait_until(lambda: stage.fetch(cache=cache).state == "hit")


def test_a_frozen_redis_costs_one_timeout_and_is_then_passed_by(stage, server):
    cache = stage.another_cache(engine=RedisEngine(server.url), retry_seconds=3_600)
    stage.fetch(cache=cache)
    server.freeze()
    began = time.monotonic()
    states = {stage.fetch(cache=cache).state for _ in range(40)}
    took = time.monotonic() - began
    server.thaw()

    assert states == {"miss"}
    assert took >= TIMEOUT_SECONDS
    assert took < 10 * TIMEOUT_SECONDS  # 40 fetches that each ask would take 40 at least


def test_a_redis_frozen_before_the_first_connection_costs_no_more(stage, server):
    cache = stage.another_cache(engine=RedisEngine(server.url), retry_seconds=3_600)
    server.freeze()
    began = time.monotonic()
    states = {stage.fetch(cache=cache).state for _ in range(40)}
    took = time.monotonic() - began
    server.thaw()
    assert states == {"miss"}
    assert took < 10 * TIMEOUT_SECONDS


def test_a_thawed_redis_is_used_again(stage, server, cache):
    stage.fetch(cache=cache)
    server.freeze()
    stage.fetch(cache=cache)
    server.thaw()
    wait_until(lambda: stage.fetch(cache=cache).state == "hit")


def test_a_redis_restarted_during_a_stampede_leaves_one_load_a_process(stage, server, cache):
    stage.fetch(cache=cache)
    stage.clock.advance(2 * 86_400)
    flights = count_flights(cache)
    stage.upstream.hold()
    callers = [stage.call(cache=cache) for _ in range(20)]
    wait_until(lambda: flights.boarded == 20)
    server.kill()
    server.start()
    stage.upstream.let_go()
    assert {caller.done().answer.body for caller in callers} == {b"answer 2"}
    assert stage.upstream.calls == 2


def test_a_full_redis_keeps_nothing_and_nobody_notices(stage, server, cache):
    _fill(server)
    assert [stage.fetch(cache=cache).state for _ in range(3)] == ["miss"] * 3
    assert "write_failed" in stage.counted


def test_what_was_kept_before_redis_was_full_is_still_served(stage, server, cache):
    stage.fetch(cache=cache)
    _fill(server)
    assert stage.fetch(cache=cache).state == "hit"


def test_a_person_can_be_voided_also_on_a_full_redis(stage, server, cache):
    stage.fetch(cache=cache)
    _fill(server)
    cache.void_person(KEY.tenant, KEY.person)
    stage.upstream.fault = UpstreamBusy()
    assert stage.fault_of(cache=cache).code == "UPSTREAM_BUSY"
    assert "void_postponed" not in stage.counted


def test_an_evicted_mark_takes_its_entries_along(stage, server, cache):
    stage.fetch(cache=cache)
    stage.store.lose(KEY.mark_name)
    assert stage.fetch(cache=cache).state == "miss"


@pytest.mark.parametrize("name", [KEY.entry_name, KEY.mark_name], ids=["entry", "mark"])
def test_a_key_of_another_type_is_overwritten(stage, server, cache, name):
    with server.client() as client:
        client.rpush(f"p13n:{name}", "not", "ours")
    assert [stage.fetch(cache=cache).state for _ in range(2)] == ["miss", "hit"]


def test_everything_kept_has_an_end(stage, server, cache):
    stage.fetch(cache=cache)
    cache.put_note("name", b"value", 60)
    cache.expire_person(KEY.tenant, KEY.person)
    with server.client() as client:
        ends = {name: client.ttl(name) for name in client.keys("*")}
    assert len(ends) == 3
    assert all(0 < seconds <= 60 + 86_400 + 1 for seconds in ends.values())


def test_a_mark_lives_as_long_as_the_longest_of_its_entries(stage, server, cache):
    stage.fetch(cache=cache)
    with server.client() as client:
        entry, mark = client.pttl(f"p13n:{KEY.entry_name}"), client.pttl(f"p13n:{KEY.mark_name}")
    assert mark + 1_000 > entry > 86_000_000


def _fill(server: RealRedis) -> None:
    """From now on the server refuses every command that would need memory."""
    with server.client() as client:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", 1)
