"""The worker's clock: once per local date, also across daylight-saving changes and crashes."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from service.errors import Fault, UpstreamUnavailable
from service.storage.clock_runs import ClockRuns
from service.usecases.clock import LEASE_SECONDS, Clock, Interrupted, Job, due_occasion

NEW_YORK = "America/New_York"


class Stage:
    """A clock whose time the test sets, and the list of what was done."""

    def __init__(self, store, start: datetime):
        self.now = start
        self.done: list[str] = []
        self.runs = ClockRuns(store, self.seconds)

    def seconds(self) -> float:
        return self.now.timestamp()

    def clock(self, *jobs: Job) -> Clock:
        return Clock(jobs, self.runs, self.seconds)

    def nightly(self, schedule="30 1 * * *", zone=NEW_YORK, work=None, **options) -> Job:
        return Job("night", schedule, zone, work or self._note, **options)

    def _note(self, _stopping) -> None:
        self.done.append(self.now.strftime("%m-%dT%H:%M"))

    def pass_through(self, clock: Clock, until: datetime, step=timedelta(minutes=10)) -> None:
        while self.now < until:
            clock.look()
            clock.wait()
            self.now += step


@pytest.fixture
def stage(state_store):
    return lambda *start: Stage(state_store, datetime(*start, tzinfo=UTC))


def test_an_hour_that_comes_twice_fires_once(stage):
    here = stage(2026, 11, 1, 0)  # 01:30 comes at 05:30 and again at 06:30 UTC
    here.pass_through(here.clock(here.nightly()), datetime(2026, 11, 1, 23, tzinfo=UTC))
    assert here.done == ["11-01T05:30"]


def test_a_time_that_does_not_exist_fires_once_a_day_all_the_same(stage):
    here = stage(2027, 3, 13, 0)
    until = datetime(2027, 3, 16, 0, tzinfo=UTC)
    here.pass_through(here.clock(here.nightly("30 2 * * *")), until)
    assert here.done == ["03-13T07:30", "03-14T07:30", "03-15T06:30"]


def test_a_schedule_moved_to_later_does_not_fire_twice_on_one_date(stage):
    here = stage(2026, 11, 20, 4)
    here.pass_through(here.clock(here.nightly("0 4 * * *", "UTC")), here.now + timedelta(hours=1))
    here.pass_through(here.clock(here.nightly("0 6 * * *", "UTC")), here.now + timedelta(hours=3))
    assert here.done == ["11-20T04:00"]


def test_a_job_of_many_times_a_day_fires_at_each_wall_time_once(stage):
    here = stage(2026, 11, 1, 4)
    job = here.nightly("*/30 * * * *", once_per_day=False)
    here.pass_through(here.clock(job), datetime(2026, 11, 1, 8, tzinfo=UTC))
    times = [each.partition("T")[2] for each in here.done]
    assert times == ["04:00", "04:30", "05:00", "05:30", "07:00", "07:30"]  # 01:xx comes twice


@pytest.mark.parametrize(("hours_late", "is_made_up"), [(11, True), (13, False)])
def test_a_missed_night_is_made_up_for_within_twelve_hours(stage, hours_late, is_made_up):
    here = stage(2026, 11, 20, 4)
    here.now += timedelta(hours=hours_late)
    clock = here.clock(here.nightly("0 4 * * *", "UTC"))
    clock.look()
    clock.wait()
    assert bool(here.done) is is_made_up


def test_of_several_clocks_one_does_it(stage):
    here = stage(2026, 11, 20, 4)
    job = here.nightly("0 4 * * *", "UTC")
    clocks = [here.clock(job) for _ in range(4)]
    threads = [threading.Thread(target=clock.look) for clock in clocks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for clock in clocks:
        clock.wait()
    assert len(here.done) == 1


def test_a_lost_workers_job_is_taken_over_once_its_lease_is_out(stage):
    here = stage(2026, 11, 20, 4)
    assert here.runs.claim("night", "2026-11-20", LEASE_SECONDS)  # by a worker that is lost now
    clock = here.clock(here.nightly("0 4 * * *", "UTC"))
    assert clock.look() == []
    here.now += timedelta(seconds=LEASE_SECONDS + 1)
    assert clock.look() == ["night"]
    clock.wait()
    assert len(here.done) == 1


def test_a_long_job_keeps_its_lease(stage):
    here = stage(2026, 11, 20, 4)
    go_on = threading.Event()

    def work(_stopping):
        go_on.wait(10)
        here.done.append("once")

    job = here.nightly("0 4 * * *", "UTC", work)
    first, second = here.clock(job), here.clock(job)
    first.look()
    for _ in range(10):
        here.now += timedelta(seconds=LEASE_SECONDS / 2)
        first.look()
        assert second.look() == []
    go_on.set()
    first.wait()
    assert here.done == ["once"]


def test_a_passing_fault_is_tried_again_and_a_lasting_one_is_not(stage):
    here = stage(2026, 11, 20, 4)
    faults = [UpstreamUnavailable(retry_after=1_200), Fault("for good"), None]

    def work(_stopping):
        here.done.append(here.now.strftime("%H:%M"))
        if fault := faults.pop(0):
            raise fault

    clock = here.clock(here.nightly("0 4 * * *", "UTC", work))
    here.pass_through(clock, datetime(2026, 11, 20, 15, tzinfo=UTC))
    assert here.done == ["04:00", "04:20"]


def test_stopping_asks_the_job_to_leave_and_the_next_worker_takes_it_up(stage):
    here = stage(2026, 11, 20, 4)
    begun = threading.Event()

    def work(stopping):
        begun.set()
        while not stopping():
            threading.Event().wait(0.01)
        raise Interrupted

    stopped = here.clock(here.nightly("0 4 * * *", "UTC", work))
    stopped.look()
    begun.wait(10)
    stopped.stop()
    successor = here.clock(here.nightly("0 4 * * *", "UTC"))
    assert successor.look() == ["night"]
    successor.wait()
    assert here.done == ["11-20T04:00"]


def test_nothing_is_due_before_the_first_time():
    job = Job("night", "0 4 1 12 *", "UTC", lambda _stopping: None)
    assert due_occasion(job, datetime(2026, 11, 20, 4, tzinfo=UTC)) is None
