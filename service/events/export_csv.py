"""Turns rows of an event export (CSV) into events as the site would have sent them.

The vendor publishes no layout of its export, so columns are known by their names, in any order;
letters' case, blanks, `_` and `-` in names do not matter. docs/events.md lists them.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from service.events.actions import CART_ACTIONS, ORDER_ACTIONS, item_action

COLUMNS = {
    "time": ("timestamp", "time", "eventtime", "datetime", "date"),
    "eventId": ("eventid", "id"),
    "userId": ("userid", "user"),
    "anonymousId": ("anonymousid", "anonid"),
    "action": ("action", "name", "event", "eventname"),
    "itemAction": ("itemaction",),
    "itemType": ("itemtype", "catalogobjecttype"),
    "itemId": ("itemid", "item", "catalogobjectid", "productid"),
    "itemName": ("itemname", "productname"),
    "quantity": ("quantity",),
    "price": ("price", "unitprice"),
    "currency": ("currency",),
    "orderId": ("orderid",),
    "inventoryCount": ("inventorycount", "inventory"),
    "url": ("url", "pageurl"),
    "referrer": ("referrer", "urlreferrer"),
    "channel": ("channel",),
    "application": ("application",),
    "pageType": ("pagetype",),
    "contentZones": ("contentzones",),
    "userAgent": ("useragent",),
}
_BY_NAME = {name: column for column, names in COLUMNS.items() for name in names}
RELATED = "related."
SEPARATOR = ";"
DEFAULT_ITEM_TYPE = "Product"


class Header:
    """What the columns of one file mean, for a dataset's identity types."""

    def __init__(self, names: Sequence[str], identity_types: Iterable[str], time_zone: str):
        types = {_plain(kind): kind for kind in identity_types}
        types |= {"email": types["emailaddress"]} if "emailaddress" in types else {}
        self._zone = ZoneInfo(time_zone)
        self._meanings = [self._meaning(name.strip(), types) for name in names]

    @property
    def is_usable(self) -> bool:
        """Whether the file says what happened; a file without a header does not."""
        columns = {key for group, key in self._meanings if group == "column"}
        return bool(columns & {"action", "itemAction"})

    def event_of(self, rows: Sequence[Sequence[str]]) -> dict:
        """Return the event of rows that share an event id: one item a row."""
        first = self._by_group(rows[0])
        values = first["column"]
        items = [_item(self._by_group(row)) for row in rows]
        event = {
            "time": self._time(values.get("time")),
            "eventId": values.get("eventId"),
            "action": values.get("action"),
            "itemAction": values.get("itemAction"),
            "source": _source(values),
            "user": _user(values, first["identity"]),
        }
        event |= _placed(item_action(values.get("itemAction")), values, list(filter(None, items)))
        return {key: value for key, value in event.items() if value is not None}

    def event_id_of(self, row: Sequence[str]) -> str | None:
        """Return the event id of a row, None where it has none."""
        return self._by_group(row)["column"].get("eventId")

    def _meaning(self, name: str, types: Mapping[str, str]) -> tuple[str, str]:
        plain = _plain(name)
        if name.lower().startswith(RELATED):
            return "related", name[len(RELATED) :].strip()
        if plain in types:
            return "identity", types[plain]
        return ("column", _BY_NAME[plain]) if plain in _BY_NAME else ("unknown", plain)

    def _by_group(self, row: Sequence[str]) -> dict[str, dict[str, str]]:
        groups: dict[str, dict[str, str]] = {"column": {}, "identity": {}, "related": {}}
        for (group, key), value in zip(self._meanings, row, strict=False):
            if group in groups and value.strip():
                groups[group].setdefault(key, value.strip())
        return groups

    def _time(self, value: str | None) -> str | None:
        """Return the time with an offset: without one it is the tenant's local time."""
        if value is None or value.isdigit():
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        return (moment if moment.tzinfo else moment.replace(tzinfo=self._zone)).isoformat()


def _item(groups: Mapping[str, Mapping[str, str]]) -> tuple[str, dict] | None:
    values = groups["column"]
    if "itemId" not in values:
        return None
    item = {"_id": values["itemId"], "name": values.get("itemName")}
    item |= {key: values.get(key) for key in ("quantity", "price", "currency", "inventoryCount")}
    item["relatedCatalogObjects"] = {
        kind: ids.split(SEPARATOR) for kind, ids in groups["related"].items()
    }
    return values.get("itemType", DEFAULT_ITEM_TYPE), item


def _placed(action: str | None, values: Mapping[str, str], items: list[tuple[str, dict]]) -> dict:
    """Return the items where the Evergage namespace has them for this item action."""
    by_type: dict[str, list[dict]] = {}
    for kind, item in items:
        by_type.setdefault(kind, []).append(item)
    if action in ORDER_ACTIONS:
        order_id = values.get("orderId")
        orders = {k: {"orderId": order_id, "lineItems": lines} for k, lines in by_type.items()}
        return {"order": orders}
    if action in CART_ACTIONS:
        return {"cart": {"complete": by_type}}
    return {"catalog": by_type}


def _user(values: Mapping[str, str], identities: Mapping[str, str]) -> dict:
    user = {"id": values.get("userId"), "anonymousId": values.get("anonymousId")}
    return {key: value for key, value in user.items() if value} | {"attributes": dict(identities)}


def _source(values: Mapping[str, str]) -> dict:
    source = {
        key: values.get(key) for key in ("channel", "application", "url", "pageType", "userAgent")
    }
    zones = values.get("contentZones", "")
    return source | {
        "urlReferrer": values.get("referrer"),
        "contentZones": [zone.strip() for zone in zones.split(SEPARATOR) if zone.strip()],
    }


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name).lower()
