"""The templates that customers import: what they return is what simulator and resolver know."""

import json
import subprocess
from pathlib import Path

import pytest

from service.model import UserGroup
from service.tenant import Dataset
from service.upstream.payload import read_campaigns
from service.upstream.profile_summary import read_profile_summary
from simulator.personalization.cast import cast
from simulator.personalization.shop_campaigns import (
    profile_fields,
    promotion_fields,
    recommendation_fields,
)
from simulator.personalization.templates import boxed
from tests.simulator.callers import Account, by_name

RECOMMENDATION, PROMOTION, PROFILE = "next-best-recommendation", "next-best-promotion", "profile"
RETAIL = Dataset(
    name="retail",
    label="Retail",
    identity_types=("emailAddress",),
    link_hosts=("shop.example",),
    currency="GBP",
)
IDS = {"campaign": "Ab1cD", "experience": "Ef2gH", "userGroup": "Test"}
NOBODY = {"attributes": {}, "segmentMembership": []}


class Templates:
    """Runs templates in one Node process."""

    def __init__(self):
        self._node = subprocess.Popen(
            ["node", str(Path(__file__).with_name("run-template.mjs"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, template: str, fields=None, *, user=NOBODY, recommended=(), decided=()) -> dict:
        """Return {payload, asked} of one run for one person, or {fault}."""
        question = {
            "template": template,
            "fields": fields or {},
            "user": user,
            "recommended": list(recommended),
            "decided": list(decided),
        }
        self._node.stdin.write(json.dumps(question) + "\n")
        self._node.stdin.flush()
        return json.loads(self._node.stdout.readline())

    def close(self):
        self._node.stdin.close()
        self._node.wait(10)
        self._node.stdout.close()


@pytest.fixture(scope="module")
def templates():
    running = Templates()
    yield running
    running.close()


def read(payload: dict, **outer):
    """Return what the service's resolver makes of a payload."""
    response = {"campaignId": "Ab1cD", "userGroup": "Default", "payload": payload | IDS} | outer
    [campaign] = read_campaigns([response], RETAIL, ("crm_offers",), "acme")
    return campaign


@pytest.fixture
def retail(running_account):
    running_account.account.reset()
    return running_account.account.datasets["retail"]


@pytest.fixture
def simulated(retail, running_account):
    """Return a function that gives the simulator's payload of a campaign for one of its people."""
    caller = Account(running_account.url)

    def payload(campaign: str, role: str = "usual") -> dict:
        found = by_name(caller.event(email=cast()[role]["email"]).json())[campaign]["payload"]
        return {name: value for name, value in found.items() if name not in IDS}

    yield payload
    caller.session.close()


def whole(retail, item_type: str, payload: dict, datafield: str) -> list[dict]:
    """Return the catalog's items behind a payload: every attribute of theirs, margin too."""
    return [boxed(retail.catalog[item_type][item["id"]]) for item in payload[datafield]]


def person(retail, role: str = "usual") -> dict:
    """Return one of the simulator's people as a template's context shows them."""
    names = {segment.id: segment.name for segment in retail.segments}
    email = cast()[role]["email"]
    [profile] = [p for p in retail.profiles if p.value("emailAddress") == email]
    return {
        "attributes": {name: {"value": held.value} for name, held in profile.attributes.items()},
        "segmentMembership": [
            {"segmentId": i, "segmentName": names[i], "joined": 1} for i in profile.segments
        ],
    }


def test_the_simulators_recommendations_are_what_the_template_returns(templates, simulated, retail):
    expected = simulated("CRM Recommendations")
    items = whole(retail, "Product", expected, "recs")
    ran = templates.run(RECOMMENDATION, recommendation_fields("recs", 8), recommended=items)
    assert len(items) == 8
    assert ran["payload"] == expected
    assert ran["asked"] == [{"recipe": "Bt5Rc", "itemType": "Product", "maxResults": 8}]


def test_the_simulators_promotions_are_what_the_template_returns(templates, simulated, retail):
    expected = simulated("CRM Promotions")
    items = whole(retail, "Promotion", expected, "promos")
    ran = templates.run(PROMOTION, promotion_fields("promos", 2), decided=items)
    assert len(items) == 2
    assert ran["payload"] == expected
    asked = {"maxResults": 2, "contentZone": "crm_offers", "fallbackArms": [], "filter": None}
    assert ran["asked"] == [asked]


def test_the_simulators_profile_is_what_the_template_returns(templates, simulated, retail):
    expected = simulated("CRM Profile")
    fields = profile_fields(expected["attributeNames"])
    ran = templates.run(PROFILE, fields, user=person(retail))
    assert ran["payload"] == expected
    assert expected["profile"]["segments"]


def test_recommendations_reach_the_card_without_their_margin(templates, simulated, retail):
    items = whole(retail, "Product", simulated("CRM Recommendations"), "recs")
    assert "margin" in items[0]["attributes"]
    fields = recommendation_fields("  forDesk ", 3)
    payload = templates.run(RECOMMENDATION, fields, recommended=items)["payload"]
    assert "margin" not in json.dumps(payload)
    campaign = read(payload)
    assert list(campaign.items_by_datafield) == ["forDesk"]
    first, *others = campaign.items_by_datafield["forDesk"]
    assert (first.item_type, first.id, len(others)) == ("Product", items[0]["id"], 2)
    attributes = items[0]["attributes"]
    assert (first.name, first.price) == (attributes["name"]["value"], attributes["price"]["value"])
    assert first.image_url == attributes["imageUrl"]["value"]
    assert first.rating == attributes["rating"]["value"]


def test_articles_keep_their_type(templates):
    fields = recommendation_fields("recs", 1)
    fields["recommendations"] |= {"itemType": "Article"}
    article = {"id": "a1", "attributes": {"name": {"value": "How to choose"}}}
    payload = templates.run(RECOMMENDATION, fields, recommended=[article])["payload"]
    [item] = read(payload).items_by_datafield["recs"]
    assert (item.item_type, item.name) == ("Article", "How to choose")


def test_a_promotion_and_an_action_without_a_picture_reach_the_card(templates, simulated, retail):
    items = whole(retail, "Promotion", simulated("CRM Promotions"), "promos")
    payload = templates.run(PROMOTION, promotion_fields("promos", 2), decided=items)["payload"]
    action, picture = read(payload).items_by_datafield["promos"]
    assert (action.item_type, action.image_url) == ("Promotion", None)
    assert action.cta_text == "Propose the trade price list"
    assert picture.image_url == "https://shop.example/pictures/winter-warmers.svg"


def test_only_the_pictures_made_for_the_zone_are_sent(templates):
    def asset(name: str, *zones: str) -> dict:
        return {"type": "CdnImage", "imageUrl": f"https://shop.example/{name}.png"} | (
            {"contentZones": list(zones)} if zones else {}
        )

    def pictures(*assets: dict) -> list[str]:
        offer = {"id": "o1", "attributes": {}, "assets": assets}
        ran = templates.run(PROMOTION, promotion_fields("promos", 1), decided=[offer])
        return [each["imageUrl"] for each in ran["payload"]["promos"][0]["assets"]]

    ours, other, text = asset("ours", "crm_offers"), asset("other", "home"), {"type": "Text"}
    assert pictures(other, text, ours) == ["https://shop.example/ours.png"]
    assert pictures(other, text) == ["https://shop.example/other.png"]
    assert pictures(text) == []


def test_a_fallback_is_asked_for_and_is_no_item_of_its_own(templates):
    fallback = {"itemType": "Promotion", "id": "o9", "label": "Welcome"}
    fields = promotion_fields("promos", 1) | {"fallback": fallback}
    ran = templates.run(PROMOTION, fields)
    assert ran["asked"][0]["fallbackArms"] == ["o9"]
    assert read(ran["payload"]).items_by_datafield == {"promos": ()}


@pytest.mark.parametrize(
    ("template", "fields", "datafield"),
    [
        (RECOMMENDATION, recommendation_fields("recs", 8), "recs"),
        (PROMOTION, promotion_fields("promos", 2), "promos"),
    ],
)
def test_nothing_to_offer_is_an_empty_list_under_the_datafield(
    templates, template, fields, datafield
):
    payload = templates.run(template, fields)["payload"]
    assert read(payload).items_by_datafield == {datafield: ()}


def test_without_a_recipe_nothing_is_recommended_and_nothing_fails(templates):
    ran = templates.run(RECOMMENDATION, {"datafield": "recs"})
    assert ran["asked"] == []
    assert read(ran["payload"]).items_by_datafield == {"recs": ()}


def test_the_fields_that_an_admin_leaves_alone_are_those_of_the_components(templates):
    zone = {"assetContentZoneOrTag": "crm_offers"}
    assert templates.run(PROMOTION, zone)["payload"]["promos"] == []
    assert templates.run(RECOMMENDATION)["payload"]["recs"] == []


@pytest.mark.parametrize("keeps_fields", [False, True])
def test_a_control_answer_shows_no_items_whether_or_not_fields_are_kept(keeps_fields):
    fallback = {"itemType": "Promotion", "id": "o9", "label": "Welcome"}
    kept = promotion_fields("promos", 2) | {"fallback": fallback} if keeps_fields else {}
    campaign = read(kept | {"userGroup": "Control"}, userGroup="Control")
    assert campaign.user_group is UserGroup.CONTROL
    assert campaign.items_by_datafield == {}


def test_the_service_reads_segments_and_chosen_attributes_of_the_profile(templates):
    user = {
        "attributes": {"emailAddress": {"value": "ada@example.com"}, "income": {"value": 9}},
        "segmentMembership": [
            {"segmentId": "Sg1", "segmentName": "One"},
            {"segmentId": "Sg2", "segmentName": "Two"},
        ],
    }

    def summary(**fields):
        payload = templates.run(PROFILE, fields, user=user)["payload"]
        return read_profile_summary([{"payload": payload | IDS}])

    told = summary()
    assert told.attributes == {"sfmcContactKey": None, "emailAddress": "ada@example.com"}
    assert told.segment_ids == {"Sg1", "Sg2"}
    assert summary(segmentIds=" Sg2 ,, ").segment_ids == {"Sg2"}
    assert summary(attributeNames="").attributes == {}
    stranger = templates.run(PROFILE, user={"attributes": {}})["payload"]
    assert read_profile_summary([{"payload": stranger}]).segment_ids == frozenset()


def test_a_profile_is_nothing_that_a_card_shows(templates):
    user = {"attributes": {}, "segmentMembership": [{"segmentId": "S", "segmentName": "N"}]}
    payload = templates.run(PROFILE, user=user)["payload"]
    assert read(payload).items_by_datafield == {}
