"""Carts and orders: what an event's line items do to a person's profile."""

from simulator.personalization.events import Event, LineItem
from simulator.personalization.profiles import Profile

CART_LINES_KEPT = 100


def note_commerce(profile: Profile, event: Event, now_ms: int) -> None:
    """Change cart and orders as the item action says; other actions change neither."""
    change = CHANGES.get(event.item_action)
    if change:
        change(profile, event, now_ms)


def _add(profile: Profile, event: Event, now_ms: int) -> None:
    profile.cart = [*profile.cart, *event.lines][-CART_LINES_KEPT:]


def _remove(profile: Profile, event: Event, now_ms: int) -> None:
    gone = {(line.item_type, line.id) for line in event.lines}
    profile.cart = [line for line in profile.cart if (line.item_type, line.id) not in gone]


def _replace(profile: Profile, event: Event, now_ms: int) -> None:
    profile.cart = list(event.lines)[-CART_LINES_KEPT:]


def _update(profile: Profile, event: Event, now_ms: int) -> None:
    _remove(profile, event, now_ms)
    _add(profile, event, now_ms)


def _purchase(profile: Profile, event: Event, now_ms: int) -> None:
    """A purchase without line items buys the cart."""
    lines = list(event.lines) or profile.cart
    profile.cart = []
    if lines:
        profile.orders.append(order(event.order_id, lines, now_ms))


CHANGES = {
    "Add To Cart": _add,
    "Remove From Cart": _remove,
    "View Cart": _replace,
    "Update Line Item": _update,
    "Purchase": _purchase,
}


def order(order_id: str | None, lines: list[LineItem], now_ms: int) -> dict:
    """Return an order as profiles keep it; its value is the sum of its lines."""
    return {
        "orderId": order_id,
        "purchaseDate": now_ms,
        "totalValue": round(sum(line.price * line.quantity for line in lines), 2),
        "lineItems": [_kept(line) for line in lines],
    }


def _kept(line: LineItem) -> dict:
    return {
        "_id": line.id,
        "itemType": line.item_type,
        "quantity": line.quantity,
        "price": line.price,
    }
