"""Retention: what is too old goes, in small steps, and all that nothing is left of with it."""

import threading

import pytest
from sqlalchemy import func, select

from service.errors import StorageUnavailable
from service.storage.event_store import DayRow, EventStore
from service.storage.people import People, ProvenPerson
from service.storage.tables import affinity_days, events, identities, order_lines, people
from service.storage.timers import Timers
from service.usecases.retention import Retention, RetentionTimer, first_kept_ms
from tests.service.storage.event_samples import (
    ACME,
    ADA,
    BOB,
    BROWSER,
    DAY,
    NOON,
    RETAIL,
    order,
    view,
)

OLD = NOON - 401 * DAY
KEPT = NOON - 399 * DAY


@pytest.fixture
def store(state_store):
    made = EventStore(state_store)
    yield made
    made.close()


def purge(store):
    pauses = []
    retention = Retention(
        events=store, tenants=[ACME], clock=lambda: NOON / 1000, pause=pauses.append
    )
    return retention.purge_all(), pauses


def count(database, table):
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_days_are_kept_or_dropped_whole_at_the_tenants_midnight():
    assert first_kept_ms(ACME, RETAIL, NOON / 1000) == 1_760_655_600_000  # 2025-10-17, summer time


def test_what_is_too_old_goes_and_the_rest_stays(store, state_store):
    store.append(ACME, RETAIL, [view(ADA, at=OLD), view(ADA, at=KEPT), order(BOB, at=OLD)])
    gone, _pauses = purge(store)
    assert (gone, count(state_store, events), count(state_store, order_lines)) == (2, 1, 0)


def test_it_goes_in_small_steps_with_pauses_for_others(store):
    store.append(ACME, RETAIL, [view(ADA, at=OLD) for _ in range(1_200)])
    gone, pauses = purge(store)
    assert (gone, len(pauses)) == (1_200, 3)


def test_what_was_counted_of_the_day_goes_with_it(store, state_store):
    store.append(ACME, RETAIL, [view(ADA, at=OLD)])
    person = People(state_store).find_any("acme", "retail", ADA)
    for day, version in store.dirty_days("acme", "retail", person):
        store.replace_day("acme", "retail", person, day, version, [DayRow("Product", "P1", 1)])
    before = count(state_store, affinity_days)
    purge(store)
    assert (before, count(state_store, affinity_days)) == (2, 0)


def test_who_was_known_by_events_alone_is_forgotten_with_the_last_one(store, state_store):
    known = People(state_store)
    known.learn("acme", "retail", [ProvenPerson((ADA,))])
    store.append(ACME, RETAIL, [view(ADA, at=OLD), view(BROWSER, at=OLD), view(BOB, at=OLD)])
    store.append(ACME, RETAIL, [view(BOB, at=KEPT)])
    purge(store)
    assert known.find("acme", "retail", ADA)
    assert known.find_any("acme", "retail", BOB)
    assert known.find_any("acme", "retail", BROWSER) is None
    assert (count(state_store, people), count(state_store, identities)) == (2, 2)


def test_of_many_processes_one_purges_once_an_interval(state_store):
    now = [1_000.0]
    timers = [Timers(state_store, clock=lambda: now[0]) for _ in range(3)]
    assert [each.claim("retention", 60) for each in timers] == [True, False, False]
    now[0] += 61
    assert [each.claim("retention", 60) for each in timers] == [True, False, False]
    assert timers[0].claim("another", 60)


class Scripted:
    """A purge that does what it is told, and says when it was asked."""

    def __init__(self, *outcomes):
        self.outcomes, self.asked, self.done = list(outcomes), 0, threading.Event()

    def claim(self, _name, _seconds):
        return True

    def purge_all(self):
        self.asked += 1
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if not self.outcomes:
            self.done.set()
        if outcome:
            raise outcome


def test_the_timer_goes_on_after_a_store_that_did_not_answer_and_after_a_bug():
    purge = Scripted(StorageUnavailable(), KeyError("bug"), None)
    timer = RetentionTimer(purge, purge, look_seconds=0.001)
    timer.start()
    assert purge.done.wait(10)
    timer.close()
    assert purge.asked >= 3
