"""What events say of items: names, and the objects an item is related to.

An event that does not say it itself gets what an earlier event said of the same item, the
moment it is stored: what comes later never changes what was counted before.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import orjson
from sqlalchemy import Connection, Table, bindparam, select

from service.model import Event, EventItem
from service.storage.tables import item_related, object_labels
from service.storage.upserts import insert_or_update

OBJECTS_PER_QUERY = 500

ObjectKey = tuple[str, str]
"""A catalog object's type and id."""
Related = dict[str, tuple[str, ...]]


def _about(table: Table, type_column: str, id_column: str):
    """Return a query for the rows of `table` with a type and any of some ids."""
    return select(table).where(
        table.c.tenant == bindparam("tenant"),
        table.c.dataset == bindparam("dataset"),
        table.c[type_column] == bindparam("kind"),
        table.c[id_column].in_(bindparam("ids", expanding=True)),
    )


LABELS = _about(object_labels, "type", "object_id")
RELATED = _about(item_related, "item_type", "item_id")


class ItemKnowledge:
    """Names and relations of the items that a batch of events speaks of, in one dataset."""

    def __init__(self, connection: Connection, tenant: str, dataset: str):
        self._connection = connection
        self._scope = {"tenant": tenant, "dataset": dataset}
        self._labels: dict[ObjectKey, str] = {}
        self._related: dict[ObjectKey, Related] = {}
        self._new_labels: dict[ObjectKey, str] = {}
        self._new_related: dict[ObjectKey, Related] = {}

    def completed(self, events: Sequence[Event]) -> list[Event]:
        """Return `events`, each item with what is known of it so far, and keep what is new."""
        items = [item for event in events for item in event.items]
        if not items:
            return list(events)
        self._load(items)
        complete = [self._complete_event(event) for event in events]
        self._keep()
        return complete

    def _complete_event(self, event: Event) -> Event:
        if not event.items:
            return event
        return replace(event, items=tuple(self._complete(item) for item in event.items))

    def _complete(self, item: EventItem) -> EventItem:
        key = item.type, item.id
        for named, label in item.labels.items():
            self._learn(self._labels, self._new_labels, named, label)
        if item.name:
            self._learn(self._labels, self._new_labels, key, item.name)
        if item.related:
            self._learn(self._related, self._new_related, key, dict(item.related))
        return replace(
            item,
            name=item.name or self._labels.get(key),
            related=item.related or self._related.get(key, {}),
        )

    def _learn(self, known: dict, new: dict, key: ObjectKey, value) -> None:
        if known.get(key) != value:
            known[key] = new[key] = value

    def _load(self, items: Iterable[EventItem]) -> None:
        keys = {(item.type, item.id) for item in items}
        named = {key for item in items for key in item.labels}
        for part in _parts(keys | named):
            for row in self._connection.execute(LABELS, self._scope | part):
                self._labels[row.type, row.object_id] = row.label
        for part in _parts(keys):
            for row in self._connection.execute(RELATED, self._scope | part):
                related = orjson.loads(bytes(row.related))
                self._related[row.item_type, row.item_id] = {
                    kind: tuple(ids) for kind, ids in related.items()
                }

    def _keep(self) -> None:
        labels = [
            self._scope | {"type": kind, "object_id": object_id, "label": label}
            for (kind, object_id), label in self._new_labels.items()
        ]
        related = [
            self._scope
            | {"item_type": kind, "item_id": item_id, "related": orjson.dumps(relations)}
            for (kind, item_id), relations in self._new_related.items()
        ]
        insert_or_update(self._connection, object_labels, labels)
        insert_or_update(self._connection, item_related, related)


def _parts(keys: Iterable[ObjectKey]) -> Iterator[dict]:
    """Yield the parameters of as many queries as it takes to ask for all `keys`."""
    by_kind = defaultdict(list)
    for kind, object_id in keys:
        by_kind[kind].append(object_id)
    for kind, ids in by_kind.items():
        for start in range(0, len(ids), OBJECTS_PER_QUERY):
            yield {"kind": kind, "ids": ids[start : start + OBJECTS_PER_QUERY]}
