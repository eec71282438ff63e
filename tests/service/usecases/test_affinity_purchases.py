"""What people bought, less what they gave back."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from service.usecases.affinity_purchases import (
    Order,
    OrderLine,
    purchases_by_day,
    standing_lines,
)


def line(item: str, *brands: str, cancelled: bool = False) -> OrderLine:
    objects = frozenset(("Brand", brand) for brand in (brands or (item,)))
    return OrderLine(("Product", item), objects, cancelled)


def order(day: int, *lines: OrderLine) -> Order:
    return Order(key=day, time_ms=day, day=f"2026-03-{day:02}", lines=lines)


def counts(*orders: Order) -> dict[str, dict]:
    days = purchases_by_day(standing_lines(orders))
    return {day: {id_: n for (_, id_), n in found.items()} for day, found in days.items()}


def given_back(item: str) -> OrderLine:
    return line(item, cancelled=True)


def test_every_line_counts_once_and_repeated_lines_count_each():
    bought = order(1, line("p", "x"), line("p", "x"), line("q", "x", "y"))
    assert counts(bought) == {"2026-03-01": {"x": 3, "y": 1}}


def test_a_cancellation_takes_the_latest_earlier_line_and_that_lines_day_loses():
    orders = [order(1, line("p")), order(5, line("p")), order(9, given_back("p"))]
    assert counts(*orders) == {"2026-03-01": {"p": 1}}


def test_what_the_line_credited_is_taken_back_not_what_the_cancellation_says():
    orders = [order(1, line("p", "x")), order(2, line("p", "y", cancelled=True))]
    assert counts(*orders) == {}


def test_a_cancellation_before_the_purchase_takes_nothing():
    assert counts(order(1, given_back("p")), order(2, line("p"))) == {"2026-03-02": {"p": 1}}


def test_a_cancellation_of_another_item_takes_nothing():
    assert counts(order(1, line("p")), order(2, given_back("q"))) == {"2026-03-01": {"p": 1}}


def test_nothing_ever_falls_below_zero():
    orders = [order(1, line("p")), *(order(day, given_back("p")) for day in (2, 3, 4))]
    assert counts(*orders) == {}
    assert counts(*orders, order(5, line("p"))) == {"2026-03-05": {"p": 1}}


def test_of_repeated_lines_one_cancellation_takes_one():
    orders = [order(1, line("p"), line("p"), line("p")), order(2, given_back("p"))]
    assert counts(*orders) == {"2026-03-01": {"p": 2}}


lines = st.builds(line, st.sampled_from("pqr"), cancelled=st.booleans())
histories = st.lists(st.lists(lines, min_size=1, max_size=4), max_size=12)


@given(histories)
def test_every_day_keeps_what_crossing_lines_out_one_by_one_leaves(history):
    orders = [order(day, *each) for day, each in enumerate(history, start=1)]
    assert purchases_by_day(standing_lines(orders)) == crossed_out(orders)


def crossed_out(orders: list[Order]) -> dict[str, Counter]:
    """The rule by hand: a list of all lines, a cancellation strikes the nearest above it."""
    ledger = [(each.day, one, [False]) for each in orders for one in each.lines]
    for place, (_, one, _struck) in enumerate(ledger):
        if one.is_cancelled:
            for _, earlier, struck in reversed(ledger[:place]):
                if not earlier.is_cancelled and earlier.item == one.item and not struck[0]:
                    struck[0] = True
                    break
    days: dict[str, Counter] = {}
    for day, one, struck in ledger:
        if not one.is_cancelled and not struck[0]:
            days.setdefault(day, Counter()).update(one.objects)
    return days
