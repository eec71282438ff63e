"""Which campaigns come back, in which form, and why others do not."""

import pytest

from tests.simulator.callers import by_name, look

RECS, PROMOS = "CRM Recommendations", "CRM Promotions"
OFFERS_OF_A_ZONE = {"Offer of the day", "Offer of the week"}


def reply(account, **changes) -> dict:
    return account.event(**changes).json()


def payload(account, campaign: str, **changes) -> dict:
    return by_name(reply(account, **changes))[campaign]["payload"]


def test_the_envelope_is_the_documented_one(account, people):
    answer = account.event()
    body = answer.json()
    assert body["errorCode"] == 0
    assert len(body["id"]) == 24
    assert "persistedUserId" not in body
    assert "campaignExplanations" not in body
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Encoding"] == "gzip"
    recs = by_name(body)[RECS]
    assert (recs["campaignType"], recs["userGroup"], recs["type"]) == (
        "ServerSide",
        "Default",
        "ng",
    )
    assert recs["payload"]["campaign"] == recs["campaignId"]
    assert recs["payload"]["experience"] == recs["experienceId"]
    assert recs["payload"]["userGroup"] == "Test"


def test_items_are_boxed_and_carry_what_a_card_shows(account):
    item = payload(account, RECS)["recs"][0]
    assert item.keys() == {"id", "attributes"}
    assert "margin" not in item["attributes"]
    assert item["attributes"]["imageUrl"]["value"].startswith("https://shop.example/pictures/")


def test_a_template_of_the_customers_own_may_show_the_margin_that_nobody_may_see(account):
    account.tell("faults", itemShape="whole")
    item = payload(account, RECS)["recs"][0]
    assert item["attributes"]["margin"]["value"] > 0
    assert item["attributes"]["color"] == {"value": None}
    assert item["dimensions"].keys() == {"Style"}


def test_recommendations_differ_and_hold_nothing_already_bought(account, people):
    ada, olga = people["usual"], people["another"]
    lists = {}
    for person in (ada, olga):
        ids = [item["id"] for item in payload(account, RECS, email=person["email"])["recs"]]
        orders = account.profile(person["profileId"])["orderHistory"]
        assert not {line["_id"] for order in orders for line in order["lineItems"]} & set(ids)
        lists[person["name"]] = ids
    assert lists[ada["name"]] != lists[olga["name"]]
    assert all(len(ids) == 8 for ids in lists.values())


def test_a_purchase_changes_what_is_recommended_next(account):
    before = payload(account, RECS)["recs"][0]["id"]
    line = {"_id": before, "price": 2, "quantity": 1}
    order = {"Product": {"orderId": "N-1", "lineItems": [line]}}
    account.event(look() | {"itemAction": "Purchase", "order": order})
    assert before not in [item["id"] for item in payload(account, RECS)["recs"]]


def test_a_lead_who_only_looked_gets_recommendations(account, people):
    assert payload(account, RECS, email=people["knownLead"]["email"])["recs"]


def test_promotions_follow_what_was_bought_and_one_kind_has_no_picture(account, people):
    trade, warmers = payload(account, PROMOS)["promos"]
    assert (trade["id"], warmers["id"]) == ("trade-account", "winter-warmers")
    assert trade["assets"][0]["imageUrl"].endswith("placeholder-1x1.png")
    assert trade["attributes"]["ctaText"]["value"] == "Propose the trade price list"
    assert warmers["assets"] == [
        {
            "type": "CdnImage",
            "imageUrl": "https://shop.example/pictures/winter-warmers.svg",
            "contentZones": ["crm_offers"],
        }
    ]
    empty = payload(account, PROMOS, email=people["emptyRecommendations"]["email"])
    assert [item["id"] for item in empty["promos"]] == ["free-delivery"]


def test_the_special_people_of_the_cast_are_special(account, people):
    control = by_name(reply(account, email=people["controlOfPromotions"]["email"]))
    assert control[PROMOS]["userGroup"] == "Control"
    assert control[PROMOS]["payload"].keys() == {"campaign", "experience", "userGroup"}
    assert control[RECS]["userGroup"] == "Default"
    elsewhere = by_name(reply(account, email=people["noRecommendationsCampaign"]["email"]))
    assert RECS not in elsewhere
    assert PROMOS in elsewhere
    nothing = payload(account, RECS, email=people["emptyRecommendations"]["email"])
    assert nothing["recs"] == []


def test_the_split_puts_a_person_on_the_same_side_every_time(account, people):
    email = people["controlOfPromotions"]["email"]
    groups = {by_name(reply(account, email=email))[PROMOS]["userGroup"] for _ in range(5)}
    assert groups == {"Control"}


@pytest.mark.parametrize("channel", ["server", "SERVER", "Web", "Server ", ""])
def test_any_other_channel_gets_an_empty_answer_with_200(account, channel):
    answer = account.event(channel=channel)
    assert answer.status_code == 200
    assert answer.json()["campaignResponses"] == []


def test_no_campaigns_are_sent_when_none_are_wanted(account):
    assert reply(account, flags={"noCampaigns": True})["campaignResponses"] == []


def test_a_zone_brings_one_campaign_the_one_of_highest_priority(account):
    assert not OFFERS_OF_A_ZONE & by_name(reply(account)).keys()
    asked = reply(account, contentZones=["crm_offers"], debug={"explanations": True})
    assert OFFERS_OF_A_ZONE & by_name(asked).keys() == {"Offer of the week"}
    assert explanation(asked, "Offer of the day") == "Offer of the week holds the zone crm_offers"


def test_a_campaign_may_be_for_one_application_only(account):
    assert "Service hints" not in by_name(reply(account, application="Sales Cloud"))
    assert "Service hints" in by_name(reply(account, application="Service Cloud"))


def test_an_event_that_makes_somebody_join_a_segment_brings_its_campaign_at_once(account):
    line = {"_id": "22423", "price": 300, "quantity": 1}
    order = {"Product": {"orderId": "N-1", "lineItems": [line]}}
    newcomer = look("new@example.com")
    assert "Big spenders' profile" not in by_name(account.event(newcomer).json())
    bought = account.event(newcomer | {"itemAction": "Purchase", "order": order}).json()
    assert "Big spenders' profile" in by_name(bought)


def test_explanations_say_why_a_campaign_did_not_return(account, people):
    email = people["noRecommendationsCampaign"]["email"]
    body = reply(account, email=email, debug={"explanations": True})
    assert explanation(body, RECS).startswith("Only for people whose country is one of")
    assert explanation(body, "Draft recommendations") == "The campaign is Testing"
    assert body["eventDetails"]["user"]["attributes"]["emailAddress"] == email


def explanation(body: dict, campaign: str) -> str:
    (found,) = [e for e in body["campaignExplanations"] if e["campaignName"] == campaign]
    return found["explanationMessage"]


def test_the_open_route_explains_nothing_and_shows_web_campaigns_only(account):
    web = look(channel="Web", debug={"explanations": True})
    url = f"{account.url}/api2/event/retail"
    body = account.session.post(url, json=web, timeout=5).json()
    assert "campaignExplanations" not in body
    assert list(by_name(body)) == ["Home page banner"]
    assert body["persistedUserId"]["entityId"] == body["resolvedUserId"]


def test_testing_campaigns_return_to_those_who_ask_for_them(account):
    draft = "Draft recommendations"
    assert draft in by_name(reply(account, debug={"testMessages": "true"}))
    assert draft in by_name(reply(account, debug={"testMessages": "Ex7Ts"}))
    account.tell("faults", testMessagesNeedPublished=True)
    assert draft not in by_name(reply(account, debug={"testMessages": "Ex7Ts"}))


def test_a_forced_experience_ignores_the_rules(account):
    forced = by_name(reply(account, debug={"testMessages": "Ex5Sv"}))
    assert "Service hints" in forced


def test_everybody_can_be_put_into_the_control_group(account):
    account.tell("faults", controlGroup=True)
    groups = {name: r["userGroup"] for name, r in by_name(reply(account)).items()}
    assert set(groups.values()) == {"Control"}
    assert "recs" not in payload(account, RECS)
    account.tell("faults", controlPayload="datafield")
    assert payload(account, RECS)["datafield"] == "recs"


def test_answers_can_be_emptied(account):
    account.tell("faults", emptyCampaigns=True)
    assert reply(account)["campaignResponses"] == []


def test_do_not_track_can_be_answered_with_campaigns(account):
    account.tell("faults", doNotTrackCampaigns=True)
    assert RECS in by_name(reply(account, flags={"doNotTrack": True}))


SHAPES = {
    "flat": lambda p: p["recs"][0]["name"],
    "promotion": lambda p: p["promotions"][0]["attributes"]["name"]["value"],
    "wrapper": lambda p: p["products"][0]["attributes"]["name"]["value"],
    "single": lambda p: p["recs"]["attributes"]["name"]["value"],
    "nonImage": lambda p: p["recs"][0]["attributes"]["name"]["value"],
}


@pytest.mark.parametrize(("shape", "first_name"), SHAPES.items(), ids=SHAPES)
def test_templates_may_answer_in_other_shapes_with_the_same_items(account, shape, first_name):
    expected = payload(account, RECS)["recs"][0]["attributes"]["name"]["value"]
    account.tell("faults", itemShape=shape)
    found = payload(account, RECS)
    assert found["datafield"] == "recs"
    assert first_name(found) == expected


def test_the_stock_decisions_template_answers_with_one_promotion(account):
    account.tell("faults", itemShape="single")
    found = payload(account, PROMOS)
    assert found["promotion"]["id"] == "trade-account"
    assert "promos" not in found


def test_classic_campaigns_answer_with_a_data_map(account):
    account.tell("faults", itemShape="dataMap")
    response = by_name(reply(account))[RECS]
    assert "payload" not in response
    (message,) = response["serverSideMessages"]
    assert message["dataMap"]["recs"][0]["type"] == "p"
    assert message["type"] == "evg_md"


def test_a_campaigns_type_can_be_the_documented_one(account):
    account.tell("faults", campaignType="c")
    assert {r["type"] for r in reply(account)["campaignResponses"]} == {"c"}
