"""Who loads and who waits: threads of one process, and two caches that share one store."""

import threading

import pytest

from service.deadline import Deadline
from service.errors import UpstreamBusy
from service.storage.cache_flights import FlightKey, Flights
from service.storage.response_cache import CacheKey
from tests.service.storage.cache_stage import KEY, Caller, count_flights, wait_until

OTHER_KEY = CacheKey("acme", "person-2", KEY.kind, KEY.parameters)
MARGIN_SECONDS = 1.0
"""What a busy machine may add to a deadline before the deadline counts as broken."""


def test_of_many_threads_that_miss_one_answer_one_loads(stage):
    flights = count_flights(stage.cache)
    stage.upstream.hold()
    callers = [stage.call() for _ in range(30)]
    wait_until(lambda: flights.boarded == 30)
    stage.upstream.let_go()
    answers = [caller.done().answer for caller in callers]

    assert stage.upstream.calls == 1
    assert {answer.body for answer in answers} == {b"answer 1"}
    assert sorted(answer.state for answer in answers) == ["coalesced"] * 29 + ["miss"]


def test_when_the_one_load_fails_everybody_learns_why(stage):
    stage.upstream.hold()
    stage.upstream.fault = UpstreamBusy("Come back later.", retry_after=30)
    callers = [stage.call() for _ in range(10)]
    stage.upstream.wait_until_asked()
    stage.upstream.let_go()
    troubles = [caller.done().trouble for caller in callers]

    assert stage.upstream.calls == 1
    assert {(fault.code, fault.detail) for fault in troubles} == {
        ("UPSTREAM_BUSY", "Come back later.")
    }
    assert len({id(fault) for fault in troubles}) == len(troubles)


def test_an_unforeseen_error_of_the_one_load_reaches_everybody(stage):
    stage.upstream.hold()
    stage.upstream.fault = ZeroDivisionError("a bug")
    flights = count_flights(stage.cache)
    callers = [stage.call() for _ in range(5)]
    wait_until(lambda: flights.boarded == 5)
    stage.upstream.let_go()
    assert {type(caller.done().trouble) for caller in callers} == {ZeroDivisionError}


def test_a_second_process_waits_for_the_first_and_loads_nothing(stage):
    stage.upstream.hold()
    first = stage.call()
    stage.upstream.wait_until_asked()
    second = stage.call(cache=stage.another_cache())
    stage.upstream.let_go()

    assert first.done().answer.state == "miss"
    assert second.done().answer.state in ("coalesced", "hit")
    assert stage.upstream.calls == 1


def test_a_second_process_learns_of_the_failure_and_does_not_try_again(stage):
    stage.upstream.hold()
    stage.upstream.fault = UpstreamBusy()
    first = stage.call()
    stage.upstream.wait_until_asked()
    second = stage.call(cache=stage.another_cache())
    stage.upstream.let_go()

    assert first.done().trouble.code == second.done().trouble.code == "UPSTREAM_BUSY"
    assert stage.upstream.calls == 1


class AnotherLoadsFirst:
    """An engine that lets another process load between this one's look and its lease."""

    def __init__(self, engine, load_elsewhere):
        self._engine = engine
        self._load_elsewhere = load_elsewhere

    def __getattr__(self, name):
        return getattr(self._engine, name)

    def acquire(self, *arguments):
        self._load_elsewhere()
        return self._engine.acquire(*arguments)


def test_what_was_loaded_between_look_and_lease_is_not_loaded_again(stage):
    elsewhere = stage.another_cache()
    engine = AnotherLoadsFirst(stage.store.engine(), lambda: stage.fetch(cache=elsewhere))
    answer = stage.fetch(cache=stage.another_cache(engine=engine))

    assert (answer.state, answer.body) == ("coalesced", b"answer 1")
    assert stage.upstream.calls == 1


@pytest.mark.parametrize("where", ["same process", "other process"])
def test_nobody_waits_beyond_his_own_deadline(stage, where):
    stage.upstream.hold()
    leader = stage.call()
    stage.upstream.wait_until_asked()
    cache = stage.cache if where == "same process" else stage.another_cache()
    hurried = stage.call(cache=cache, seconds=0.2).done()
    stage.upstream.let_go()

    assert hurried.trouble.code == "UPSTREAM_TIMEOUT"
    assert 0.2 <= hurried.seconds < 0.2 + MARGIN_SECONDS
    assert leader.done().answer.body == b"answer 1"
    assert stage.upstream.calls == 1


@pytest.mark.parametrize("where", ["same process", "other process"])
def test_whose_time_is_up_gets_the_old_answer_where_there_is_one(stage, where):
    stage.fetch()
    stage.clock.advance(60 + 600 + 1)
    stage.upstream.hold()
    leader = stage.call()
    stage.upstream.wait_until_asked()
    cache = stage.cache if where == "same process" else stage.another_cache()
    answer = stage.call(cache=cache, seconds=0.2).done().answer
    stage.upstream.let_go()
    leader.done()

    assert (answer.body, answer.state) == (b"answer 1", "stale-if-error")
    assert answer.fault.code == "UPSTREAM_TIMEOUT"


def test_who_waits_behind_a_leader_that_gave_up_goes_on_alone(stage):
    """The leader of the second process has less time than the caller behind it."""
    second = stage.another_cache()
    flights = count_flights(second)
    stage.upstream.hold()
    first = stage.call()
    stage.upstream.wait_until_asked()
    hurried = stage.call(cache=second, seconds=0.2)
    wait_until(lambda: flights.boarded == 1)
    patient = stage.call(cache=second)
    wait_until(lambda: flights.boarded >= 2)
    hurried.done()
    stage.upstream.let_go()
    first.done()

    assert hurried.trouble.code == "UPSTREAM_TIMEOUT"
    assert patient.done().answer.body == b"answer 1"


def test_a_load_longer_than_the_lease_is_still_the_only_one(stage):
    short = {"lease_seconds": 0.4, "renew_seconds": 0.05}
    first, second = stage.another_cache(**short), stage.another_cache(**short)
    stage.upstream.hold()
    leader = stage.call(cache=first)
    stage.upstream.wait_until_asked()
    late = stage.call(cache=second, seconds=1.2).done()  # three leases long
    stage.upstream.let_go()

    assert late.trouble.code == "UPSTREAM_TIMEOUT"
    assert leader.done().answer.body == b"answer 1"
    assert stage.upstream.calls == 1


def test_a_load_that_hangs_beyond_its_deadline_loses_its_lease(stage):
    short = {"lease_seconds": 0.2, "renew_seconds": 0.05}
    first, second = stage.another_cache(**short), stage.another_cache(**short)
    stage.upstream.hold()
    a_moment = Deadline.after(0.1, clock=lambda: 0.0)  # which does not pass before the load begins
    hanging = stage.call(cache=first, deadline=a_moment)
    stage.upstream.wait_until_asked()
    answer = stage.fetch(cache=second, load=lambda deadline: b"from another process")
    stage.upstream.let_go()
    hanging.done()

    assert answer.body == b"from another process"


def test_the_thread_that_renews_leases_ends_when_there_is_nothing_to_renew(stage):
    cache = stage.another_cache(lease_seconds=0.2, renew_seconds=0.005)
    stage.fetch(cache=cache)
    wait_until(lambda: cache._leases._thread is None)
    stage.upstream.hold()
    caller = stage.call(OTHER_KEY, cache=cache)
    stage.upstream.wait_until_asked()
    assert cache._leases._thread.is_alive()
    stage.upstream.let_go()
    caller.done()


def test_a_refresh_in_the_background_gives_up_when_another_process_loads(stage):
    second = stage.another_cache()
    stage.fetch()
    stage.clock.advance(61)
    stage.upstream.hold()
    stage.fetch()
    stage.upstream.wait_until_asked()
    stage.fetch(cache=second)
    wait_until(lambda: not second._flights._under_way)  # it gave up while the first still loads
    stage.upstream.let_go()
    stage.let_refresh_end()
    assert stage.upstream.calls == 2


def test_more_refreshes_than_can_wait_in_line_are_left_to_later_reads(stage):
    cache = stage.another_cache(background_threads=1)
    keys = [CacheKey("acme", f"person-{n}", "next-best", "x") for n in range(80)]
    for key in keys:
        stage.fetch(key, cache=cache)
    stage.clock.advance(61)
    stage.upstream.hold()
    assert {stage.fetch(key, cache=cache).state for key in keys} == {"stale"}
    assert len(cache._flights._under_way) <= 64
    stage.upstream.let_go()
    wait_until(lambda: not cache._flights._under_way)

    assert {stage.fetch(keys[-1], cache=cache).state} == {"stale"}
    wait_until(lambda: stage.fetch(keys[-1], cache=cache).state == "hit")


def test_closing_while_others_fetch_harms_nobody(stage):
    cache = stage.another_cache()
    go_on = threading.Event()

    def fetch_for_ever():
        while not go_on.is_set():
            stage.fetch(cache=cache)
        return stage.fetch(cache=cache)

    callers = [Caller(fetch_for_ever) for _ in range(8)]
    cache.close()
    go_on.set()
    assert {caller.done().answer is not None for caller in callers} == {True}


def test_a_forgotten_flight_that_lands_leaves_its_successor_in_the_air():
    flights = Flights()
    key = FlightKey(KEY.mark_name, KEY.entry_name, None)
    forgotten, _ = flights.board(key)
    flights.forget(KEY.mark_name)
    successor, leads = flights.board(key)
    flights.land(forgotten, "too early")

    assert leads
    assert flights.board(key) == (successor, False)
