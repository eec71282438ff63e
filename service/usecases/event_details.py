"""What a drill-in shows of one event, as labels and texts; and addresses without their secrets."""

from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import orjson

from service.model import EventItem
from service.storage.event_store import StoredEvent
from service.usecases.spoken_names import spoken, spoken_object

Detail = tuple[str, str]
"""A label and a text. Both may hold anything a site sent: they are shown as text only."""

MOST_DETAILS, LONGEST_VALUE = 100, 1_000
LABELS = {
    "orderId": "Order",
    "userAgent": "User Agent",
    "urlReferrer": "Referrer",
}
INVENTORY = {"inStock": "in stock", "outOfStock": "out of stock"}


def details_of(event: StoredEvent, *, show_queries: bool) -> tuple[Detail, ...]:
    """Return everything the event holds that the list does not show, in a stable order."""
    found = [*_items(event), *_rest(event, show_queries)]
    return tuple((label, value[:LONGEST_VALUE]) for label, value in found[:MOST_DETAILS])


def shown_url(url: str | None, *, show_queries: bool) -> str | None:
    """Return an address whose query string and fragment, unless shown, are only hinted at.

    Both may hold what is nobody's business: tokens, e-mail addresses, search words. A user
    name and password in front of the host are never shown.
    """
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host = parts.netloc.rpartition("@")[2]
    if not show_queries:
        parts = parts._replace(query=parts.query and "…", fragment=parts.fragment and "…")
    return urlunsplit(parts._replace(netloc=host))


def _items(event: StoredEvent) -> Iterator[Detail]:
    for item in event.items:
        yield item.type, _item(item)
        for kind, ids in sorted(item.related.items()):
            yield spoken(kind), ", ".join(spoken_object(kind, each) for each in ids)


def _item(item: EventItem) -> str:
    """Return such as "Tea pot (85123A), 6 × 2.55 GBP, in stock"."""
    parts = [f"{item.name} ({item.id})" if item.name else item.id]
    price = None if item.price is None else f"{item.price:.2f} {item.currency or ''}".strip()
    if item.quantity != 1:
        parts.append(f"{item.quantity:g} × {price}" if price else f"{item.quantity:g} pieces")
    elif price:
        parts.append(price)
    if item.inventory_status:
        parts.append(INVENTORY.get(item.inventory_status, item.inventory_status))
    if item.taken_back:
        parts.append("taken back")
    return ", ".join(parts)


def _rest(event: StoredEvent, show_queries: bool) -> Iterator[Detail]:
    for key, value in event.details.items():
        shown = _text(value, show_queries)
        if shown:
            yield LABELS.get(key) or spoken(key), shown


def _text(value: object, show_queries: bool) -> str:
    match value:
        case None | "":
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            is_address = value.startswith(("http://", "https://"))
            return (shown_url(value, show_queries=show_queries) or "") if is_address else value
        case int() | float():
            return f"{value}"
        case list():
            return ", ".join(filter(None, (_text(each, show_queries) for each in value)))
        case _:
            return orjson.dumps(value).decode("utf-8")
