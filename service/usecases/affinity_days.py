"""Views and view time of one person on one local day: pure arithmetic over their moments.

View time runs from an item view to the person's next moment in the same visit. A Quick View
pauses the item behind it and Stop Quick View resumes that item; a page load ends both; more
than 30 idle minutes end the visit, and the view before them has no known end, so no time.
All time of a view belongs to the day on which the view began. Its clock stops at the latest
with the following day, so that a moment can change its own day and the one before, never
another. Equality with the vendor's own figures is unverified: its formula is not public.
Source: Salesforce help, "Unified Customer Profile for E-Commerce"; docs/affinities.md.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum

from service.usecases.affinity_credits import CatalogObject

IDLE_MS = 30 * 60 * 1_000
"""A visit ends when nothing happens for longer than this."""

ItemObjects = tuple[frozenset[CatalogObject], ...]
"""What a moment's items credit, one set for each item."""


class Screen(Enum):
    """What a moment does to what the person sees."""

    ITEM_PAGE = "an item's page opens"
    QUICK_VIEW = "an item opens in front of the page"
    STOP_QUICK_VIEW = "that item closes again"
    PAGE_LOAD = "another page opens"
    SAME_PAGE = "something happens on the page that is open"


@dataclass(frozen=True)
class Moment:
    """One thing a person did: when (epoch ms and local day, ISO), what, with which items."""

    time_ms: int
    day: str
    screen: Screen
    items: ItemObjects = ()


@dataclass
class Viewed:
    """How often and for how long (ms) an object was in view."""

    views: int = 0
    view_time_ms: int = 0


def views_of_day(day: str, moments: Iterable[Moment]) -> dict[CatalogObject, Viewed]:
    """Return what each object gets for `day` (ISO).

    `moments` are one person's, oldest first, beginning with the first of `day`. They may run
    on: only as many are read as it takes to see the end of this day's views.
    """
    last_day = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    watch = _Watch(day)
    for moment in moments:
        if moment.day > last_day or (moment.day > day and not watch.is_waiting):
            break
        watch.see(moment)
    return dict(watch.viewed)


@dataclass
class _Watch:
    """Follows what is on the screen. Views of later days are followed too, but not credited."""

    day: str
    viewed: defaultdict = field(default_factory=lambda: defaultdict(Viewed))
    running: ItemObjects | None = None
    is_quick: bool = False
    behind: ItemObjects | None = None
    last_ms: int | None = None

    @property
    def is_waiting(self) -> bool:
        """Tell whether a later moment can still add time to a view of this day."""
        return bool(self.running or self.behind)

    def see(self, moment: Moment) -> None:
        self._stop_clock(moment.time_ms)
        items = moment.items if moment.day == self.day else ()
        match moment.screen:
            case Screen.ITEM_PAGE:
                self._show(items, is_quick=False, behind=None)
            case Screen.QUICK_VIEW:
                covered = self.behind if self.is_quick else self.running
                self._show(items, is_quick=True, behind=covered)
            case Screen.STOP_QUICK_VIEW:
                self.running, self.is_quick, self.behind = self.behind, False, None
            case Screen.PAGE_LOAD:
                self.running, self.is_quick, self.behind = None, False, None
            case Screen.SAME_PAGE:
                self.running = None  # the clock has stopped; what lies behind stays there

    def _stop_clock(self, now_ms: int) -> None:
        passed = 0 if self.last_ms is None else now_ms - self.last_ms
        self.last_ms = now_ms
        if passed > IDLE_MS:
            self.running, self.is_quick, self.behind = None, False, None
        for objects in self.running or ():
            for each in objects:
                self.viewed[each].view_time_ms += passed

    def _show(self, items: ItemObjects, *, is_quick: bool, behind: ItemObjects | None) -> None:
        self.running, self.is_quick, self.behind = items, is_quick, behind
        for objects in items:
            for each in objects:
                self.viewed[each].views += 1
