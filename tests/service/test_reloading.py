"""SIGHUP: new settings are checked whole; nothing that is under way notices the change."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests

from service.exchange import Exchange
from service.storage.outbox_messages import State
from simulator.demo import free_ports
from simulator.personalization.cast import cast

P13N = str(Path(sys.executable).with_name("p13n"))
PERSON = {"type": "emailAddress", "value": cast()["usual"]["email"]}
ROUNDS = 3


@pytest.fixture
def start(environment, tmp_path):
    """Return a function that starts p13n; its settings are changed in the tenants file."""
    started, variables = [], environment()

    def run(*arguments: str) -> subprocess.Popen:
        with (tmp_path / f"{arguments[0]}.log").open("wb") as log:
            process = subprocess.Popen(
                [P13N, *arguments], env=os.environ | variables, stdout=log, stderr=log
            )
        started.append(process)
        return process

    yield run
    for process in started:
        process.terminate()
        assert process.wait(40) == 0


@pytest.fixture
def change(tmp_path):
    """Return a function that changes the tenants file as a whole."""
    file = tmp_path / "tenants.toml"

    def write(old: str, new: str) -> None:
        text = file.read_text()
        assert old in text
        (tmp_path / "new.toml").write_text(text.replace(old, new))
        (tmp_path / "new.toml").replace(file)

    return write


def wait_until(condition, seconds=40) -> None:
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up, "it did not happen in time"
        time.sleep(0.02)


class Crowd:
    """Callers with connections that they keep, asking one question after the other."""

    def __init__(self, url: str, token: str, callers: int = 6):
        self._url, self._headers = url, {"Authorization": f"Bearer {token}"}
        self._ending = threading.Event()
        self.labels: list[str] = []
        self.faults: list[str] = []
        self._threads = [threading.Thread(target=self._ask) for _ in range(callers)]
        for thread in self._threads:
            thread.start()

    def _ask(self) -> None:
        with requests.Session() as session:
            while not self._ending.is_set():
                try:
                    answer = session.get(self._url, headers=self._headers, timeout=20)
                    self.labels.append(answer.json()["datasets"][0]["label"])
                except Exception as trouble:
                    self.faults.append(repr(trouble))

    def end(self) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()


def token_of(service, url: str) -> str:
    form, pair = {"grant_type": "client_credentials"}, (service.client_id, service.client_secret)
    return requests.post(f"{url}/oauth/token", data=form, auth=pair, timeout=20).json()[
        "access_token"
    ]


def is_ready(url: str) -> bool:
    try:
        return requests.get(f"{url}/health/ready", timeout=5).ok
    except requests.RequestException:
        return False


def test_no_request_is_lost_while_the_settings_of_the_web_change(service, start, change, tmp_path):
    [port] = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    server = start("serve", "--port", str(port), "--processes", "2")
    wait_until(lambda: is_ready(url))
    crowd = Crowd(f"{url}/v1/datasets", token_of(service, url))
    try:
        for place in range(ROUNDS):
            change(f'label = "Retail{place or ""}"', f'label = "Retail{place + 1}"')
            server.send_signal(signal.SIGHUP)
            wait_until(lambda now=f"Retail{place + 1}": set(crowd.labels[-40:]) == {now})
        change('identity_types = ["emailAddress"]', "identity_types = 7")
        server.send_signal(signal.SIGHUP)
        wait_until(lambda: "the old ones stay" in (tmp_path / "serve.log").read_text())
        seen = len(crowd.labels)
        wait_until(lambda: len(crowd.labels) > seen + 40)
    finally:
        crowd.end()
    assert crowd.faults == []
    assert set(crowd.labels[seen:]) == {f"Retail{ROUNDS}"}
    [refused] = [line for line in logged(tmp_path / "serve.log") if "problems" in line]
    assert refused["problems"] == [
        "tenants.other.datasets.elsewhere.identity_types: must be a list."
    ]


def logged(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text().splitlines() if line.startswith("{")]


def click(place: int) -> dict:
    item = {"type": "Promotion", "id": "p1"}
    stat = {"experienceId": f"E{place}", "stat": "Click", "items": [item]}
    return {"dataset": "retail", "identity": PERSON, "viewId": str(place), "stats": [stat]}


def test_no_message_is_lost_or_doubled_while_the_settings_of_a_worker_change(
    service, account, start, change, tmp_path
):
    """Half of the clicks go out under the old spelling of a click, the other half under the new."""
    worker = start("worker", "--threads", "4")
    stats = account.state.datasets["retail"].stats

    def send(places: range) -> None:
        for place in places:
            assert service.write("/v1/campaign-stats", click(place)).status_code == 202

    send(range(20))
    wait_until(lambda: sum(stats.values()) >= 5)
    account.fault(latencyMs=60)
    change("[tenants.acme]\n", '[tenants.acme]\nstat_click_name = "Clickthrough"\n')
    worker.send_signal(signal.SIGHUP)
    wait_until(lambda: "settings reloaded" in (tmp_path / "worker.log").read_text())
    send(range(20, 30))
    wait_until(lambda: [each.state for each in letters(service)] == [State.DONE] * 30)
    assert sorted(experience for experience, _stat, _control in stats) == sorted(
        f"E{place}" for place in range(30)
    )
    assert set(stats.values()) == {1}
    assert {stats[f"E{place}", "Clickthrough", False] for place in range(25, 30)} == {1}

    change('time_zone = "Europe/London"', 'time_zone = "Europe/Atlantis"')
    worker.send_signal(signal.SIGHUP)
    wait_until(lambda: "the old ones stay" in (tmp_path / "worker.log").read_text())
    send(range(30, 31))
    wait_until(lambda: stats["E30", "Clickthrough", False] == 1)


def letters(service):
    return service.parts.outbox.letters(tuple(State))


class Slow:
    """An application that answers when it is told to, and notes when it is closed."""

    def __init__(self, name: bytes):
        self.name, self.may_answer = name, threading.Event()
        self.begun, self.closed = threading.Event(), threading.Event()

    def __call__(self, _environ, _start_response):
        self.begun.set()
        assert self.may_answer.wait(10)
        return [self.name]


def test_a_request_is_finished_by_the_application_that_began_it_and_then_that_one_closes():
    old, new = Slow(b"old"), Slow(b"new")
    exchange = Exchange(old, close=lambda app: app.closed.set())
    answers = []
    asking = threading.Thread(target=lambda: answers.append(exchange({}, None)))
    asking.start()
    assert old.begun.wait(10)
    exchange.put(new)
    new.may_answer.set()
    with_new = exchange({}, None)
    assert list(with_new) == [b"new"]
    with_new.close()
    old.may_answer.set()
    asking.join()
    [with_old] = answers
    assert list(with_old) == [b"old"]
    assert not old.closed.is_set()  # its answer is still being sent
    with_old.close()
    assert old.closed.wait(10)
    assert not new.closed.is_set()
