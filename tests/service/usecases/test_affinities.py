"""What a person leans to: windows, shares, change, hidden types, reasons."""

from fractions import Fraction

import pytest

from service.errors import UnknownDataset, UnknownIdentityType
from service.model import Identity
from service.usecases.affinities import AffinityQuestion
from tests.service.usecases.history import ADA, an_item


def test_views_are_credited_to_every_related_object_and_share_is_of_the_types_total(history):
    history.views("2026-03-30 10:00", Category="Kitchen|Tea", Brand="Acme")
    history.views("2026-03-30 10:01", Category="Kitchen", Brand=("Acme", "Bonn"))
    category, brand = history.leans().types
    assert (category.type, category.total, brand.type, brand.total) == ("Category", 3, "Brand", 3)
    assert [(i.id, i.amount, i.share) for i in category.items] == [
        ("Kitchen", 2, 2 / 3),
        ("Kitchen|Tea", 1, 1 / 3),
    ]
    assert [(i.id, i.amount) for i in brand.items] == [("Acme", 2), ("Bonn", 1)]


def test_view_time_is_in_milliseconds(history):
    history.views("2026-03-30 10:00:00", Brand="Acme")
    history.loads_page("2026-03-30 10:01:30")
    assert history.amounts("Brand", "viewTime") == {"Acme": 90_000}


def test_purchases_count_order_lines_whatever_their_quantity(history):
    history.buys("2026-03-30 10:00", an_item("p", Brand="Acme"), an_item("q", Brand="Acme"))
    assert history.amounts("Brand", "purchases") == {"Acme": 2}


def test_a_cancellation_takes_from_the_day_of_the_line_it_takes_back(history):
    history.buys("2026-03-10 10:00", an_item("p", Brand="Acme"))
    history.buys("2026-03-20 10:00", an_item("p", Brand="Acme"))
    assert history.amounts("Brand", "purchases", "last30Days") == {"Acme": 2}
    history.cancels("2026-03-30 10:00", "p")
    assert history.amounts("Brand", "purchases", "last7Days") == {}
    assert history.amounts("Brand", "purchases", "last30Days") == {"Acme": 1}
    answer = history.leans("purchases", "last30Days")
    assert answer.types[0].items[0].previous_amount == 0


def test_a_late_purchase_gives_an_earlier_one_back_to_its_day(history):
    history.buys("2026-03-10 10:00", an_item("p", Brand="Acme"))
    history.cancels("2026-03-30 10:00", "p")
    assert history.amounts("Brand", "purchases", "last30Days") == {}
    history.buys("2026-03-29 10:00", an_item("p", Brand="Bonn"))
    assert history.amounts("Brand", "purchases", "last30Days") == {"Acme": 1}


def test_an_item_without_related_objects_gets_what_an_earlier_event_said_of_it(history):
    history.views("2026-03-30 10:00", Brand="Acme")
    history.buys("2026-03-30 11:00", "p1")
    assert history.amounts("Brand", "purchases") == {"Acme": 1}


def test_an_item_counts_under_its_own_type_only_where_the_dataset_lists_that_type(make_history):
    for catalog_types, expected in ((("Brand",), ["Brand"]), (("Product",), ["Product", "Brand"])):
        history = make_history(catalog_types=catalog_types)
        history.views("2026-03-30 10:00", Brand="Acme")
        assert [each.type for each in history.leans().types] == expected


def test_types_stand_as_configured_and_the_others_by_name(make_history):
    history = make_history(catalog_types=("Style", "Category"))
    history.views("2026-03-30 10:00", Zone="z", Category="c", Style="s", Brand="b")
    names = [each.type for each in history.leans().types]
    assert names == ["Style", "Category", "Brand", "Zone"]


def test_strongest_objects_first_and_equal_ones_by_name(history):
    history.views("2026-03-30 10:00", Brand=("b", "c", "a"))
    history.views("2026-03-30 10:01", Brand="c")
    assert list(history.amounts()) == ["c", "a", "b"]


def test_the_total_includes_objects_beyond_the_shown_ones(history):
    history.views("2026-03-30 10:00", Brand=tuple("abcdef"))
    [brand] = history.leans(max_per_type=2).types
    assert (brand.total, len(brand.items), brand.items[0].share) == (6, 2, 1 / 6)


def test_a_share_is_the_nearest_number_to_the_true_fraction(history):
    history.views("2026-03-30 10:00", Brand=tuple("abcdefg"))
    [brand] = history.leans(max_per_type=7).types
    assert {item.share for item in brand.items} == {float(Fraction(1, 7))}


def test_hidden_types_are_left_out_whatever_their_case(history):
    history.views("2026-03-30 10:00", Category="c", Brand="b")
    assert [each.type for each in history.leans(hidden_types=("CATEGORY",)).types] == ["Brand"]
    hidden = history.leans(hidden_types=("category", "brand"))
    assert (hidden.types, hidden.reason.code) == ((), "NO_EVENTS")


def test_labels_are_what_events_called_the_objects_else_their_ids(history):
    history.views("2026-03-30 10:00", Category="Kitchen|Tea", Brand="b7")
    category, brand = history.leans().types
    assert {item.label for item in category.items} == {"Kitchen", "Kitchen › Tea"}
    assert brand.items[0].label == "b7"


@pytest.mark.parametrize(
    ("date_range", "first_day", "day_before"),
    [
        ("last7Days", "2026-03-25", "2026-03-24"),
        ("last30Days", "2026-03-02", "2026-03-01"),
        ("last90Days", "2026-01-01", "2025-12-31"),
        ("last365Days", "2025-04-01", "2025-03-31"),
    ],
)
def test_a_range_holds_whole_local_days_and_the_period_before_ends_where_it_begins(
    history, date_range, first_day, day_before
):
    history.views(f"{first_day} 00:00:00", Brand="b")
    history.views("2026-03-31 11:59", Brand="b")
    history.views(f"{day_before} 23:59:59", Brand="b")
    [brand] = history.leans("views", date_range).types
    assert (brand.items[0].amount, brand.items[0].previous_amount) == (2, 1)


def test_the_period_before_is_as_long_and_no_longer(history):
    history.views("2026-03-31 10:00", Brand="b")
    history.views("2026-03-17 23:59", Brand="b")
    history.views("2026-03-18 00:00", Brand="b")
    [brand] = history.leans("views", "last7Days").types
    assert brand.items[0].previous_amount == 1


def test_all_time_has_no_beginning_and_nothing_before_it(history):
    history.views("2020-01-01 10:00", Brand="b")
    history.views("2026-03-31 10:00", Brand="b")
    [brand] = history.leans("views", "allTime").types
    assert (brand.items[0].amount, brand.items[0].previous_amount) == (2, None)


def test_what_is_new_in_the_period_has_a_previous_amount_of_zero(history):
    history.views("2026-03-31 10:00", Brand="b")
    [brand] = history.leans().types
    assert brand.items[0].previous_amount == 0


NIGHTS = [  # zone, the day, how long it is in hours, the day after
    ("Europe/Berlin", "2026-03-29", 23, "2026-03-30"),
    ("Europe/Berlin", "2026-10-25", 25, "2026-10-26"),
    ("America/New_York", "2026-03-08", 23, "2026-03-09"),
    ("America/New_York", "2026-11-01", 25, "2026-11-02"),
    ("America/Havana", "2026-11-01", 25, "2026-11-02"),  # midnight comes twice
    ("Africa/Cairo", "2026-04-24", 23, "2026-04-25"),  # the clocks skip midnight
]


@pytest.mark.parametrize(("zone", "day", "hours", "next_day"), NIGHTS)
def test_a_day_is_cut_at_the_tenants_midnight_in_nights_when_the_clocks_change(
    make_history, zone, day, hours, next_day
):
    history = make_history(zone=zone, now=f"{next_day} 12:00")
    midnight = history.at(f"{next_day} 00:00:00")
    start = midnight - hours * 3600
    history.views(start - 1, item="eve", Brand="before")
    history.views(start, item="first", Brand="within")
    history.views(midnight - 1, item="last", Brand="within")
    history.views(midnight, item="morning", Brand="after")
    person = history.people.find_any("acme", "retail", ADA)
    history.leans()
    rows = history.store.amounts("acme", "retail", [person], day, day)
    assert [(row.object_id, row.views) for row in rows] == [("within", 2)]


@pytest.mark.parametrize(("zone", "day", "hours", "next_day"), NIGHTS)
def test_view_time_counts_true_minutes_when_the_clocks_change(
    make_history, zone, day, hours, next_day
):
    history = make_history(zone=zone, now=f"{next_day} 12:00")
    midnight = history.at(f"{next_day} 00:00:00")
    for hour in range(hours):
        history.views(midnight - (hours - hour) * 3600, Brand="b")
        history.loads_page(midnight - (hours - hour) * 3600 + 60)
    assert history.amounts("Brand", "viewTime") == {"b": hours * 60_000}


def test_a_view_over_midnight_counts_on_the_day_it_began(history):
    history.views("2026-03-24 23:50", Brand="b")  # the day before the range
    history.loads_page("2026-03-25 00:10")
    assert history.amounts("Brand", "viewTime", "last7Days") == {}
    [brand] = history.leans("viewTime", "last30Days").types
    assert brand.items[0].amount == 20 * 60_000


def test_a_late_event_corrects_the_numbers_of_its_day_and_of_the_view_before_midnight(history):
    history.views("2026-03-29 23:50", Brand="b")
    assert history.amounts("Brand", "viewTime") == {}
    history.loads_page("2026-03-30 00:05")
    assert history.amounts("Brand", "viewTime") == {"b": 15 * 60_000}
    history.views("2026-03-29 23:55", item="p2", Brand="c")
    assert history.amounts("Brand", "viewTime") == {"b": 5 * 60_000, "c": 10 * 60_000}


@pytest.mark.parametrize(
    "interlude",
    [
        {"name": "CRM Record View", "kind": "action"},
        {"name": "Banner", "kind": "campaign"},
        {"name": "Case closed", "source": "flow"},
        {"name": "Promotion declined", "source": "rep"},
        {"name": "Journey step", "source": "journey"},
    ],
    ids=lambda each: each["name"],
)
def test_what_the_person_did_not_do_never_ends_a_view(history, interlude):
    history.views("2026-03-30 10:00", Brand="b")
    history.happens("2026-03-30 10:02", **interlude)
    history.loads_page("2026-03-30 10:10")
    assert history.amounts("Brand", "viewTime") == {"b": 10 * 60_000}


def test_what_happens_on_the_page_stops_the_clock(history):
    history.views("2026-03-30 10:00", Brand="b")
    history.happens("2026-03-30 10:02", "Size chart opened")
    history.loads_page("2026-03-30 10:10")
    assert history.amounts("Brand", "viewTime") == {"b": 2 * 60_000}


def test_category_pages_are_no_item_views_but_end_one(history):
    history.views("2026-03-30 10:00", Brand="b")
    history.views("2026-03-30 10:03", "Tea", action="View Category")
    assert history.amounts("Brand", "viewTime") == {"b": 3 * 60_000}
    assert history.amounts("Brand") == {"b": 1}


def test_the_summary_names_the_strongest_object_of_the_first_type(history):
    history.views("2026-03-30 10:00", Category="Teapots", Brand="b")
    history.views("2026-03-30 10:01", Category="Mugs")
    history.views("2026-03-30 10:02", Category="Teapots")
    summary = history.leans("views", "last7Days").summary
    assert summary.code == "TOP_AFFINITY"
    assert summary.message == ("Leans to Teapots: 67 % of views by Category in the last 7 days.")
    assert summary.parameters["percent"] == 67


def test_a_long_name_is_shortened_in_the_summary_alone(history):
    history.views("2026-03-30 10:00", Brand="b" * 200)
    answer = history.leans("views", "last7Days")
    assert answer.types[0].items[0].label == "b" * 200
    assert answer.summary.parameters["label"] == f"{'b' * 59}…"
    assert answer.summary.message.startswith(f"Leans to {'b' * 59}…: 100 %")


def test_a_person_nobody_heard_of_is_unknown(history):
    history.views("2026-03-30 10:00", Brand="b")
    answer = history.leans(whose=Identity("emailAddress", "nobody@shop.example"))
    assert (answer.types, answer.summary) == ((), None)
    assert answer.reason.code == "UNKNOWN_PERSON"
    assert answer.reason.parameters == {"identityType": "emailAddress"}


def test_a_person_who_did_nothing_of_the_kind_gets_the_range_in_the_reason(history):
    history.views("2026-03-01 10:00", Brand="b")
    answer = history.leans("purchases", "last7Days")
    assert answer.reason.code == "NO_EVENTS"
    assert answer.reason.parameters == {"dateRange": "last7Days", "showBy": "purchases"}
    assert answer.reason.message == "No purchases in the last 7 days."


def test_letter_case_of_an_address_makes_no_difference(history):
    history.views("2026-03-30 10:00", Brand="b")
    assert history.leans(whose=Identity("emailAddress", "ADA@Shop.Example")).types


def test_only_what_the_dataset_knows_may_be_asked_for(history):
    with pytest.raises(UnknownIdentityType):
        history.leans(whose=Identity("shoeSize", "44"))
    with pytest.raises(UnknownDataset):
        history.affinities.ask(history.tenant, AffinityQuestion("elsewhere", ADA), None)


def test_what_a_browser_did_before_it_said_who_it_is_counts_for_the_person(history):
    browser = Identity("anonymousId", "a1b2c3d4e5f60718")
    history.views("2026-03-29 10:00", Brand="b", whose=browser)
    history.views("2026-03-30 10:00", Brand="b")
    assert history.amounts() == {"b": 1}
    history.happens("2026-03-30 11:00", "Signed in", whose=(ADA, browser))
    assert history.amounts() == {"b": 2}
    assert len(history.reads().events) == 3
