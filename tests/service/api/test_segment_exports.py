"""Segment exports as the admin sees them: in Salesforce, in a terminal, in metrics."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.service.test_killed_export import MC, SECTION

P13N = str(Path(sys.executable).with_name("p13n"))


@pytest.fixture
def section(cloud):
    return SECTION.format(url=cloud.url, account_id="100000001", reentry="never")


@pytest.fixture
def service(make_service, section):
    return make_service(import_people=False, journey=section, **MC)


@pytest.fixture
def admin(service):
    return service.token(*service.add_client("acme", scopes=("admin",)))


def get(service, token, path):
    return service.client.get(path, headers={"Authorization": f"Bearer {token}"})


def tick(service) -> None:
    service.parts.segment_exports.tick(service.parts.settings.tenants["acme"])


def test_an_export_that_never_ran_is_listed(service, admin):
    [export] = get(service, admin, "/v1/segment-exports").get_json()["exports"]
    assert (export["name"], export["readAt"], export["entries"]) == ("big", None, {})
    assert export["rowBudget"] == {"used": 0, "allowed": None}


def test_counts_and_ledger_tell_what_became_of_everybody(service, admin, cloud):
    cloud.switch(refusedMembers={cloud_member(): 30003})
    tick(service)
    [export] = get(service, admin, "/v1/segment-exports").get_json()["exports"]
    assert export["entries"] == {"accepted": 32, "failed": 1}
    assert export["readRows"] == 33
    page = get(service, admin, "/v1/segment-exports/entries?limit=20").get_json()
    rest = get(service, admin, f"/v1/segment-exports/entries?after={page['next']}").get_json()
    assert len(page["entries"] + rest["entries"]) == 33
    assert rest["next"] is None
    [failed] = get(service, admin, "/v1/segment-exports/entries?state=failed").get_json()["entries"]
    assert failed["code"] == "MEMBER_30003"
    assert cloud_member() not in json.dumps(page)


def cloud_member() -> str:
    return "17850"  # Ada Ashdown's number, who is a big spender


def test_what_waits_shows_in_the_metrics(service, cloud):
    cloud.fault(forbidden=True)
    tick(service)
    told = service.client.get("/metrics").get_data(as_text=True)
    assert 'p13n_segment_entries_waiting{export="big",tenant="acme"} 33.0' in told
    assert "p13n_segment_entries_oldest_seconds" in told


def test_one_person_is_found_by_the_contact_key(service, admin):
    tick(service)
    body = {"export": "big", "contactKey": cloud_member()}
    found = service.post("/v1/segment-exports/entries/find", body, token=admin).get_json()
    assert [entry["state"] for entry in found["entries"]] == ["accepted"]


def test_asking_makes_a_worker_read_again_and_repeating_asks_once(service, admin, account):
    tick(service)
    for _ in range(2):
        answer = service.write("/v1/segment-exports", {}, key="k-1", token=admin)
        assert (answer.status_code, answer.get_json()["asked"]) == (202, ["big"])
    assert answer.headers["Idempotency-Replayed"] == "true"
    tick(service)
    tick(service)
    calls = [c for c in account.state.calls.view()["calls"] if c["path"].endswith("users.json")]
    assert len(calls) == 4
    reused = service.write("/v1/segment-exports", {"name": "big"}, key="k-1", token=admin)
    assert reused.get_json()["code"] == "IDEMPOTENCY_KEY_REUSED"


def test_failed_entries_go_again_when_asked(service, admin, cloud):
    cloud.switch(refusedMembers={cloud_member(): 30003})
    tick(service)
    cloud.switch(refusedMembers={})
    path = "/v1/segment-exports/entries/replay"
    answer = service.write(path, {"all": True}, token=admin)
    assert len(answer.get_json()["replayed"]) == 1
    tick(service)
    assert cloud_member() in cloud.entered()


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("", {"name": "small"}, "UNKNOWN_SEGMENT_EXPORT"),
        ("/entries/replay", {}, "INVALID_REQUEST"),
        ("/entries/replay", {"ids": [0]}, "INVALID_REQUEST"),
        ("/entries/find", {"export": "big"}, "INVALID_REQUEST"),
        ("/entries/find", {"export": "big", "contactKey": "K\x00"}, "INVALID_REQUEST"),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(service, admin, path, body, code):
    answer = service.write(f"/v1/segment-exports{path}", body, token=admin)
    assert answer.get_json()["code"] == code


def test_only_admins_of_the_tenant_see_and_ask(service, admin):
    tick(service)
    assert get(service, service.token(), "/v1/segment-exports").status_code == 403
    other = service.token(*service.add_client("other", scopes=("admin",)))
    assert get(service, other, "/v1/segment-exports").get_json() == {"exports": []}
    found = get(service, other, "/v1/segment-exports/entries").get_json()
    assert found["entries"] == []
    replayed = service.write("/v1/segment-exports/entries/replay", {"all": True}, token=other)
    assert replayed.get_json() == {"replayed": []}


@pytest.fixture
def p13n(environment, section):
    def run(*arguments, stdin=""):
        return subprocess.run(
            [P13N, *arguments],
            env={"PATH": os.environ["PATH"]} | environment(journey=section, **MC),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


def test_the_terminal_says_the_same(p13n, cloud):
    cloud.switch(refusedMembers={cloud_member(): 30003})
    tried = p13n("export-segments", "acme", "--dry-run")
    assert (tried.returncode, cloud.entered()) == (0, [])
    assert "33 would enter" in tried.stdout
    done = p13n("export-segments", "acme", "--json")
    assert done.returncode == 3
    [export] = json.loads(done.stdout)["exports"]
    assert export["entries"] == {"queued": 33, "accepted": 32, "failed": 1}
    listed = p13n("segment-entries", "list", "acme")
    assert "MEMBER_30003" in listed.stdout
    key = ("--only", "big", "--state", "all", "--contact-key", "-")
    found = p13n("segment-entries", "list", "acme", *key, stdin=f"{cloud_member()}\n")
    assert found.stdout == listed.stdout
    again = json.loads(p13n("segment-entries", "replay", "acme", "--all", "--json").stdout)
    assert len(again["replayed"]) == 1
    assert "32 accepted, 1 queued" in p13n("export-segments", "acme", "--status").stdout


def test_the_terminal_fails_with_a_sentence(p13n, account, cloud):
    cloud.fault(forbidden=True)
    failed = p13n("export-segments", "acme")
    assert failed.returncode == 1
    assert "MARKETING_CLOUD_FORBIDDEN" in failed.stdout
    assert "Traceback" not in failed.stderr
    assert p13n("export-segments", "acme", "--only", "small").returncode == 1
    assert p13n("segment-entries", "list", "acme", "--contact-key", "K").returncode == 2
