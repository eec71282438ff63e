"""The worker as a process: killed anywhere, told to stop, several at once."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import update

from service.storage.outbox_messages import State
from service.storage.tables import outbox
from simulator.personalization.cast import cast
from tests.service.killed_worker import POINTS, die_at

P13N = str(Path(sys.executable).with_name("p13n"))
EMAIL = cast()["usual"]["email"]
PERSON = {"type": "emailAddress", "value": EMAIL}
UPDATE = {
    "dataset": "retail",
    "action": "Lead changed",
    "updates": [{"identities": [PERSON], "attributes": {"jobTitle": "Boss"}}],
}
CLICK = {
    "dataset": "retail",
    "identity": PERSON,
    "stats": [{"experienceId": "E", "stat": "Click", "items": [{"type": "Promotion", "id": "p1"}]}],
}


@pytest.fixture
def variables(environment, state_url):
    """The environment of a service on each of the two engines."""
    return environment(P13N_DATABASE_URL=state_url)


@pytest.fixture
def service(make_service, state_url):
    return make_service(P13N_DATABASE_URL=state_url)


def end_leases(service) -> None:
    """Let the time pass that a lost worker had."""
    service.parts.database.write(lambda c: c.execute(update(outbox).values(wake_at=0)))


def states(service) -> list[str]:
    return [str(each.state) for each in service.parts.outbox.letters(tuple(State))]


def clicks_counted(account) -> int:
    return sum(
        count
        for (experience, _stat, _control), count in account.state.datasets["retail"].stats.items()
        if experience == "E"
    )


def shown(service, name: str) -> int:
    body = {"dataset": "retail", "identity": PERSON}
    events = service.post("/v1/event-stream", body).get_json()["events"]
    return [event["name"] for event in events].count(name)


@pytest.mark.parametrize("point", POINTS)
def test_content_survives_a_worker_killed_anywhere(service, variables, account, point):
    assert service.write("/v1/profile-updates", UPDATE).status_code == 200
    die_at(point, variables)
    end_leases(service)
    service.deliver()
    assert states(service) == ["done"]
    profile = account.state.datasets["retail"].profiles.with_identity("emailAddress", EMAIL)
    assert profile.value("jobTitle") == "Boss"
    assert len(account.events()) == (2 if point in ("after send", "before ack") else 1)
    assert shown(service, "Lead changed") == 1


@pytest.mark.parametrize(
    ("point", "state", "counted"),
    [
        ("claimed", "done", 1),
        ("before send", "unconfirmed", 0),
        ("after send", "unconfirmed", 1),
        ("before ack", "unconfirmed", 1),
        ("after ack", "done", 1),
    ],
)
def test_a_counter_never_counts_twice_wherever_the_worker_is_killed(
    service, variables, account, point, state, counted
):
    assert service.write("/v1/campaign-stats", CLICK).status_code == 202
    die_at(point, variables)
    end_leases(service)
    service.deliver()
    assert states(service) == [state]
    assert clicks_counted(account) == counted
    assert shown(service, "Offer Click") == (1 if state == "done" else 0)


@pytest.fixture
def start_worker(environment, tmp_path):
    """Return a function that starts `p13n worker`; all are stopped in the end."""
    started = []

    def start(*options) -> subprocess.Popen:
        log = (tmp_path / f"worker-{len(started)}.log").open("wb")
        process = subprocess.Popen(
            [P13N, "worker", *options], env=os.environ | environment(), stdout=log, stderr=log
        )
        started.append((process, log))
        return process

    yield start
    for process, log in started:
        process.kill()
        process.wait()
        log.close()


@pytest.fixture
def embedded(make_service):
    return make_service()


def wait_until(condition, seconds=40) -> None:
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up, "it did not happen in time"
        time.sleep(0.02)


def test_told_to_stop_a_worker_finishes_what_it_is_sending(embedded, account, start_worker):
    account.fault(latencyMs=1_000, times=1)
    embedded.write("/v1/campaign-stats", CLICK)
    worker = start_worker()
    wait_until(account.events)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=30) == 0
    assert states(embedded) == ["done"]
    assert clicks_counted(account) == 1


def test_workers_count_into_the_metrics_that_the_web_process_shows(embedded, start_worker):
    embedded.write("/v1/profile-updates", UPDATE)
    start_worker()
    wait_until(lambda: states(embedded) == ["done"])
    folder = embedded.parts.settings.data_dir / "metrics"
    assert [file.name for file in folder.glob("counter_*.db")]
