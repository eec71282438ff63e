"""What could not be delivered, as the admin sees it: in Salesforce, in a terminal, in metrics."""

import json

import pytest
from click.testing import CliRunner

from service.outbox_commands import outbox_group
from simulator.personalization.cast import cast

PERSON = {"type": "emailAddress", "value": cast()["usual"]["email"]}
UPDATE = {"dataset": "retail", "action": "Case Closed", "updates": [{"identities": [PERSON]}]}
CLICK = {
    "dataset": "retail",
    "identity": PERSON,
    "stats": [{"experienceId": "E", "stat": "Click"}],
}


@pytest.fixture
def admin(service):
    return service.token(*service.add_client("acme", scopes=("admin",)))


@pytest.fixture
def set_apart(service, account):
    """Return the numbers of a dead update and an unconfirmed click."""
    account.fault(httpStatus=400, times=1)
    service.write("/v1/profile-updates", UPDATE)
    service.deliver()
    account.fault(httpStatus=500, times=1)
    service.write("/v1/campaign-stats", CLICK)
    service.deliver()
    return [letter.id for letter in service.parts.outbox.letters()]


def listed(service, token, query="") -> dict:
    headers = {"Authorization": f"Bearer {token}"}
    return service.client.get(f"/v1/dead-letters{query}", headers=headers).get_json()


def test_the_admin_sees_what_and_why_but_not_who(service, admin, set_apart):
    answer = listed(service, admin)
    dead, unconfirmed = answer["letters"]
    assert (dead["state"], dead["code"]) == ("dead", "UPSTREAM_REFUSED_EVENT")
    assert dead["reason"] == "Personalization refused the event as invalid."
    assert unconfirmed["state"] == "unconfirmed"
    assert "may or may not" in unconfirmed["reason"]
    assert answer["next"] is None
    assert PERSON["value"] not in json.dumps(answer)


def test_pages_follow_each_other(service, admin, set_apart):
    first = listed(service, admin, "?limit=1")
    second = listed(service, admin, f"?limit=1&after={first['next']}")
    assert [first["letters"][0]["id"], second["letters"][0]["id"]] == set_apart


def test_replay_sends_the_dead_again_and_never_a_counter_in_doubt(
    service, admin, account, set_apart
):
    account.state.calls.reset()
    replayed = service.post("/v1/dead-letters/replay", {"all": True}, token=admin).get_json()
    assert replayed == {"replayed": set_apart[:1]}
    service.deliver()
    assert [call["body"]["action"] for call in account.events()] == ["Case Closed"]
    assert [each["state"] for each in listed(service, admin)["letters"]] == ["unconfirmed"]


def test_dropped_is_gone(service, admin, set_apart):
    dropped = service.post("/v1/dead-letters/drop", {"ids": set_apart}, token=admin).get_json()
    assert dropped == {"dropped": set_apart}
    assert listed(service, admin)["letters"] == []


def test_another_tenants_letters_are_neither_seen_nor_touched(service, set_apart):
    stranger = service.token(*service.add_client("other", scopes=("admin",)))
    assert listed(service, stranger)["letters"] == []
    for what, word in (("replay", "replayed"), ("drop", "dropped")):
        answer = service.post(f"/v1/dead-letters/{what}", {"ids": set_apart}, token=stranger)
        assert answer.get_json() == {word: []}


def test_reps_and_flows_may_not_look(service, set_apart):
    assert listed(service, service.token())["code"] == "INSUFFICIENT_SCOPE"


@pytest.mark.parametrize("body", [{}, {"ids": []}, {"ids": ["1"]}, {"ids": [0]}, {"all": False}])
def test_a_choice_names_numbers_or_all(service, admin, body):
    refused = service.post("/v1/dead-letters/replay", body, token=admin)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "INVALID_REQUEST")


def test_numbers_beyond_any_are_refused(service, admin):
    assert listed(service, admin, "?after=99999999999999999999")["code"] == "INVALID_REQUEST"


@pytest.fixture
def terminal(service):
    """Return a function that runs `p13n outbox` on this service's store."""
    group = outbox_group(lambda: service.parts)

    def run(*arguments: str):
        return CliRunner().invoke(group, arguments)

    return run


def test_the_terminal_lists_replays_and_drops(terminal, set_apart):
    dead, unconfirmed = set_apart
    found = json.loads(terminal("list", "--json").output)["messages"]
    assert [(each["id"], each["state"]) for each in found] == [
        (dead, "dead"),
        (unconfirmed, "unconfirmed"),
    ]
    assert "UPSTREAM_REFUSED_EVENT" in terminal("list", "--state", "dead").output
    assert terminal("list", "--tenant", "other").output == "Nothing.\n"
    replayed = json.loads(terminal("replay", str(dead), str(unconfirmed), "--json").output)
    assert replayed == {"replayed": [dead], "notFound": [unconfirmed]}
    assert "1 message deleted." in terminal("drop", "--all").output


def test_the_terminal_wants_numbers_or_all(terminal):
    assert terminal("replay").exit_code == 2
    assert terminal("drop", "1", "--all").exit_code == 2


def test_metrics_tell_depth_age_and_what_needs_a_person(service, set_apart):
    service.write("/v1/profile-updates", UPDATE)
    text = service.client.get("/metrics").get_data(as_text=True)
    assert 'p13n_outbox_depth{kind="profile-update",tenant="acme"} 1.0' in text
    assert 'p13n_outbox_oldest_seconds{kind="profile-update",tenant="acme"}' in text
    assert 'p13n_outbox_set_apart{state="dead",tenant="acme"} 1.0' in text
    assert 'p13n_outbox_accepted_total{kind="profile-update",tenant="acme"}' in text
    assert 'p13n_outbox_deliveries_total{kind="profile-update",outcome="dead"' in text
