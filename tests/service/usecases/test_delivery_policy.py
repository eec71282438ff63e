"""What becomes of a message that could not be delivered, case by case."""

import pytest

from service.errors import (
    Fate,
    UpstreamBusy,
    UpstreamInvalidAnswer,
    UpstreamRefusedCredentials,
    UpstreamRefusedEvent,
    UpstreamTimeout,
    UpstreamUnavailable,
    UpstreamUnknownDataset,
)
from service.storage.outbox_messages import Claimed, State
from service.usecases.delivery_policy import (
    LONGEST_PAUSE_SECONDS,
    WINDOW_SECONDS,
    DeliveryPolicy,
    Later,
    Never,
)

NOW = 1_000_000.0
LONGEST = DeliveryPolicy(jitter=lambda _least, most: most)
SHORTEST = DeliveryPolicy(jitter=lambda least, _most: least)


def message(*, repeatable=True, attempt=1, failing_since=None) -> Claimed:
    return Claimed(
        id=1,
        tenant="acme",
        dataset="retail",
        person_id=1,
        kind="test",
        repeatable=repeatable,
        correlation_id="c",
        payload=b"{}",
        attempt=attempt,
        losses=0,
        accepted_at=NOW,
        failing_since=failing_since,
    )


def unreachable():
    return UpstreamUnavailable().with_fate(Fate.NOT_TAKEN)


def test_pauses_double_up_to_the_longest_and_may_be_as_short_as_nothing():
    attempts = [message(attempt=n) for n in (1, 2, 3, 10, 1_000)]
    pauses = [LONGEST.decide(each, unreachable(), NOW).seconds for each in attempts]
    assert pauses == [2, 4, 8, LONGEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS]
    assert SHORTEST.decide(message(attempt=5), unreachable(), NOW).seconds == 0


def test_the_time_that_was_asked_for_is_kept():
    assert SHORTEST.decide(message(), UpstreamBusy(retry_after=120), NOW).seconds == 120


def test_a_time_years_away_is_cut_at_the_window():
    asked = SHORTEST.decide(message(), UpstreamBusy(retry_after=10**9), NOW)
    assert asked.seconds == WINDOW_SECONDS


def test_what_was_held_back_by_us_is_no_failure():
    held = UpstreamUnavailable(retry_after=7).with_fate(Fate.UNSENT)
    assert SHORTEST.decide(message(repeatable=False), held, NOW) == Later(7, has_failed=False)


@pytest.mark.parametrize(
    "fault",
    [
        UpstreamRefusedEvent(),
        UpstreamUnknownDataset(),
        UpstreamInvalidAnswer().with_fate(Fate.NOT_TAKEN, is_permanent=True),
    ],
)
@pytest.mark.parametrize("repeatable", [True, False])
def test_what_will_be_refused_again_is_dead_at_once(fault, repeatable):
    assert SHORTEST.decide(message(repeatable=repeatable), fault, NOW).state == State.DEAD


@pytest.mark.parametrize(
    "fault",
    [
        UpstreamTimeout(),
        UpstreamUnavailable(),
        UpstreamInvalidAnswer(),
        UpstreamBusy().with_fate(Fate.UNKNOWN),
    ],
)
def test_after_doubt_content_goes_again_and_a_counter_does_not(fault):
    assert isinstance(SHORTEST.decide(message(), fault, NOW), Later)
    decision = SHORTEST.decide(message(repeatable=False), fault, NOW)
    assert isinstance(decision, Never)
    assert decision.state == State.UNCONFIRMED
    assert "may or may not" in decision.detail


@pytest.mark.parametrize("fault", [unreachable(), UpstreamBusy(), UpstreamRefusedCredentials()])
def test_a_counter_that_surely_was_not_taken_goes_again(fault):
    assert isinstance(SHORTEST.decide(message(repeatable=False), fault, NOW), Later)


def test_after_a_day_of_failures_a_message_is_given_up():
    recent = message(failing_since=NOW - WINDOW_SECONDS + 1)
    assert isinstance(SHORTEST.decide(recent, unreachable(), NOW), Later)
    old = message(failing_since=NOW - WINDOW_SECONDS)
    decision = SHORTEST.decide(old, unreachable(), NOW)
    assert decision.state == State.DEAD
    assert "24 hours" in decision.detail
