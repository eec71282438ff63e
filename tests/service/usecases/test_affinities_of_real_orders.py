"""A real shop's invoices, replayed as events, give what csv arithmetic over the file gives.

The rule under test: a purchase counts its lines; a line of a cancellation (an invoice whose
number begins with C) takes back the latest earlier line of the same customer and product that
still stands; one that finds none takes nothing.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from service.events.parsing import Reading, parse_event
from service.model import EventSource, Identity

SAMPLE = Path(__file__).parents[3] / "simulator" / "data" / "online-retail-sample.csv"
LONDON = ZoneInfo("Europe/London")
ALL = 10_000


def sample() -> list[dict]:
    """Return the file's lines that name a customer, in the order of their time."""
    with SAMPLE.open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if row["CustomerID"]]


def with_more_cancellations(rows: list[dict]) -> list[dict]:
    """Return the sample and, a day later, an invented return of every third line; some twice."""
    returned = [
        row
        | {"InvoiceNo": f"C9{place:05}", "InvoiceDate": "12/2/2010 9:00"}
        | {"Quantity": f"-{row['Quantity']}"}
        for place, row in enumerate(rows)
        if not row["InvoiceNo"].startswith("C") and (place % 3 == 0 or place % 7 == 0)
        for _again in range(2 if place % 21 == 0 else 1)
    ]
    return rows + returned


def band(row: dict) -> str:
    """Return a property that lines of one product may differ in."""
    price = float(row["UnitPrice"])
    return "below 2" if price < 2 else "below 5" if price < 5 else "5 and more"


# The calculation by hand: nothing of the product's code below this line, up to the next one.


def standing_by_hand(rows: list[dict]) -> dict[str, list[tuple[str, str]]]:
    """Return customer -> (product, band) of every line that nobody took back."""
    ledger: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        lines = ledger[row["CustomerID"], row["StockCode"]]
        if not row["InvoiceNo"].startswith("C"):
            lines.append(band(row))
        elif lines:
            lines.pop()
    standing = defaultdict(list)
    for (customer, product), bands in ledger.items():
        standing[customer] += [(product, each) for each in bands]
    return standing


def ranking_by_hand(values: list[str]) -> dict[str, tuple[int, float]]:
    """Return value -> (amount, share of all)."""
    return {
        value: (count, float(Fraction(count, len(values))))
        for value, count in Counter(values).items()
    }


# The product: invoices become events as a site would send them.


def invoices_as_events(rows: list[dict]) -> Iterator[dict]:
    for number, group in groupby(rows, key=lambda row: row["InvoiceNo"]):
        lines = list(group)
        is_cancellation = number.startswith("C")
        at = datetime.strptime(lines[0]["InvoiceDate"], "%m/%d/%Y %H:%M").replace(tzinfo=LONDON)
        yield {
            "interaction": {
                "name": "Cancel" if is_cancellation else "Purchase",
                "order": {"id": number, "lineItems": [line_item(row) for row in lines]},
            },
            "time": int(at.timestamp() * 1000),
            "source": {"channel": "Server"},
            "user": {"identities": {"customerId": lines[0]["CustomerID"]}},
        }


def line_item(row: dict) -> dict:
    return {
        "catalogObjectType": "Product",
        "catalogObjectId": row["StockCode"],
        "quantity": abs(int(row["Quantity"])),
        "price": float(row["UnitPrice"]),
        "attributes": {"name": row["Description"]},
        "relatedCatalogObjects": {"PriceBand": [band(row)]},
    }


@pytest.fixture
def shop(make_history_on_each_engine):
    return make_history_on_each_engine(
        zone="Europe/London",
        now="2010-12-03 12:00",
        catalog_types=("Product",),
        identity_types=("customerId",),
    )


def replay(shop, rows: list[dict]) -> None:
    now_ms = int(shop.now * 1000)
    reading = Reading(shop.dataset.identity_types, EventSource.IMPORT, now_ms, oldest_ms=0)
    arrivals = [parse_event(each, reading) for each in invoices_as_events(rows)]
    for start in range(0, len(arrivals), 20):
        shop.store.append(shop.tenant, shop.dataset, arrivals[start : start + 20])


def ranking(shop, customer: str, kind: str) -> dict[str, tuple[int, float]]:
    whose = Identity("customerId", customer)
    types = shop.leans("purchases", "allTime", whose=whose, max_per_type=ALL).types
    items = next((each.items for each in types if each.type == kind), ())
    return {item.id: (item.amount, item.share) for item in items}


@pytest.mark.parametrize(
    "change", [list, with_more_cancellations], ids=["as it is", "more returns"]
)
def test_amounts_and_shares_of_every_customer_are_those_of_the_file(shop, change):
    rows = change(sample())
    replay(shop, rows)
    standing = standing_by_hand(rows)
    customers = {row["CustomerID"] for row in rows}
    assert len(customers) == 50
    for customer in customers:
        lines = standing[customer]
        products = [product for product, _ in lines]
        bands = [price_band for _, price_band in lines]
        assert ranking(shop, customer, "Product") == ranking_by_hand(products), customer
        assert ranking(shop, customer, "PriceBand") == ranking_by_hand(bands), customer


def test_cancellations_of_the_file_that_match_nothing_take_nothing(shop):
    rows = sample()
    cancelled = [row for row in rows if row["InvoiceNo"].startswith("C")]
    assert len(cancelled) == 10
    replay(shop, cancelled)
    for row in cancelled:
        assert ranking(shop, row["CustomerID"], "Product") == {}


def test_the_order_of_arrival_changes_nothing(shop):
    rows = with_more_cancellations(sample())
    replay(shop, rows[::-1])
    for customer in ("17850", "13047", "14688"):
        products = [product for product, _ in standing_by_hand(rows)[customer]]
        assert ranking(shop, customer, "Product") == ranking_by_hand(products)
