"""Group commit: many callers, few transactions, and no caller woken before its own is on disk."""

import sqlite3
import threading

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from service.errors import StorageUnavailable
from service.storage.group_commit import GroupCommit
from service.storage.turns import Turns


class Disk:
    """Commits what it is given; holds the first batch until told to go on."""

    def __init__(self, *, holds=False):
        self.batches = []
        self.has_begun = threading.Event()
        self.may_go_on = threading.Event()
        if not holds:
            self.may_go_on.set()

    def commit(self, jobs):
        self.has_begun.set()
        assert self.may_go_on.wait(10)
        if "poison" in jobs:
            raise StorageUnavailable() from IntegrityError(
                "insert", {}, sqlite3.IntegrityError("poison")
            )
        if "full" in jobs:
            raise StorageUnavailable() from OperationalError("insert", {}, Exception("full"))
        if "bug" in jobs:
            raise KeyError("bug")
        self.batches.append(list(jobs))
        return [f"{job} is stored" for job in jobs]


@pytest.fixture
def make_group():
    made = []

    def make(disk, **options):
        made.append(GroupCommit(disk.commit, Turns(None), **options))
        return made[-1]

    yield make
    for group in made:
        group.close()


class Caller(threading.Thread):
    """Somebody who wants one job done, and what came of it."""

    def __init__(self, group, job):
        super().__init__(daemon=True)
        self.group, self.job, self.outcome = group, job, None
        self.start()

    def run(self):
        try:
            self.outcome = self.group.run(self.job)
        except Exception as trouble:
            self.outcome = trouble


def queued(group, count):
    """Wait until so many jobs are in line."""
    for _ in range(2_000):
        if group._queue.qsize() == count:
            return
        threading.Event().wait(0.005)
    raise AssertionError("the jobs never came into line")


def all_at_once(group, disk, jobs):
    """Return what became of `jobs`, which all waited while a first one was written."""
    disk.has_begun.clear()
    first = Caller(group, "first")
    assert disk.has_begun.wait(10)
    callers = [Caller(group, job) for job in jobs]
    queued(group, len(jobs))
    assert all(caller.outcome is None for caller in (first, *callers))
    disk.may_go_on.set()
    for caller in (first, *callers):
        caller.join(10)
    return [caller.outcome for caller in callers]


def test_what_comes_while_another_batch_is_written_goes_in_one_transaction(make_group):
    disk = Disk(holds=True)
    outcomes = all_at_once(make_group(disk), disk, ["a", "b", "c"])
    assert sorted(outcomes) == ["a is stored", "b is stored", "c is stored"]
    assert [len(batch) for batch in disk.batches] == [1, 3]


def test_one_job_that_cannot_be_stored_costs_the_others_nothing(make_group):
    disk = Disk(holds=True)
    good, bad, other = all_at_once(make_group(disk), disk, ["a", "poison", "c"])
    assert (good, other) == ("a is stored", "c is stored")
    assert isinstance(bad, StorageUnavailable)


def test_a_bug_reaches_the_caller_whose_job_met_it(make_group):
    disk = Disk(holds=True)
    good, bad = all_at_once(make_group(disk), disk, ["a", "bug"])
    assert good == "a is stored"
    assert isinstance(bad, KeyError)


def test_a_full_disk_is_told_to_everybody_of_the_batch_at_once(make_group):
    disk = Disk(holds=True)
    outcomes = all_at_once(make_group(disk), disk, ["a", "full", "c"])
    assert all(isinstance(outcome, StorageUnavailable) for outcome in outcomes)
    assert disk.batches == [["first"]]


def test_the_writer_lives_on_after_a_failure(make_group):
    group = make_group(Disk())
    with pytest.raises(StorageUnavailable):
        group.run("full")
    assert group.run("a") == "a is stored"


def test_a_batch_stops_growing_at_a_weight_that_others_can_wait_for(make_group):
    disk = Disk(holds=True)
    all_at_once(make_group(disk, weigh=lambda job: 400), disk, list("abcdef"))
    assert [len(batch) for batch in disk.batches] == [1, 3, 3]


def test_closing_finishes_what_is_in_line(make_group):
    disk = Disk(holds=True)
    group = make_group(disk)
    caller = Caller(group, "a")
    assert disk.has_begun.wait(10)
    disk.may_go_on.set()
    group.close()
    caller.join(10)
    assert caller.outcome == "a is stored"


def test_turns_are_taken_one_at_a_time(tmp_path):
    turns, inside, most = Turns(tmp_path / "lock"), [], []

    def take():
        for _ in range(50):
            with turns.taken():
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1


def test_a_turn_without_a_disk_is_an_unavailable_store(tmp_path):
    with pytest.raises(StorageUnavailable), Turns(tmp_path / "gone" / "lock").taken():
        pass
