"""Views and view time of one person by local days: pure arithmetic over their moments.

View time runs from an item view to the person's next moment in the same visit. A Quick View
pauses the item behind it and Stop Quick View resumes that item; a page load ends both; more
than 30 idle minutes end the visit, and the view before them has no known end, so no time.
All time of a view belongs to the day on which the view began. Its clock stops at the latest
with the following day, so that a moment can change its own day and the one before, never
another. Equality with the vendor's own figures is unverified: its formula is not public.
Source: Salesforce help, "Unified Customer Profile for E-Commerce"; docs/affinities.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum
from functools import lru_cache

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


DayViews = dict[str, dict[CatalogObject, Viewed]]
"""What each object gets, by local day (ISO)."""


def views_by_day(last_day: str, moments: Iterable[Moment]) -> DayViews:
    """Return what each object gets on each day up to and with `last_day`.

    `moments` are one person's, oldest first, beginning with the first of some day. They may run
    on: only as many are read as it takes to see the end of the last views.
    """
    watch = _Watch(last_day)
    for moment in moments:
        watch.stop_clock(moment)
        if moment.day > last_day and not watch.is_waiting:
            break
        watch.look(moment)
    return {day: dict(viewed) for day, viewed in watch.days.items()}


@dataclass(frozen=True)
class _View:
    """What is or was in view: since which day, until which day at most, with which items."""

    day: str
    until_day: str
    items: ItemObjects


@dataclass
class _Watch:
    """Follows what is on the screen. Views after `last_day` are followed too, but not credited."""

    last_day: str
    days: dict = field(default_factory=lambda: defaultdict(lambda: defaultdict(Viewed)))
    running: _View | None = None
    is_quick: bool = False
    behind: _View | None = None
    last_ms: int | None = None

    @property
    def is_waiting(self) -> bool:
        """Tell whether a later moment can still add time to a view that is credited."""
        return any(view and view.day <= self.last_day for view in (self.running, self.behind))

    def stop_clock(self, moment: Moment) -> None:
        """Credit the time since the moment before, and forget what came to its end meanwhile."""
        passed = 0 if self.last_ms is None else moment.time_ms - self.last_ms
        self.last_ms = moment.time_ms
        if passed > IDLE_MS:
            self.running, self.is_quick, self.behind = None, False, None
        self.running = _unless_too_old(self.running, moment.day)
        self.behind = _unless_too_old(self.behind, moment.day)
        for viewed in self._credited(self.running):
            viewed.view_time_ms += passed

    def look(self, moment: Moment) -> None:
        """Change what is on the screen as the moment does."""
        match moment.screen:
            case Screen.ITEM_PAGE:
                self._show(moment, is_quick=False, behind=None)
            case Screen.QUICK_VIEW:
                covered = self.behind if self.is_quick else self.running
                self._show(moment, is_quick=True, behind=covered)
            case Screen.STOP_QUICK_VIEW:
                self.running, self.is_quick, self.behind = self.behind, False, None
            case Screen.PAGE_LOAD:
                self.running, self.is_quick, self.behind = None, False, None
            case Screen.SAME_PAGE:
                self.running = None  # the clock has stopped; what lies behind stays there

    def _show(self, moment: Moment, *, is_quick: bool, behind: _View | None) -> None:
        view = _View(moment.day, _day_after(moment.day), moment.items)
        self.running, self.is_quick, self.behind = view, is_quick, behind
        for viewed in self._credited(view):
            viewed.views += 1

    def _credited(self, view: _View | None) -> Iterator[Viewed]:
        if view is not None and view.day <= self.last_day:
            for objects in view.items:
                for each in objects:
                    yield self.days[view.day][each]


def _unless_too_old(view: _View | None, day: str) -> _View | None:
    return None if view is None or day > view.until_day else view


@lru_cache(maxsize=1_000)
def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
