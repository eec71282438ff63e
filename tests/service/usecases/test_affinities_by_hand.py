"""Whatever happens in whatever order it arrives, the numbers are those of a count by hand."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.model import Identity
from tests.service.usecases.history import an_item

IDLE = timedelta(minutes=30)
RELATED = {
    "p": {"Category": ("Kitchen|Tea", "Gifts"), "Brand": "Acme"},
    "q": {"Category": "Kitchen|Coffee", "Brand": "Acme"},
    "r": {"Brand": ("Bonn", "Acme")},
}
BEGIN = datetime(2026, 3, 28, 20, tzinfo=UTC)  # Berlin's clocks go forward in the next night
NUMBERS = count()


@pytest.fixture
def history(make_history_on_each_engine):
    return make_history_on_each_engine()


SCREENS = ["View Item", "Quick View Item", "Stop Quick View Item", "page", "click"]
steps = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 2, 3, 5, 8, 13, 29, 31]),  # minutes since the step before
        st.sampled_from([*SCREENS * 4, "Purchase", "Cancel"]),
        st.sampled_from("pqr"),
    ),
    min_size=5,
    max_size=50,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps, st.randoms(use_true_random=False))
def test_numbers_are_those_of_a_count_by_hand(history, steps, random):
    whose = Identity("emailAddress", f"{next(NUMBERS)}@shop.example")
    story, when = [], BEGIN
    for minutes, what, item in steps:
        when += timedelta(minutes=minutes, milliseconds=1)  # no two at the same moment
        story.append((when, what, item))
    for each in random.sample(story, len(story)):
        store(history, whose, *each)
        if random.random() < 0.2:
            history.leans(whose=whose)  # somebody looks while events still come in
    views, times = viewed_by_hand(story)
    for kind in ("Category", "Brand"):
        for show_by, expected in (
            ("views", views),
            ("viewTime", times),
            ("purchases", bought_by_hand(story)),
        ):
            found = history.amounts(kind, show_by, whose=whose, max_per_type=50)
            assert found == {id_: n for (k, id_), n in expected.items() if k == kind and n}


def store(history, whose, when, what, item_id):
    seconds = when.timestamp()
    if what in ("Purchase", "Cancel"):
        item = an_item(item_id, **RELATED[item_id])
        history.buys(seconds, item, item, action=what, whose=whose)
    elif what == "page":
        history.happens(seconds, "Home", kind="page", whose=whose)
    elif what == "click":
        history.happens(seconds, "Click", whose=whose)
    else:
        item = an_item(item_id, **RELATED[item_id])
        history.happens(seconds, what, item, kind="catalog", whose=whose)


def objects_of(item_id: str) -> set[tuple[str, str]]:
    found = set()
    for kind, ids in RELATED[item_id].items():
        for each in (ids,) if isinstance(ids, str) else ids:
            parts = each.split("|")
            found |= {(kind, "|".join(parts[: n + 1])) for n in range(len(parts))}
    return found


def viewed_by_hand(story) -> tuple[Counter, Counter]:
    views, times = Counter(), Counter()
    for place, (_when, what, item_id) in enumerate(story):
        if what in ("View Item", "Quick View Item"):
            time = time_in_view(story[place:])
            for each in objects_of(item_id):
                views[each] += 1
                times[each] += round(time / timedelta(milliseconds=1))
    return views, times


def time_in_view(onwards) -> timedelta:
    """Follow one view alone to its end. No story here is long enough to meet the next midnight."""
    (before, view, _item), *rest = onwards
    time, is_covered = timedelta(), False
    for when, what, _item in rest:
        gap, before = when - before, when
        if gap > IDLE:
            return time
        if not is_covered:
            time += gap
            if view == "Quick View Item" or what != "Quick View Item":
                return time
            is_covered = True
        elif what == "Stop Quick View Item":
            is_covered = False
        elif what in ("View Item", "page"):
            return time
    return time


def bought_by_hand(story) -> Counter:
    """Two lines of the item in each order; a cancellation's two strike up to two of them."""
    standing, bought = Counter(), Counter()
    for _when, what, item_id in story:
        if what == "Purchase":
            standing[item_id] += 2
        elif what == "Cancel":
            standing[item_id] = max(0, standing[item_id] - 2)
    for item_id, lines in standing.items():
        for each in objects_of(item_id):
            bought[each] += lines
    return bought
