"""One plain sentence about what is hot now: deterministic, from stored events alone.

The first half says what happened in the last half hour, most telling first: bought, put in the
cart, looked at, was active; else when the person was last seen. The second half says how often
the person bought this year, in the tenant's time zone.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from service.model import PURCHASE, EventItem, Reason
from service.storage.event_store import StoredEvent
from service.usecases.affinity_credits import PATH_TYPE, SEPARATOR, CatalogObject, credited_objects
from service.usecases.affinity_days import Screen
from service.usecases.affinity_moments import screen_of
from service.usecases.spoken_names import in_a_sentence

HOT_MS = 30 * 60 * 1_000
ADD_TO_CART, REMOVE_FROM_CART = "Add To Cart", "Remove From Cart"
VIEWS = (Screen.ITEM_PAGE, Screen.QUICK_VIEW)


@dataclass(frozen=True)
class Recently:
    """What a summary is made of.

    `events` are what the person did in the last half hour, oldest first; `last_ms` is when the
    person was last active, `purchases` how many orders of this year still stand, `labels` what
    catalog objects are called.
    """

    events: Sequence[StoredEvent]
    last_ms: int
    purchases: int
    labels: Mapping[CatalogObject, str]


def hot_now(recently: Recently, now_ms: int, zone: ZoneInfo) -> Reason:
    """Return the sentence with its code and parameters; `purchases` is always one of them."""
    code, first_half, parameters = (
        _bought(recently, now_ms)
        or _put_in_cart(recently, now_ms)
        or _looked(recently, now_ms)
        or _was_active(recently, now_ms, zone)
    )
    bought = _times_bought(recently.purchases)
    message = f"{first_half}; {bought}." if bought else f"{first_half}."
    return Reason(code, message, parameters | {"purchases": recently.purchases})


def related_objects(events: Sequence[StoredEvent]) -> set[CatalogObject]:
    """Return every object whose name a summary of `events` may want to say."""
    return {each for item in _viewed_items(events) for each in _related(item)}


Half = tuple[str, str, dict]


def _bought(recently: Recently, now_ms: int) -> Half | None:
    for event in reversed(recently.events):
        count = sum(not item.taken_back for item in event.items)
        if event.item_action == PURCHASE and count:
            minutes = _minutes_ago(event, now_ms)
            sentence = f"Bought {_counted(count, 'item')} {_ago(minutes)}"
            return "JUST_BOUGHT", sentence, {"count": count, "minutes": minutes}
    return None


def _put_in_cart(recently: Recently, now_ms: int) -> Half | None:
    removed = set()
    for event in reversed(recently.events):
        for item in reversed(event.items):
            if event.item_action == REMOVE_FROM_CART:
                removed.add((item.type, item.id))
            elif event.item_action == ADD_TO_CART and (item.type, item.id) not in removed:
                minutes = _minutes_ago(event, now_ms)
                name = _name(item)
                sentence = f"Put {name} in the cart {_ago(minutes)}"
                return "PUT_IN_CART", sentence, {"item": name, "minutes": minutes}
    return None


def _looked(recently: Recently, now_ms: int) -> Half | None:
    items = {(item.type, item.id): item for item in _viewed_items(recently.events)}
    if not items:
        return None
    first = next(event for event in recently.events if screen_of(event) in VIEWS and event.items)
    minutes = max(1, math.ceil((now_ms - first.time_ms) / 60_000))
    span = "in the last minute" if minutes == 1 else f"in the last {minutes} minutes"
    if len(items) == 1:
        name = _name(next(iter(items.values())))
        return "LOOKED_AT_ITEM", f"Looked at {name} {span}", {"item": name, "minutes": minutes}
    mostly = _mostly(list(items.values()), recently.labels)
    what = f"{len(items)} items, mostly {mostly}," if mostly else f"{len(items)} items"
    parameters = {"count": len(items), "mostly": mostly, "minutes": minutes}
    return "LOOKED_AT_ITEMS", f"Looked at {what} {span}", parameters


def _was_active(recently: Recently, now_ms: int, zone: ZoneInfo) -> Half:
    if recently.events:
        minutes = _minutes_ago(recently.events[-1], now_ms)
        return "ACTIVE_NOW", f"Active {_ago(minutes)}", {"minutes": minutes}
    days = max(0, (_day(now_ms, zone) - _day(recently.last_ms, zone)).days)
    when = {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")
    return "LAST_ACTIVE", f"Last active {when}", {"days": days}


def _viewed_items(events: Sequence[StoredEvent]) -> list[EventItem]:
    return [item for event in events if screen_of(event) in VIEWS for item in event.items]


def _mostly(items: Sequence[EventItem], labels: Mapping[CatalogObject, str]) -> str | None:
    """Name the object that more than half of the items have in common, the narrowest of them."""
    counts = Counter(each for item in items for each in _related(item))
    shared = [each for each, count in counts.items() if count * 2 > len(items)]
    if not shared:
        return None
    kind, object_id = min(
        shared, key=lambda each: (each[0] != PATH_TYPE, -counts[each], -_depth(each), each)
    )
    last_tier = object_id.rsplit(SEPARATOR, 1)[-1] if kind == PATH_TYPE else object_id
    return in_a_sentence(labels.get((kind, object_id), last_tier))


def _related(item: EventItem) -> frozenset[CatalogObject]:
    return credited_objects(item.type, item.id, item.related, own_types=())


def _depth(each: CatalogObject) -> int:
    return each[1].count(SEPARATOR) if each[0] == PATH_TYPE else 0


def _name(item: EventItem) -> str:
    return in_a_sentence(item.name or f"{item.type} {item.id}")


def _times_bought(purchases: int) -> str:
    if not purchases:
        return ""
    times = {1: "once", 2: "twice"}.get(purchases, f"{purchases} times")
    return f"bought {times} this year"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _minutes_ago(event: StoredEvent, now_ms: int) -> int:
    return max(0, (now_ms - event.time_ms) // 60_000)


def _ago(minutes: int) -> str:
    return f"{_counted(minutes, 'minute')} ago" if minutes else "just now"


def _day(time_ms: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(time_ms / 1_000, zone).date()
