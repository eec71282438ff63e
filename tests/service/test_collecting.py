"""The collector as it is run: killed like a power cut while browsers send, and nothing is lost."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import requests
from sqlalchemy import select

from service.storage.tables import events
from tests.conftest import WRITE_KEY
from tests.service.test_serving import free_port, wait_until_ready

P13N = str(Path(sys.executable).with_name("p13n"))
BROWSERS = 6
EVENTS_BEFORE_THE_KILL = 120


@pytest.fixture
def serve(environment, state_url, tmp_path):
    """Return a function that starts `p13n serve` on each of the two engines; all end killed."""
    started = []

    def start():
        port = free_port()
        variables = os.environ | environment(
            P13N_DATABASE_URL=state_url.replace("+psycopg", ""), PYTHONUNBUFFERED="1"
        )
        command = [P13N, "serve", "--port", str(port), "--processes", "2"]
        with (tmp_path / "serve.log").open("ab") as log:
            server = subprocess.Popen(
                command, env=variables, stdout=log, stderr=log, start_new_session=True
            )
        started.append(server)
        wait_until_ready(f"http://127.0.0.1:{port}")
        return server, f"http://127.0.0.1:{port}/collect/acme/retail"

    yield start
    for server in started:
        kill(server)


def kill(server) -> None:
    """End all processes of the server at once; it has a process group of its own."""
    if server.poll() is None:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


class Browser(threading.Thread):
    """Sends one event after the other until nobody answers; remembers which got a 204."""

    def __init__(self, url, name, enough):
        super().__init__(daemon=True)
        self.url, self.browser, self.enough = url, name, enough
        self.acknowledged, self.others = [], []

    def run(self):
        number = 0
        while True:
            number += 1
            event_id = f"{self.browser}-{number}"
            try:
                answer = requests.post(
                    self.url,
                    data=json.dumps({"writeKey": WRITE_KEY, "events": [self.event(event_id)]}),
                    headers={"Origin": "https://shop.example", "Content-Type": "text/plain"},
                    timeout=30,
                )
            except requests.RequestException:
                return
            if answer.status_code == 204:
                self.acknowledged.append(event_id)
                self.enough.release()
            else:
                self.others.append(answer.text)

    def event(self, event_id):
        user = {"anonymousId": self.browser, "identities": {"customerId": "17850"}}
        return {"eventId": event_id, "action": "Homepage", "pageView": True, "user": user}


def test_every_event_that_got_a_204_survives_a_kill_of_the_whole_server(serve, state_store):
    server, url = serve()
    enough = threading.Semaphore(0)
    browsers = [Browser(url, f"browser{n}", enough) for n in range(BROWSERS)]
    for browser in browsers:
        browser.start()
    for _ in range(EVENTS_BEFORE_THE_KILL):
        assert enough.acquire(timeout=60)
    kill(server)
    for browser in browsers:
        browser.join(60)
    with state_store.reading() as connection:
        stored = list(connection.execute(select(events.c.event_id)).scalars())
    acknowledged = {each for browser in browsers for each in browser.acknowledged}
    assert [browser.others for browser in browsers] == [[]] * BROWSERS
    assert len(acknowledged) >= EVENTS_BEFORE_THE_KILL
    assert acknowledged <= set(stored)
    assert len(stored) == len(set(stored))


def test_the_server_that_is_started_again_takes_the_same_events_once(serve, state_store):
    body = {"writeKey": WRITE_KEY, "events": [{"eventId": "e", "action": "A"}]}
    body["events"][0]["user"] = {"anonymousId": "a"}
    headers = {"Origin": "https://shop.example"}
    for _ in range(2):
        server, url = serve()
        assert requests.post(url, json=body, headers=headers, timeout=30).status_code == 204
        kill(server)
    with state_store.reading() as connection:
        assert list(connection.execute(select(events.c.event_id)).scalars()) == ["e"]
