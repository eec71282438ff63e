"""Reads catalog objects and lines of carts and orders, as both event namespaces spell them.

Sources: Personalization guide, "Event API Options (Evergage)" and "(SalesforceInteractions)".
"""

from collections.abc import Iterable, Iterator, Mapping

from service.events.reading import entries, key, listed, mapping, number, text
from service.model import EventItem

MOST_ITEMS = 100  # as many lines as a cart may have; help, "Limits"
MOST_TYPES = 10
MOST_RELATED = 50  # related values of one item; help, "Limits"
TYPE_LETTERS = 64
ITEM_ID_LETTERS = 128
OBJECT_ID_LETTERS = 255
NAME_LETTERS = 255

IN_STOCK, OUT_OF_STOCK = "inStock", "outOfStock"
Named = dict[tuple[str, str], str]


RawItem = tuple[object, object]
"""A type and what stands for one object of it."""


def evergage_objects(raw: object) -> Iterator[RawItem]:
    """Yield what `catalog`, or a part of `cart`, holds: {type: object or list of objects}."""
    for kind, objects in entries(raw, MOST_TYPES):
        for each in listed(objects):
            yield kind, each


def evergage_order_lines(raw: object) -> Iterator[RawItem]:
    """Yield the lines of `order`: {type: {lineItems: [...]}}."""
    for kind, order in entries(raw, MOST_TYPES):
        for line in listed(mapping(order).get("lineItems")):
            yield kind, line


def evergage_item(kind: object, raw: object) -> EventItem | None:
    """Return one catalog object or line item of the Evergage namespace."""
    raw = mapping(raw)
    inner = mapping(raw.get("item"))  # the SDK's line items hold their item; the API's are flat
    merged = {**inner, **raw}
    return _item(
        kind=kind,
        item_id=merged.get("_id", merged.get("id")),
        attributes=merged,
        line=merged,
        related=(
            merged.get("relatedCatalogObjects"),
            merged.get("dimensions"),
            {"Category": merged.get("categories")},
        ),
    )


def catalog_object(raw: object) -> EventItem | None:
    """Return `interaction.catalogObject`: {type, id, attributes, relatedCatalogObjects}."""
    raw = mapping(raw)
    attributes = mapping(raw.get("attributes"))
    related = raw.get("relatedCatalogObjects"), {"Category": attributes.get("categories")}
    return _item(raw.get("type"), raw.get("id"), attributes, attributes, related)


def line_item(raw: object) -> EventItem | None:
    """Return a line of `interaction.lineItems`, flat or with its catalog object inside."""
    raw = mapping(raw)
    inner = mapping(raw.get("catalogObject"))
    attributes = {**mapping(inner.get("attributes")), **mapping(raw.get("attributes"))}
    return _item(
        kind=raw.get("catalogObjectType", inner.get("type")),
        item_id=raw.get("catalogObjectId", inner.get("id")),
        attributes=attributes,
        line=raw,
        related=(raw.get("relatedCatalogObjects"), inner.get("relatedCatalogObjects")),
    )


def _item(
    kind: object, item_id: object, attributes: Mapping, line: Mapping, related: Iterable[object]
) -> EventItem | None:
    kind, item_id = key(kind, TYPE_LETTERS), key(item_id, ITEM_ID_LETTERS)
    if kind is None or item_id is None:
        return None
    count = _whole(attributes.get("inventoryCount"))
    objects, labels = _related(related)
    return EventItem(
        type=kind,
        id=item_id,
        name=text(attributes.get("name"), NAME_LETTERS),
        quantity=_quantity(line.get("quantity")),
        price=number(line.get("price", attributes.get("price"))),
        currency=key(line.get("currency", attributes.get("currency")), 3),
        inventory_count=count,
        inventory_status=None if count is None else (IN_STOCK if count > 0 else OUT_OF_STOCK),
        related=objects,
        labels=labels,
    )


def _related(sources: Iterable[object]) -> tuple[dict[str, tuple[str, ...]], Named]:
    """Return ids by type and, where objects came with them, names."""
    found: dict[str, dict[str, None]] = {}
    labels: Named = {}
    for source in sources:
        for raw_kind, raw_objects in entries(source, MOST_TYPES):
            kind = key(raw_kind, TYPE_LETTERS)
            for each in listed(raw_objects)[:MOST_RELATED] if kind else ():
                object_id, label = _object(each)
                if object_id is None:
                    continue
                found.setdefault(kind, {})[object_id] = None
                if label:
                    labels[kind, object_id] = label
    return {kind: tuple(ids) for kind, ids in found.items()}, labels


def _object(raw: object) -> tuple[str | None, str | None]:
    if isinstance(raw, dict):
        object_id = key(raw.get("_id", raw.get("id")), OBJECT_ID_LETTERS)
        return object_id, text(raw.get("name"), NAME_LETTERS)
    return key(raw, OBJECT_ID_LETTERS), None


def _quantity(value: object) -> float:
    found = number(value)
    return 1 if found is None else abs(found)


def _whole(value: object) -> int | None:
    found = number(value)
    return None if found is None else int(found)
