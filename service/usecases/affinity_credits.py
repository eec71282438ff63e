"""What one item credits: itself perhaps, and every catalog object it is related to.

Many-per-item types credit all of their objects, one-per-item types the one. A category path
`A|B|C` credits each tier: `A`, `A|B` and `A|B|C`, so that "Women|Shoes" and "Men|Shoes" stay
two categories. An item credits an object once, however many of its paths lead there.
Source: Salesforce help, "Catalog Object Built-In", "Catalog Object Hierarchy".
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

CatalogObject = tuple[str, str]
"""Type and id, such as ("Category", "Kitchen|Teapots")."""

PATH_TYPE = "Category"
"""The one type whose ids are paths; others may hold the separator as an ordinary letter."""

SEPARATOR = "|"


def credited_objects(
    item_type: str,
    item_id: str,
    related: Mapping[str, Iterable[str]],
    own_types: Collection[str],
) -> frozenset[CatalogObject]:
    """Return every object that one view or order line of this item credits.

    `related` maps a type to the ids of that type; the item counts as an object of its own type
    only when that type is one of `own_types`, else related objects alone would count.
    """
    found = {(kind, tier) for kind, ids in related.items() for tier in _tiers_of_all(kind, ids)}
    if item_type in own_types:
        found |= {(item_type, tier) for tier in tiers(item_type, item_id)}
    return frozenset(found)


def tiers(kind: str, object_id: str) -> Iterator[str]:
    """Yield the ids of all tiers of a category path, widest first; of other types the id alone."""
    if kind != PATH_TYPE:
        yield object_id
        return
    names = [name.strip() for name in object_id.split(SEPARATOR)]
    names = [name for name in names if name]
    for depth in range(1, len(names) + 1):
        yield SEPARATOR.join(names[:depth])


def _tiers_of_all(kind: str, ids: Iterable[str]) -> Iterator[str]:
    for object_id in ids:
        yield from tiers(kind, object_id)
