"""What the response cache promises to one caller, on both stores."""

import threading

import pytest

from service.errors import UpstreamBusy, UpstreamRefusedCredentials, UpstreamTimeout
from service.storage.cache_redis import RedisEngine
from service.storage.cache_sqlite import SqliteEngine
from service.storage.response_cache import CacheKey, CachePolicy, ResponseCache
from tests.service.storage.cache_stage import KEY, POLICY, wait_until

DAY = 86_400


def test_a_missing_answer_is_loaded_and_then_served_while_it_is_fresh(stage):
    first = stage.fetch()
    stage.clock.advance(59)
    second = stage.fetch()

    assert (first.body, first.state, first.ttl) == (b"answer 1", "miss", 60)
    assert (second.body, second.state, second.ttl) == (b"answer 1", "hit", 1)
    assert second.stored_at == first.stored_at == stage.clock.now - 59
    assert stage.upstream.calls == 1


def test_another_process_finds_what_this_one_loaded(stage):
    stage.fetch()
    assert stage.fetch(cache=stage.another_cache()).state == "hit"


def test_answers_of_other_tenants_persons_kinds_and_parameters_are_apart(stage):
    keys = [
        KEY,
        CacheKey("other", KEY.person, KEY.kind, KEY.parameters),
        CacheKey(KEY.tenant, "person-2", KEY.kind, KEY.parameters),
        CacheKey(KEY.tenant, KEY.person, "affinities", KEY.parameters),
        CacheKey(KEY.tenant, KEY.person, KEY.kind, "parameters-2"),
        CacheKey("acme", "a:b", KEY.kind, KEY.parameters),
        CacheKey("acme:a", "b", KEY.kind, KEY.parameters),
        CacheKey("acme", "a", "b:entry", "c"),
        CacheKey("acme", "a", "b", "entry:c"),
    ]
    assert {stage.fetch(key).state for key in keys} == {"miss"}
    assert len({stage.fetch(key).body for key in keys}) == len(keys)


def test_every_name_in_the_store_begins_with_tenant_and_person(stage):
    stage.upstream.hold()
    caller = stage.call()
    stage.upstream.wait_until_asked()
    names = stage.store.names()
    stage.upstream.let_go()
    caller.done()

    assert len(names) == 2  # the mark and the lease; the entry comes later
    assert all(name.startswith("{acme:person-1}:") for name in [*names, *stage.store.names()])


def test_a_stale_answer_does_not_wait_for_its_refresh(stage):
    stage.fetch()
    stage.clock.advance(61)
    stage.upstream.hold()
    stale = stage.fetch()  # would hang here if it waited
    stage.upstream.wait_until_asked()
    stage.upstream.let_go()
    stage.let_refresh_end()

    assert (stale.body, stale.state, stale.ttl) == (b"answer 1", "stale", -1)
    assert stage.fetch().body == b"answer 2"


def test_many_stale_reads_start_one_refresh(stage):
    other = stage.another_cache()
    stage.fetch()
    stage.clock.advance(61)
    stage.upstream.hold()
    stage.fetch()
    stage.upstream.wait_until_asked()
    assert {stage.fetch().state for _ in range(20)} == {"stale"}
    assert {stage.fetch(cache=other).state for _ in range(20)} == {"stale"}
    stage.upstream.let_go()
    stage.let_refresh_end()

    assert stage.upstream.calls == 2


def test_after_the_stale_window_the_caller_waits_for_the_new_answer(stage):
    stage.fetch()
    stage.clock.advance(60 + 600 + 1)
    assert (stage.fetch().body, stage.fetch().state) == (b"answer 2", "hit")


def test_windows_are_stretched_by_up_to_a_tenth_either_way(stage):
    asked = []

    def longest(low, high):
        asked.append((low, high))
        return high

    cache = stage.another_cache(jitter=longest)
    stage.fetch(cache=cache)
    stage.clock.advance(65.9)
    assert stage.fetch(cache=cache).state == "hit"
    stage.clock.advance(0.2)
    assert stage.fetch(cache=cache).state == "stale"
    assert asked[0] == (0.9, 1.1)


def test_when_upstream_fails_the_old_answer_serves_for_a_day_and_says_why(stage):
    stage.fetch()
    stage.upstream.fault = UpstreamRefusedCredentials("The token was refused.")
    stage.clock.advance(60 + DAY - 1)
    answer = stage.fetch()

    assert (answer.body, answer.state, answer.ttl) == (b"answer 1", "stale-if-error", 1 - DAY)
    assert (answer.fault.code, answer.fault.detail) == (
        "UPSTREAM_REFUSED_CREDENTIALS",
        "The token was refused.",
    )


def test_after_that_day_the_fault_is_the_answer(stage):
    stage.fetch()
    stage.upstream.fault = UpstreamBusy("later")
    stage.clock.advance(60 + DAY + 1)
    assert stage.fault_of().code == "UPSTREAM_BUSY"


def test_a_failed_load_is_remembered_with_its_code_detail_and_remaining_retry_after(stage):
    stage.upstream.fault = UpstreamBusy("Come back later.", retry_after=30)
    first = stage.fault_of()
    stage.clock.advance(14)
    second = stage.fault_of(cache=stage.another_cache())

    assert (first.code, first.detail, first.retry_after) == (
        "UPSTREAM_BUSY",
        "Come back later.",
        30,
    )
    assert (second.code, second.detail, second.retry_after) == (first.code, first.detail, 16)
    assert stage.upstream.calls == 1


def test_a_remembered_fault_without_retry_after_stays_without(stage):
    stage.upstream.fault = UpstreamRefusedCredentials()
    assert stage.fault_of().retry_after is None
    assert stage.fault_of().retry_after is None


def test_once_the_failure_is_forgotten_upstream_is_asked_again(stage):
    stage.upstream.fault = UpstreamBusy()
    stage.fault_of()
    stage.clock.advance(16)
    stage.upstream.fault = None
    assert stage.fetch().body == b"answer 2"


def test_a_failure_is_not_remembered_longer_than_upstream_asked_us_to_wait(stage):
    stage.upstream.fault = UpstreamBusy(retry_after=3)
    stage.fault_of()
    stage.clock.advance(2.5)
    assert stage.fault_of().retry_after == 1
    stage.clock.advance(1)
    stage.upstream.fault = None
    assert stage.fetch().body == b"answer 2"


@pytest.mark.parametrize("age", [61, 60 + 600 + 1], ids=["while renewable", "past that"])
def test_a_dead_upstream_costs_one_call_a_window_also_where_an_old_answer_serves(stage, age):
    stage.fetch()
    stage.upstream.fault = UpstreamBusy()
    stage.clock.advance(age)
    stage.fetch()
    stage.let_refresh_end()
    answers = [stage.fetch() for _ in range(10)]
    assert {answer.state for answer in answers} == {"stale-if-error"}
    assert {answer.fault.code for answer in answers} == {"UPSTREAM_BUSY"}
    assert stage.upstream.calls == 2

    stage.clock.advance(16)
    stage.fetch()
    wait_until(lambda: stage.upstream.calls == 3)


def test_an_answer_that_came_after_a_failure_is_fresh_at_once(stage):
    stage.fetch()
    stage.upstream.fault = UpstreamBusy()
    stage.clock.advance(60 + 600 + 1)
    stage.fetch()
    stage.upstream.fault = None
    stage.clock.advance(16)
    assert (stage.fetch().body, stage.fetch().state) == (b"answer 3", "hit")


def test_voiding_a_person_ends_every_answer_about_that_person_and_no_other(stage):
    affinities = CacheKey(KEY.tenant, KEY.person, "affinities", "x")
    other_person = CacheKey(KEY.tenant, "person-2", KEY.kind, KEY.parameters)
    same_person_elsewhere = CacheKey("other", KEY.person, KEY.kind, KEY.parameters)
    keys = (KEY, affinities, other_person, same_person_elsewhere)
    for key in keys:
        stage.fetch(key)
    stage.cache.void_person(KEY.tenant, KEY.person)

    assert [stage.fetch(key).state for key in keys] == ["miss", "miss", "hit", "hit"]


def test_voided_data_never_stands_in_for_a_failing_upstream(stage):
    stage.fetch()
    stage.cache.void_person(KEY.tenant, KEY.person)
    stage.upstream.fault = UpstreamBusy()
    stage.fault_of()
    stage.fault_of()
    assert stage.upstream.calls == 2  # the failure itself is remembered


@pytest.mark.parametrize("had_answer", [True, False], ids=["known person", "new person"])
def test_an_answer_on_its_way_while_the_person_is_voided_is_dead_on_arrival(stage, had_answer):
    if had_answer:
        stage.fetch()
        stage.clock.advance(60 + DAY + 1)
    stage.upstream.hold()
    before = stage.call()
    stage.upstream.wait_until_asked()
    stage.another_cache().void_person(KEY.tenant, KEY.person)
    stage.upstream.asked.clear()
    after = stage.call()
    stage.upstream.wait_until_asked()  # it does not join the load that left too early
    stage.upstream.let_go()

    old, new = before.done().answer.body, after.done().answer.body
    assert stage.upstream.calls == (3 if had_answer else 2)
    assert old != new
    assert (stage.fetch().body, stage.fetch().state) == (new, "hit")


def test_a_person_voided_during_a_failing_load_gets_no_old_answer(stage):
    stage.fetch()
    stage.clock.advance(60 + 600 + 1)
    stage.upstream.fault = UpstreamBusy()
    stage.upstream.hold()
    caller = stage.call()
    stage.upstream.wait_until_asked()
    stage.cache.void_person(KEY.tenant, KEY.person)
    stage.upstream.let_go()
    assert caller.done().trouble.code == "UPSTREAM_BUSY"


def test_a_lost_mark_never_brings_old_answers_back(stage):
    stage.fetch()
    kept = stage.store.raw(KEY.entry_name)
    stage.store.lose(KEY.mark_name)
    stage.upstream.fault = UpstreamBusy()
    stage.fault_of()  # a new mark was made; what was stored under the old one is not even stale
    stage.store.plant(KEY.entry_name, kept)
    stage.clock.advance(16)
    assert stage.fault_of().code == "UPSTREAM_BUSY"


def test_an_expired_person_gets_stale_answers_and_a_refresh(stage):
    stage.fetch()
    stage.cache.expire_person(KEY.tenant, KEY.person)
    stale = stage.fetch()
    stage.let_refresh_end()

    assert (stale.body, stale.state) == (b"answer 1", "stale")
    assert stale.ttl < 0
    assert (stage.fetch().body, stage.fetch().state) == (b"answer 2", "hit")


def test_an_expired_answer_still_stands_in_for_a_failing_upstream(stage):
    stage.fetch()
    stage.cache.expire_person(KEY.tenant, KEY.person)
    stage.upstream.fault = UpstreamBusy()
    stage.clock.advance(60 + 600 + 1)
    assert stage.fetch().state == "stale-if-error"


def test_an_answer_on_its_way_while_the_person_expires_is_stale_on_arrival(stage):
    stage.upstream.hold()
    caller = stage.call()
    stage.upstream.wait_until_asked()
    stage.cache.expire_person(KEY.tenant, KEY.person)
    stage.upstream.let_go()
    caller.done()
    assert stage.fetch().state == "stale"


def test_expiring_a_person_nobody_asked_about_changes_nothing(stage):
    stage.cache.expire_person(KEY.tenant, KEY.person)
    assert stage.store.names() == []
    assert (stage.fetch().state, stage.fetch().state) == ("miss", "hit")


def spoiled(raw: bytes) -> dict[str, bytes]:
    return {
        "cut off": raw[:-1],
        "one bit flipped": raw[:-1] + bytes([raw[-1] ^ 1]),
        "other version": bytes([raw[0] + 1]) + raw[1:],
        "longer": raw + b"!",
        "junk": b"\x80\x04not ours",
        "empty": b"",
    }


@pytest.mark.parametrize("damage", spoiled(b"??"))
def test_a_value_that_cannot_be_read_is_a_miss_and_is_deleted(stage, damage):
    stage.fetch()
    stage.store.plant(KEY.entry_name, spoiled(stage.store.raw(KEY.entry_name))[damage])
    seen = []

    def load(deadline):
        seen.append(stage.store.raw(KEY.entry_name))
        return b"new"

    assert stage.fetch(load=load).body == b"new"
    assert seen == [None]
    assert "unreadable" in stage.counted


def test_the_body_is_kept_as_raw_bytes(stage):
    stage.fetch()
    assert stage.store.raw(KEY.entry_name).endswith(b"answer 1")


def test_an_entry_from_a_clock_that_runs_far_ahead_is_not_taken_for_fresh(stage):
    stage.fetch()
    stage.clock.advance(-3_600)
    assert stage.fetch().state == "stale"


def test_an_unforeseen_error_reaches_the_caller_and_is_not_remembered(stage):
    stage.upstream.fault = ZeroDivisionError("a bug")
    with pytest.raises(ZeroDivisionError):
        stage.fetch()
    stage.upstream.fault = None
    assert stage.fetch().state == "miss"


def test_a_timeout_of_a_load_that_had_hardly_any_time_is_not_remembered(stage):
    stage.upstream.fault = UpstreamTimeout()
    stage.fault_of(seconds=0.5)
    stage.upstream.fault = None
    assert stage.fetch().body == b"answer 2"


def test_a_caller_whose_time_is_up_never_asks_upstream(stage):
    assert stage.fault_of(seconds=0).code == "UPSTREAM_TIMEOUT"
    assert stage.upstream.calls == 0


def test_each_policy_has_its_own_windows(stage):
    stage.fetch(policy=CachePolicy(fresh_seconds=3_600))
    stage.clock.advance(3_599)
    assert stage.fetch(policy=POLICY).state == "hit"


def test_a_note_is_known_to_all_processes_until_its_time_is_up(stage):
    other = stage.another_cache()
    stage.cache.put_note("hold:acme", b"until noon", 30)
    assert other.get_note("hold:acme") == b"until noon"
    assert other.get_note("hold:other") is None
    stage.clock.advance(31)
    assert other.get_note("hold:acme") is None
    assert stage.cache.get_note("hold:acme") is None


def test_a_note_that_cannot_be_read_is_no_note(stage):
    stage.cache.put_note("hold:acme", b"until noon", 30)
    stage.store.plant("note:hold:acme", b"junk")
    assert stage.another_cache().get_note("hold:acme") is None


def test_making_a_cache_opens_nothing_and_starts_no_thread(tmp_path):
    before = threading.active_count()
    for engine in (SqliteEngine(tmp_path / "made" / "x.db"), RedisEngine("redis://127.0.0.1:1")):
        ResponseCache(engine).close()
    assert threading.active_count() == before
    assert list(tmp_path.iterdir()) == []
