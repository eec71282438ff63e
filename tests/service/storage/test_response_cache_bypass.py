"""A store that fails is never seen by a caller, costs little, and revives nothing."""

import threading

import pytest

from service.errors import UpstreamBusy
from service.storage.cache_bypass import MOST_AT_ONCE
from service.storage.cache_engine import EngineRefused, EngineUnavailable
from service.storage.response_cache import CacheKey
from tests.service.storage.cache_stage import KEY, PATIENCE_SECONDS, count_flights, wait_until

OTHER_KEY = CacheKey("acme", "person-2", KEY.kind, KEY.parameters)


class Breakable:
    """A real engine with a switch; counts how often it was asked while broken."""

    def __init__(self, engine):
        self._engine = engine
        self.broken: dict[str, Exception] = {}
        self.asked_in_vain = 0

    def __getattr__(self, name):
        method = getattr(self._engine, name)

        def ask(*arguments):
            trouble = self.broken.get(name) or self.broken.get("all")
            if trouble is not None and name != "close":
                self.asked_in_vain += 1
                raise trouble
            return method(*arguments)

        return ask

    def go_away(self):
        self.broken["all"] = EngineUnavailable("gone")

    def refuse(self, *names):
        self.broken.update((name, EngineRefused("full")) for name in names)

    def come_back(self):
        self.broken.clear()


@pytest.fixture
def engine(stage):
    return Breakable(stage.store.engine())


@pytest.fixture
def cache(stage, engine):
    """A cache that looks every 50 ms whether its engine is back."""
    return stage.another_cache(engine=engine, retry_seconds=0.05)


@pytest.fixture
def patient_cache(stage, engine):
    """A cache that will not look again during the test."""
    return stage.another_cache(engine=engine, retry_seconds=3_600)


def test_without_its_store_every_answer_comes_from_upstream(stage, engine, cache):
    engine.go_away()
    answers = [stage.fetch(cache=cache) for _ in range(3)]
    assert [(answer.body, answer.state) for answer in answers] == [
        (b"answer 1", "miss"),
        (b"answer 2", "miss"),
        (b"answer 3", "miss"),
    ]
    assert "read_failed" in stage.counted


def test_without_its_store_upstream_faults_arrive_as_they_are(stage, engine, cache):
    engine.go_away()
    stage.upstream.fault = UpstreamBusy("later", retry_after=30)
    assert stage.fault_of(cache=cache).retry_after == 30


def test_a_store_that_is_gone_is_asked_once_and_then_passed_by(stage, engine, patient_cache):
    engine.go_away()
    for _ in range(10):
        stage.fetch(cache=patient_cache)
    patient_cache.expire_person(KEY.tenant, KEY.person)
    patient_cache.put_note("name", b"value", 60)
    patient_cache.sweep()
    assert engine.asked_in_vain == 1


class Frozen:
    """A store that lets everybody wait and then fails them all."""

    def __init__(self):
        self.lock = threading.Lock()
        self.waiting = 0
        self.thawed = threading.Event()

    def __getattr__(self, name):
        return self._wait

    def _wait(self, *_):
        with self.lock:
            self.waiting += 1
        self.thawed.wait(PATIENCE_SECONDS)
        raise EngineUnavailable("frozen")

    def close(self):
        """There is nothing to close."""


def test_of_a_herd_that_meets_a_frozen_store_only_the_first_few_pay(stage):
    frozen = Frozen()
    cache = stage.another_cache(engine=frozen, retry_seconds=3_600)
    callers = [stage.call(cache=cache) for _ in range(40)]
    wait_until(lambda: frozen.waiting == MOST_AT_ONCE)
    frozen.thawed.set()
    assert all(caller.done().answer for caller in callers)
    assert frozen.waiting == MOST_AT_ONCE


def test_a_store_that_came_back_is_used_again(stage, engine, cache):
    engine.go_away()
    stage.fetch(cache=cache)
    engine.come_back()
    wait_until(lambda: stage.fetch(cache=cache).state == "hit")


def test_without_its_store_one_thread_loads_for_all_of_its_process(stage, engine, patient_cache):
    engine.go_away()
    flights = count_flights(patient_cache)
    stage.upstream.hold()
    callers = [stage.call(cache=patient_cache) for _ in range(20)]
    wait_until(lambda: flights.boarded == 20)
    stage.upstream.let_go()
    assert {caller.done().answer.body for caller in callers} == {b"answer 1"}
    assert stage.upstream.calls == 1


def test_without_its_store_nobody_joins_a_load_that_was_voided(stage, engine, patient_cache):
    engine.go_away()
    stage.upstream.hold()
    before = stage.call(cache=patient_cache)
    stage.upstream.wait_until_asked()
    patient_cache.void_person(KEY.tenant, KEY.person)
    stage.upstream.asked.clear()
    after = stage.call(cache=patient_cache)
    stage.upstream.wait_until_asked()
    stage.upstream.let_go()
    assert before.done().answer.body != after.done().answer.body


def test_a_store_that_goes_during_a_load_takes_nothing_from_the_caller(stage, engine, cache):
    stage.upstream.hold()
    caller = stage.call(cache=cache)
    stage.upstream.wait_until_asked()
    engine.go_away()
    stage.upstream.let_go()
    assert caller.done().answer.body == b"answer 1"


def test_the_old_answer_in_hand_serves_also_when_the_store_goes_during_the_load(
    stage, engine, cache
):
    stage.fetch(cache=cache)
    stage.clock.advance(60 + 600 + 1)
    stage.upstream.fault = UpstreamBusy()
    stage.upstream.hold()
    caller = stage.call(cache=cache)
    stage.upstream.wait_until_asked()
    engine.go_away()
    stage.upstream.let_go()
    assert (caller.done().answer.body, caller.done().answer.state) == (
        b"answer 1",
        "stale-if-error",
    )


def test_a_full_store_refuses_to_keep_and_nobody_notices(stage, engine, cache):
    engine.refuse("store", "claim_mark", "acquire", "renew_freshness", "put")
    assert [stage.fetch(cache=cache).state for _ in range(2)] == ["miss", "miss"]
    cache.expire_person(KEY.tenant, KEY.person)
    cache.put_note("name", b"value", 60)
    assert cache.get_note("name") == b"value"
    assert "write_failed" in stage.counted


def test_a_store_that_refuses_is_still_read(stage, engine, cache):
    stage.fetch(cache=cache)
    engine.refuse("store", "claim_mark", "acquire")
    assert stage.fetch(cache=cache).state == "hit"


def test_a_person_voided_while_the_store_was_gone_stays_void_when_it_is_back(stage, engine, cache):
    stage.fetch(cache=cache)
    stage.fetch(OTHER_KEY, cache=cache)
    engine.go_away()
    cache.void_person(KEY.tenant, KEY.person)
    engine.come_back()
    wait_until(lambda: not cache._engine.is_open)  # it reads nothing itself before the others do
    stage.upstream.fault = UpstreamBusy()

    assert stage.fault_of(cache=stage.another_cache()).code == "UPSTREAM_BUSY"
    stage.clock.advance(16)
    assert stage.fault_of(cache=cache).code == "UPSTREAM_BUSY"
    assert stage.fetch(OTHER_KEY, cache=cache).state == "hit"
    assert "void_postponed" in stage.counted


def test_while_a_void_is_refused_only_that_person_is_not_cached(stage, engine, cache):
    stage.fetch(cache=cache)
    stage.fetch(OTHER_KEY, cache=cache)
    engine.refuse("drop")
    cache.void_person(KEY.tenant, KEY.person)
    assert [stage.fetch(cache=cache).state for _ in range(2)] == ["miss", "miss"]
    assert stage.fetch(OTHER_KEY, cache=cache).state == "hit"

    engine.come_back()
    assert [stage.fetch(cache=cache).state for _ in range(2)] == ["miss", "hit"]


def test_a_process_remembers_its_own_notes_while_the_store_is_gone(engine, patient_cache):
    engine.go_away()
    patient_cache.put_note("hold:acme", b"until noon", 30)
    assert patient_cache.get_note("hold:acme") == b"until noon"
    assert patient_cache.get_note("hold:other") is None


def test_a_closed_cache_still_answers_from_upstream(stage, cache):
    cache.close()
    assert stage.fetch(cache=cache).body == b"answer 1"
