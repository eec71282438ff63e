"""What catalog objects are called, as far as events said so."""

from collections.abc import Collection

from sqlalchemy import Connection, select, tuple_

from service.storage.tables import object_labels

ObjectKey = tuple[str, str]
"""A catalog object's type and id."""

MOST_OBJECTS = 500


def labels_of(
    connection: Connection, tenant: str, dataset: str, objects: Collection[ObjectKey]
) -> dict[ObjectKey, str]:
    """Return the labels of those of `objects` that have one; at most MOST_OBJECTS are asked for."""
    if not objects:
        return {}
    key = tuple_(object_labels.c.type, object_labels.c.object_id)
    query = select(object_labels.c.type, object_labels.c.object_id, object_labels.c.label).where(
        object_labels.c.tenant == tenant,
        object_labels.c.dataset == dataset,
        key.in_(sorted(objects)[:MOST_OBJECTS]),
    )
    return {(kind, id_): label for kind, id_, label in connection.execute(query)}
