"""The stream: order, pages both ways, what never shows, what a drill-in shows."""

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.model import EventItem, Identity
from service.usecases.event_details import shown_url
from tests.service.usecases.history import ADA, an_item

NOBODY = Identity("emailAddress", "nobody@shop.example")
NUMBERS = count()


@pytest.fixture
def history(make_history_on_each_engine):
    return make_history_on_each_engine()


def names(answer) -> list[str]:
    return [shown.event.name for shown in answer.events]


def test_the_newest_event_stands_first(history):
    for minute in ("10:01", "10:03", "10:02"):
        history.happens(f"2026-03-31 {minute}", minute)
    assert names(history.reads()) == ["10:03", "10:02", "10:01"]


def test_older_pages_follow_on_each_other_without_gap_or_repetition(history):
    for minute in range(7):
        history.happens(f"2026-03-31 10:0{minute}", str(minute))
    first = history.reads(limit=3)
    second = history.reads(limit=3, before=first.oldest)
    third = history.reads(limit=3, before=second.oldest)
    assert [names(page) for page in (first, second, third)] == [list("654"), list("321"), ["0"]]
    assert names(history.reads(limit=3, before=third.oldest)) == []


def test_what_arrived_since_comes_nearest_first_so_that_following_leaves_no_gap(history):
    history.happens("2026-03-31 10:00", "old")
    latest = history.reads().latest
    for minute in range(1, 6):
        history.happens(f"2026-03-31 10:0{minute}", str(minute))
    pages = []
    while (page := history.reads(limit=2, after=latest)).events:
        pages.append(names(page))
        latest = page.latest
    assert pages == [["2", "1"], ["4", "3"], ["5"]]
    assert names(history.reads(after=latest)) == []


def test_a_late_event_still_arrives_though_its_time_is_before_the_cursor(history):
    history.happens("2026-03-31 10:05", "known")
    latest = history.reads().latest
    history.happens("2026-03-31 09:00", "late")
    answer = history.reads(after=latest)
    assert names(answer) == ["late"]
    assert names(history.reads(after=answer.latest)) == []
    assert names(history.reads()) == ["known", "late"]


def test_a_quiet_poll_returns_a_cursor_that_still_works(history):
    history.happens("2026-03-31 10:00", "old")
    quiet = history.reads(after=history.reads().latest)
    history.happens("2026-03-31 10:01", "new")
    assert (names(quiet), quiet.reason) == ([], None)
    assert names(history.reads(after=quiet.latest)) == ["new"]


def test_an_empty_stream_hands_out_a_cursor_from_which_the_first_event_is_seen(history):
    history.happens("2026-03-31 10:00", "CRM Record View")
    empty = history.reads()
    assert (names(empty), empty.reason.code, empty.summary) == ([], "NO_EVENTS", None)
    history.happens("2026-03-31 10:01", "first")
    assert names(history.reads(after=empty.latest)) == ["first"]


arrivals = st.lists(
    st.one_of(
        st.tuples(st.just("happens"), st.integers(0, 30)),  # at this minute, in any order
        st.tuples(st.just("polls"), st.integers(1, 4)),  # with this limit
    ),
    max_size=30,
)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(arrivals, st.integers(1, 5))
def test_whoever_polls_and_pages_sees_every_event_once(history, steps, limit):
    whose = Identity("emailAddress", f"{next(NUMBERS)}@shop.example")
    history.happens("2026-03-31 09:00", "begin", whose=whose)
    page = history.reads(identity=whose, limit=limit)
    seen, latest, oldest, happened = names(page), page.latest, page.oldest, ["begin"]
    for what, number in [*steps, ("polls", 200)]:
        if what == "happens":
            happened.append(f"event {len(happened)}")
            history.happens(f"2026-03-31 09:{number:02}", happened[-1], whose=whose)
        else:
            page = history.reads(identity=whose, after=latest, limit=number)
            seen, latest = seen + names(page), page.latest
    assert sorted(seen) == sorted(happened)
    assert names(history.reads(identity=whose, before=oldest)) == []


@pytest.mark.parametrize("hidden", ["view item", "VIEW ITEM", "catalog", "Catalog"])
def test_types_are_hidden_by_item_action_or_kind_whatever_their_case(history, hidden):
    history.views("2026-03-31 10:00", Brand="b")
    history.happens("2026-03-31 10:01", "Chat opened")
    assert names(history.reads(hidden_types=(hidden,))) == ["Chat opened"]


@pytest.mark.parametrize("hidden", ["chat opened", "Chat Opened"])
def test_types_are_hidden_by_their_exact_name(history, hidden):
    history.happens("2026-03-31 10:00", "Chat opened")
    history.happens("2026-03-31 10:01", "Chat opened again")
    assert names(history.reads(hidden_types=(hidden,))) == ["Chat opened again"]


def test_letters_beyond_ascii_have_two_cases_too(make_history):
    history = make_history()  # on SQLite; PostgreSQL knows the letters of its locale
    history.happens("2026-03-31 10:00", "Über uns")
    history.happens("2026-03-31 10:01", "shown")
    for hidden in ("Über uns", "über uns", "ÜBER UNS"):
        assert names(history.reads(hidden_types=(hidden,))) == ["shown"]


def test_a_name_hides_itself_whatever_its_letters(history):
    history.happens("2026-03-31 10:00", "Über uns")
    assert names(history.reads(hidden_types=("Über uns",))) == []


def test_hidden_events_leave_pages_full_and_cursors_ahead(history):
    for minute in range(6):
        history.happens(f"2026-03-31 10:0{minute}", "hidden" if minute % 2 else str(minute))
    page = history.reads(limit=2, hidden_types=("hidden",))
    assert names(page) == ["4", "2"]
    assert names(history.reads(after=page.latest)) == []


def test_our_own_reads_never_show(make_history_on_each_engine):
    history = make_history_on_each_engine(read_action="Blick ins CRM")
    history.happens("2026-03-31 10:00", "Blick ins CRM")
    history.happens("2026-03-31 10:01", "Case closed", source="flow")
    answer = history.reads()
    assert names(answer) == ["Case closed"]


def test_a_stranger_has_no_stream_and_no_cursor(history):
    answer = history.reads(identity=NOBODY)
    assert (answer.events, answer.latest, answer.oldest) == ((), None, None)
    assert answer.reason.code == "UNKNOWN_PERSON"


def test_one_persons_cursor_opens_nothing_of_another(history):
    history.happens("2026-03-31 10:00", "of ada")
    cursor = history.reads().latest
    bob = Identity("emailAddress", "bob@shop.example")
    history.happens("2026-03-31 10:01", "of bob", whose=bob)
    assert names(history.reads(identity=ADA, after=cursor)) == []


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://shop.example/tea", "https://shop.example/tea"),
        ("https://shop.example/tea?q=ada@x.example", "https://shop.example/tea?…"),
        ("https://shop.example/#token=abc", "https://shop.example/#…"),
        ("https://shop.example/a?b=c#d=e", "https://shop.example/a?…#…"),
        ("https://ada:secret@shop.example/", "https://shop.example/"),
        ("https://[broken", None),
        (None, None),
    ],
)
def test_an_address_hides_what_may_be_secret(url, shown):
    assert shown_url(url, show_queries=False) == shown


def test_a_dataset_may_show_query_strings_but_never_passwords(make_history):
    history = make_history(show_query_strings=True)
    history.happens("2026-03-31 10:00", "Home", kind="page", url="https://u:p@shop.example/?a=b#c")
    assert history.reads().events[0].url == "https://shop.example/?a=b#c"


def test_a_drill_in_shows_items_lines_and_all_the_rest_as_texts(history):
    line = EventItem(
        "Product",
        "85123A",
        name="Tea pot",
        quantity=6,
        price=2.5,
        currency="GBP",
        inventory_status="inStock",
        related={"Category": ("Kitchen|Tea",)},
    )
    history.buys(
        "2026-03-31 10:00",
        line,
        order_id="536365",
        details={
            "pageType": "checkout",
            "contentZones": ["home", "footer"],
            "urlReferrer": "https://search.example/?q=tea",
            "isGift": True,
            "empty": None,
        },
    )
    [shown] = history.reads().events
    assert shown.details == (
        ("Product", "Tea pot (85123A), 6 × 2.50 GBP, in stock"),
        ("Category", "Kitchen › Tea"),
        ("Page Type", "checkout"),
        ("Content Zones", "home, footer"),
        ("Referrer", "https://search.example/?…"),
        ("Is Gift", "yes"),
        ("Order", "536365"),
    )


def test_a_drill_in_says_which_line_was_taken_back(history):
    history.buys("2026-03-31 10:00", an_item("p"))
    history.cancels("2026-03-31 11:00", "p")
    cancellation, order = history.reads().events
    assert order.details == (("Product", "P (p), taken back"),)
    assert cancellation.event.item_action == "Cancel"


def test_a_drill_in_is_bounded_whatever_a_site_sends(history):
    details = {f"key{n}": "x" * 5_000 for n in range(150)}
    history.happens("2026-03-31 10:00", "Odd", details=details)
    [shown] = history.reads().events
    assert len(shown.details) <= 100
    assert max(len(value) for _, value in shown.details) == 1_000
