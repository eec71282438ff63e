"""Touched days are counted before anybody sees them: once, in time, never half."""

import pytest

from service.deadline import Deadline
from service.errors import StorageUnavailable
from service.storage.event_store import EventStore
from service.usecases.affinity_recount import DAYS_IN_A_RUN, Recount, runs_of_days
from tests.service.usecases.history import ADA


@pytest.fixture
def ada(history):
    """The history, Ada met on three days that do not follow on each other."""
    for day in ("2026-01-10", "2026-03-20", "2026-03-30"):
        history.views(f"{day} 10:00", Brand="b")
    return history


def touched(history) -> list[str]:
    person = history.people.find_any("acme", "retail", ADA)
    return [day for day, _version in history.store.dirty_days("acme", "retail", person)]


def test_only_days_that_the_question_needs_are_counted(ada):
    assert ada.amounts("Brand", "views", "last7Days") == {"b": 1}
    assert touched(ada) == ["2026-01-09", "2026-01-10"]
    assert ada.amounts("Brand", "views", "allTime") == {"b": 3}
    assert touched(ada) == []


def test_what_was_counted_is_not_counted_again(ada):
    ada.leans("views", "allTime")
    reads = []

    class Watched(EventStore):
        def events_between(self, *arguments, **options):
            reads.append(arguments)
            return super().events_between(*arguments, **options)

    person = ada.people.find_any("acme", "retail", ADA)
    store = Watched(ada.database)
    Recount(store).bring_up_to_date(ada.tenant, ada.dataset, person, None, Deadline.after(10))
    store.close()
    assert reads == []


def test_a_day_touched_while_it_is_counted_is_counted_again(ada):
    class Busy(EventStore):
        """Somebody's event arrives between the counting and the writing."""

        calls = 0

        def replace_days(self, *arguments):
            self.calls += 1
            if self.calls == 1:
                ada.views("2026-03-30 11:00", Brand="b")
            return super().replace_days(*arguments)

    person = ada.people.find_any("acme", "retail", ADA)
    store = Busy(ada.database)
    Recount(store).bring_up_to_date(
        ada.tenant, ada.dataset, person, "2026-03-29", Deadline.after(10)
    )
    rows = store.amounts("acme", "retail", [person], "2026-03-30", "2026-03-30")
    store.close()
    assert [(row.object_id, row.views) for row in rows] == [("b", 2)]


def test_out_of_time_is_said_and_what_was_counted_stays(ada):
    class OneRun:
        """A deadline that passes after the first run of days."""

        looks = 0

        @property
        def expired(self) -> bool:
            self.looks += 1
            return self.looks > 1

    person = ada.people.find_any("acme", "retail", ADA)
    with pytest.raises(StorageUnavailable) as caught:
        Recount(ada.store).bring_up_to_date(ada.tenant, ada.dataset, person, None, OneRun())
    assert caught.value.retry_after == 1
    assert touched(ada)[0] == "2026-03-19"
    assert ada.amounts("Brand", "views", "allTime") == {"b": 3}


def test_days_that_follow_on_each_other_are_read_together_but_not_too_many():
    march = [(f"2026-03-{day:02}", day) for day in range(1, 32)]
    april = [(f"2026-04-{day:02}", day) for day in (1, 2, 4)]
    assert list(runs_of_days([*march, *april])) == [march, april[:2], april[2:]]
    assert len(march) == DAYS_IN_A_RUN
    assert list(runs_of_days([])) == []
