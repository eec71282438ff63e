"""Placement: as many processes as cores, and each has one to itself."""

import os

import pytest

from service import placement
from service.placement import bind_to, core_for


@pytest.fixture(autouse=True)
def four_cores(monkeypatch):
    monkeypatch.setattr(placement, "available_cores", lambda: {2, 3, 6, 7})


def test_processes_get_the_cores_one_after_the_other():
    taken = []
    for _ in range(4):
        taken.append(core_for(4, taken))
    assert taken == [2, 3, 6, 7]


def test_a_successor_gets_the_core_that_became_free():
    assert core_for(4, [2, 6, 7]) == 3


def test_more_processes_than_cores_are_spread_evenly():
    assert core_for(6, [2, 3, 6, 7, 2]) == 3


def test_where_cores_would_stay_unused_nobody_is_bound():
    assert core_for(3, []) is None


def test_a_system_that_does_not_tell_its_cores_binds_nobody(monkeypatch):
    monkeypatch.setattr(placement, "available_cores", set)
    assert core_for(2, []) is None


def test_a_core_that_may_not_be_used_changes_nothing():
    before = os.sched_getaffinity(0)
    bind_to(1_000)
    assert os.sched_getaffinity(0) == before
