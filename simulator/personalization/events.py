"""Events as they arrive, in either of the two documented shapes, read into one.

Source: developer.salesforce.com, Personalization guide, "Event API Options" (Evergage and
SalesforceInteractions).
"""

from dataclasses import dataclass, field

# Interaction names that say what was done to an item, in the words of the Evergage shape.
ITEM_ACTIONS = {
    "View Catalog Object": "View Item",
    "View Catalog Object Detail": "View Item Detail",
    "Quick View Catalog Object": "Quick View Item",
    "Stop Quick View Catalog Object": "Stop Quick View Item",
    "Share Catalog Object": "Share",
    "Review Catalog Object": "Review",
    "Comment Catalog Object": "Comment",
    "Favorite Catalog Object": "Favorite",
    "Add To Cart": "Add To Cart",
    "Remove From Cart": "Remove From Cart",
    "Replace Cart": "View Cart",
    "Purchase": "Purchase",
}


class InvalidEvent(ValueError):
    """Raised when a body is no event: no object, no action, no user, or a field of a wrong type."""


@dataclass(frozen=True)
class LineItem:
    """One line of a cart or an order."""

    item_type: str
    id: str
    quantity: float
    price: float


@dataclass(frozen=True)
class Event:
    """One message to the pipeline. `time` is in milliseconds, None when the sender gave none."""

    action: str
    item_action: str | None
    source: dict
    flags: dict
    user_id: str | None
    anonymous_id: str | None
    identities: dict[str, str]
    attributes: dict
    profile_objects: dict
    items: tuple[tuple[str, str], ...] = ()
    lines: tuple[LineItem, ...] = ()
    order_id: str | None = None
    campaign_stats: tuple[dict, ...] = ()
    explanations: bool = False
    test_messages: str = ""
    time: int | None = None
    raw: dict = field(default_factory=dict, repr=False)

    @property
    def channel(self) -> str:
        return self.source.get("channel") or ""

    @property
    def application(self) -> str:
        return self.source.get("application") or ""

    @property
    def content_zones(self) -> list[str]:
        return _list(self.source, "contentZones")


def read_event(body) -> Event:
    """Return the event of a parsed JSON body; raises InvalidEvent."""
    if not isinstance(body, dict):
        raise InvalidEvent("an event is a JSON object")
    if "interaction" in body:
        return _read_interaction(body)
    return _read_evergage(body)


def _read_evergage(body: dict) -> Event:
    user = _object(body, "user")
    action, item_action = _text(body, "action"), _text(body, "itemAction")
    if not (action or item_action):
        raise InvalidEvent("an event needs an action or an itemAction")
    order = _object(body, "order")
    return Event(
        action=action or item_action,
        item_action=item_action,
        user_id=_text(user, "id"),
        anonymous_id=_text(user, "anonId"),
        identities={},
        items=_catalog_items(_object(body, "catalog")),
        lines=_evergage_lines(order) or _cart_lines(_object(body, "cart")),
        order_id=next((o.get("orderId") for o in order.values() if isinstance(o, dict)), None),
        explanations=_object(body, "debug").get("explanations") is True,
        time=_object(body, "source").get("time"),
        **_common(body, user),
    )


def _read_interaction(body: dict) -> Event:
    interaction = body["interaction"]
    if not isinstance(interaction, dict) or not _text(interaction, "name"):
        raise InvalidEvent("an interaction needs a name")
    user, item = _object(body, "user"), _object(interaction, "catalogObject")
    order = _object(interaction, "order")
    return Event(
        action=interaction["name"],
        item_action=ITEM_ACTIONS.get(interaction["name"]),
        user_id=None,
        anonymous_id=_text(user, "anonymousId"),
        identities=_object(user, "identities"),
        items=((item["type"], item["id"]),) if {"type", "id"} <= item.keys() else (),
        lines=_interaction_lines(interaction) or _interaction_lines(order),
        order_id=order.get("id"),
        explanations=body.get("explain") is True,
        time=body.get("time"),
        **_common(body, user),
    )


def _common(body: dict, user: dict) -> dict:
    """Return the fields that both shapes spell alike."""
    return {
        "source": _object(body, "source"),
        "flags": _object(body, "flags"),
        "attributes": _object(user, "attributes"),
        "profile_objects": _object(user, "profileObjects"),
        "campaign_stats": tuple(_list(body, "campaignStats")),
        "test_messages": _text(_object(body, "debug"), "testMessages") or "",
        "raw": body,
    }


def _catalog_items(catalog: dict) -> tuple[tuple[str, str], ...]:
    return tuple(
        (item_type, item["_id"])
        for item_type, item in catalog.items()
        if isinstance(item, dict) and "_id" in item
    )


def _evergage_lines(order: dict) -> tuple[LineItem, ...]:
    return tuple(
        _line(item_type, line.get("_id"), line)
        for item_type, part in order.items()
        for line in _list(part, "lineItems")
    )


def _cart_lines(cart: dict) -> tuple[LineItem, ...]:
    single, complete = _object(cart, "singleLine"), _object(cart, "complete")
    lines = [(item_type, [line]) for item_type, line in single.items()] + list(complete.items())
    return tuple(
        _line(item_type, line.get("_id"), line) for item_type, some in lines for line in some
    )


def _interaction_lines(holder: dict) -> tuple[LineItem, ...]:
    lines = _list(holder, "lineItems") or [_object(holder, "lineItem")]
    return tuple(
        _line(line.get("catalogObjectType"), line.get("catalogObjectId"), line)
        for line in lines
        if line
    )


def _line(item_type, item_id, line: dict) -> LineItem:
    price, quantity = line.get("price"), line.get("quantity", 1)
    if not item_id or not isinstance(price, (int, float)) or not isinstance(quantity, (int, float)):
        raise InvalidEvent("a line item needs an id, a price and a quantity")
    return LineItem(item_type or "Product", str(item_id), quantity, price)


def _object(holder, key: str) -> dict:
    return _typed(holder, key, dict, {})


def _list(holder, key: str) -> list:
    return _typed(holder, key, list, [])


def _text(holder, key: str) -> str | None:
    return _typed(holder, key, str, None)


def _typed(holder, key, wanted, missing):
    if not isinstance(holder, dict):
        raise InvalidEvent(f"{key} was looked for in something that is no object")
    value = holder.get(key)
    if value is None:
        return missing
    if not isinstance(value, wanted):
        raise InvalidEvent(f"{key} has a wrong type")
    return value
