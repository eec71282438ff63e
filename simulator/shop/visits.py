"""What prospects looked at on the shop's site. Invented: the sample holds only purchases."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from simulator.shop.invoices import recorded_invoices
from simulator.shop.people import Person, prospects

VIEWS = 3  # products in one visit
BETWEEN_VIEWS = timedelta(minutes=2)


@dataclass(frozen=True)
class View:
    """One look at one product."""

    person: Person
    product_id: str
    at: datetime


def views_until(now: datetime) -> list[View]:
    """Return the views of all known prospects but the last, who only left an address."""
    browsing = [person for person in prospects() if person.is_known][:-1]
    viewed = favourites()
    return [
        View(person, viewed[place * VIEWS + n], _evening_before(now) + n * BETWEEN_VIEWS)
        for place, person in enumerate(browsing)
        for n in range(VIEWS)
    ]


def favourites() -> list[str]:
    """Return product ids, those on most invoices first."""
    counts = Counter(
        product_id
        for invoice in recorded_invoices()
        for product_id in {line.product_id for line in invoice.lines}
    )
    return sorted(counts, key=lambda product_id: (-counts[product_id], product_id))


def _evening_before(now: datetime) -> datetime:
    return (now - timedelta(days=1)).replace(hour=19, minute=0, second=0, microsecond=0)
