"""What Flows send: one result for each row, in order, and Personalization's profile in the end."""

import json

import pytest

from simulator.personalization.cast import cast

EMAIL = cast()["usual"]["email"]
PERSON = {"type": "emailAddress", "value": EMAIL}
URL = "/v1/profile-updates"


def update(record="003A", *, who=PERSON, **more) -> dict:
    return {"recordId": record, "identities": [who]} | more


def request(*updates, action="Lead changed", **more) -> dict:
    return {"dataset": "retail", "action": action, "updates": list(updates)} | more


@pytest.fixture
def send(service):
    """Return a function that sends updates and returns their results."""

    def post(*updates, **more):
        answer = service.write(URL, request(*updates, **more))
        assert answer.status_code == 200, answer.get_json()
        return answer.get_json()["results"]

    return post


def profile(account, email=EMAIL):
    return account.state.datasets["retail"].profiles.with_identity("emailAddress", email)


def sent(account) -> list[dict]:
    return [call["body"] for call in account.events()]


def test_attributes_and_objects_arrive_whole_under_the_flows_action(service, account, send):
    case = {"type": "Case", "id": "500A", "attributes": {"status": "Closed"}}
    [result] = send(update(attributes={"jobTitle": "Boss"}, profileObjects=[case]))
    assert result["status"] == "ACCEPTED"
    assert result["resolvedUserId"] == cast()["usual"]["profileId"] or profile(account).id
    service.deliver()
    [event] = sent(account)
    assert event["source"].pop("time")
    assert event == {
        "action": "Lead changed",
        "source": {"channel": "Server", "application": "Flow"},
        "user": {
            "attributes": {"emailAddress": EMAIL, "jobTitle": "Boss"},
            "profileObjects": {"Case": [{"id": "500A", "attributes": {"status": "Closed"}}]},
        },
        "flags": {"noCampaigns": True, "nonInteractive": True},
    }
    assert profile(account).value("jobTitle") == "Boss"
    assert profile(account).objects["Case"]["500A"]["attributes"] == {"status": "Closed"}


def test_one_bad_row_never_fails_the_others_and_results_keep_the_order(service, account, send):
    results = send(
        update("1", attributes={"jobTitle": "One"}),
        None,
        update("3", attributes={"jobTitle": 3}),
        update("4", attributes={"jobTitle": "Four"}),
    )
    assert [(r["recordId"], r["status"], r["code"], r["field"]) for r in results] == [
        ("1", "ACCEPTED", None, None),
        (None, "REJECTED", "INVALID_ROW", ""),
        ("3", "REJECTED", "WRONG_TYPE", "attributes.jobTitle"),
        ("4", "ACCEPTED", None, None),
    ]
    assert len({r["correlationId"] for r in results}) == 4
    service.deliver()
    assert [event["user"]["attributes"]["jobTitle"] for event in sent(account)] == ["One", "Four"]


def test_validating_says_what_would_happen_and_stores_nothing(service, account, send):
    results = send(update("1"), update("2", attributes={"shoeSize": 44}), validateOnly=True)
    assert [r["status"] for r in results] == ["VALID", "REJECTED"]
    service.deliver()
    assert sent(account) == []


def test_the_same_key_again_is_a_duplicate_and_names_the_first(service, account, send):
    [first] = send(update(key="k1", attributes={"jobTitle": "Boss"}))
    [again] = send(update(key="k1", attributes={"jobTitle": "Boss"}))
    assert again["status"] == "DUPLICATE"
    assert again["correlationId"] == first["correlationId"]
    [changed] = send(update(key="k1", attributes={"jobTitle": "Chief"}))
    assert (changed["status"], changed["code"]) == ("REJECTED", "KEY_REUSED")
    service.deliver()
    assert len(sent(account)) == 1


def test_without_a_key_the_same_content_goes_again(service, account, send):
    send(update())
    send(update())
    service.deliver()
    assert len(sent(account)) == 2


def test_a_blank_is_skipped_or_clears_as_the_row_says(service, account, send):
    send(update(attributes={"jobTitle": "Boss"}))
    send(update(attributes={"jobTitle": None}))
    service.deliver()
    assert profile(account).value("jobTitle") == "Boss"
    send(update(attributes={"jobTitle": None}, blankPolicy="clear"))
    service.deliver()
    assert profile(account).value("jobTitle") is None
    assert sent(account)[-1]["user"]["attributes"] == {"emailAddress": EMAIL, "jobTitle": None}


def test_200_rows_are_accepted_and_201_are_too_many(service):
    rows = [update(str(n), attributes={"jobTitle": f"Title {n}"}) for n in range(201)]
    accepted = service.write(URL, request(*rows[:200])).get_json()["results"]
    assert [r["recordId"] for r in accepted] == [str(n) for n in range(200)]
    refused = service.write(URL, request(*rows))
    assert refused.status_code == 413
    assert refused.get_json()["code"] == "TOO_MANY_ROWS"
    assert "200" in refused.get_json()["detail"]


def test_too_many_distinct_actions_are_said_and_still_accepted(service):
    token = service.token()

    def send(action: str) -> dict:
        return service.write(URL, request(update(), action=action), token=token).get_json()

    for number in range(51):
        answer = send(f"Case {number}")
        assert answer["results"][0]["status"] == "ACCEPTED"
        assert bool(answer["warnings"]) == (number == 50)
    assert answer["warnings"][0]["code"] == "TOO_MANY_ACTIONS"
    assert send("Case 0")["warnings"]


def test_several_identities_make_one_person_on_purpose(service, account, send):
    number = {"type": "customerId", "value": "new-17850"}
    [first] = send({"identities": [PERSON, number], "attributes": {"jobTitle": "Boss"}})
    assert first["status"] == "ACCEPTED"
    service.deliver()
    by_number = service.post(
        "/v1/next-best", {"dataset": "retail", "identity": number, "datafield": "promos"}
    ).get_json()
    assert by_number["reason"] is None or by_number["reason"]["code"] != "UNKNOWN_PERSON"


def test_a_delivered_write_proves_a_person_and_an_accepted_one_does_not(service, send):
    new = "new.person@example.com"
    send(update(who={"type": "emailAddress", "value": new}))
    assert service.next_best(new).get_json()["reason"]["code"] == "UNKNOWN_PERSON"
    service.deliver()
    reason = service.next_best(new).get_json()["reason"]
    assert reason is None or reason["code"] != "UNKNOWN_PERSON"
    [known] = send(update(who={"type": "emailAddress", "value": new}))
    assert known["resolvedUserId"]


def test_a_write_voids_what_is_cached_at_accept_and_again_at_delivery(service, account, send):
    reads = lambda: [e for e in sent(account) if e["action"] == "CRM Record View"]  # noqa: E731
    for step in ("before", "accepted", "delivered"):
        if step == "accepted":
            send(update(attributes={"jobTitle": "Boss"}))
        if step == "delivered":
            service.deliver()
        for _again in range(2):
            service.next_best(EMAIL)
    assert len(reads()) == 3


def test_what_a_flow_sent_shows_in_the_persons_stream_once_it_is_delivered(service, send):
    body = {"dataset": "retail", "identity": PERSON}
    send(update(attributes={"jobTitle": "Boss"}), action="Case Closed")
    assert "Case Closed" not in json.dumps(service.post("/v1/event-stream", body).get_json())
    service.deliver()
    events = service.post("/v1/event-stream", body).get_json()["events"]
    [ours] = [event for event in events if event["name"] == "Case Closed"]
    assert (ours["source"], ours["application"]) == ("flow", "Flow")


def test_content_is_sent_again_after_doubt_and_shows_once_in_the_stream(service, account, send):
    account.fault(acceptThenDrop=True, times=1)
    send(update(attributes={"jobTitle": "Boss"}), action="Case Closed")
    service.deliver()
    account.state.calls.reset()
    _make_due(service)
    service.deliver()
    assert len(sent(account)) == 1
    body = {"dataset": "retail", "identity": PERSON}
    events = service.post("/v1/event-stream", body).get_json()["events"]
    assert [event["name"] for event in events].count("Case Closed") == 1


def _make_due(service) -> None:
    from sqlalchemy import update as change

    from service.storage.tables import outbox

    service.parts.database.write(lambda c: c.execute(change(outbox).values(wake_at=0)))


@pytest.mark.parametrize("switch", [{"invalidEventAs": 400}, {"invalidEventAs": 5}])
def test_what_personalization_refuses_is_dead_at_once_with_the_reason(
    service, account, send, switch
):
    account.switch(**switch)
    account.fault(httpStatus=400, times=1) if switch["invalidEventAs"] == 400 else None
    account.switch(authEventIdentity="userIdOnly")
    send(update(), update("2", who={"type": "emailAddress", "value": "bob@example.com"}))
    service.deliver()
    codes = {letter.code for letter in service.parts.outbox.letters()}
    assert codes == {"UPSTREAM_REFUSED_EVENT"}


def test_a_replayed_message_does_not_bring_back_what_a_later_one_has_changed(
    service, account, send
):
    account.fault(httpStatus=400, times=1)
    case = {"type": "Case", "id": "500A", "attributes": {"status": "New"}}
    send(update(attributes={"jobTitle": "Old"}, profileObjects=[case]))
    service.deliver()
    [letter] = service.parts.outbox.letters()
    send(update(attributes={"jobTitle": "New"}))
    service.deliver()
    assert service.parts.outbox.replay([letter.id]) == [letter.id]
    service.deliver()
    assert profile(account).value("jobTitle") == "New"
    assert profile(account).objects["Case"]["500A"]["attributes"] == {"status": "New"}


def test_a_tenant_or_dataset_that_is_gone_is_a_reason_and_no_crash(service, send):
    send(update())
    del service.parts.settings.tenants["acme"].datasets["retail"]
    service.deliver()
    [letter] = service.parts.outbox.letters()
    assert letter.code == "UNKNOWN_DATASET"
