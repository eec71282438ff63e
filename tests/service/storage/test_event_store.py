"""The event store: every event once, whoever it belongs to, and exactly the days it touches."""

import pytest

from service.errors import StorageUnavailable
from service.model import EventKind, EventSource, Identity
from service.storage.event_store import Cursor, DayRow, EventStore
from service.storage.people import People, ProvenPerson
from tests.service.storage.event_samples import (
    ACME,
    ADA,
    ADAS_NUMBER,
    BOB,
    BROWSER,
    DAY,
    MINUTE,
    NOON,
    RETAIL,
    TABLET,
    cancel,
    order,
    view,
)


class Shop:
    """The store and the people index as one tenant uses them."""

    def __init__(self, database):
        self.voided = []
        self.events = EventStore(database, on_void=lambda *given: self.voided.append(given))
        self.people = People(database)

    def tell(self, *arrivals):
        return self.events.append(ACME, RETAIL, arrivals)

    def person(self, identity):
        return self.people.find_any("acme", "retail", identity)

    def prove(self, *identities, upstream_id=None):
        self.people.learn("acme", "retail", [ProvenPerson(identities, upstream_id)])

    def page(self, identity, limit=50, **more):
        return self.events.page("acme", "retail", self.person(identity), limit=limit, **more)

    def seen(self, identity, **more):
        return [event.item_id for event in self.page(identity, **more).events]

    def dirty(self, identity):
        marks = self.events.dirty_days("acme", "retail", self.person(identity))
        return {day for day, _version in marks}

    def clean(self, identity, rows=()):
        person = self.person(identity)
        for day, version in self.events.dirty_days("acme", "retail", person):
            assert self.events.replace_day("acme", "retail", person, day, version, rows)

    def standing(self, identity):
        """Return the items of purchase lines that nobody took back, by day."""
        found = self.events.events_between("acme", "retail", self.person(identity), 0, NOON * 2)
        return [
            (event.day, item.id)
            for event in found
            if event.item_action == "Purchase"
            for item in event.items
            if not item.taken_back
        ]


@pytest.fixture
def shop(state_store):
    shop = Shop(state_store)
    yield shop
    shop.events.close()


# Whose events


def test_what_a_browser_did_belongs_to_the_person_once_an_event_names_them(shop):
    shop.tell(view(BROWSER, item="before"))
    shop.tell(view(BROWSER, ADA, at=NOON + 1, item="login"))
    shop.tell(view(BROWSER, at=NOON + 2, item="after"))
    assert shop.seen(ADA) == ["after", "login", "before"]
    assert shop.person(BROWSER) == shop.person(ADA)


def test_several_browsers_of_one_person_come_together(shop):
    shop.tell(view(BROWSER, ADA, item="desk"), view(TABLET, item="sofa", at=NOON + 1))
    shop.tell(view(TABLET, ADA, item="login", at=NOON + 2))
    assert shop.seen(ADA) == ["login", "sofa", "desk"]


def test_within_one_batch_earlier_events_follow_their_person(shop):
    shop.tell(view(BROWSER, item="1"), view(ADA, item="2"), view(BROWSER, ADA, item="3"))
    assert sorted(shop.seen(ADA)) == ["1", "2", "3"]


def test_an_event_is_no_proof_that_personalization_knows_the_person(shop):
    shop.tell(view(ADA), order(ADAS_NUMBER))
    for identity in (ADA, ADAS_NUMBER):
        assert shop.person(identity)
        assert shop.people.find("acme", "retail", identity) is None


def test_the_site_ties_an_unknown_identity_to_a_proven_person(shop):
    shop.prove(ADA)
    shop.tell(view(ADA, ADAS_NUMBER))
    assert shop.person(ADAS_NUMBER) == shop.person(ADA)
    assert shop.people.find("acme", "retail", ADAS_NUMBER) is None


def test_the_site_never_joins_two_proven_people(shop):
    shop.prove(ADA)
    shop.prove(BOB)
    told = shop.tell(view(ADA, item="hers", at=NOON - 1), view(ADA, BOB, item="claimed"))
    assert (told.stored, told.conflicts) == (2, 1)
    assert shop.person(ADA) != shop.person(BOB)
    assert shop.seen(ADA) == ["claimed", "hers"]


def test_the_site_never_joins_people_whom_an_import_told_us_of(shop):
    shop.tell(order(ADAS_NUMBER), order(BOB))
    assert shop.tell(view(ADAS_NUMBER, BOB)).conflicts == 1
    assert shop.person(ADAS_NUMBER) != shop.person(BOB)


def test_on_a_shared_browser_the_event_stays_with_the_person_it_names(shop):
    shop.prove(ADA)
    shop.prove(BOB)
    shop.tell(view(ADA, BROWSER, item="hers"))
    told = shop.tell(view(BOB, BROWSER, item="his"))
    assert told.conflicts == 1
    assert (shop.seen(ADA), shop.seen(BOB)) == (["hers"], ["his"])


def test_a_claim_never_makes_proof_join_two_people(shop):
    shop.prove(ADA, upstream_id="p1")
    shop.tell(view(ADA, ADAS_NUMBER, item="claimed"))
    shop.prove(ADAS_NUMBER, upstream_id="p2")
    assert shop.person(ADA) != shop.person(ADAS_NUMBER)
    assert shop.seen(ADA) == ["claimed"]


def test_proof_parts_again_whom_only_the_site_had_joined(shop):
    shop.tell(view(ADA, BOB, item="claimed"))
    assert shop.person(ADA) == shop.person(BOB)
    shop.prove(ADA, upstream_id="p1")
    shop.prove(BOB, upstream_id="p2")
    shop.tell(view(ADA, item="hers", at=NOON + 1), view(BOB, item="his", at=NOON + 2))
    assert (shop.seen(ADA), shop.seen(BOB)) == (["hers", "claimed"], ["his"])


def test_an_import_joins_two_proven_people_and_keeps_every_event(shop):
    shop.prove(ADA, upstream_id="p1")
    shop.prove(ADAS_NUMBER, upstream_id="p2")
    shop.tell(view(ADA, item="1"), view(ADAS_NUMBER, item="2", at=NOON + 1))
    shop.tell(order(ADA, ADAS_NUMBER, items=["3"], at=NOON + 2))
    assert shop.seen(ADA) == ["3", "2", "1"]
    assert shop.person(ADA) == shop.person(ADAS_NUMBER)


def test_a_browser_shared_by_two_customers_joins_nobody_even_in_an_import(shop):
    shop.tell(order(ADA, BROWSER, items=["hers"]))
    shop.tell(order(BOB, BROWSER, items=["his"]))
    assert (shop.seen(ADA), shop.seen(BOB)) == (["hers"], ["his"])


def test_proof_adopts_what_only_the_site_knew(shop):
    shop.tell(view(ADA, BROWSER, item="1"))
    shop.prove(ADA, upstream_id="p1")
    assert shop.people.find("acme", "retail", ADA) == shop.person(BROWSER)
    assert shop.seen(ADA) == ["1"]


def test_a_merge_voids_the_answers_of_everybody_it_concerns(shop):
    shop.tell(view(ADA), view(BOB))
    shop.voided.clear()
    shop.tell(view(ADA, BOB))
    assert len({digest for _tenant, digest in shop.voided}) == 2


def test_a_merge_can_be_repeated(shop):
    for _ in range(2):
        shop.tell(view(ADA, event_id="a"), view(BROWSER, event_id="b"))
        shop.tell(view(ADA, BROWSER, event_id="c"))
    assert len(shop.page(ADA).events) == 3


def test_a_merge_that_fails_leaves_everybody_as_they_were(shop):
    def fail(_connection, _appended):
        raise RuntimeError("after the merge")

    shop.tell(view(ADA, item="hers"), view(BROWSER, item="anonymous"))
    with pytest.raises(RuntimeError):
        shop.events.append_and(ACME, RETAIL, [view(ADA, BROWSER)], fail)
    assert shop.person(ADA) != shop.person(BROWSER)
    assert (shop.seen(ADA), shop.seen(BROWSER)) == (["hers"], ["anonymous"])


def test_crm_ids_and_browser_ids_compare_with_case_and_addresses_without(shop):
    shop.tell(view(Identity("sfcrmContactId", "003Aa")), view(BROWSER))
    shop.tell(view(Identity("emailAddress", "ADA@shop.example")))
    assert shop.person(ADA)
    assert shop.person(Identity("sfcrmContactId", "003aa")) is None
    assert shop.person(Identity("anonymousId", BROWSER.value.upper())) is None


# Duplicates


def test_an_event_id_is_taken_once_in_a_batch_and_ever_after(shop):
    told = shop.tell(view(ADA, event_id="e"), view(ADA, event_id="e"), view(ADA))
    assert (told.stored, told.duplicates) == (2, 1)
    assert shop.tell(view(BOB, event_id="e")).duplicates == 1
    assert shop.person(BOB) is None


def test_a_failed_batch_leaves_nothing_and_the_next_is_stored(shop, state_store):
    def fail(_connection, _appended):
        raise RuntimeError("after the write")

    with pytest.raises(RuntimeError):
        shop.events.append_and(ACME, RETAIL, [view(ADA)], fail)
    assert shop.person(ADA) is None
    assert shop.tell(view(ADA)).stored == 1


def test_a_store_that_is_gone_is_unavailable(shop, state_store):
    with state_store.transaction() as connection:
        connection.exec_driver_sql("alter table events rename to elsewhere")
    with pytest.raises(StorageUnavailable):
        shop.tell(view(ADA))
    assert shop.person(ADA) is None


# The stream


def test_pages_go_into_the_past_without_a_gap_or_a_duplicate(shop):
    shop.tell(*(view(ADA, at=NOON + n // 3, item=str(n)) for n in range(10)))
    seen, before = [], None
    while (page := shop.page(ADA, limit=4, before=before)).events:
        seen += [event.item_id for event in page.events]
        before = Cursor.parse(str(page.oldest))
    assert seen == [str(n) for n in reversed(range(10))]


def test_following_the_stream_brings_what_arrived_since_late_events_too(shop):
    shop.tell(view(ADA, item="first"))
    latest = shop.page(ADA).latest
    shop.tell(view(ADA, item="late", at=NOON - DAY))
    shop.tell(view(ADA, item="now", at=NOON + 1))
    page = shop.page(ADA, after=Cursor.parse(str(latest)))
    assert [event.item_id for event in page.events] == ["now", "late"]
    assert shop.page(ADA, after=page.latest).events == ()


def test_following_a_busy_stream_in_small_steps_misses_nothing(shop):
    shop.tell(view(ADA, item="first"))
    after, seen = shop.page(ADA).latest, []
    shop.tell(*(view(ADA, at=NOON - n, item=str(n)) for n in range(7)))
    while (page := shop.page(ADA, limit=3, after=after)).events:
        seen.append([event.item_id for event in page.events])
        after = page.latest
    assert seen == [["0", "1", "2"], ["3", "4", "5"], ["6"]]


def test_following_the_stream_brings_what_a_merge_brought(shop):
    shop.tell(view(ADA, item="hers"), view(BROWSER, item="anonymous", at=NOON - 1))
    after = shop.page(ADA).latest
    shop.tell(view(ADA, BROWSER, item="login", at=NOON + 1))
    page = shop.page(ADA, after=after)
    assert [event.item_id for event in page.events] == ["login", "anonymous"]


def test_following_what_a_merge_brought_in_small_steps_misses_nothing(shop):
    shop.tell(view(ADA, item="hers"))
    shop.tell(*(view(BROWSER, at=NOON - n, item=f"{n}") for n in range(7)))
    after, seen = shop.page(ADA).latest, []
    shop.tell(view(ADA, BROWSER, item="login", at=NOON + 1))
    while (page := shop.page(ADA, limit=3, after=after)).events:
        seen += [event.item_id for event in page.events]
        after = Cursor.parse(str(page.latest))
    assert sorted(seen) == [*"0123456", "login"]


def test_imported_history_is_not_taken_for_news_after_the_first_page(shop):
    shop.tell(view(ADA, item="new"))
    shop.tell(view(ADA, item="old", at=NOON - DAY))
    page = shop.page(ADA, limit=1)
    assert [event.item_id for event in page.events] == ["new"]
    assert shop.page(ADA, after=page.latest).events == ()


def test_hidden_events_are_left_out_and_passed_by(shop):
    shop.tell(order(ADA, items=["bought"]), view(ADA, item="seen", at=NOON + 1))
    assert shop.seen(ADA, hidden={"order"}) == ["seen"]
    assert shop.seen(ADA, hidden={"View Item"}) == ["bought"]
    latest = shop.page(ADA, hidden={"order", "catalog"}).latest
    assert latest == shop.page(ADA).latest


@pytest.mark.parametrize("text", ["", "x", "1-2", "1-2-3-4", "1-2-z", "9" * 70, "1-2-" + "f" * 17])
def test_text_that_is_no_cursor_is_refused(text):
    with pytest.raises(ValueError):
        Cursor.parse(text)


def test_events_of_a_span_come_oldest_first_both_ends_included(shop):
    shop.tell(*(view(ADA, at=NOON + n, item=str(n)) for n in range(5)))
    person = shop.person(ADA)
    found = shop.events.events_between("acme", "retail", person, NOON + 1, NOON + 3)
    assert [event.item_id for event in found] == ["1", "2", "3"]


def test_a_span_of_more_events_than_one_read_is_whole(shop):
    for start in range(0, 1_200, 100):
        shop.tell(*(view(ADA, at=NOON + (start + n) // 2) for n in range(100)))
    found = list(shop.events.events_between("acme", "retail", shop.person(ADA), 0, NOON * 2))
    assert len({event.id for event in found}) == len(found) == 1_200


def test_tenants_never_meet(shop):
    shop.tell(view(ADA))
    other = shop.events.page("other", "retail", shop.person(ADA), limit=5)
    assert other.events == ()


def test_everything_of_an_event_comes_back(shop):
    item = {"name": "Teapot", "price": 2.5, "related": {"Category": ("Home|Tea",)}}
    shop.tell(view(ADA, inventory_status="inStock", inventory_count=3, quantity=2, **item))
    (event,) = shop.page(ADA).events
    (stored,) = event.items
    assert (event.item_name, event.inventory_status) == ("Teapot", "inStock")
    assert (stored.related, stored.price, stored.quantity) == (item["related"], 2.5, 2)


def test_what_an_event_does_not_say_of_an_item_an_earlier_one_did(shop):
    shop.tell(view(ADA, name="Teapot", related={"Brand": ("b1",)}, at=NOON - 1))
    shop.tell(order(BOB, items=["P1"]))
    (stored,) = shop.page(BOB).events[0].items
    assert (stored.name, stored.related) == ("Teapot", {"Brand": ("b1",)})


def test_whether_an_item_was_in_stock_is_as_each_event_said_it(shop):
    for minute, status in enumerate(("inStock", "outOfStock", None)):
        shop.tell(view(ADA, at=NOON + minute * MINUTE, inventory_status=status, name="Teapot"))
    statuses = [event.inventory_status for event in shop.page(ADA).events]
    assert statuses == [None, "outOfStock", "inStock"]


# Days that have to be counted anew


def test_an_event_touches_its_day_and_the_one_before(shop):
    shop.tell(view(ADA))
    assert shop.dirty(ADA) == {"2026-11-21", "2026-11-20"}


def test_days_are_cut_at_the_tenants_midnight_in_summer_and_winter(shop):
    summer = 1_782_860_400_000  # 2026-07-01 00:00 in London, still June in UTC
    winter = 1_795_305_599_999  # the last moment of 2026-11-21, which is UTC's too
    shop.tell(view(ADA, at=summer), view(BOB, at=winter))
    assert shop.page(ADA).events[0].day == "2026-07-01"
    assert shop.page(BOB).events[0].day == "2026-11-21"


def test_a_counted_day_stays_clean_until_an_event_touches_it(shop):
    shop.tell(view(ADA))
    shop.clean(ADA, [DayRow("Product", "P1", views=1)])
    assert shop.dirty(ADA) == set()
    shop.tell(view(ADA, at=NOON + DAY))
    assert shop.dirty(ADA) == {"2026-11-22", "2026-11-21"}


def test_a_day_that_got_dirty_while_it_was_counted_stays_dirty(shop):
    shop.tell(view(ADA))
    person = shop.person(ADA)
    (mark, *_others) = shop.events.dirty_days("acme", "retail", person)
    shop.tell(view(ADA))
    assert not shop.events.replace_day("acme", "retail", person, *mark, [DayRow("P", "1", 1)])
    assert shop.dirty(ADA) == {"2026-11-21", "2026-11-20"}
    assert shop.events.amounts("acme", "retail", [person], None, "2026-12-31") == []


def test_amounts_are_sums_over_the_days_asked_for(shop):
    shop.tell(view(ADA, name="Teapot"), view(ADA, at=NOON + DAY))
    shop.clean(ADA, [DayRow("Product", "P1", 1, 500, 2)])
    person = shop.person(ADA)
    (all_days,) = shop.events.amounts("acme", "retail", [person], None, "2026-12-31")
    assert (all_days.label, all_days.views, all_days.view_time_ms) == ("Teapot", 3, 1_500)
    (one_day,) = shop.events.amounts("acme", "retail", [person], "2026-11-21", "2026-11-21")
    assert (one_day.views, one_day.purchases) == (1, 2)


def test_a_merge_makes_the_days_of_both_dirty_and_forgets_what_was_counted(shop):
    shop.tell(view(ADA), view(BROWSER, at=NOON - 10 * DAY))
    shop.clean(ADA)
    shop.clean(BROWSER, [DayRow("Product", "P1", views=1)])
    shop.tell(view(ADA, BROWSER, at=NOON + 1))
    assert {"2026-11-11", "2026-11-10", "2026-11-21"} <= shop.dirty(ADA)
    person = shop.person(ADA)
    assert shop.events.amounts("acme", "retail", [person], None, "2026-12-31") == []


# Cancellations


def test_a_cancellation_takes_back_the_latest_earlier_line_of_the_item(shop):
    shop.tell(order(ADA, at=NOON - DAY), order(ADA), cancel(ADA, at=NOON + MINUTE))
    assert shop.standing(ADA) == [("2026-11-20", "P1")]


def test_a_cancellation_that_finds_nothing_earlier_takes_nothing(shop):
    shop.tell(cancel(ADA, at=NOON - MINUTE), order(ADA), cancel(ADA, items=["P2"], at=NOON + 1))
    assert shop.standing(ADA) == [("2026-11-21", "P1")]


def test_nothing_falls_below_zero(shop):
    shop.tell(order(ADA), *(cancel(ADA, at=NOON + n) for n in range(1, 4)), order(ADA, at=NOON + 9))
    assert shop.standing(ADA) == [("2026-11-21", "P1")]


def test_the_order_in_which_lines_arrive_changes_nothing(shop):
    shop.tell(cancel(ADA, at=NOON + MINUTE))
    shop.tell(order(ADA, at=NOON))
    shop.tell(order(ADA, at=NOON - DAY))
    assert shop.standing(ADA) == [("2026-11-20", "P1")]


def test_a_cancellation_makes_the_day_of_the_purchase_dirty(shop):
    shop.tell(order(ADA, at=NOON - 9 * DAY))
    shop.clean(ADA)
    shop.tell(cancel(ADA))
    assert "2026-11-12" in shop.dirty(ADA)


def test_each_of_two_equal_lines_is_taken_back_once(shop):
    shop.tell(order(ADA, items=["P1", "P1"]), cancel(ADA, items=["P1"], at=NOON + 1))
    assert len(shop.standing(ADA)) == 1


def test_a_merge_lets_a_cancellation_find_its_purchase(shop):
    shop.tell(order(ADA), cancel(ADAS_NUMBER, at=NOON + 1))
    assert len(shop.standing(ADA)) == 1
    shop.tell(view(ADA, ADAS_NUMBER, source=EventSource.IMPORT, at=NOON + 2))
    assert shop.standing(ADA) == []


def test_the_events_of_one_kind_can_be_asked_for_alone(shop):
    shop.tell(order(ADA), view(ADA))
    found = shop.events.events_between(
        "acme", "retail", shop.person(ADA), 0, NOON * 2, kinds=[EventKind.ORDER]
    )
    assert [event.kind for event in found] == [EventKind.ORDER]
