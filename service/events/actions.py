"""What events are called, and what sort of thing that is.

Both namespaces end in the vocabulary of Personalization's item actions.
Sources: Personalization guide, "Item Actions" and "Interaction Definitions".
"""

from service.model import PURCHASE, EventKind

CART_ACTIONS = frozenset({"Add To Cart", "Remove From Cart", "View Cart", "Update Line Item"})
ORDER_ACTIONS = frozenset({PURCHASE, "Preorder", "Cancel", "Ship", "Deliver", "Return", "Exchange"})
CATALOG_ACTIONS = frozenset(
    {
        "View Item",
        "View Item Detail",
        "Quick View Item",
        "Stop Quick View Item",
        "View Item Out Of Stock",
        "View Category",
        "View Tag",
        "Share",
        "Review",
        "Comment",
        "Favorite",
    }
)
CLICK_THROUGH = "Click Through"
OUT_OF_STOCK_ACTION = "View Item Out Of Stock"

_INTERACTIONS = {
    "View Catalog Object": "View Item",
    "View Catalog Object Detail": "View Item Detail",
    "Quick View Catalog Object": "Quick View Item",
    "Stop Quick View Catalog Object": "Stop Quick View Item",
    "Share Catalog Object": "Share",
    "Review Catalog Object": "Review",
    "Comment Catalog Object": "Comment",
    "Favorite Catalog Object": "Favorite",
    "Replace Cart": "View Cart",
}
_LISTS = {"Category": "View Category", "Tag": "View Tag"}
"""Pages of these types list items; looking at one is no look at an item."""

_KNOWN = {
    each.lower(): each for each in (*CART_ACTIONS, *ORDER_ACTIONS, *CATALOG_ACTIONS, CLICK_THROUGH)
}
_KNOWN |= {name.lower(): action for name, action in _INTERACTIONS.items()}


def item_action(name: str | None, item_type: str | None = None) -> str | None:
    """Return the item action that `name` stands for, None for a name of the site's own."""
    action = _KNOWN.get(name.lower()) if name else None
    return _LISTS.get(item_type, action) if action == "View Item" else action


def kind_of_action(action: str | None) -> EventKind | None:
    """Return the kind of an item action, None when there is none."""
    if action in ORDER_ACTIONS:
        return EventKind.ORDER
    if action in CART_ACTIONS:
        return EventKind.CART
    if action == CLICK_THROUGH:
        return EventKind.CAMPAIGN
    return EventKind.CATALOG if action else None
