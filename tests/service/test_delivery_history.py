"""Whatever is killed and whatever fails: what was acknowledged arrives, in order, counters once.

The short form sends a few hundred messages. With --full it sends 20,000.
"""

import random

import pytest

from service.storage.outbox_messages import State
from tests.service.delivery_history import run_history


@pytest.fixture
def messages(pytestconfig) -> int:
    return 20_000 if pytestconfig.getoption("full") else 200


def test_what_was_acknowledged_is_what_personalization_has(
    make_service, environment, account, tmp_path, messages
):
    service = make_service()
    outbox, seed = service.parts.outbox, random.randrange(10**6)
    print(f"seed {seed}")
    noted = run_history(
        account, environment(), tmp_path, messages=messages, seed=seed, outbox=outbox
    )
    letters = outbox.letters(tuple(State), limit=10**6)
    assert {str(each.state) for each in letters} <= {"done", "unconfirmed"}
    assert len(letters) == noted.updates + len(noted.clicks)
    assert noted.refused

    retail = account.state.datasets["retail"]
    for email, steps in noted.steps.items():
        profile = retail.profiles.with_identity("emailAddress", email)
        check_person(profile, steps)
    unconfirmed = {each.correlation_id for each in letters if each.state == State.UNCONFIRMED}
    check_clicks(retail, noted.clicks, unconfirmed)


def check_person(profile, steps: list[int]) -> None:
    """Everything has arrived, in order, and the last of each is what the profile holds."""
    actions = [event["action"] for event in profile.events]
    assert "Nonsense" not in actions
    arrived = [int(action.split()[1]) for action in actions if action.startswith("Step ")]
    assert arrived == sorted(arrived)
    assert sorted(set(arrived)) == steps
    assert profile.value("jobTitle") == str(steps[-1])
    held = {name: case["attributes"]["status"] for name, case in profile.objects["Case"].items()}
    assert held == {f"C{step % 3}": str(step) for step in steps}


def check_clicks(retail, clicks: dict[str, str], unconfirmed: set[str]) -> None:
    """A click counts once; one that is listed as unconfirmed at most once."""
    for experience, correlation_id in clicks.items():
        counted = retail.stats[experience, "Click", False]
        assert counted <= 1, experience
        assert counted == 1 or correlation_id in unconfirmed, experience
