"""Reads stored events as affinities see them: what they did to the screen, what was bought.

Only what the person did moves the clock of view time: neither campaign statistics, which the
SDK sends by itself, nor what a Flow, a journey or a rep did, nor our own reads.
"""

from collections.abc import Collection

from service.model import PURCHASE, EventItem, EventKind, EventSource
from service.storage.event_store import StoredEvent
from service.tenant import Dataset
from service.usecases.affinity_credits import CatalogObject, credited_objects
from service.usecases.affinity_days import Moment, Screen

ITEM_PAGE_ACTIONS = frozenset({"View Item", "View Item Detail", "View Item Out Of Stock"})
QUICK_VIEW_ACTION = "Quick View Item"
STOP_QUICK_VIEW_ACTION = "Stop Quick View Item"
PAGE_LOAD_ACTIONS = frozenset({"View Category", "View Tag"})
"""Pages that list items; nobody views an item there, but the item before is gone.
Source: Personalization guide, "Item Actions"."""

PERSONS_OWN_SOURCES = frozenset({EventSource.SITE, EventSource.IMPORT})


def is_persons_own(event: StoredEvent, dataset: Dataset) -> bool:
    """Tell whether the person did this, as opposed to somebody or something about the person."""
    return (
        event.source in PERSONS_OWN_SOURCES
        and event.kind is not EventKind.CAMPAIGN
        and event.name != dataset.read_action
    )


def moment_of(event: StoredEvent, own_types: Collection[str]) -> Moment:
    """Return what the event does to the screen, with the objects that its viewed items credit."""
    screen = screen_of(event)
    is_view = screen in (Screen.ITEM_PAGE, Screen.QUICK_VIEW)
    items = tuple(_credited(item, own_types) for item in event.items) if is_view else ()
    return Moment(event.time_ms, event.day, screen, items)


def screen_of(event: StoredEvent) -> Screen:
    """Return what the event does to what the person sees."""
    action = event.item_action
    if action in ITEM_PAGE_ACTIONS:
        return Screen.ITEM_PAGE
    if action == QUICK_VIEW_ACTION:
        return Screen.QUICK_VIEW
    if action == STOP_QUICK_VIEW_ACTION:
        return Screen.STOP_QUICK_VIEW
    is_page = event.kind is EventKind.PAGE or event.details.get("pageView") is True
    return Screen.PAGE_LOAD if is_page or action in PAGE_LOAD_ACTIONS else Screen.SAME_PAGE


def purchased_objects(
    event: StoredEvent, own_types: Collection[str]
) -> list[frozenset[CatalogObject]]:
    """Return what each line credits that was bought by this event and not given back since."""
    if event.item_action != PURCHASE:
        return []
    return [_credited(item, own_types) for item in event.items if not item.taken_back]


def _credited(item: EventItem, own_types: Collection[str]) -> frozenset[CatalogObject]:
    return credited_objects(item.type, item.id, item.related, own_types)
