"""The one sentence about what is hot now. It is noon of 31 March in every history."""

import pytest

from service.model import EventItem
from tests.service.usecases.history import an_item


def sentence(history) -> str:
    return history.reads().summary.message


def test_it_counts_distinct_items_and_names_what_most_of_them_have_in_common(history):
    history.views("2026-03-31 11:40", "p1", Category="Kitchen|Tea|Teapots", Brand="Acme")
    history.views("2026-03-31 11:50", "p2", Category="Kitchen|Tea|Teapots", Brand="Acme")
    history.views("2026-03-31 11:55", "p3", Category="Kitchen|Mugs", Brand="Acme")
    history.views("2026-03-31 11:58", "p1", Category="Kitchen|Tea|Teapots", Brand="Acme")
    summary = history.reads().summary
    assert summary.code == "LOOKED_AT_ITEMS"
    assert summary.message == "Looked at 3 items, mostly Kitchen, in the last 20 minutes."
    assert summary.parameters == {"count": 3, "mostly": "Kitchen", "minutes": 20, "purchases": 0}


def test_of_objects_shared_alike_the_narrowest_category_is_named(history):
    for item in ("p1", "p2"):
        history.views("2026-03-31 11:50", item, Category="Kitchen|Tea|Teapots", Brand="Acme")
    assert sentence(history) == "Looked at 2 items, mostly Teapots, in the last 10 minutes."


def test_items_with_nothing_in_common_are_only_counted(history):
    for item in ("p1", "p2"):
        history.views("2026-03-31 11:59", item, Category=item)
    assert sentence(history) == "Looked at 2 items in the last minute."


def test_one_item_is_named(history):
    history.views("2026-03-31 11:40", "teapot")
    assert sentence(history) == "Looked at Teapot in the last 20 minutes."


def test_names_are_as_long_as_a_glance_takes_in(history):
    short, long = "x" * 60, f"{'x' * 58} {'y' * 200}"
    history.happens("2026-03-31 11:59", "Add To Cart", EventItem("P", "1", short), kind="cart")
    assert sentence(history) == f"Put {short} in the cart 1 minute ago."
    history.happens("2026-03-31 12:00", "Add To Cart", EventItem("P", "2", long), kind="cart")
    assert sentence(history) == f"Put {'x' * 58}… in the cart just now."
    assert history.reads().summary.parameters["item"] == f"{'x' * 58}…"
    assert history.reads().events[0].event.items[0].name == long


def test_orders_of_this_year_that_still_stand_make_the_second_half(history):
    history.views("2026-03-31 11:40", "teapot")
    history.buys("2025-12-31 23:59", "p")
    for day, bought in (
        ("01-01 00:00", "once"),
        ("02-01 10:00", "twice"),
        ("03-01 10:00", "3 times"),
    ):
        history.buys(f"2026-{day}", an_item("q"), an_item(day))
        assert sentence(history).endswith(f"; bought {bought} this year.")
    history.cancels("2026-03-02 10:00", "q", "03-01 10:00")
    assert sentence(history).endswith("; bought twice this year.")
    assert history.reads().summary.parameters["purchases"] == 2


@pytest.mark.parametrize(
    ("minute", "when"),
    [("12:00", "just now"), ("11:59", "1 minute ago"), ("11:31", "29 minutes ago")],
)
def test_a_fresh_purchase_says_most(history, minute, when):
    history.views("2026-03-31 11:30", "teapot")
    history.happens("2026-03-31 11:30", "Add To Cart", an_item("teapot"), kind="cart")
    history.buys(f"2026-03-31 {minute}", "p", "q")
    assert sentence(history) == f"Bought 2 items {when}; bought once this year."


def test_a_purchase_taken_back_says_nothing(history):
    history.buys("2026-03-31 11:30", "p")
    history.cancels("2026-03-31 11:40", "p")
    assert sentence(history) == "Active 20 minutes ago."


def test_what_lies_in_the_cart_says_more_than_looks(history):
    history.views("2026-03-31 11:40", "teapot")
    history.happens("2026-03-31 11:50", "Add To Cart", an_item("teapot"), kind="cart")
    assert history.reads().summary.code == "PUT_IN_CART"
    assert sentence(history) == "Put Teapot in the cart 10 minutes ago."
    history.happens("2026-03-31 11:55", "Remove From Cart", an_item("teapot"), kind="cart")
    assert sentence(history) == "Looked at Teapot in the last 20 minutes."


@pytest.mark.parametrize(
    ("last", "when"),
    [
        ("2026-03-31 00:00", "today"),
        ("2026-03-30 23:59", "yesterday"),
        ("2026-03-29 10:00", "2 days ago"),
    ],
)
def test_whoever_is_quiet_was_last_active_by_the_tenants_calendar(history, last, when):
    history.views(last, "teapot")
    assert sentence(history) == f"Last active {when}."


def test_what_is_hidden_is_not_told_either(history):
    history.views("2026-03-31 11:40", "teapot")
    history.happens("2026-03-31 10:00", "Chat opened")
    answer = history.reads(hidden_types=("View Item",))
    assert answer.summary.message == "Last active today."


def test_the_same_history_gives_the_same_sentence_and_a_new_visit_another(history):
    history.views("2026-03-31 11:40", "teapot")
    assert sentence(history) == sentence(history)
    history.now = history.at("2026-03-31 12:10:01")
    assert sentence(history) == "Last active today."


def test_what_others_did_is_no_activity_of_the_person(history):
    history.views("2026-03-29 10:00", "teapot")
    history.happens("2026-03-31 11:50", "Promotion declined", source="rep")
    assert sentence(history) == "Last active 2 days ago."


def test_where_only_others_did_something_there_is_nothing_to_say(history):
    history.happens("2026-03-31 11:50", "Case closed", source="flow")
    answer = history.reads()
    assert (len(answer.events), answer.reason, answer.summary) == (1, None, None)
