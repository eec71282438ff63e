"""What became of offers: accepted once, sent once, and a declined item stays away."""

from dataclasses import replace

import pytest

from service.storage.outbox_messages import State
from simulator.personalization.cast import cast

EMAIL = cast()["usual"]["email"]
PERSON = {"type": "emailAddress", "value": EMAIL}
PROMOTION = {"type": "Promotion", "id": "p1"}
PRODUCT = {"type": "Product", "id": "85123A"}


def stat(name="Impression", *items, experience="Ef2gH", **more) -> dict:
    items = list(items or (PROMOTION,))
    return {"campaignId": "Ab1cD", "experienceId": experience, "stat": name, "items": items} | more


def request(*stats, **more) -> dict:
    return {"dataset": "retail", "identity": PERSON, "stats": list(stats)} | more


@pytest.fixture
def report(service):
    """Return a function that reports stats and expects them to be accepted."""

    def send(*stats, **more):
        answer = service.write("/v1/campaign-stats", request(*stats, **more))
        assert answer.status_code == 202
        return answer.get_json()

    return send


def sent(account) -> list[dict]:
    return [call["body"] for call in account.events()]


def test_stats_are_accepted_first_and_sent_by_a_worker(service, account, report):
    answer = report(stat("Impression", PROMOTION, {"type": "Promotion", "id": "p2"}, PRODUCT))
    assert answer["accepted"] == 1
    assert answer["correlationId"]
    assert sent(account) == []
    service.deliver()
    [event] = sent(account)
    assert event.pop("source").keys() == {"channel", "application", "time"}
    assert event == {
        "action": "CRM Offer Impression",
        "campaignStats": [
            {
                "experienceId": "Ef2gH",
                "stat": "Impression",
                "control": False,
                "catalog": {"Promotion": ["p1", "p2"], "Product": ["85123A"]},
            }
        ],
        "user": {"attributes": {"emailAddress": EMAIL}},
        "flags": {"noCampaigns": True, "nonInteractive": True},
    }


def test_impressions_of_a_page_are_one_event_and_each_click_is_one(service, account, report):
    report(
        stat("Impression"),
        stat("Impression", PRODUCT, experience="Rc7kP", control=True),
        stat("Click"),
        stat("Click", PRODUCT, experience="Rc7kP"),
    )
    service.deliver()
    assert [event["action"] for event in sent(account)] == [
        "CRM Offer Impression",
        "CRM Offer Click",
        "CRM Offer Click",
    ]
    [impressions, *_clicks] = sent(account)
    assert [(s["experienceId"], s["control"]) for s in impressions["campaignStats"]] == [
        ("Ef2gH", False),
        ("Rc7kP", True),
    ]


def test_a_click_on_a_promotion_is_also_a_click_log_of_einstein_decisions(service, account, report):
    report(stat("Click", contentZone="crm_sidebar"), stat("Click", PRODUCT))
    service.deliver()
    promotion, product = sent(account)
    assert promotion["itemAction"] == "Click Through"
    assert promotion["catalog"] == {"Promotion": {"_id": "p1"}}
    assert promotion["source"]["contentZones"] == ["crm_sidebar"]
    assert not {"itemAction", "catalog"} & product.keys()


def test_without_a_zone_the_click_log_names_those_of_the_dataset(service, account, report):
    report(stat("Click"))
    service.deliver()
    [click] = sent(account)
    assert click["source"]["contentZones"] == ["crm_offers"]


def test_a_stat_of_an_item_counts_once_in_a_view_whatever_the_rep_answers(service, account, report):
    assert report(stat("Click"), viewId="v1", answer="Details")["accepted"] == 1
    again = report(stat("Click"), viewId="v1", answer="Accepted")
    assert (again["accepted"], again["duplicates"]) == (0, 1)
    assert report(stat("Click"), viewId="v2", answer="Accepted")["accepted"] == 1
    service.deliver()
    assert len(sent(account)) == 2


def test_of_a_stat_known_in_part_the_rest_is_sent(service, account, report):
    report(stat("Impression", PROMOTION), viewId="v1")
    more = report(stat("Impression", PROMOTION, PRODUCT), viewId="v1")
    assert more["accepted"] == 1
    service.deliver()
    assert [event["campaignStats"][0]["catalog"] for event in sent(account)] == [
        {"Promotion": ["p1"]},
        {"Product": ["85123A"]},
    ]


def test_what_is_null_was_not_given(service, account, report):
    unknown = dict.fromkeys(("campaignId", "viewId", "answer", "reason", "contentZone", "control"))
    report(stat("Click") | unknown | {"items": None}, contentZone="crm_sidebar")
    service.deliver()
    [click] = sent(account)
    assert click["source"]["contentZones"] == ["crm_sidebar"]
    assert click["campaignStats"] == [{"experienceId": "Ef2gH", "stat": "Click", "control": False}]


def test_clicks_are_spelt_as_the_account_wants_them(service, account, report):
    tenants = service.parts.settings.tenants
    tenants["acme"] = replace(tenants["acme"], stat_click_name="Clickthrough")
    report(stat("Click"))
    service.deliver()
    [click] = sent(account)
    assert click["campaignStats"][0]["stat"] == "Clickthrough"


def test_a_declined_item_stays_away_at_once_under_every_identity(service, report):
    shown = service.next_best(EMAIL, "recs").get_json()["items"]
    first = shown[0]
    report(stat("Dismissal", {"type": first["itemType"], "id": first["id"]}), answer="Declined")
    left = service.next_best(EMAIL, "recs").get_json()["items"]
    assert first["id"] in [item["id"] for item in shown]
    assert first["id"] not in [item["id"] for item in left]
    by_number = service.post("/v1/next-best", _asked_by_number()).get_json()["items"]
    assert first["id"] not in [item["id"] for item in by_number]


def _asked_by_number() -> dict:
    identity = {"type": "sfcrmContactId", "value": cast()["usual"]["record_id"]}
    return {"dataset": "retail", "identity": identity, "datafield": "recs"}


def test_a_declined_item_comes_back_after_the_time_the_admin_set(service, report):
    tenants = service.parts.settings.tenants
    acme = tenants["acme"]
    short = replace(acme.datasets["retail"], decline_hides_days=0)
    tenants["acme"] = replace(acme, datasets={"retail": short})
    shown = service.next_best(EMAIL, "recs").get_json()["items"]
    report(stat("Dismissal", {"type": shown[0]["itemType"], "id": shown[0]["id"]}))
    assert service.next_best(EMAIL, "recs").get_json()["items"] == shown


def test_who_declined_everything_is_offered_nothing_and_the_card_says_why(service, report):
    shown = service.next_best(EMAIL, "promos").get_json()["items"]
    report(*[stat("Dismissal", {"type": i["itemType"], "id": i["id"]}) for i in shown])
    answer = service.next_best(EMAIL, "promos").get_json()
    assert (answer["state"], answer["reason"]["code"]) == ("empty", "ALL_DECLINED")


def test_a_decline_asks_personalization_anew_and_an_impression_does_not(service, account, report):
    service.next_best(EMAIL)
    report(stat("Impression"), stat("Click"))
    service.next_best(EMAIL)
    assert len(sent(account)) == 1
    report(stat("Dismissal"))
    service.next_best(EMAIL)
    assert len(sent(account)) == 2


def test_a_reps_answer_shows_in_the_persons_stream_and_an_impression_does_not(service, report):
    report(stat("Impression"), stat("Dismissal", answer="Declined", reason="Too expensive"))
    service.deliver()
    body = {"dataset": "retail", "identity": PERSON}
    events = service.post("/v1/event-stream", body).get_json()["events"]
    ours = [event for event in events if event["source"] == "rep"]
    assert [event["name"] for event in ours] == ["Offer Declined"]
    assert ours[0]["item"]["id"] == "p1"


@pytest.mark.parametrize(
    "fault", [{"acceptThenDrop": True}, {"httpStatus": 500}, {"notJson": True}]
)
def test_a_counter_whose_fate_nobody_knows_is_listed_and_never_sent_again(
    service, account, report, fault
):
    account.fault(**fault, times=1)
    report(stat("Click"))
    service.deliver()
    service.deliver()
    assert len(sent(account)) == 1
    [letter] = service.parts.outbox.letters()
    assert letter.state == State.UNCONFIRMED
    assert service.parts.outbox.replay([letter.id]) == []


@pytest.mark.parametrize("fault", [{"httpStatus": 429, "retryAfter": 1}, {"busy": True}])
def test_a_counter_that_surely_was_not_taken_goes_again(service, account, report, fault):
    account.fault(**fault, times=1)
    report(stat("Click"))
    service.deliver()
    assert service.parts.outbox.letters() == []
    [waiting] = service.parts.outbox.letters([State.READY])
    assert waiting.code == "UPSTREAM_BUSY"
