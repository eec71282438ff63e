"""What the outbox does not need any more goes in small steps, while others work on."""

from itertools import pairwise

import pytest
from sqlalchemy import func, insert, select

from service.storage.outbox import PURGE_STEP
from service.storage.outbox_keys import KEPT_SECONDS
from service.storage.outbox_purge import DONE_KEPT_SECONDS
from service.storage.tables import accepted_keys, declines, outbox
from service.storage.timers import Timers
from service.usecases.outbox_purge import EVERY_SECONDS, NAME, OutboxPurge
from tests.service.storage.outbox_stage import OutboxStage

OLD = 2 * PURGE_STEP + 1
YOUNG = 3 * PURGE_STEP


@pytest.fixture
def stage(state_store):
    """An outbox after weeks: old and young messages that went out, and declines of both ages."""
    made = OutboxStage(state_store)
    made.now += DONE_KEPT_SECONDS * 3
    state_store.write(lambda connection: fill(connection, made.now))
    yield made
    made.outbox.close()


def fill(connection, now: float) -> None:
    message = dict.fromkeys(("tenant", "dataset", "kind", "correlation_id"), "x")
    message |= {"repeatable": 1, "payload": b"{}", "state": "done", "attempts": 1, "losses": 0}
    decline = dict.fromkeys(("tenant", "dataset", "item_type", "item_id"), "x")
    ages = [DONE_KEPT_SECONDS + 60] * OLD + [60] * YOUNG
    connection.execute(
        insert(outbox),
        [
            message
            | {"person_id": n, "wake_at": 0, "accepted_at": now - age, "finished_at": now - age}
            for n, age in enumerate(ages)
        ],
    )
    connection.execute(
        insert(declines),
        [
            decline | {"person_id": n, "declined_at": 0, "hidden_until": now + 60 - age % 120}
            for n, age in enumerate([90] * OLD + [0] * YOUNG)
        ],
    )
    key = {"tenant": "acme", "scope": "x", "fingerprint": "f", "answer": b""}
    connection.execute(
        insert(accepted_keys),
        [key | {"key_digest": str(n), "kept_until": now - 1 + 2 * (n % 2)} for n in range(OLD)],
    )


def count(database, table) -> int:
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_all_that_is_over_goes_and_nobody_waits_longer_than_a_step(stage, state_store):
    pauses = []

    def pause(_seconds: float) -> bool:
        stage.put(f"meanwhile {len(pauses)}")  # others write between any two steps
        pauses.append(count(state_store, outbox))
        return False

    gone = OutboxPurge(stage.outbox, Timers(state_store), pause=pause).purge()
    kept_keys = OLD // 2
    assert gone == OLD + OLD + (OLD - kept_keys)
    assert count(state_store, outbox) == YOUNG + len(pauses)
    assert count(state_store, declines) == YOUNG
    assert count(state_store, accepted_keys) == kept_keys + len(pauses)
    steps = [before - after for before, after in pairwise(pauses)]
    assert max(steps) <= PURGE_STEP


def test_young_messages_are_not_walked_through(stage, state_store):
    steps, after = 0, 0
    while after is not None:
        steps, after = steps + 1, stage.outbox.forget_done(after).after
    assert steps == OLD // PURGE_STEP + 1  # the step that meets the first young ones is the last


def test_told_to_stop_it_leaves_the_rest_for_later(stage, state_store):
    OutboxPurge(stage.outbox, Timers(state_store), pause=lambda _seconds: True).purge()
    assert count(state_store, outbox) == OLD + YOUNG - PURGE_STEP


def test_of_two_workers_one_purges(state_store):
    timers = Timers(state_store)
    assert [timers.claim(NAME, EVERY_SECONDS) for _worker in range(2)] == [True, False]


def test_a_key_lives_as_long_as_it_is_promised(state_store):
    stage = OutboxStage(state_store)
    stage.accept(stage.draft("one"), key="first")
    stage.now += KEPT_SECONDS - 1
    assert stage.outbox.forget_keys() == 0
    stage.now += 2
    assert stage.outbox.forget_keys() == 1
    stage.outbox.close()
