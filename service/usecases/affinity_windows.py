"""Which local days a date range holds, and which ones came before it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class DateRange(StrEnum):
    """The last so many local days, today included."""

    LAST_7_DAYS = "last7Days"
    LAST_30_DAYS = "last30Days"
    LAST_90_DAYS = "last90Days"
    LAST_365_DAYS = "last365Days"
    ALL_TIME = "allTime"

    @property
    def days(self) -> int | None:
        """How many days it holds; None when it has no beginning."""
        return DAYS[self]


DAYS = {
    DateRange.LAST_7_DAYS: 7,
    DateRange.LAST_30_DAYS: 30,
    DateRange.LAST_90_DAYS: 90,
    DateRange.LAST_365_DAYS: 365,
    DateRange.ALL_TIME: None,
}


@dataclass(frozen=True)
class Window:
    """Whole local days as ISO texts, both ends included; `first_day` None has no beginning."""

    first_day: str | None
    last_day: str


def window(date_range: DateRange, today: date) -> Window:
    """Return the days of `date_range` that end today."""
    if date_range.days is None:
        return Window(None, today.isoformat())
    first = today - timedelta(days=date_range.days - 1)
    return Window(first.isoformat(), today.isoformat())


def window_before(date_range: DateRange, today: date) -> Window | None:
    """Return as many days just before those of `date_range`; None before all time."""
    if date_range.days is None:
        return None
    return window(date_range, today - timedelta(days=date_range.days))


def local_day(epoch_seconds: float, zone: ZoneInfo) -> date:
    """Return the calendar day of a moment in a time zone."""
    return datetime.fromtimestamp(epoch_seconds, zone).date()


def start_of_day_ms(day: date, zone: ZoneInfo) -> int:
    """Return when a local day begins, in epoch milliseconds.

    Where the clocks skip midnight the day begins with the hour after the gap; where midnight
    comes twice, with the first one.
    """
    return int(datetime.combine(day, time.min, zone).timestamp() * 1_000)
