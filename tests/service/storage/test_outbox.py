"""The outbox on both engines: accepted once, claimed by one, in order, never lost."""

import itertools
import threading

import orjson
import pytest
from sqlalchemy import update

from service.errors import IdempotencyKeyInUse, IdempotencyKeyReused
from service.storage.outbox_claims import HOLD_SECONDS, MOST_LOSSES, waiting
from service.storage.outbox_keys import KEPT_SECONDS
from service.storage.outbox_messages import Acceptance, RequestKey, State
from service.storage.outbox_purge import DONE_KEPT_SECONDS
from service.storage.people import People, ProvenPerson, digest
from service.storage.tables import outbox
from tests.service.storage.outbox_stage import (
    ADA,
    ADAS_NUMBER,
    BOB,
    LEASE,
    OutboxStage,
    texts,
)


@pytest.fixture
def stage(state_store):
    stage = OutboxStage(state_store)
    yield stage
    stage.outbox.close()


# Accepting


def test_a_repeated_request_gets_the_first_answer_and_adds_nothing(stage):
    first = stage.accept(stage.draft("one"), key="k", body="b")
    again = stage.accept(stage.draft("one"), stage.draft("two"), key="k", body="b")
    assert again.answer == first.answer == b'["accepted"]'
    assert (first.is_repeat, again.is_repeat) == (False, True)
    assert texts(stage.claim()) == ["one"]


def test_a_key_with_another_body_is_refused(stage):
    stage.accept(stage.draft("one"), key="k", body="b")
    with pytest.raises(IdempotencyKeyReused):
        stage.accept(stage.draft("two"), key="k", body="another")


def test_a_key_means_nothing_to_another_tenant(stage):
    stage.accept(stage.draft("one"), key="k", body="b")
    stage.accept(stage.draft("two"), key="k", body="another", tenant="other")
    assert stage.states() == {"one": "ready", "two": "ready"}


def test_a_key_is_forgotten_after_seven_days(stage):
    stage.accept(stage.draft("one"), key="k", body="b")
    stage.now += KEPT_SECONDS + 1
    stage.accept(stage.draft("two"), key="k", body="another")
    assert stage.states() == {"one": "ready", "two": "ready"}


def test_a_request_that_is_still_running_is_not_begun_again(stage):
    begun, may_end = threading.Event(), threading.Event()

    def answer(_outcomes):
        begun.set()
        assert may_end.wait(10)
        return b"[]"

    accept_slowly = threading.Thread(target=lambda: _accept_with(stage, answer))
    accept_slowly.start()
    assert begun.wait(10)
    with pytest.raises(IdempotencyKeyInUse):
        _accept_with(stage, lambda _outcomes: b"[]")
    may_end.set()
    accept_slowly.join()
    assert _accept_with(stage, lambda _outcomes: b"[]").is_repeat


def _accept_with(stage, answer):
    drafts = (stage.draft("one"),)
    return stage.outbox.accept(
        Acceptance("acme", "retail", RequestKey("r", "k", "b"), drafts, answer)
    )


def test_a_row_with_a_known_key_is_a_duplicate_in_the_same_request_and_later(stage):
    twice = stage.accept(stage.draft("one", key="r1"), stage.draft("one", key="r1"))
    later = stage.accept(stage.draft("one", key="r1"))
    assert orjson.loads(twice.answer) == ["accepted", "duplicate"]
    assert orjson.loads(later.answer) == ["duplicate"]
    assert texts(stage.claim()) == ["one"]


def test_a_row_key_with_another_content_is_a_mistake_and_not_a_duplicate(stage):
    stage.put("one", key="r1", fingerprint="a")
    accepted = stage.accept(stage.draft("two", key="r1", fingerprint="b"))
    assert orjson.loads(accepted.answer) == ["key_reused"]
    assert stage.states() == {"one": "ready"}


def test_what_fails_before_the_commit_leaves_nothing(stage):
    def answer(_outcomes):
        raise RuntimeError("after the messages were written")

    with pytest.raises(RuntimeError):
        _accept_with(stage, answer)
    assert stage.states() == {}
    assert not _accept_with(stage, lambda _outcomes: b"[]").is_repeat


def test_many_threads_lose_nothing_and_double_nothing(stage):
    def send(thread: int):
        for number in range(10):
            stage.put(f"{thread}.{number}", ADA if thread % 2 else BOB)

    threads = [threading.Thread(target=send, args=(n,)) for n in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(stage.states()) == 80


def test_a_write_voids_the_answers_about_the_person_under_every_identity(stage):
    People(stage.database).learn("acme", "retail", [ProvenPerson((ADA, ADAS_NUMBER))])
    stage.put("one", ADA)
    assert stage.voided == {("acme", digest("acme", "retail", each)) for each in (ADA, ADAS_NUMBER)}


def test_what_says_so_voids_nothing(stage):
    stage.put("one", ADA, voids_answers=False)
    assert stage.voided == set()


# Claiming


def test_a_message_is_held_by_one_worker(stage):
    stage.put("one")
    assert texts(stage.claim()) == ["one"]
    assert stage.claim() == []


def test_a_claim_costs_no_more_for_all_that_went_out_before(stage):
    if not stage.database.is_sqlite:
        pytest.skip("only SQLite counts its steps")
    for number in range(2):
        stage.accept(*(stage.draft(f"{number}-{n}") for n in range(200)))
    fresh = steps_of_looking(stage)
    with stage.database.transaction() as connection:
        first_half = outbox.c.correlation_id.like("0-%")
        connection.execute(
            update(outbox).where(first_half).values(state=State.DONE, finished_at=stage.now)
        )
    assert texts(stage.claim()) == ["1-0"]
    assert steps_of_looking(stage) < 2 * fresh


def steps_of_looking(stage) -> int:
    """Return how many steps SQLite's machine takes to find what may be claimed."""
    steps = itertools.count()
    with stage.database.reading() as connection:
        driver = connection.connection.driver_connection
        driver.set_progress_handler(lambda: next(steps) and None, 1)
        waiting(connection, stage.now, 10)
        driver.set_progress_handler(None, 1)
    return next(steps)


def test_after_its_lease_a_message_is_anothers_and_the_first_worker_writes_nothing_more(stage):
    stage.put("one")
    lost = stage.claim_one()
    stage.now += LEASE + 1
    held = stage.claim_one()
    assert held.attempt == lost.attempt + 1
    assert not stage.acknowledge(lost)
    assert not stage.fail(lost, 1)
    assert not stage.outbox.finish(lost, State.DEAD, code="C", detail="d")
    assert stage.states() == {"one": "run"}
    assert stage.acknowledge(held)
    assert stage.states() == {"one": "done"}


def test_several_workers_at_once_never_get_the_same_message(stage):
    for number in range(30):
        stage.put(str(number), BOB if number % 2 else ADA)
    taken, lock = [], threading.Lock()

    def work():
        while True:
            held = stage.claim(3)
            if not held and "ready" not in stage.states().values():
                return
            for message in held:
                with lock:
                    taken.append(message.correlation_id)
                assert stage.acknowledge(message)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(taken, key=int) == [str(n) for n in range(30)]
    assert [n for n in taken if int(n) % 2] == [str(n) for n in range(1, 30, 2)]
    assert [n for n in taken if not int(n) % 2] == [str(n) for n in range(0, 30, 2)]


def test_of_one_person_the_oldest_goes_first_and_others_do_not_wait(stage):
    for text in ("ada 1", "ada 2"):
        stage.put(text, ADA)
    stage.put("bob 1", BOB)
    first = stage.claim()
    assert texts(first) == ["ada 1", "bob 1"]
    assert stage.claim() == []
    stage.acknowledge(first[0])
    assert texts(stage.claim()) == ["ada 2"]


def test_back_off_holds_the_persons_later_messages_for_a_quarter_of_an_hour(stage):
    stage.put("old")
    stage.put("young")
    held = stage.claim_one()
    stage.fail(held, seconds=10 * HOLD_SECONDS)
    stage.now += HOLD_SECONDS - 1
    assert stage.claim() == []
    stage.now += 2
    assert texts(stage.claim()) == ["young"]


def test_of_two_that_are_due_after_long_back_off_one_is_under_way_at_a_time(stage):
    stage.put("old")
    stage.put("young")
    stage.fail(stage.claim_one(), seconds=HOLD_SECONDS)
    stage.now += HOLD_SECONDS + 1
    [first] = stage.claim()
    assert stage.claim() == []
    stage.acknowledge(first)
    assert len(stage.claim()) == 1


def test_what_has_overtaken_a_message_is_known_when_it_goes_again(stage):
    stage.put("old")
    stage.put("young")
    stage.fail(stage.claim_one(), seconds=2 * HOLD_SECONDS)
    stage.now += HOLD_SECONDS + 1
    stage.acknowledge(stage.claim_one())
    stage.now += HOLD_SECONDS
    [old] = stage.claim()
    [payload] = stage.outbox.later_contents(old, {old.kind})
    assert orjson.loads(payload)["parts"] == [{"text": "young"}]


def test_after_a_merge_both_peoples_messages_go_in_the_order_they_came(stage):
    stage.put("ada", ADA)
    stage.put("number", ADAS_NUMBER)
    stage.put("both", ADA, ADAS_NUMBER)
    order = []
    while held := stage.claim():
        assert len(held) == 1
        order += texts(held)
        stage.acknowledge(held[0])
    assert order == ["ada", "number", "both"]


def test_a_worker_lost_while_two_people_became_one_blocks_nothing(stage):
    stage.put("ada", ADA)
    stage.put("number", ADAS_NUMBER)
    assert len(stage.claim()) == 2
    stage.put("both", ADA, ADAS_NUMBER)
    stage.now += LEASE + 1
    order = []
    while held := stage.claim():
        order += texts(held)
        stage.acknowledge(held[0])
    assert order == ["ada", "number", "both"]


def test_tenants_that_must_wait_are_left_alone(stage):
    stage.put("ours")
    stage.accept(stage.draft("theirs"), tenant="other")
    assert texts(stage.claim(without={"acme"})) == ["theirs"]


def test_a_counter_marked_as_sending_is_never_sent_again_once_its_worker_is_lost(stage):
    stage.put("counter", repeatable=False)
    stage.put("next")
    assert stage.outbox.mark_sending(stage.claim_one())
    stage.now += LEASE + 1
    assert texts(stage.claim()) == ["next"]
    [letter] = stage.outbox.letters()
    assert (letter.correlation_id, letter.state, letter.code) == (
        "counter",
        State.UNCONFIRMED,
        "UNCONFIRMED",
    )
    assert stage.outbox.replay(None) == []


def test_a_counter_lost_before_it_was_marked_goes_again(stage):
    stage.put("counter", repeatable=False)
    stage.claim()
    stage.now += LEASE + 1
    assert texts(stage.claim()) == ["counter"]


def test_a_worker_that_lost_its_counter_is_told_before_it_sends(stage):
    stage.put("counter", repeatable=False)
    lost = stage.claim_one()
    stage.now += LEASE + 1
    stage.claim()
    assert not stage.outbox.mark_sending(lost)


def test_a_message_that_kills_its_workers_is_set_apart(stage):
    stage.put("poison")
    stage.put("next")
    for _ in range(MOST_LOSSES + 1):
        assert texts(stage.claim()) == ["poison"]
        stage.now += LEASE + 1
    assert texts(stage.claim()) == ["next"]
    [letter] = stage.outbox.letters()
    assert letter.code == "WORKERS_LOST"


# Dead letters


def test_dead_messages_are_listed_replayed_and_dropped_by_number(stage):
    for text in ("one", "two"):
        stage.put(text, ADA if text == "one" else BOB)
    for message in stage.claim():
        stage.outbox.finish(message, State.DEAD, code="REFUSED", detail="Because.")
    one, two = stage.outbox.letters()
    assert (one.code, one.detail) == ("REFUSED", "Because.")
    assert stage.outbox.replay([one.id]) == [one.id]
    assert stage.outbox.replay([one.id]) == []
    assert stage.outbox.drop([one.id, two.id]) == [two.id]
    assert texts(stage.claim()) == ["one"]


def test_a_tenant_replays_and_drops_only_its_own(stage):
    stage.put("one")
    [message] = stage.claim()
    stage.outbox.finish(message, State.DEAD, code="REFUSED", detail="Because.")
    assert stage.outbox.replay(None, "other") == []
    assert stage.outbox.drop([message.id], "other") == []
    assert stage.outbox.letters(tenant="other") == []


def test_depth_and_age_count_what_waits(stage):
    stage.put("one")
    stage.now += 5
    stage.put("two")
    [depth] = stage.outbox.depths()
    assert (depth.tenant, depth.kind, depth.waiting) == ("acme", "test", 2)
    assert depth.oldest_accepted_at == stage.now - 5


def test_what_went_out_is_forgotten_unless_an_older_message_may_still_follow(stage):
    stage.put("dead", ADA)
    stage.put("after dead", ADA)
    stage.put("bob", BOB)
    for message in stage.claim():
        if message.correlation_id == "dead":
            stage.outbox.finish(message, State.DEAD, code="C", detail="d")
        else:
            stage.acknowledge(message)
    stage.acknowledge(stage.claim_one())
    stage.now += DONE_KEPT_SECONDS + 1
    assert stage.outbox.forget_done().gone == 1
    assert stage.states() == {"dead": "dead", "after dead": "done"}
