"""Wrong and strange input of `POST /v1/profile-updates`, through the whole service."""

import json
import sqlite3
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

import pytest

from service.storage.outbox_messages import State
from simulator.personalization.cast import cast

URL = "/v1/profile-updates"
EMAIL = cast()["usual"]["email"]
PERSON = {"type": "emailAddress", "value": EMAIL}
CASE = {"type": "Case", "id": "500A", "attributes": {"status": "Closed"}}
WHOLE = {
    "recordId": "500A",
    "key": "k-1",
    "identities": [PERSON],
    "attributes": {"jobTitle": "Boss"},
    "profileObjects": [CASE],
    "blankPolicy": "skip",
}
TEAPOT = "\N{TEAPOT}\N{LARGE RED CIRCLE}"  # four bytes each


def body(*updates, **more) -> dict:
    return {"dataset": "retail", "action": "CRM Case Closed", "updates": list(updates)} | more


def stored(service) -> int:
    return len(service.parts.outbox.letters(tuple(State)))


def outcome(service, row) -> tuple:
    [result] = service.write(URL, body(row)).get_json()["results"]
    return result["status"], result["code"], result["field"]


@pytest.mark.parametrize("name", ["recordId", "key", "attributes", "profileObjects", "blankPolicy"])
def test_a_null_where_nothing_is_needed_is_as_if_it_were_not_there(service, name):
    assert outcome(service, WHOLE | {name: None}) == ("ACCEPTED", None, None)


NULLS = {
    "row": (None, "INVALID_ROW", ""),
    "identities": (WHOLE | {"identities": None}, "NO_IDENTITY", "identities"),
    "identity": (WHOLE | {"identities": [PERSON, None]}, "INVALID_IDENTITY", "identities[1]"),
    "identity type": (
        WHOLE | {"identities": [PERSON | {"type": None}]},
        "UNKNOWN_IDENTITY_TYPE",
        "identities[0].type",
    ),
    "identity value": (
        WHOLE | {"identities": [PERSON | {"value": None}]},
        "INVALID_IDENTITY",
        "identities[0].value",
    ),
    "object": (WHOLE | {"profileObjects": [None]}, "INVALID_OBJECT", "profileObjects[0]"),
    "object type": (
        WHOLE | {"profileObjects": [CASE | {"type": None}]},
        "UNKNOWN_PROFILE_OBJECT_TYPE",
        "profileObjects[0].type",
    ),
    "object id": (
        WHOLE | {"profileObjects": [CASE | {"id": None}]},
        "INVALID_OBJECT",
        "profileObjects[0].id",
    ),
}


@pytest.mark.parametrize(("row", "code", "field"), NULLS.values(), ids=NULLS)
def test_a_null_where_something_is_needed_is_named_and_stores_nothing(service, row, code, field):
    assert outcome(service, row) == ("REJECTED", code, field)
    assert stored(service) == 0


def test_null_values_of_a_persons_attributes_obey_the_rows_blank_policy(service, account):
    blank = WHOLE | {"attributes": {"jobTitle": None}, "profileObjects": None}
    assert outcome(service, blank | {"key": "a"})[0] == "ACCEPTED"
    assert outcome(service, blank | {"key": "b", "blankPolicy": "clear"})[0] == "ACCEPTED"
    service.deliver()
    sent = [call["body"]["user"]["attributes"] for call in account.events()]
    assert sent == [{"emailAddress": EMAIL}, {"emailAddress": EMAIL, "jobTitle": None}]


def test_characters_of_four_bytes_arrive_as_they_were_sent(service, account):
    title = f"Head of {TEAPOT}"
    row = WHOLE | {
        "recordId": TEAPOT,
        "attributes": {"jobTitle": title},
        "profileObjects": [CASE | {"attributes": {"status": TEAPOT}}],
    }
    answer = service.write(URL, body(row, action=f"Case {TEAPOT}")).get_json()
    assert [r["status"] for r in answer["results"]] == ["ACCEPTED"]
    assert answer["results"][0]["recordId"] == TEAPOT
    service.deliver()
    [event] = [call["body"] for call in account.events()]
    assert event["action"] == f"Case {TEAPOT}"
    assert event["user"]["attributes"]["jobTitle"] == title
    assert event["user"]["profileObjects"]["Case"][0]["attributes"] == {"status": TEAPOT}


def test_a_text_is_measured_in_bytes(service):
    fits, exceeds = ("\N{TEAPOT}" * 256, "\N{TEAPOT}" * 512)
    assert len(exceeds.encode()) > 1_024 >= len(fits.encode())
    assert outcome(service, WHOLE | {"attributes": {"jobTitle": fits}})[0] == "ACCEPTED"
    refused = outcome(service, WHOLE | {"attributes": {"jobTitle": exceeds}})
    assert refused == ("REJECTED", "VALUE_TOO_LONG", "attributes.jobTitle")


def test_half_a_character_is_no_json(service):
    token = service.token()
    half = json.dumps(body(WHOLE)).replace("Boss", "\\ud83d")
    headers = {
        "Authorization": f"Bearer {token}",
        "Idempotency-Key": "k",
        "Content-Type": "application/json",
    }
    refused = service.client.post(URL, data=half, headers=headers)
    assert (refused.status_code, refused.get_json()["code"]) == (400, "INVALID_JSON")


def test_201_rows_are_refused_with_the_limit_and_nothing_of_them_is_kept(service):
    refused = service.write(URL, body(*[WHOLE | {"key": str(n)} for n in range(201)]), key="k")
    assert (refused.status_code, refused.get_json()["code"]) == (413, "TOO_MANY_ROWS")
    assert "at most 200" in refused.get_json()["detail"]
    assert stored(service) == 0
    assert service.write(URL, body(WHOLE), key="k").status_code == 200  # the key is free


def test_a_second_request_is_told_to_wait_while_the_first_with_its_key_runs(service):
    token = service.token()
    service.write(URL, body(WHOLE | {"key": "earlier"}), token=token)  # its action is known now
    holder = sqlite3.connect(service.parts.settings.data_dir / "state.db", isolation_level=None)

    def write():
        return service.write(URL, body(WHOLE), key="k", token=token)

    with ThreadPoolExecutor(2) as pool:
        holder.execute("begin immediate")  # whoever comes first waits for the store
        both = {pool.submit(write), pool.submit(write)}
        answered, waiting = wait(both, timeout=10, return_when=FIRST_COMPLETED)
        holder.execute("rollback")
        holder.close()
        [refused, accepted] = [each.pop().result(timeout=10) for each in (answered, waiting)]
    assert (refused.status_code, refused.get_json()["code"]) == (409, "IDEMPOTENCY_KEY_IN_USE")
    assert accepted.status_code == 200
    assert stored(service) == 2
