"""Events of both namespaces are read; whatever else anybody sends is refused, never an error."""

import contextlib

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.events.parsing import Reading, parse_event
from service.events.refusals import EventRefused, Refusal
from service.model import ANONYMOUS_ID, EventKind, EventSource, Identity
from service.storage.events_stored import body_of

NOW = 1_795_262_400_000
DAY = 86_400_000
READING = Reading(("emailAddress", "customerId"), EventSource.SITE, NOW, NOW - 400 * DAY)
USER = {"anonymousId": "a1b2", "identities": {"emailAddress": "ada@shop.example"}}


def read(**raw):
    return parse_event({"user": USER} | raw, READING)


def event(**raw):
    return read(**raw).event


def refusal(raw) -> Refusal:
    with pytest.raises(EventRefused) as refused:
        parse_event(raw, READING)
    return refused.value.reason


def interaction(name, **more):
    return {"interaction": {"name": name, **more}}


def product(product_id="P1", **more):
    return {"catalogObject": {"type": "Product", "id": product_id, **more}}


# The two namespaces


def test_a_look_at_a_product_reads_the_same_in_both_namespaces():
    ours = event(
        **interaction(
            "View Catalog Object",
            **product(
                attributes={"name": "Teapot", "price": 2.5, "inventoryCount": 3},
                relatedCatalogObjects={"Brand": ["b1"], "Category": ["Home|Tea"]},
            ),
        )
    )
    evergage = event(
        itemAction="View Item",
        catalog={
            "Product": {
                "_id": "P1",
                "name": "Teapot",
                "price": "2.5",
                "inventoryCount": 3,
                "dimensions": {"Brand": "b1"},
                "categories": [{"_id": "Home|Tea"}],
            }
        },
    )
    assert ours.items == evergage.items
    assert (ours.item_action, ours.kind) == (evergage.item_action, evergage.kind)
    (item,) = ours.items
    assert (item.name, item.price, item.inventory_status) == ("Teapot", 2.5, "inStock")
    assert item.related == {"Brand": ("b1",), "Category": ("Home|Tea",)}


def test_an_order_reads_the_same_in_both_namespaces():
    line = {"price": 2, "quantity": 3}
    ours = event(
        **interaction(
            "Purchase",
            order={
                "id": "O1",
                "lineItems": [{"catalogObjectType": "Product", "catalogObjectId": "P1", **line}],
            },
        )
    )
    order = {"Product": {"orderId": "O1", "lineItems": [{"_id": "P1", **line}]}}
    evergage = event(itemAction="Purchase", order=order)
    assert ours.items == evergage.items
    assert (ours.order_id, ours.kind, ours.name) == ("O1", EventKind.ORDER, "Purchase")
    assert (evergage.order_id, evergage.kind) == ("O1", EventKind.ORDER)


@pytest.mark.parametrize(
    ("name", "action", "kind"),
    [
        ("View Catalog Object", "View Item", "catalog"),
        ("view catalog object detail", "View Item Detail", "catalog"),
        ("Quick View Catalog Object", "Quick View Item", "catalog"),
        ("Stop Quick View Catalog Object", "Stop Quick View Item", "catalog"),
        ("Add To Cart", "Add To Cart", "cart"),
        ("Replace Cart", "View Cart", "cart"),
        ("Purchase", "Purchase", "order"),
        ("Cancel", "Cancel", "order"),
        ("Newsletter Sign-up", None, "action"),
    ],
)
def test_interactions_become_personalizations_item_actions(name, action, kind):
    found = event(**interaction(name))
    assert (found.name, found.item_action, found.kind) == (name, action, kind)


def test_a_look_at_a_category_is_no_look_at_an_item():
    opened = interaction("View Catalog Object", catalogObject={"type": "Category", "id": "Tea"})
    assert event(**opened).item_action == "View Category"


def test_a_page_without_an_action_is_named_by_its_type():
    page = event(flags={"pageView": True}, source={"pageType": "home", "channel": "Web"})
    assert (page.name, page.kind, page.channel) == ("home", EventKind.PAGE, "Web")
    assert event(pageView=True).name == "Page View"
    assert event(action="Homepage", pageView=True).details["pageView"] is True


def test_a_cart_keeps_its_lines():
    cart = {"complete": {"Product": [{"_id": "P1"}, {"_id": "P2", "quantity": 2}]}}
    assert [item.id for item in event(itemAction="View Cart", cart=cart).items] == ["P1", "P2"]
    single = {"singleLine": {"Product": {"_id": "P3"}}}
    assert event(itemAction="Add To Cart", cart=single).items[0].id == "P3"


def test_a_look_at_something_sold_out_says_so_without_a_count():
    seen = event(itemAction="View Item Out Of Stock", catalog={"Product": {"_id": "P1"}})
    assert seen.items[0].inventory_status == "outOfStock"


def test_a_click_is_campaign_activity_and_an_impression_is_nothing_a_person_did():
    def stat(kind):
        return {"campaignStats": [{"experienceId": "Ab1cD", "stat": kind}]}

    assert (event(**stat("Click")).kind, event(**stat("Click")).name) == ("campaign", "Click")
    assert refusal({"user": USER} | stat("Impression")) is Refusal.ONLY_IMPRESSIONS
    assert event(action="Homepage", **stat("Impression")).kind == "action"


# Whose it is


def test_identities_come_in_the_datasets_order_and_the_browser_last():
    user = {
        "anonymousId": "aB",
        "identities": {"customerId": 17850, "emailAddress": " ada@x.example ", "phone": "1"},
    }
    assert read(action="A", user=user).identities == (
        Identity("emailAddress", "ada@x.example"),
        Identity("customerId", "17850"),
        Identity(ANONYMOUS_ID, "aB"),
    )


def test_the_evergage_namespace_names_people_by_attributes_and_user_id():
    user = {"id": "17850", "anonId": "aB", "attributes": {"emailAddress": "ada@x.example"}}
    assert [each.type for each in read(action="A", user=user).identities] == [
        "emailAddress",
        "customerId",
        ANONYMOUS_ID,
    ]


@pytest.mark.parametrize(
    "user",
    [None, [], {}, {"identities": {"phone": "1"}}, {"identities": {"emailAddress": ""}}]
    + [{"anonymousId": value} for value in (None, True, [], {}, "x" * 129, "a\nb")],
)
def test_an_event_of_nobody_is_refused(user):
    assert refusal({"action": "A", "user": user}) is Refusal.NO_IDENTITY


def test_an_identity_that_is_too_long_is_not_cut_to_somebody_elses():
    user = {"anonymousId": "aB", "identities": {"emailAddress": "x" * 321}}
    assert [each.type for each in read(action="A", user=user).identities] == [ANONYMOUS_ID]


def test_who_asked_not_to_be_followed_is_not():
    assert refusal({"action": "A", "user": USER, "flags": {"doNotTrack": True}}) == "DO_NOT_TRACK"
    out = {"purpose": "Personalization", "provider": "p", "status": "Opt Out"}
    for consents in ([out], [{"consent": out}], out):
        assert refusal({"action": "A", "user": USER, "consents": consents}) == "DO_NOT_TRACK"


# When


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        (None, NOW),
        (NOW - 5, NOW - 5),
        (str(NOW - 5), NOW - 5),
        ("2026-11-20T12:00:00Z", NOW - DAY - 0),
        ("2026-11-20T12:00:00+01:00", NOW - DAY - 3_600_000),
        (NOW - 399 * DAY, NOW - 399 * DAY),
        (NOW + 60_000, NOW),
        (NOW + DAY, NOW),
    ],
)
def test_times_within_the_rule_are_kept_and_clocks_that_run_ahead_are_set_right(time, expected):
    assert event(action="A", time=time).time_ms == expected


@pytest.mark.parametrize(
    ("time", "reason"),
    [
        (0, "TOO_OLD"),
        (NOW - 401 * DAY, "TOO_OLD"),
        ("1970-01-01", "TOO_OLD"),
        (-(10**14), "TOO_OLD"),
        (4_070_908_800_000, "IN_THE_FUTURE"),
        ("2099-01-01", "IN_THE_FUTURE"),
        (NOW + DAY + 1, "IN_THE_FUTURE"),
        ("yesterday", "INVALID_TIME"),
        (True, "INVALID_TIME"),
        ([NOW], "INVALID_TIME"),
        (10**40, "INVALID_TIME"),
        ("9" * 5_000, "INVALID_TIME"),
    ],
)
def test_times_beyond_the_rule_are_refused(time, reason):
    assert refusal({"action": "A", "user": USER, "time": time}) == reason


def test_the_time_of_the_evergage_namespace_stands_in_its_source():
    assert event(action="A", source={"time": NOW - 7}).time_ms == NOW - 7


# What nobody means well


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (None, "NOT_AN_EVENT"),
        ([], "NOT_AN_EVENT"),
        ("event", "NOT_AN_EVENT"),
        ({"interaction": None, "user": USER}, "NOT_AN_EVENT"),
        ({"interaction": [], "user": USER}, "NOT_AN_EVENT"),
        ({"interaction": {}, "user": USER}, "NO_ACTION"),
        ({"action": "", "user": USER}, "NO_ACTION"),
        ({"action": "\x00\x01", "user": USER}, "NO_ACTION"),
        ({"action": {"a": 1}, "user": USER}, "NO_ACTION"),
        ({"action": "A", "user": USER, "eventId": "x" * 129}, "INVALID_EVENT_ID"),
        ({"action": "A", "user": USER, "eventId": {}}, "INVALID_EVENT_ID"),
    ],
)
def test_what_is_no_event_is_refused_with_the_reason(raw, reason):
    assert refusal(raw) == reason


def test_script_stays_text_and_control_characters_go():
    found = event(
        action="<script>alert(1)</script>\u0000\u001b[31m",
        source={"channel": "We\nb", "pageType": "<img src=x>"},
        catalog={"Product": {"_id": "P1", "name": "<b>Tea</b>\u0007pot"}},
    )
    assert found.name == "<script>alert(1)</script> [31m"
    assert (found.channel, found.details["pageType"]) == ("We b", "<img src=x>")
    assert found.items[0].name == "<b>Tea</b> pot"


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//evil.example", "http://", "http://[::1", "", 7],
)
def test_an_address_that_is_no_web_page_is_dropped_and_the_event_kept(url):
    assert event(action="A", source={"url": url}).url is None


def test_user_and_password_in_an_address_go_and_the_referrer_loses_its_query():
    source = {
        "url": "https://ada:secret@shop.example/a?b=c",
        "urlReferrer": "https://search.example/?q=ada@x.example#top",
    }
    found = event(action="A", source=source)
    assert found.url == "https://shop.example/a?b=c"
    assert found.details["referrer"] == "https://search.example/"


def test_texts_of_five_megabytes_are_cut_and_ids_of_that_size_dropped():
    huge = "x" * 5_000_000
    found = event(
        action=huge,
        source={
            "channel": huge,
            "url": f"https://shop.example/{huge}",
            "contentZones": [huge] * 50,
        },
        catalog={
            "Product": [
                {"_id": "P1", "name": huge, "relatedCatalogObjects": {"Brand": [huge, "b"]}}
            ],
            huge: {"_id": "P2"},
            "Article": {"_id": huge},
        },
    )
    assert (len(found.name), len(found.channel), len(found.url)) == (200, 64, 2_048)
    assert len(found.details["contentZones"]) == 20
    (item,) = found.items
    assert (len(item.name), item.related) == (255, {"Brand": ("b",)})


def test_items_beyond_the_cap_are_left_out_and_counted():
    found = event(itemAction="View Cart", catalog={"P": [{"_id": str(n)} for n in range(10_000)]})
    assert (len(found.items), found.details["itemsLeftOut"]) == (100, 9_900)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1e300, "1e999", True, {}, "x"])
def test_numbers_that_are_none_are_dropped(number):
    item = {"_id": "P1", "price": number, "quantity": number, "inventoryCount": number}
    (found,) = event(itemAction="View Item", catalog={"Product": item}).items
    assert (found.price, found.quantity, found.inventory_count) == (None, 1, None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
KEYS = [
    "interaction",
    "action",
    "itemAction",
    "user",
    "source",
    "flags",
    "catalog",
    "cart",
    "order",
]
KEYS += ["time", "eventId", "campaignStats", "consents", "pageView"]
INNER = ["name", "catalogObject", "lineItems", "order", "id", "_id", "type", "attributes", "stat"]
INNER += ["relatedCatalogObjects", "identities", "anonymousId", "contentZones", "url", "Product"]


@settings(
    derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=150
)
@given(
    st.dictionaries(
        st.sampled_from(KEYS), JSON | st.dictionaries(st.sampled_from(INNER), JSON), max_size=8
    )
)
def test_whatever_comes_is_an_event_or_a_refusal(raw):
    with contextlib.suppress(EventRefused):
        found = parse_event({"user": USER} | raw, READING).event
        assert found.name
        assert orjson.loads(body_of(found)) is not None
