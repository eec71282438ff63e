"""Which order lines of a person still stand after what they gave back: pure arithmetic.

A purchase counts each of its lines once, whatever the quantity. A line of a cancellation takes
back one earlier line of the same item, the latest that still stands; one that finds none takes
nothing. The day that loses is the day of the line taken back, not that of the cancellation:
so no window of days can ever fall below zero.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from service.usecases.affinity_credits import CatalogObject


@dataclass(frozen=True)
class OrderLine:
    """One item of an order and the objects it credits."""

    item: CatalogObject
    objects: frozenset[CatalogObject]
    is_cancelled: bool = False


@dataclass(frozen=True)
class Order:
    """One purchase or cancellation. `day` is local (ISO); `key` tells orders apart."""

    key: int
    time_ms: int
    day: str
    lines: tuple[OrderLine, ...]


@dataclass(frozen=True)
class StandingLine:
    """A line that nobody took back, and the order it belongs to."""

    order: Order
    objects: frozenset[CatalogObject]


def standing_lines(orders: Iterable[Order]) -> list[StandingLine]:
    """Return the lines that still stand; `orders` are all of one person's, oldest first."""
    bought: dict[CatalogObject, list[StandingLine]] = defaultdict(list)
    for order in orders:
        for line in order.lines:
            if not line.is_cancelled:
                bought[line.item].append(StandingLine(order, line.objects))
            elif bought[line.item]:
                bought[line.item].pop()
    return [line for lines in bought.values() for line in lines]


def purchases_by_day(lines: Iterable[StandingLine]) -> dict[str, Counter]:
    """Return for each day how many standing lines hold each object."""
    days: dict[str, Counter] = defaultdict(Counter)
    for line in lines:
        days[line.order.day].update(line.objects)
    return days
