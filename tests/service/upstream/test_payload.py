"""Campaign responses are read whatever an admin did to the template."""

import pytest

from service.model import UserGroup
from service.tenant import Dataset
from service.upstream.payload import Refusal, RefusalKind, read_campaigns

RETAIL = Dataset(
    name="retail",
    label="Retail",
    identity_types=("emailAddress",),
    link_hosts=("shop.example",),
    currency="GBP",
)
BOXED = {
    "id": "P1",
    "location": None,
    "attributes": {
        "name": {"value": "Kayak"},
        "price": {"value": 1.0e2},
        "url": {"value": ""},
        "imageUrl": {"value": "https://shop.example/kayak.png"},
        "rating": {"value": 4.5},
        "margin": {"value": 42},
        "color": {"value": None},
    },
    "dimensions": {"Brand": ["b1"]},
}
FLAT = {"_id": "P1", "name": "Kayak", "price": 100, "margin": 42}


def respond(payload, **outer):
    return {
        "type": "ng",
        "campaignId": "Ab1cD",
        "campaignName": "CRM recs",
        "experienceId": "Ef2gH",
        "userGroup": "Default",
        "payload": payload,
    } | outer


def read(payload, *, zones=(), **outer):
    [campaign] = read_campaigns([respond(payload, **outer)], RETAIL, zones, "acme")
    return campaign


def the_item(payload, datafield, **options):
    [item] = read(payload, **options).items_by_datafield[datafield]
    return item


@pytest.mark.parametrize(
    "payload",
    [
        {"recs": [BOXED]},
        {"recs": BOXED},
        {"recs": [FLAT]},
        {"datafield": "recs", "items": [FLAT]},
        {"datafield": "recs", "products": [FLAT]},
        {"datafield": "recs", "itemType": "Product", "blogs": [FLAT]},
        {"datafield": "recs", "whateverTheAdminCalledIt": [FLAT]},
        {"dataField": "recs", "promotion": FLAT, "itemType": "Product"},
    ],
)
def test_a_product_is_found_under_its_datafield(payload):
    item = the_item(payload, "recs")
    assert (item.item_type, item.id, item.name, item.price) == ("Product", "P1", "Kayak", 100.0)
    assert (item.campaign_id, item.experience_id) == ("Ab1cD", "Ef2gH")


@pytest.mark.parametrize("kind", ["ng", "c", None, "anything"])
def test_the_type_of_a_campaign_is_never_looked_at(kind):
    assert read({"recs": [FLAT]}, type=kind).items_by_datafield["recs"]


def test_a_classic_campaigns_data_map_is_read():
    classic = [{"dataMap": {"recs": [{"type": "p", "_id": "P1", "name": "Kayak"}], "count": 3}}]
    [item] = read({}, serverSideMessages=classic).items_by_datafield["recs"]
    assert item.name == "Kayak"


def test_a_named_datafield_beats_the_wrappers_name():
    assert set(read({"datafield": "promos", "items": [FLAT]}).items_by_datafield) == {"promos"}


def test_an_empty_list_is_a_datafield_without_items():
    assert read({"recs": []}).items_by_datafield == {"recs": ()}


def test_configuration_of_the_template_is_no_datafield():
    payload = {
        "recs": [FLAT],
        "contentZones": [],
        "recipe": {"label": "Bought together"},
        "maxResults": 4,
        "campaign": "Ab1cD",
        "experience": "Ef2gH",
    }
    assert set(read(payload).items_by_datafield) == {"recs"}


def test_a_promotion_shows_the_asset_of_the_zone_that_was_asked_for():
    promotion = {
        "id": "o1",
        "attributes": {"name": {"value": "Free delivery"}},
        "assets": [
            {"imageUrl": "https://shop.example/home.png", "contentZones": ["home"]},
            {"imageUrl": "https://shop.example/crm.png", "contentZones": ["crm_offers"]},
        ],
    }
    item = the_item({"promos": [promotion]}, "promos", zones=("crm_offers",))
    assert (item.item_type, item.image_url) == ("Promotion", "https://shop.example/crm.png")


@pytest.mark.parametrize("file_name", ["placeholder.png", "1x1.gif", "transparent-Pixel.png"])
def test_an_action_has_its_text_and_no_picture(file_name):
    action = {
        "id": "a1",
        "attributes": {"name": {"value": "Call back"}, "callToActionText": {"value": "Call now"}},
        "assets": [{"type": "CdnImage", "imageUrl": f"https://shop.example/{file_name}"}],
    }
    item = the_item({"promos": [action]}, "promos")
    assert (item.image_url, item.cta_text) == (None, "Call now")


def test_only_listed_attributes_pass_and_margin_is_not_one_of_them():
    assert "42" not in repr(read({"recs": [BOXED, FLAT | {"_id": "P2", "secret": "42"}]}))


def test_links_to_other_hosts_are_dropped_and_the_item_stays():
    bad = FLAT | {"url": "javascript:alert(1)", "imageUrl": "https://evil.example/a.png"}
    item = the_item({"recs": [bad]}, "recs")
    assert (item.url, item.image_url, item.name) == (None, None, "Kayak")


@pytest.mark.parametrize(
    "broken",
    [None, 7, "text", [], {}, {"id": None}, {"id": {"value": None}}, {"id": []}, {"id": ""}],
)
def test_an_item_that_cannot_be_read_is_left_out_and_the_others_shown(broken):
    items = read({"recs": [broken, FLAT]}).items_by_datafield["recs"]
    assert [item.id for item in items] == ["P1"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("price", "NaN"),
        ("price", "a lot"),
        ("price", True),
        ("price", [1]),
        ("price", {"value": {}}),
        ("rating", 6),
        ("rating", -1),
        ("name", ["x"]),
        ("name", True),
        ("url", {"value": 7}),
    ],
)
def test_a_value_of_the_wrong_kind_is_left_out_and_the_item_stays(name, value):
    item = the_item({"recs": [FLAT | {name: value}]}, "recs")
    assert getattr(item, name) is None


def test_a_price_of_zero_is_a_price():
    assert the_item({"recs": [FLAT | {"price": 0}]}, "recs").price == 0


def test_a_price_as_text_is_a_price():
    assert the_item({"recs": [FLAT | {"price": "12.50"}]}, "recs").price == 12.5


@pytest.mark.parametrize(
    ("outer", "inner", "group"),
    [
        ("Control", "Control", UserGroup.CONTROL),
        ("Default", "Test", UserGroup.DEFAULT),
        ("Default", "Control", UserGroup.DEFAULT),
        (None, None, UserGroup.DEFAULT),
    ],
)
def test_the_outer_user_group_decides(outer, inner, group):
    assert read({"userGroup": inner}, userGroup=outer).user_group == group


@pytest.mark.parametrize("payload", [None, [], "text", 7, {"recs": None}, {"recs": {"a": 1}}])
def test_a_payload_that_is_none_gives_a_campaign_without_items(payload):
    assert read(payload).items_by_datafield == {}


def test_long_texts_are_cut_so_that_one_template_cannot_fill_the_cache():
    item = the_item({"recs": [FLAT | {"name": "a" * 10_000, "description": "b" * 10_000}]}, "recs")
    assert (len(item.name), len(item.description)) == (300, 2_000)


@pytest.mark.parametrize("group", ["Default", "Control"])
def test_a_promotion_chosen_in_a_field_of_the_template_is_no_offer(group):
    """The vendor's template for decisions has such a field, and fields go into the payload."""
    chosen = {"itemType": "Promotion", "id": "o1", "label": "Welcome"}
    payload = {"datafield": "promos", "fallbackArm": chosen, "promotion": FLAT}
    assert read(payload, userGroup=group).items_by_datafield.keys() == {"promos"}
    assert read({"datafield": "promos", "fallbackArm": chosen}).items_by_datafield == {}


def test_whatever_is_not_shown_is_told_with_its_reason():
    told = []
    picture = {"id": "P2", "imageUrl": "http://shop.example/a.png", "url": "https://a.example/"}
    too_many = [{"id": str(place)} for place in range(97)]
    payload = {"recs": [FLAT, {"id": None}, "P3", picture, *too_many]}
    [campaign] = read_campaigns([respond(payload)], RETAIL, (), "acme", told.append)
    assert len(campaign.items_by_datafield["recs"]) == 98
    assert told == [
        Refusal("recs", RefusalKind.NO_ID),
        Refusal("recs", RefusalKind.NO_ITEM),
        Refusal("recs", RefusalKind.LINK, "a.example"),
        Refusal("recs", RefusalKind.LINK, ""),
        Refusal("recs", RefusalKind.TOO_MANY),
    ]
