"""What events say of items: names, and the objects an item is related to.

An event that does not say it itself gets what an earlier event said of the same item, the
moment it is stored: what comes later never changes what was counted before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import orjson
from sqlalchemy import Connection

from service.model import Event, EventItem
from service.storage.lookups import Lookup
from service.storage.tables import item_related, object_labels
from service.storage.upserts import insert_or_update

ObjectKey = tuple[str, str]
"""A catalog object's type and id."""
Related = dict[str, tuple[str, ...]]


LABELS = Lookup(
    "known.type, known.object_id, known.label",
    {
        "object_labels known": "known.tenant = :tenant and known.dataset = :dataset"
        " and known.type = wanted.kind and known.object_id = wanted.id"
    },
    wanted={"kind": "text", "id": "text"},
)
RELATED = Lookup(
    "known.item_type, known.item_id, known.related",
    {
        "item_related known": "known.tenant = :tenant and known.dataset = :dataset"
        " and known.item_type = wanted.kind and known.item_id = wanted.id"
    },
    wanted={"kind": "text", "id": "text"},
)


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
        """Return `events`, each item with what is known of it so far; `keep` writes what is new."""
        items = [item for event in events for item in event.items]
        if not items:
            return list(events)
        self._load(items)
        return [self._complete_event(event) for event in events]

    def keep(self) -> None:
        """Write what the events have told; the caller ends with this."""
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

    def _complete_event(self, event: Event) -> Event:
        items = tuple(self._complete(item) for item in event.items)
        return event if items == event.items else replace(event, items=items)

    def _complete(self, item: EventItem) -> EventItem:
        key = item.type, item.id
        for named, label in item.labels.items():
            self._learn(self._labels, self._new_labels, named, label)
        if item.name:
            self._learn(self._labels, self._new_labels, key, item.name)
        if item.related:
            self._learn(self._related, self._new_related, key, dict(item.related))
        if item.is_complete:
            return item
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
        for kind, object_id, label in LABELS.rows(self._connection, keys | named, **self._scope):
            self._labels[kind, object_id] = label
        for kind, item_id, related in RELATED.rows(self._connection, keys, **self._scope):
            self._related[kind, item_id] = {
                of_kind: tuple(ids) for of_kind, ids in orjson.loads(bytes(related)).items()
            }
