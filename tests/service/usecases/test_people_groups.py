"""Several people at once: sums, one stream, who is hottest; against what is known of each alone."""

from collections import Counter
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.deadline import Deadline
from service.errors import StorageUnavailable, UnknownIdentityType
from service.model import Identity
from service.storage.event_store import GroupCursor
from service.storage.tables import events
from service.usecases.affinities import AffinityQuestion
from service.usecases.people_groups import GroupSize
from tests.service.usecases.history import an_item

ADA, BEN, CHLOE, NOBODY = (
    Identity("emailAddress", f"{name}@shop.example") for name in ("ada", "ben", "chloe", "nobody")
)
ADAS_NUMBER = Identity("customerId", "17850")
PASSED = Deadline.after(0)
NUMBERS = count()


@pytest.fixture
def history(make_history_on_each_engine):
    return make_history_on_each_engine(identity_types=("emailAddress", "customerId"))


def sums(history, *identities, show_by="views", **more) -> dict[str, int]:
    return history.amounts("Brand", show_by, "last7Days", whose=None, identities=identities, **more)


def names(answer) -> list[str]:
    return [shown.event.name for shown in answer.events]


def read(history, *identities, **more):
    return history.reads(identity=None, identities=identities, **more)


# Affinities


def test_sums_are_those_of_each_alone(history):
    for minute, (whose, brand) in enumerate(
        [(ADA, "Acme"), (ADA, "Bonn"), (BEN, "Acme"), (CHLOE, "Acme"), (CHLOE, "Cray")]
    ):
        history.views(f"2026-03-30 10:{minute:02}", whose=whose, Brand=brand)
    for measure in ("views", "viewTime", "purchases"):
        alone = Counter()
        for whose in (ADA, BEN):
            alone.update(history.amounts("Brand", measure, "last7Days", whose=whose))
        assert sums(history, ADA, BEN, show_by=measure) == dict(alone)
    answer = history.leans(whose=None, identities=(ADA, BEN, NOBODY))
    assert (answer.size, answer.person) == (GroupSize(asked=3, known=2), None)
    assert (answer.types[0].total, answer.types[0].items[0].share) == (3, 2 / 3)


def test_the_period_before_is_summed_too(history):
    history.views("2026-03-20 10:00", whose=ADA, Brand="Acme")
    history.views("2026-03-21 10:00", whose=BEN, Brand="Acme")
    history.views("2026-03-30 10:00", whose=BEN, Brand="Acme")
    answer = history.leans(whose=None, identities=(ADA, BEN))
    assert answer.types[0].items[0].previous_amount == 2


def test_somebody_who_is_named_twice_counts_once(history):
    history.views("2026-03-30 10:00", whose=(ADA, ADAS_NUMBER), Brand="Acme")
    history.views("2026-03-30 11:00", whose=BEN, Brand="Acme")
    assert sums(history, ADA, ADA, ADAS_NUMBER, BEN) == {"Acme": 2}
    assert history.leans(whose=None, identities=(ADA, ADAS_NUMBER)).size.known == 1


def test_people_who_turn_out_to_be_one_count_once_from_then_on(history):
    history.buys("2026-03-30 10:00", an_item("p", Brand="Acme"), whose=ADA)
    history.buys("2026-03-30 11:00", an_item("q", Brand="Acme"), whose=ADAS_NUMBER)
    assert sums(history, ADA, ADAS_NUMBER, show_by="purchases") == {"Acme": 2}
    history.happens("2026-03-30 12:00", "Joined", whose=(ADA, ADAS_NUMBER), source="import")
    assert sums(history, ADA, ADAS_NUMBER, show_by="purchases") == {"Acme": 2}
    assert sums(history, ADA, show_by="purchases") == {"Acme": 2}


def test_who_asks_in_no_time_is_told_to_ask_again(history):
    history.views("2026-03-30 10:00", whose=ADA, Brand="Acme")
    question = AffinityQuestion("retail", identities=(ADA,))
    with pytest.raises(StorageUnavailable):
        history.affinities.ask(history.tenant, question, PASSED)


def test_a_list_of_strangers_and_a_wrong_type_are_named(history):
    answer = history.leans(whose=None, identities=(NOBODY, BEN))
    assert (answer.reason.code, answer.reason.parameters) == ("UNKNOWN_PEOPLE", {"asked": 2})
    assert read(history, NOBODY).reason.code == "UNKNOWN_PEOPLE"
    assert history.ranks(NOBODY).reason.code == "UNKNOWN_PEOPLE"
    with pytest.raises(UnknownIdentityType) as caught:
        history.ranks(ADA, Identity("shoeSize", "44"))
    assert [error.field for error in caught.value.errors] == ["identities.1.type"]


# The stream


def test_one_stream_says_who_did_what(history):
    history.happens("2026-03-31 10:00", "of Ada", whose=(ADA, ADAS_NUMBER))
    history.happens("2026-03-31 10:02", "of Ben", whose=BEN)
    history.happens("2026-03-31 10:01", "of Chloe", whose=CHLOE)
    answer = read(history, ADA, BEN, ADAS_NUMBER)
    assert [(shown.event.name, shown.who) for shown in answer.events] == [
        ("of Ben", (1,)),
        ("of Ada", (0, 2)),
    ]


actions = st.lists(
    st.one_of(
        st.tuples(st.just("happens"), st.integers(0, 30), st.integers(0, 2)),
        st.tuples(st.just("polls"), st.integers(1, 4), st.just(0)),
    ),
    max_size=30,
)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(actions, st.integers(1, 5))
def test_whoever_polls_and_pages_sees_every_event_of_everybody_once(history, steps, limit):
    people = tuple(Identity("emailAddress", f"{next(NUMBERS)}@shop.example") for _ in range(3))
    happened = []

    def happens(minute: int, who: int) -> None:
        happened.append((minute, f"event {len(happened)}"))
        history.happens(f"2026-03-31 09:{minute:02}", happened[-1][1], whose=people[who])

    for who in range(3):
        happens(who, who)
    before = sorted(happened, reverse=True)
    page = read(history, *people, limit=limit)
    assert names(page) == [name for _minute, name in before[:limit]]
    seen, latest = names(page), page.latest
    for what, number, who in [*steps, ("polls", 200, 0)]:
        if what == "happens":
            happens(number, who)
        else:
            newer = read(history, *people, after=latest, limit=number)
            seen, latest = seen + names(newer), newer.latest
    while page.events:  # late ones stand here, too, and were seen when they arrived
        page = read(history, *people, before=page.oldest, limit=limit)
        seen += [name for name in names(page) if name in [each for _minute, each in before]]
    assert sorted(seen) == sorted(name for _minute, name in happened)


def test_a_cursor_survives_its_way_over_the_wire(history):
    for whose in (ADA, BEN):
        history.happens("2026-03-31 10:00", "seen", whose=whose)
    latest = GroupCursor.parse(str(read(history, ADA, BEN).latest))
    history.happens("2026-03-31 10:01", "new", whose=BEN)
    assert names(read(history, ADA, BEN, after=latest)) == ["new"]
    for wrong in ("", "x", "1-2", f"{2**63:x}-1-1", "1-1-1_" * 3_000):
        with pytest.raises(ValueError):
            GroupCursor.parse(wrong)


def test_an_event_that_becomes_visible_behind_one_of_somebody_else_is_not_missed(history):
    """On PostgreSQL, who began to write first may be done last, with the lower number."""
    history.happens("2026-03-31 10:00", "of Ada", whose=ADA)
    history.happens("2026-03-31 10:01", "slow", whose=BEN)
    with history.database.transaction() as connection:
        slow = connection.exec_driver_sql("select * from events where name = 'slow'").one()
        connection.exec_driver_sql("delete from events where name = 'slow'")
    history.happens("2026-03-31 10:02", "quick", whose=ADA)
    page = read(history, ADA, BEN)
    assert names(page) == ["quick", "of Ada"]
    with history.database.transaction() as connection:
        connection.execute(events.insert().values(**slow._mapping))
    assert names(read(history, ADA, BEN, after=page.latest)) == ["slow"]


def test_what_a_reader_hides_is_hidden_of_everybody_and_our_own_reads_always(history):
    history.happens("2026-03-31 10:00", "Chat opened", whose=ADA)
    history.happens("2026-03-31 10:01", "CRM Record View", whose=BEN)
    assert names(read(history, ADA, BEN)) == ["Chat opened"]
    hidden = read(history, ADA, BEN, hidden_types=("chat opened",))
    assert (names(hidden), hidden.reason.code) == ([], "NO_EVENTS")
    assert hidden.reason.parameters == {"people": 2}
    quiet = read(history, ADA, BEN, after=read(history, ADA, BEN).latest)
    assert (names(quiet), quiet.reason) == ([], None)


def test_many_people_make_one_stream(history):
    crowd = [Identity("emailAddress", f"{n}@shop.example") for n in range(90)]
    for place, whose in enumerate(crowd):
        history.happens(f"2026-03-31 {8 + place // 60:02}:{place % 60:02}", str(place), whose=whose)
    many_names = tuple(f"name {n}" for n in range(100))
    page = read(history, *crowd, limit=30, hidden_types=many_names)
    assert names(page) == [str(place) for place in range(89, 59, -1)]
    assert names(read(history, *crowd, limit=1, before=page.oldest)) == ["59"]


# The hottest


def test_the_hottest_stand_first_by_how_lately_then_how_much_then_when(history):
    history.happens("2026-03-31 11:45", "now", whose=ADA)
    for minute in range(3):
        history.happens(f"2026-03-31 08:0{minute}", "this morning", whose=BEN)
    history.happens("2026-03-31 09:00", "this morning", whose=CHLOE)
    history.happens("2026-03-10 09:00", "long ago", whose=ADAS_NUMBER)
    answer = history.ranks(ADAS_NUMBER, CHLOE, BEN, ADA, NOBODY)
    assert [(each.who, each.heat, each.recent) for each in answer.people] == [
        ((3,), "hot", 1),
        ((2,), "warm", 3),
        ((1,), "warm", 1),
        ((0,), "quiet", 0),
    ]
    assert (answer.active, answer.size) == (3, GroupSize(asked=5, known=4))
    assert answer.people[0].summary.code == "ACTIVE_NOW"
    assert answer.people[3].summary.parameters["days"] == 21


def test_a_limit_names_fewer_and_counts_all(history):
    for whose in (ADA, BEN, CHLOE):
        history.happens("2026-03-31 11:00", "seen", whose=whose)
    answer = history.ranks(ADA, BEN, CHLOE, limit=2)
    assert ([each.who for each in answer.people], answer.active) == ([(0,), (1,)], 3)


def test_only_what_people_did_themselves_makes_them_hot(history):
    history.happens("2026-03-31 11:59", "Case closed", whose=ADA, source="flow")
    history.happens("2026-03-31 11:59", "Banner", whose=ADA, kind="campaign")
    history.happens("2026-03-31 11:59", "CRM Record View", whose=ADA)
    assert history.ranks(ADA).reason.code == "NO_EVENTS"
    history.happens("2026-03-25 11:59", "Visit", whose=ADA)
    assert [each.heat for each in history.ranks(ADA).people] == ["engaged"]
