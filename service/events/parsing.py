"""Reads one event of either namespace (Evergage, SalesforceInteractions): pure and total.

What cannot be an event is refused with a reason; what is odd in a part of it only loses that
part. Nothing here trusts its input.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from service.events import actions, items
from service.events.reading import (
    key,
    listed,
    mapping,
    milliseconds,
    number,
    text,
    web_address,
    without_query,
)
from service.events.refusals import EventRefused, Refusal
from service.model import ANONYMOUS_ID, Arrival, Event, EventItem, EventKind, EventSource, Identity

NAME_LETTERS = 200
DETAIL_LETTERS = 255
EVENT_ID_LETTERS = 128
IDENTITY_LETTERS = 320
MOST_CONTENT_ZONES = 20
MOST_STATS = 20
EARLIEST_MS = 946_684_800_000  # 2000-01-01: what is older comes from a clock that was never set
MOST_AHEAD_MS = 24 * 3_600_000

LEFT_OUT = "itemsLeftOut"
"""The detail that says how many items of an event went beyond the cap."""
DETAILS = ("pageType", "locale", "userAgent", "device", "operatingSystem", "configVersion")
USER_ID_TYPE = "customerId"
"""What `user.id` is unless a dataset says otherwise; help, "Event API identity"."""


@dataclass(frozen=True)
class Reading:
    """How events of one dataset are read at this moment; times in epoch milliseconds."""

    identity_types: tuple[str, ...]
    source: EventSource
    now_ms: int
    oldest_ms: int


def parse_event(raw: object, reading: Reading) -> Arrival:
    """Return the event that `raw` (parsed JSON) describes.

    Raises: EventRefused.
    """
    if not isinstance(raw, dict):
        raise EventRefused(Refusal.NOT_AN_EVENT)
    _require_consent(raw)
    source = mapping(raw.get("source"))
    happened = _what_happened(raw)
    left_out = happened.pop("left_out")
    details = _details(raw, source)
    event = Event(
        time_ms=_time(raw, source, reading),
        source=reading.source,
        event_id=_event_id(raw),
        url=web_address(source.get("url")),
        channel=text(source.get("channel"), items.TYPE_LETTERS),
        application=text(source.get("application"), items.TYPE_LETTERS),
        details=details | ({LEFT_OUT: left_out} if left_out else {}),
        **happened,
    )
    return Arrival(_with_stock(event), _identities(mapping(raw.get("user")), reading))


def _what_happened(raw: Mapping) -> dict:
    """Return name, kind, item action, items, order id, and how many items were left out."""
    if "interaction" in raw:
        if not isinstance(raw["interaction"], dict):
            raise EventRefused(Refusal.NOT_AN_EVENT)
        happened = _interaction(raw["interaction"])
    else:
        happened = _evergage(raw)
    return _named(happened, raw)


def _interaction(raw: Mapping) -> dict:
    order = mapping(raw.get("order"))
    lines = listed(order.get("lineItems")) or listed(raw.get("lineItems") or raw.get("lineItem"))
    first = [items.catalog_object(raw["catalogObject"])] if "catalogObject" in raw else []
    found = [*first, *(items.line_item(line) for line in lines[: items.MOST_ITEMS])]
    name = text(raw.get("name"), NAME_LETTERS)
    return {
        "name": name,
        "item_action": actions.item_action(name, first[0].type if first and first[0] else None),
        "items": tuple(item for item in found if item is not None)[: items.MOST_ITEMS],
        "order_id": key(order.get("id"), EVENT_ID_LETTERS),
        "left_out": max(0, len(first) + len(lines) - items.MOST_ITEMS),
    }


def _evergage(raw: Mapping) -> dict:
    cart = mapping(raw.get("cart"))
    objects = [
        *items.evergage_order_lines(raw.get("order")),
        *items.evergage_objects(cart.get("singleLine")),
        *items.evergage_objects(cart.get("complete")),
        *items.evergage_objects(raw.get("catalog")),
    ]
    found = (items.evergage_item(kind, each) for kind, each in objects[: items.MOST_ITEMS])
    action = text(raw.get("itemAction"), items.TYPE_LETTERS)
    return {
        "name": text(raw.get("action"), NAME_LETTERS) or action,
        "item_action": actions.item_action(action) or action,
        "items": tuple(item for item in found if item is not None),
        "order_id": _first_order_id(raw),
        "left_out": max(0, len(objects) - items.MOST_ITEMS),
    }


def _first_order_id(raw: Mapping) -> str | None:
    orders = (mapping(order) for order in mapping(raw.get("order")).values())
    return next((key(order.get("orderId"), EVENT_ID_LETTERS) for order in orders), None)


def _named(happened: dict, raw: Mapping) -> dict:
    """Add the kind; find a name where there is none."""
    counted = _counted_stats(raw)
    is_page = _is_page_view(raw)
    kind = actions.kind_of_action(happened["item_action"])
    if kind is None:
        kind = EventKind.CAMPAIGN if counted else EventKind.PAGE if is_page else EventKind.ACTION
    name = happened["name"] or (counted[0] if counted else None)
    if name is None and is_page:
        name = text(mapping(raw.get("source")).get("pageType"), NAME_LETTERS) or "Page View"
    if name is None:
        only_shown = bool(listed(raw.get("campaignStats")))
        raise EventRefused(Refusal.ONLY_IMPRESSIONS if only_shown else Refusal.NO_ACTION)
    return happened | {"name": name, "kind": kind}


def _is_page_view(raw: Mapping) -> bool:
    return raw.get("pageView") is True or mapping(raw.get("flags")).get("pageView") is True


def _counted_stats(raw: Mapping) -> list[str]:
    """Return the stats that a person caused: an impression is the site's doing."""
    stats = [
        text(mapping(each).get("stat"), NAME_LETTERS)
        for each in listed(raw.get("campaignStats"))[:MOST_STATS]
    ]
    return [stat for stat in stats if stat and stat != "Impression"]


def _with_stock(event: Event) -> Event:
    """Mark the item of a look at something sold out, where the event does not count the stock."""
    if event.item_action != actions.OUT_OF_STOCK_ACTION or not event.items:
        return event
    first: EventItem = replace(event.items[0], inventory_status=items.OUT_OF_STOCK)
    return replace(event, items=(first, *event.items[1:]))


def _time(raw: Mapping, source: Mapping, reading: Reading) -> int:
    given = raw.get("time", source.get("time"))
    if given is None:
        return reading.now_ms
    time_ms = milliseconds(given)
    if time_ms is None:
        raise EventRefused(Refusal.INVALID_TIME)
    if time_ms > reading.now_ms + MOST_AHEAD_MS:
        raise EventRefused(Refusal.IN_THE_FUTURE)
    if time_ms < max(EARLIEST_MS, reading.oldest_ms):
        raise EventRefused(Refusal.TOO_OLD)
    return min(time_ms, reading.now_ms)


def _event_id(raw: Mapping) -> str | None:
    given = raw.get("eventId")
    if given is None:
        return None
    event_id = key(given, EVENT_ID_LETTERS)
    if event_id is None:
        raise EventRefused(Refusal.INVALID_EVENT_ID)
    return event_id


def _require_consent(raw: Mapping) -> None:
    if mapping(raw.get("flags")).get("doNotTrack") is True:
        raise EventRefused(Refusal.DO_NOT_TRACK)
    for each in listed(raw.get("consents")):
        consent = mapping(each)
        consent = mapping(consent.get("consent")) or consent
        if "out" in str(consent.get("status", ""))[:40].lower():
            raise EventRefused(Refusal.DO_NOT_TRACK)


def _identities(user: Mapping, reading: Reading) -> tuple[Identity, ...]:
    """Return what names the person, in the dataset's order, the browser's id last."""
    named = {
        USER_ID_TYPE: user.get("id"),
        **mapping(user.get("attributes")),
        **mapping(user.get("identities")),
    }
    found = [(kind, key(named.get(kind), IDENTITY_LETTERS)) for kind in reading.identity_types]
    browser = key(user.get("anonymousId", user.get("anonId")), EVENT_ID_LETTERS)
    found.append((ANONYMOUS_ID, browser))
    known = tuple(Identity(kind, value) for kind, value in found if value)
    if not known:
        raise EventRefused(Refusal.NO_IDENTITY)
    return known


def _details(raw: Mapping, source: Mapping) -> dict[str, object]:
    """Return what only a drill-in shows; absent values are left out."""
    zones = [text(zone, DETAIL_LETTERS) for zone in listed(source.get("contentZones"))]
    details = {name: text(source[name], DETAIL_LETTERS) for name in DETAILS if name in source}
    details |= {
        "contentZones": [zone for zone in zones[:MOST_CONTENT_ZONES] if zone],
        "referrer": without_query(web_address(source.get("urlReferrer"))),
        "pageView": _is_page_view(raw) or None,
        "campaignStats": _stats(raw),
        "orderTotal": _order_total(raw),
    }
    return {name: value for name, value in details.items() if value not in (None, [])}


def _stats(raw: Mapping) -> list[dict]:
    stats = []
    for each in listed(raw.get("campaignStats"))[:MOST_STATS]:
        each = mapping(each)
        experience = key(each.get("experienceId"), DETAIL_LETTERS)
        stat = text(each.get("stat"), items.TYPE_LETTERS)
        if experience and stat:
            stats.append({"experienceId": experience, "stat": stat})
    return stats


def _order_total(raw: Mapping) -> float | None:
    order = mapping(mapping(raw.get("interaction")).get("order"))
    first = next(iter(mapping(raw.get("order")).values()), None)
    return number(order.get("totalValue", mapping(first).get("totalValue")))
