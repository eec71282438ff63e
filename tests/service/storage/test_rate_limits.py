"""Rates hold over all processes; a store of rates that is gone lets everybody pass."""

import multiprocessing
import time

import pytest
from prometheus_client import REGISTRY

from service.storage.rate_limits import Rate, RateLimits, SqliteRates
from service.storage.rates_redis import RedisRates

SLOW = Rate(per_second=0.01, burst=3)


@pytest.fixture(params=["sqlite", "redis"])
def make_store(request, tmp_path):
    """Return a function that opens the same store anew, on each of the two engines."""
    opened = []

    def make():
        if request.param == "sqlite":
            opened.append(SqliteRates(tmp_path / "rates.db"))
        else:
            url = request.getfixturevalue("redis_server").url
            opened.append(RedisRates(url, prefix=f"{tmp_path}:"))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


def test_a_burst_passes_and_what_comes_after_has_to_wait(make_store):
    limits = RateLimits(make_store())
    waits = [limits.wait_for("a", SLOW) for _ in range(5)]
    assert waits[:3] == [0, 0, 0]
    assert all(90 < wait <= 100 for wait in waits[3:])


def test_names_do_not_share_a_rate(make_store):
    limits = RateLimits(make_store())
    for _ in range(4):
        limits.wait_for("a", SLOW)
    assert limits.wait_for("b", SLOW) == 0


def test_who_is_refused_does_not_wait_longer_for_having_asked(make_store):
    limits = RateLimits(make_store())
    first, *_others, last = [limits.wait_for("a", SLOW) for _ in range(20)][3:]
    assert last <= first


def test_two_processes_share_a_rate(make_store):
    first, second = RateLimits(make_store()), RateLimits(make_store())
    granted = [limits.wait_for("a", SLOW) == 0 for limits in (first, second) * 4]
    assert granted == [True] * 3 + [False] * 5


def test_time_gives_permits_back(tmp_path):
    now = [1_000.0]
    limits = RateLimits(SqliteRates(tmp_path / "rates.db", clock=lambda: now[0]))
    rate = Rate(per_second=2, burst=2)
    granted = []
    for _ in range(8):
        granted.append(limits.wait_for("a", rate) == 0)
        now[0] += 0.25
    assert granted == [True, True, True, False, True, False, True, False]
    limits.close()


def _ask_for_a_second(path, answers):
    limits, granted, until = RateLimits(SqliteRates(path)), 0, time.monotonic() + 1
    while time.monotonic() < until:
        granted += limits.wait_for("a", Rate(per_second=40, burst=5)) == 0
        time.sleep(0.002)
    answers.put(granted)


def test_four_processes_together_get_what_one_rate_allows(tmp_path):
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    SqliteRates(tmp_path / "rates.db").advance("other", 1, 0)
    workers = [
        context.Process(target=_ask_for_a_second, args=(tmp_path / "rates.db", answers))
        for _ in range(4)
    ]
    started = time.monotonic()
    for worker in workers:
        worker.start()
    granted = sum(answers.get(timeout=60) for _ in workers)
    for worker in workers:
        worker.join()
    assert 20 <= granted <= 5 + 40 * (time.monotonic() - started)


def test_rates_that_cannot_be_asked_refuse_nobody_and_are_counted(tmp_path):
    before = REGISTRY.get_sample_value("p13n_rate_store_failures_total")
    limits = RateLimits(SqliteRates(tmp_path / "gone" / "rates.db"))
    assert [limits.wait_for("a", SLOW) for _ in range(5)] == [0] * 5
    assert REGISTRY.get_sample_value("p13n_rate_store_failures_total") == before + 5
