"""An event as it is kept: the columns one asks for, and a JSON body with all the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import orjson

from service.model import Event, EventItem, EventKind, EventSource

MOST = 2**63
"""No number of a row is as high."""


@dataclass(frozen=True)
class Cursor:
    """A place in one person's stream; as text it is opaque to whoever carries it around.

    `arrival` and `id` say what was seen, `time_ms` and `id` how far back.
    """

    time_ms: int
    id: int
    arrival: int

    def __str__(self) -> str:
        return f"{self.time_ms:x}-{self.id:x}-{self.arrival:x}"

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Return the cursor that `text` stands for. Raises: ValueError."""
        numbers = [int(part, 16) for part in text.split("-")]
        if len(numbers) != 3 or len(text) > 60 or any(number >= MOST for number in numbers):
            raise ValueError("not a cursor")
        return cls(*numbers)


@dataclass(frozen=True)
class StoredEvent:
    """One row of `events`; times are epoch milliseconds, `day` is local to the tenant (ISO).

    The item columns are those of the first item; `items` has all of them.
    """

    id: int
    arrival: int
    time_ms: int
    day: str
    kind: EventKind
    name: str
    source: EventSource
    event_id: str | None
    item_action: str | None
    item_type: str | None
    item_id: str | None
    item_name: str | None
    inventory_status: str | None
    url: str | None
    channel: str | None
    application: str | None
    body: bytes
    person_id: int
    taken_back: frozenset[int] = frozenset()
    """Places in `items` of the purchase lines that a cancellation undid."""

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.time_ms, self.id, self.arrival)

    @cached_property
    def items(self) -> tuple[EventItem, ...]:
        """Every item of the event, in its order."""
        kept = self._contents.get("items", ())
        return tuple(_item(values, place in self.taken_back) for place, values in enumerate(kept))

    @property
    def order_id(self) -> str | None:
        return self._contents.get("orderId")

    @property
    def details(self) -> dict[str, object]:
        """What only a drill-in shows, such as pageType, contentZones and userAgent."""
        return {key: value for key, value in self._contents.items() if key != "items"}

    @cached_property
    def _contents(self) -> dict:
        return orjson.loads(self.body)


def body_of(event: Event) -> bytes:
    """Return the JSON of what has no column of its own, absent values left out."""
    contents = dict(event.details)
    if event.items:
        contents["items"] = [_item_values(item) for item in event.items]
    if event.order_id is not None:
        contents["orderId"] = event.order_id
    return orjson.dumps(contents)


def stored_event(row) -> StoredEvent:
    """Return what a row of `events` says."""
    values = {name: getattr(row, name) for name in _COPIED}
    return StoredEvent(
        kind=EventKind(row.kind), source=EventSource(row.source), body=bytes(row.body), **values
    )


def with_taken_back(event: StoredEvent, places: frozenset[int]) -> StoredEvent:
    """Return the event with these of its lines marked."""
    return replace(event, taken_back=places) if places else event


_COPIED = tuple(
    name
    for name in StoredEvent.__dataclass_fields__
    if name not in ("kind", "source", "body", "taken_back")
)
_ITEM_KEYS: Mapping[str, str] = {
    "type": "type",
    "id": "id",
    "name": "name",
    "quantity": "quantity",
    "price": "price",
    "currency": "currency",
    "inventory_status": "inventoryStatus",
    "inventory_count": "inventoryCount",
}


def _item_values(item: EventItem) -> dict:
    values = {key: getattr(item, name) for name, key in _ITEM_KEYS.items()}
    values = {key: value for key, value in values.items() if value is not None}
    if item.related:
        values["related"] = {kind: list(ids) for kind, ids in item.related.items()}
    return values


def _item(values: dict, is_taken_back: bool) -> EventItem:
    known = {name: values[key] for name, key in _ITEM_KEYS.items() if key in values}
    related = {kind: tuple(ids) for kind, ids in values.get("related", {}).items()}
    return EventItem(**known, related=related, taken_back=is_taken_back)
