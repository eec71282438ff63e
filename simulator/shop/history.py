"""The shop's past as a file of events, for `p13n events import`: what the tee was too late to see.

The till's orders are the sample's, the looks at the site are invented. One JSON object a line,
oldest first: an event as the site's SDK or the till sends it, with a `time` in milliseconds and
an `eventId` that stays the same as long as the times do.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from simulator.shop.browsing import Step, idle_visits, visit_before
from simulator.shop.interactions import category_path, line_item, order, view_category, view_product
from simulator.shop.invoices import Invoice, invoices_until
from simulator.shop.people import Person, customers
from simulator.shop.products import SHOP, products
from simulator.shop.visits import View, views_until

TILL = {"channel": "Server", "application": "Shop Till"}


def write_history(path: Path, now: datetime) -> int:
    """Write the events until `now` to `path`; return how many there are."""
    events = sorted(_events(now), key=lambda event: event["time"])
    with path.open("w", encoding="utf-8") as file:
        for event in events:
            file.write(json.dumps(event) + "\n")
    return len(events)


def anonymous_id(person: Person) -> str:
    """Return the 16-hex id of the browser in which this person looked around."""
    return hashlib.sha256(f"browser of {person.record_id}".encode()).hexdigest()[:16]


def _events(now: datetime) -> Iterator[dict]:
    invoices_of = defaultdict(list)
    for invoice in invoices_until(now):
        if invoice.lines:
            invoices_of[invoice.customer_id].append(invoice)
    for person in customers():
        invoices = invoices_of[person.customer_id]
        yield from map(_page_event, idle_visits(person, invoices, now))
        for invoice in invoices:
            if not invoice.is_cancellation:
                yield from map(_page_event, visit_before(person, invoice))
            yield _till_event(invoice)
    yield from (_page_event(_step(view)) for view in views_until(now))


def _step(view: View) -> Step:
    product = products()[view.product_id]
    return Step(view.person, product.category, product, view.at)


def _till_event(invoice: Invoice) -> dict:
    lines = (line_item(each.product_id, each.quantity, each.unit_price) for each in invoice.lines)
    return {
        "eventId": f"till-{invoice.number}",
        "time": _milliseconds(invoice.at),
        "interaction": order(
            "Cancel" if invoice.is_cancellation else "Purchase", invoice.number, lines
        ),
        "source": TILL,
        "user": {"identities": {"customerId": invoice.customer_id}},
    }


def _page_event(step: Step) -> dict:
    time_ms = _milliseconds(step.at)
    product = step.product
    path = f"/products/{product.id}" if product else category_path(step.category)
    return {
        "eventId": f"site-{step.person.record_id}-{time_ms}{path}",
        "time": time_ms,
        "interaction": view_product(product) if product else view_category(step.category),
        "pageView": True,
        "source": {
            "channel": "Web",
            "pageType": "product" if product else "category",
            "url": SHOP + path,
        },
        "user": _visitor(step),
    }


def _visitor(step: Step) -> dict:
    visitor: dict = {"anonymousId": anonymous_id(step.person)}
    if step.is_signed_in:
        visitor["identities"] = {"emailAddress": step.person.email}
    return visitor


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
