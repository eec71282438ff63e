"""What customers looked at on the shop's site, weeks ago and before they bought. Invented."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from simulator.shop.invoices import Invoice
from simulator.shop.people import Person
from simulator.shop.products import Product, products

IDLE_VISITS = 3
IDLE_DAYS_BACK = (2, 75)
SECONDS_PER_PAGE = (12, 150)
LONGEST_CHOOSING = timedelta(minutes=25)


@dataclass(frozen=True)
class Step:
    """One page of a visit: a product's, or with no product the category's.

    `is_signed_in` is False while the shop does not know yet who is looking.
    """

    person: Person
    category: str
    product: Product | None
    at: datetime
    is_signed_in: bool = True


def idle_visits(person: Person, bought: Iterable[Invoice], now: datetime) -> Iterator[Step]:
    """Yield visits that ended without a purchase, in the first of them not signed in.

    People come back to the shelves they bought from. The same person makes the same visits at
    every call, at the same distance from `now`.
    """
    chance = Random(f"visits of {person.record_id}")
    shelves = _shelves(bought)
    days = sorted(chance.sample(range(*IDLE_DAYS_BACK), IDLE_VISITS), reverse=True)
    for number, day in enumerate(days):
        shelf = shelves[chance.choice(sorted(shelves))]
        looked_at = chance.sample(shelf, min(len(shelf), chance.randint(2, 5)))
        at = now - timedelta(days=day, minutes=chance.randint(0, 600))
        for category, product in _pages(looked_at):
            yield Step(person, category, product, at, is_signed_in=number > 0)
            at += timedelta(seconds=chance.randint(*SECONDS_PER_PAGE))


def visit_before(person: Person, invoice: Invoice) -> Iterator[Step]:
    """Yield the visit in which the products of an invoice were chosen, at an even pace."""
    ids = dict.fromkeys(line.product_id for line in invoice.lines)
    pages = list(_pages([products()[product_id] for product_id in ids]))
    pace = min(timedelta(seconds=40), LONGEST_CHOOSING / max(len(pages), 1))
    for number, (category, product) in enumerate(pages):
        yield Step(person, category, product, invoice.at - (len(pages) - number) * pace)


def _pages(looked_at: list[Product]) -> Iterator[tuple[str, Product | None]]:
    """Yield a page for each product, and the category's own before its first."""
    category = None
    for product in looked_at:
        if product.category != category:
            category = product.category
            yield category, None
        yield category, product


def _shelves(bought: Iterable[Invoice]) -> dict[str, list[Product]]:
    """Return the categories somebody bought from with their products; all for new customers."""
    ids = {line.product_id for invoice in bought for line in invoice.lines}
    known = {products()[product_id].category for product_id in ids}
    shelves: dict[str, list[Product]] = {}
    for product in products().values():
        if product.category in known or not known:
            shelves.setdefault(product.category, []).append(product)
    return shelves
