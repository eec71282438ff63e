"""The shop's invoices: a real sample of 2010, moved by whole days so that the last is recent."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from pathlib import Path

SAMPLE = Path(__file__).parents[1] / "data" / "online-retail-sample.csv"


@dataclass(frozen=True)
class Line:
    """One product on one invoice. `unit_price` is in pounds."""

    product_id: str
    description: str
    quantity: int
    unit_price: float


@dataclass(frozen=True)
class Invoice:
    """What one customer bought, or gave back when `is_cancellation`, at one moment."""

    number: str
    customer_id: str
    at: datetime
    country: str
    lines: tuple[Line, ...]

    @property
    def is_cancellation(self) -> bool:
        return self.number.startswith("C")


@lru_cache(maxsize=1)
def recorded_invoices() -> tuple[Invoice, ...]:
    """Return the sample's usable invoices in file order, cancellations with positive quantities.

    Left out: lines without a customer, without a price, and those that are no product (postage,
    discount). Repeated identical lines stay: the till registered them one by one.
    """
    with SAMPLE.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["CustomerID"]]
    return tuple(
        _invoice(list(group)) for _, group in groupby(rows, key=lambda row: row["InvoiceNo"])
    )


def invoices_until(now: datetime) -> list[Invoice]:
    """Return the invoices shifted by whole days, the last of them within the day before `now`."""
    recorded = recorded_invoices()
    days = (now - max(invoice.at for invoice in recorded)).days
    return [replace(invoice, at=invoice.at + timedelta(days=days)) for invoice in recorded]


def kept_purchases(invoices: Iterable[Invoice]) -> list[Invoice]:
    """Return the purchases less what cancellations took back; invoices left empty are omitted.

    A cancellation takes from earlier lines of the same customer and product, latest first, never
    below zero; what it cannot match is ignored.
    """
    kept: list[Invoice] = []
    for invoice in invoices:
        if not invoice.is_cancellation:
            kept.append(invoice)
            continue
        for line in invoice.lines:
            kept = _less(kept, invoice.customer_id, line.product_id, line.quantity)
    return [invoice for invoice in kept if invoice.lines]


def _invoice(rows: list[dict]) -> Invoice:
    first = rows[0]
    lines = tuple(_line(row) for row in rows if _is_product(row))
    # The shop's clock ran on London time, which in December is UTC.
    at = datetime.strptime(first["InvoiceDate"], "%m/%d/%Y %H:%M").replace(tzinfo=UTC)
    return Invoice(first["InvoiceNo"], first["CustomerID"], at, first["Country"], lines)


def _is_product(row: dict) -> bool:
    return row["StockCode"][:5].isdigit() and float(row["UnitPrice"]) > 0


def _line(row: dict) -> Line:
    description = " ".join(row["Description"].split())
    quantity = abs(int(row["Quantity"]))
    return Line(row["StockCode"], description, quantity, float(row["UnitPrice"]))


def _less(kept: list[Invoice], customer_id: str, product_id: str, quantity: int) -> list[Invoice]:
    result = []
    for invoice in reversed(kept):
        lines = []
        for line in reversed(invoice.lines):
            if invoice.customer_id == customer_id and line.product_id == product_id and quantity:
                taken = min(quantity, line.quantity)
                quantity -= taken
                line = replace(line, quantity=line.quantity - taken)
            if line.quantity:
                lines.append(line)
        result.append(replace(invoice, lines=tuple(reversed(lines))))
    return list(reversed(result))
