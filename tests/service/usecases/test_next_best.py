"""What to offer next: which items, or why none, at the price of one upstream call."""

import pytest

from service.model import Identity
from service.storage.people import digest
from simulator.personalization.cast import cast

CAST = cast()


def email_of(role: str) -> str:
    return CAST[role]["email"]


def test_a_known_person_gets_promotions_and_recommendations(service):
    promotions = service.next_best(email_of("usual"), "promos").get_json()
    products = service.next_best(email_of("usual"), "recs").get_json()
    assert promotions["state"] == products["state"] == "ok"
    assert promotions["reason"] is None
    assert {item["itemType"] for item in promotions["items"]} == {"Promotion"}
    product = products["items"][0]
    assert product["itemType"] == "Product"
    assert product["name"]
    assert product["price"] > 0
    assert product["currency"] == "GBP"
    assert product["imageUrl"].startswith("https://shop.example/")
    assert product["campaignId"] == "Rc7kP"
    assert product["userGroup"] == "Default"


def test_both_components_of_a_cold_page_cost_one_upstream_call_and_a_warm_page_none(
    service, account
):
    for _visit in ("cold", "warm"):
        service.next_best(email_of("usual"), "promos")
        service.next_best(email_of("usual"), "recs")
    assert len(account.events()) == 1


def test_the_upstream_call_is_quiet_and_sends_the_one_known_identity(service, account):
    service.next_best(email_of("usual"))
    [call] = account.events()
    assert call["path"] == "/api2/authevent/retail"
    assert call["body"] == {
        "action": "CRM Record View",
        "source": {
            "channel": "Server",
            "application": "Sales Cloud",
            "contentZones": ["crm_offers"],
        },
        "user": {"attributes": {"emailAddress": email_of("usual")}},
        "flags": {"nonInteractive": True},
    }
    assert call["headers"]["Authorization"].startswith("Basic ")


def test_letter_case_of_an_address_makes_no_second_call(service, account):
    service.next_best(email_of("usual"))
    service.next_best(email_of("usual").upper())
    assert len(account.events()) == 1


def test_two_people_get_different_recommendations(service):
    first = service.next_best(email_of("usual"), "recs").get_json()["items"]
    second = service.next_best(email_of("another"), "recs").get_json()["items"]
    assert [item["id"] for item in first] != [item["id"] for item in second]


def test_an_action_name_of_its_own_makes_a_call_of_its_own(service, account):
    service.next_best(email_of("usual"))
    service.next_best(email_of("usual"), actionName="Case View")
    assert [call["body"]["action"] for call in account.events()] == [
        "CRM Record View",
        "Case View",
    ]


def test_no_more_items_than_asked_for(service):
    items = service.next_best(email_of("usual"), "recs", maxItems=2).get_json()["items"]
    assert len(items) == 2


def test_an_unknown_person_is_never_asked_for(service, account):
    answer = service.next_best(email_of("unknownContact")).get_json()
    assert answer["state"] == "empty"
    assert answer["reason"]["code"] == "UNKNOWN_PERSON"
    assert answer["reason"]["parameters"] == {"identityType": "emailAddress"}
    assert account.events() == []


def test_no_sequence_of_reads_creates_a_profile_upstream(service, account):
    before = account.state.profile_counts()
    for role in ("usual", "unknownContact", "knownLead", "unknownLead", "unknownContact"):
        service.next_best(email_of(role))
    assert account.state.profile_counts() == before


def test_with_the_switch_on_an_unknown_person_is_created_and_learned_with_one_call(
    make_service, account
):
    service = make_service(create=True)
    before = account.state.profile_counts()
    first = service.next_best(email_of("unknownContact"))
    second = service.next_best(email_of("unknownContact"))
    assert first.status_code == second.status_code == 200
    assert account.state.profile_counts() != before
    assert len(account.events()) == 1


def test_what_upstream_resolved_is_proof_from_then_on(make_service, account):
    creating = make_service(create=True)
    creating.next_best(email_of("unknownContact"))
    quiet = make_service(import_people=False)  # the same store, the switch off
    answer = quiet.next_best(email_of("unknownContact")).get_json()
    assert (answer["reason"] or {}).get("code") != "UNKNOWN_PERSON"


def test_without_an_import_nobody_is_known(make_service, account):
    service = make_service(import_people=False)
    answer = service.next_best(email_of("usual")).get_json()
    assert answer["reason"]["code"] == "UNKNOWN_PERSON"
    assert account.events() == []


def test_a_control_person_is_told_honestly(service):
    answer = service.next_best(email_of("controlOfPromotions"), "promos").get_json()
    assert answer["state"] == "empty"
    assert answer["reason"]["code"] == "CONTROL_GROUP"
    parameters = answer["reason"]["parameters"]
    assert parameters.pop("campaignId").startswith("Pm")
    assert parameters == {"campaignName": "CRM Promotions", "experienceId": "Ex2Pm"}


def test_a_control_answer_concerns_the_datafield_its_campaign_was_seen_to_feed(service):
    service.next_best(email_of("usual"))  # teaches which campaign feeds which Datafield
    answer = service.next_best(email_of("controlOfPromotions"), "recs").get_json()
    assert answer["state"] == "ok"
    missing = service.next_best(email_of("controlOfPromotions"), "nothing").get_json()
    assert missing["reason"]["code"] == "NO_CAMPAIGN_FOR_DATAFIELD"


def test_a_datafield_nobody_feeds_lists_those_that_did_return(service):
    answer = service.next_best(email_of("usual"), "promotions").get_json()
    assert answer["reason"]["code"] == "NO_CAMPAIGN_FOR_DATAFIELD"
    assert answer["reason"]["parameters"]["datafield"] == "promotions"
    assert set(answer["reason"]["parameters"]["returnedDatafields"]) >= {"promos", "recs"}
    assert set(answer["returnedDatafields"]) >= {"promos", "recs"}


def test_a_person_outside_the_campaigns_rules_gets_no_campaign(service):
    answer = service.next_best(email_of("noRecommendationsCampaign"), "recs").get_json()
    assert answer["reason"]["code"] == "NO_CAMPAIGN_FOR_DATAFIELD"


def test_a_campaign_with_an_empty_list_says_so(service):
    answer = service.next_best(email_of("emptyRecommendations"), "recs").get_json()
    assert answer["reason"]["code"] == "NO_ITEMS"


def test_any_channel_but_server_gets_a_sentence_and_no_call(service, account):
    answer = service.next_best(email_of("usual"), channel="Web").get_json()
    assert answer["reason"]["code"] == "CHANNEL_NOT_SUPPORTED"
    assert account.events() == []


@pytest.mark.parametrize(
    "shape", ["boxed", "whole", "flat", "promotion", "nonImage", "single", "wrapper", "dataMap"]
)
def test_items_are_found_in_every_shape_a_template_may_give(service, account, shape):
    account.switch(itemShape=shape)
    answers = [
        service.next_best(email_of("usual"), datafield).get_json()
        for datafield in ("promos", "recs")
    ]
    assert [answer["state"] for answer in answers] == ["ok", "ok"]


def test_the_margin_of_a_product_never_leaves(service, account):
    account.switch(itemShape="whole")
    answer = service.next_best(email_of("usual"), "recs")
    assert b"margin" not in answer.data
    sent = service.parts.settings.data_dir / "cache.db"
    assert b"margin" not in sent.read_bytes()


def test_an_empty_reply_is_an_answer_and_no_fault(service, account):
    account.switch(emptyCampaigns=True)
    answer = service.next_best(email_of("usual"))
    assert answer.status_code == 200
    assert answer.get_json()["reason"]["code"] == "NO_CAMPAIGN_FOR_DATAFIELD"


def test_headers_say_how_the_cache_answered_and_never_the_key(service):
    first = service.next_best(email_of("usual"))
    second = service.next_best(email_of("usual"))
    assert first.headers["Cache-Status"] == "p13n; fwd=uri-miss; fwd-status=200; stored"
    assert second.headers["Cache-Status"].startswith("p13n; hit; ttl=")
    assert "key" not in second.headers["Cache-Status"]
    assert int(second.headers["Age"]) >= 0
    assert "private" in second.headers["Cache-Control"]


def test_a_voided_person_is_asked_for_again(service, account):
    service.next_best(email_of("usual"))
    person = digest("acme", "retail", Identity("emailAddress", email_of("usual")))
    service.parts.cache.void_person("acme", person)
    service.next_best(email_of("usual"))
    assert len(account.events()) == 2
