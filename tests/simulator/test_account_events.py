"""One event: what it leaves behind, whose it is, and what it is refused for."""

import base64
import json

import pytest
import requests

from simulator.personalization.seed import known_people
from tests.simulator.callers import KEY, look

SECOND = "olga.fairfax@example.org"


def server_event(user: dict, **more) -> dict:
    return {"action": "Flow Update", "source": {"channel": "Server"}, "user": user, **more}


def resolved(account, body) -> str:
    return account.event(body).json()["resolvedUserId"]


def test_a_known_person_is_found_and_none_is_made(account, people):
    assert account.event().json()["resolvedUserId"] == people["usual"]["profileId"]
    assert account.profiles() == len(known_people())


def test_an_unknown_identity_makes_a_profile_even_when_the_event_is_quiet(account):
    before = account.profiles()
    made = resolved(account, look("new@example.com", flags={"nonInteractive": True}))
    assert account.profiles() == before + 1
    assert len(made) == 24
    assert set(made) <= set("0123456789abcdef")
    assert resolved(account, look("new@example.com")) == made


def test_do_not_track_makes_no_profile_and_logs_nothing(account, people):
    before = account.profiles()
    account.event(flags={"doNotTrack": True}, email="new@example.com")
    reply = account.event(flags={"doNotTrack": True}).json()
    assert account.profiles() == before
    assert reply["campaignResponses"] == []
    assert "CRM Record View" not in actions(account, people["usual"])


def actions(account, person) -> list[str]:
    return [event["action"] for event in account.profile(person["profileId"])["events"]]


def test_a_quiet_event_logs_the_action_and_leaves_visits_alone(account, people):
    visits = account.profile(people["usual"]["profileId"])["visitHistory"]
    account.event()
    after = account.profile(people["usual"]["profileId"])
    assert after["visitHistory"] == visits
    assert after["events"][-1]["action"] == "CRM Record View"


def test_an_interactive_event_begins_a_visit_and_the_next_extends_it(account):
    profile_id = resolved(account, look("new@example.com", flags={"nonInteractive": False}))
    account.tell("clock", advanceSeconds=60)
    account.event(email="new@example.com", flags={"nonInteractive": False})
    (visit,) = account.profile(profile_id)["visitHistory"]
    assert visit["lastEventTime"] - visit["start"] >= 60_000
    account.tell("clock", advanceSeconds=31 * 60)
    account.event(email="new@example.com", flags={"nonInteractive": False})
    assert [v["visitIndex"] for v in account.profile(profile_id)["visitHistory"]] == [1, 2]


def test_email_addresses_ignore_case_and_crm_ids_do_not(account, people):
    ada = people["usual"]
    assert resolved(account, look("ADA.Ashdown@Example.com")) == ada["profileId"]
    exact = server_event({"attributes": {"sfcrmContactId": ada["record_id"]}})
    assert resolved(account, exact) == ada["profileId"]
    changed = server_event({"attributes": {"sfcrmContactId": ada["record_id"].lower()}})
    assert resolved(account, changed) != ada["profileId"]


def test_the_15_character_form_of_a_crm_id_is_another_identity(account, people):
    short = people["usual"]["record_id"][:15]
    body = server_event({"attributes": {"sfcrmContactId": short}})
    assert resolved(account, body) != people["usual"]["profileId"]


def test_an_identity_type_that_is_not_unique_finds_nobody(account):
    body = server_event({"attributes": {"mobileNumber": "+44 1"}, "anonId": "a" * 16})
    other = server_event({"attributes": {"mobileNumber": "+44 1"}, "anonId": "b" * 16})
    assert resolved(account, body) != resolved(account, other)


def test_user_id_means_the_dataset_server_identity_or_a_profile_id(account, people):
    ada = people["usual"]
    assert resolved(account, server_event({"id": ada["customer_id"]})) == ada["profileId"]
    assert resolved(account, server_event({"id": ada["profileId"]})) == ada["profileId"]


def test_two_matches_merge_into_the_most_recently_active_for_good(account, people):
    ada, olga = people["usual"], people["another"]
    before = account.profiles()
    account.event(email=ada["email"])
    both = {"attributes": {"emailAddress": ada["email"], "customerId": olga["customer_id"]}}
    kept = resolved(account, server_event(both))
    assert kept == ada["profileId"]
    assert account.profiles() == before - 1
    assert account.get(f"/api/dataset/retail/user/{olga['profileId']}").status_code == 404
    bought = {order["orderId"] for order in account.profile(kept)["orderHistory"]}
    assert {"536365", "536464"} <= bought


def test_a_replaced_identity_leads_nowhere(account, people):
    ada = people["usual"]
    user = {"attributes": {"emailAddress": ada["email"], "customerId": "N-9"}}
    assert resolved(account, server_event(user)) == ada["profileId"]
    assert resolved(account, server_event({"id": "N-9"})) == ada["profileId"]
    assert resolved(account, server_event({"id": ada["customer_id"]})) != ada["profileId"]


def test_in_a_merge_the_newest_value_of_an_identity_wins(account, people):
    ada, olga = people["usual"], people["another"]
    account.event(server_event({"attributes": {"emailAddress": SECOND, "customerId": "N-9"}}))
    account.tell("clock", advanceSeconds=1)
    account.event(email=ada["email"])  # Ada is the more active: her profile stays
    ids = {"emailAddress": ada["email"], "sfcrmContactId": olga["record_id"]}
    assert resolved(account, server_event({"attributes": ids})) == ada["profileId"]
    assert resolved(account, server_event({"id": "N-9"})) == ada["profileId"]
    assert resolved(account, server_event({"id": ada["customer_id"]})) != ada["profileId"]


def test_an_anonymous_visitor_joins_the_named_person_only_outside_a_visit(account, people):
    ada = people["usual"]
    anonymous = "00112233445566aa"
    web = {"action": "Home", "source": {"channel": "Web"}, "user": {"anonId": anonymous}}
    visitor = account.session.post(f"{account.url}/api2/event/retail", json=web, timeout=5).json()
    assert visitor["resolvedUserId"] != ada["profileId"]
    before = account.profiles()
    login = web | {"user": {"anonId": anonymous, "attributes": {"emailAddress": ada["email"]}}}
    account.session.post(f"{account.url}/api2/event/retail", json=login, timeout=5)
    assert account.profiles() == before - 1
    assert anonymous in account.profile(ada["profileId"])["anonAliases"]
    other = {"anonId": "ffeeddccbbaa0099"}
    account.session.post(f"{account.url}/api2/event/retail", json=web | {"user": other}, timeout=5)
    during = web | {"user": other | {"attributes": {"emailAddress": ada["email"]}}}
    account.session.post(f"{account.url}/api2/event/retail", json=during, timeout=5)
    assert account.profiles() == before  # Ada is visiting: no second visitor is taken in


def test_undefined_attributes_are_dropped_without_an_error_and_counted(account, people):
    ada = people["usual"]
    attributes = {"emailAddress": ada["email"], "shoeSize": 43, "loyaltyPoints": "many"}
    assert account.event(server_event({"attributes": attributes})).json()["errorCode"] == 0
    held = {a["name"] for a in account.profile(ada["profileId"])["attributes"]}
    assert not held & {"shoeSize", "loyaltyPoints"}
    assert account.inside("dropped/retail") == {
        "attribute shoeSize": 1,
        "attribute loyaltyPoints": 1,
    }


def test_the_open_route_never_overwrites_what_a_server_said(account, people):
    ada = people["usual"]

    def title():
        held = account.profile(ada["profileId"])["attributes"]
        return next(a["value"] for a in held if a["name"] == "jobTitle")

    attributes = {"emailAddress": ada["email"], "jobTitle": "Hacker"}
    body = {"action": "x", "source": {"channel": "Web"}, "user": {"attributes": attributes}}
    account.session.post(f"{account.url}/api2/event/retail", json=body, timeout=5)
    assert title() == ada["title"]
    account.event(server_event({"attributes": attributes | {"jobTitle": "Director"}}))
    assert title() == "Director"


def test_profile_objects_are_replaced_whole_and_an_empty_list_clears_nothing(account, people):
    ada = people["usual"]

    def send(objects):
        user = {"attributes": {"emailAddress": ada["email"]}, "profileObjects": {"Case": objects}}
        account.event(server_event(user))
        return account.profile(ada["profileId"])["objects"]["Case"]

    first = send([{"id": "C-1", "attributes": {"status": "New", "subject": "Broken", "x": 1}}])
    assert first["C-1"]["attributes"] == {"status": "New", "subject": "Broken"}
    assert send([{"id": "C-1", "attributes": {"status": "Closed"}}])["C-1"]["attributes"] == {
        "status": "Closed"
    }
    assert list(send([])) == ["C-1"]


def test_of_more_than_100_profile_objects_the_newest_stay(account, people):
    ada = people["usual"]
    for start in (0, 60):
        account.tell("clock", advanceSeconds=1)
        cases = [{"id": f"C-{n}"} for n in range(start, start + 60)]
        user = {"attributes": {"emailAddress": ada["email"]}, "profileObjects": {"Case": cases}}
        account.event(server_event(user))
    kept = account.profile(ada["profileId"])["objects"]["Case"]
    assert len(kept) == 100
    assert "C-0" not in kept
    assert "C-119" in kept


def test_both_body_shapes_say_the_same(account, people):
    ada = people["usual"]
    evergage = server_event(
        {"attributes": {"customerId": ada["customer_id"]}},
        itemAction="Purchase",
        order={
            "Product": {
                "orderId": "N-1",
                "lineItems": [{"_id": "22866", "price": 2, "quantity": 3}],
            }
        },
    )
    line = {
        "catalogObjectType": "Product",
        "catalogObjectId": "22866",
        "quantity": 3,
        "price": 2,
    }
    interactions = {
        "interaction": {"name": "Purchase", "order": {"id": "N-2", "lineItems": [line]}},
        "source": {"channel": "Server"},
        "user": {"identities": {"customerId": ada["customer_id"]}},
    }
    account.event(evergage)
    account.event(interactions)
    one, two = account.profile(ada["profileId"])["orderHistory"][-2:]
    assert one["lineItems"] == two["lineItems"]
    assert one["totalValue"] == two["totalValue"] == 6


def test_a_purchase_without_lines_buys_the_cart(account):
    user = {"attributes": {"emailAddress": "new@example.com"}}
    line = {"_id": "22866", "price": 2.1, "quantity": 2}
    account.event(
        server_event(user, itemAction="Add To Cart", cart={"singleLine": {"Product": line}})
    )
    profile_id = resolved(account, server_event(user, itemAction="Purchase"))
    (order,) = account.profile(profile_id)["orderHistory"]
    assert order["totalValue"] == 4.2
    assert account.profile(profile_id)["cartSize"] == 0


def test_stats_count_only_what_is_sent_and_every_time(account):
    account.event()
    assert account.inside("stats/retail") == []
    stat = {"experienceId": "Ex1Rc", "stat": "Impression", "control": False}
    for _ in range(2):
        account.event(look() | {"campaignStats": [stat]})
    assert account.inside("stats/retail") == [stat | {"count": 2}]


@pytest.mark.parametrize(
    "body",
    [
        "not json",
        "[]",
        '{"action": NaN}',
        "[" * 100_000,
        json.dumps({"interaction": None, "user": {"identities": {"customerId": "1"}}}),
        json.dumps({"source": {"channel": "Server"}, "user": {"id": "1"}}),
        json.dumps({"action": "x", "source": {"channel": "Server"}}),
        json.dumps({"action": "x", "user": {"attributes": {"emailAddress": " "}}}),
        json.dumps({"action": "x", "user": {"attributes": {"emailAddress": 7}}}),
        json.dumps({"action": "x", "user": []}),
    ],
    ids=["text", "list", "NaN", "deep", "null interaction", "no action", "no user", "blank",
         "number", "user is a list"],
)  # fmt: skip
def test_what_is_no_event_is_refused_with_400_or_error_code_5(account, body):
    url, headers = f"{account.url}/api2/authevent/retail", {"Content-Type": "application/json"}
    before = account.profiles()
    assert requests.post(url, body, headers=headers, auth=KEY, timeout=5).status_code == 400
    account.tell("faults", invalidEventAs=5)
    answer = requests.post(url, body, headers=headers, auth=KEY, timeout=5)
    assert (answer.status_code, answer.json()["errorCode"]) == (200, 5)
    assert account.profiles() == before


def test_the_authenticated_route_takes_nothing_but_json(account):
    url = f"{account.url}/api2/authevent/retail"
    answer = requests.post(url, data={"event": "e30="}, auth=KEY, timeout=5)
    assert answer.status_code == 415


def test_the_open_route_takes_base64_in_query_and_form(account):
    url = f"{account.url}/api2/event/retail"
    web = {"action": "Home", "source": {"channel": "Web"}, "user": {"anonId": "0123456789abcdef"}}
    packed = base64.b64encode(json.dumps(web).encode()).decode()
    by_query = requests.get(url, params={"event": packed}, timeout=5).json()
    by_form = requests.post(url, data={"event": packed}, timeout=5).json()
    assert by_query["resolvedUserId"] == by_form["resolvedUserId"]
    assert requests.get(url, params={"event": "!"}, timeout=5).status_code == 400


def test_on_the_open_route_only_the_web_channel_may_name_people(account, people):
    url = f"{account.url}/api2/event/retail"
    ada = people["usual"]["profileId"]
    for channel, is_ada in (("Web", True), ("Server", False), ("Email", False)):
        answer = requests.post(url, json=look(channel=channel), timeout=5).json()
        assert (answer["resolvedUserId"] == ada) is is_ada, channel


def test_identity_attributes_can_be_switched_off_for_old_datasets(account, people):
    account.tell("faults", authEventIdentity="userIdOnly")
    assert account.event().status_code == 400
    body = server_event({"id": people["usual"]["customer_id"]})
    assert resolved(account, body) == people["usual"]["profileId"]


def test_one_dataset_knows_nothing_of_another(account, people):
    reply = account.event(dataset="wholesale").json()
    assert reply["resolvedUserId"] != people["usual"]["profileId"]
    assert reply["campaignResponses"] == []
    assert account.inside("profiles")["wholesale"] == 1


def test_actions_are_counted_up_to_100_names_a_day(account, people):
    ada = people["usual"]

    def act(name):
        account.event(look() | {"action": name})

    for number in range(105):
        act(f"Action {number}")
    act("Action 0")
    counted = account.profile(ada["profileId"])["actions"]
    assert counted["Action 0"] == 2
    assert "Action 104" not in counted
    account.tell("clock", advanceSeconds=24 * 3600)
    act("Action 104")
    assert account.profile(ada["profileId"])["actions"]["Action 104"] == 1
