"""After an incident: what was accepted before the backup is there, and nothing counts twice."""

import time

import pytest

from service.storage.after_incident import set_apart
from service.storage.backups import back_up, restore
from service.storage.database import Database
from service.storage.outbox_messages import State
from simulator.personalization.cast import cast

EMAIL = cast()["usual"]["email"]
PERSON = {"type": "emailAddress", "value": EMAIL}


@pytest.fixture
def place(state_url, tmp_path, request):
    """An empty place on the same engine."""
    if state_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'restored.db'}"
        return
    with request.getfixturevalue("postgres_server").database() as url:
        yield url


def click(name: str) -> dict:
    item = {"type": "Promotion", "id": "p1"}
    stat = {"experienceId": name, "stat": "Click", "items": [item]}
    return {"dataset": "retail", "identity": PERSON, "viewId": name, "stats": [stat]}


def update(title: str) -> dict:
    row = {"identities": [PERSON], "attributes": {"jobTitle": title}}
    return {"dataset": "retail", "action": "Lead changed", "updates": [row]}


def test_the_world_goes_on_after_the_backup_and_the_restored_service_repeats_nothing_of_it(
    make_service, state_url, place, account, tmp_path
):
    before = make_service(P13N_DATABASE_URL=state_url)
    before.write("/v1/campaign-stats", click("sent before"))
    before.deliver()
    before.write("/v1/campaign-stats", click("waiting"))
    kept = before.write("/v1/profile-updates", update("Old"), key="the-old-one")
    assert kept.status_code == 200
    file = back_up(before.parts.database, tmp_path / "backup")
    before.write("/v1/profile-updates", update("New"))
    before.deliver()  # what waited, and what came later

    restored = Database(place)
    restore(restored, file, lambda connection: set_apart(connection, time.time()))
    restored.close()
    after = make_service(P13N_DATABASE_URL=place, import_people=False)
    after.deliver()
    stats = account.state.datasets["retail"].stats
    assert {name: stats[name, "Click", False] for name in ("sent before", "waiting")} == {
        "sent before": 1,
        "waiting": 1,
    }
    profile = account.state.datasets["retail"].profiles.with_identity("emailAddress", EMAIL)
    assert profile.value("jobTitle") == "New"
    letters = after.parts.outbox.letters(tuple(State))
    assert [(each.state, each.code) for each in letters] == [
        (State.DONE, None),
        (State.UNCONFIRMED, "RESTORED"),
        (State.DEAD, "RESTORED"),
    ]
    repeated = after.write("/v1/profile-updates", update("Old"), key="the-old-one")
    assert repeated.headers["Idempotency-Replayed"] == "true"
    assert after.ask_token(before.client_id, before.client_secret).status_code == 200
