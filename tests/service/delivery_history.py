"""A run of the whole delivery under random harm, and the list of what was acknowledged in it.

Writers send what Flows and reps send, each for people of its own, and note every answer. Now
and then a worker or the web process is killed, or Personalization fails in some way. What the
writers noted is compared with what the simulated account recorded.
"""

import contextlib
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import requests

from service.storage.outbox_messages import State
from simulator.demo import free_ports
from simulator.shop.people import customers

P13N = str(Path(sys.executable).with_name("p13n"))
PATIENT = ("--lease-seconds", "4", "--first-pause-seconds", "0.2", "--longest-pause-seconds", "1")
FAULTS = (
    {"httpStatus": 500, "times": 2},
    {"httpStatus": 429, "retryAfter": 1, "times": 1},
    {"httpStatus": 503, "retryAfter": 1, "times": 1},
    {"busy": True, "times": 1},
    {"hang": True, "times": 1},
    {"dropConnection": True, "times": 2},
    {"acceptThenDrop": True, "times": 3},
    {"truncate": True, "times": 2},
)
EVENTS = "POST /api2/authevent/<dataset>"
GIVE_UP_SECONDS = 120


@dataclass
class Acknowledged:
    """What the service has accepted, by the writers' own notes; steps count from 1 per person."""

    steps: dict[str, list[int]] = field(default_factory=dict)
    clicks: dict[str, str] = field(default_factory=dict)  # experience -> correlation id
    refused: int = 0

    @property
    def updates(self) -> int:
        return sum(map(len, self.steps.values()))


class Product:
    """`p13n serve` and some workers as processes that may be killed and come back."""

    def __init__(self, environment: dict[str, str], folder: Path, workers: int):
        self._environment = os.environ | environment
        self._folder = folder
        [self._port] = free_ports(1)
        self.url = f"http://127.0.0.1:{self._port}"
        self._web = self._start_web()
        self._workers = [self._start_worker() for _ in range(workers)]
        self._credentials = self._add_client()

    def token(self) -> str:
        answer = requests.post(
            f"{self.url}/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=self._credentials,
            timeout=10,
        )
        return answer.json()["access_token"]

    def kill_worker(self, dice: random.Random) -> None:
        place = dice.randrange(len(self._workers))
        _kill(self._workers[place])
        self._workers[place] = self._start_worker()

    def kill_web_child(self, dice: random.Random) -> None:
        """Kill a process that answers; the one above it starts another."""
        children = Path(f"/proc/{self._web.pid}/task/{self._web.pid}/children").read_text().split()
        if children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(dice.choice(children)), signal.SIGKILL)

    def kill_web(self, _dice: random.Random) -> None:
        _kill(self._web)
        self._web = self._start_web()

    def stop(self) -> None:
        for process in (*self._workers, self._web):
            process.terminate()
        for process in (*self._workers, self._web):
            process.wait(timeout=60)

    def _start_web(self) -> subprocess.Popen:
        return self._start("serve", "--port", str(self._port), "--processes", "2")

    def _start_worker(self) -> subprocess.Popen:
        return self._start("worker", "--threads", "4", *PATIENT)

    def _start(self, *arguments: str) -> subprocess.Popen:
        with (self._folder / f"{arguments[0]}.log").open("ab") as log:
            return subprocess.Popen(
                [P13N, *arguments], env=self._environment, stdout=log, stderr=log
            )

    def _add_client(self) -> tuple[str, str]:
        command = [P13N, "client", "add", "acme", "--json"]
        done = subprocess.run(command, env=self._environment, capture_output=True, check=True)
        client = json.loads(done.stdout)
        return client["clientId"], client["clientSecret"]


class Harm(threading.Thread):
    """What goes wrong, chosen by dice, the more often the more is under way.

    `calm` stretches the time between two harms, for runs that would otherwise never end.
    """

    def __init__(self, account, product: Product, dice: random.Random, calm: int):
        super().__init__()
        self._calm = calm
        self._account, self._product, self._dice = account, product, dice
        self._ending = threading.Event()
        self._accepted = itertools.count(1)
        self._due_for_web: list = []

    def after_one_more(self) -> None:
        """Harm the web process now and then as messages are accepted."""
        count = next(self._accepted)
        if count % (173 * self._calm) == 0:
            self._due_for_web.append(self._product.kill_web)
        elif count % (89 * self._calm) == 0:
            self._due_for_web.append(self._product.kill_web_child)

    def end(self) -> None:
        """Harm nothing any more, and undo what can be undone. May be called twice."""
        self._ending.set()
        self.join()
        self._account.state.faults.clear()

    def run(self) -> None:
        """Harm the account and the workers as calls arrive."""
        fault_at, kill_at = 5, 30
        while not self._ending.wait(0.01):
            while self._due_for_web:
                self._due_for_web.pop()(self._dice)
            calls = self._account.state.calls.count(EVENTS)
            if calls >= kill_at:
                kill_at = calls + 60 * self._calm
                self._kill_while_sending()
            elif calls >= fault_at:
                fault_at = calls + 6 * self._calm
                self._account.state.faults.clear()
                self._account.fault(**self._dice.choice(FAULTS))

    def _kill_while_sending(self) -> None:
        self._account.state.faults.clear()
        self._account.fault(latencyMs=400, times=12)
        self._ending.wait(0.2)
        self._product.kill_worker(self._dice)


class Writer(threading.Thread):
    """Sends the messages of some people, each person's one after the other."""

    def __init__(self, product: Product, harm: Harm, people, messages: int, seed: int):
        super().__init__()
        self.noted = Acknowledged()
        self.trouble: Exception | None = None
        self._product, self._harm = product, harm
        self._people, self._messages = people, messages
        self._dice = random.Random(seed)
        self._session = requests.Session()
        self._token: str | None = None
        self._sent: dict[str, int] = {}

    def run(self) -> None:
        try:
            for _ in range(self._messages):
                self._send_one(self._dice.choice(self._people))
                self._harm.after_one_more()
        except Exception as trouble:
            self.trouble = trouble

    def _send_one(self, person) -> None:
        number = self._sent[person.email] = self._sent.get(person.email, 0) + 1
        kind = self._dice.choices((self._update, self._click, self._nonsense), (7, 2, 1))[0]
        kind(person, number)

    def _update(self, person, number: int) -> None:
        case = {"type": "Case", "id": f"C{number % 3}", "attributes": {"status": str(number)}}
        row = {
            "identities": [self._one_identity(person)],
            "attributes": {"jobTitle": str(number)},
            "profileObjects": [case],
            "key": f"{person.customer_id}-{number}",
        }
        [result] = self._send_rows(person, number, f"Step {number}", row)
        assert result["status"] == "ACCEPTED", result
        self.noted.steps.setdefault(person.email, []).append(number)

    def _nonsense(self, person, number: int) -> None:
        row = {"identities": [self._one_identity(person)], "attributes": {"jobTitle": 0}}
        [result] = self._send_rows(person, number, "Nonsense", row)
        assert result["status"] == "REJECTED", result
        self.noted.refused += 1

    def _click(self, person, number: int) -> None:
        experience = f"{person.customer_id}-{number}"
        item = {"type": "Promotion", "id": "p1"}
        body = {
            "dataset": "retail",
            "identity": self._one_identity(person),
            "viewId": experience,
            "stats": [{"experienceId": experience, "stat": "Click", "items": [item]}],
        }
        answer = self._post("/v1/campaign-stats", f"{experience}", body, 202)
        self.noted.clicks[experience] = answer["correlationId"]

    def _one_identity(self, person) -> dict:
        """Name the person now by one identity, now by another: the order is the person's."""
        if self._dice.random() < 0.5:
            return {"type": "emailAddress", "value": person.email}
        return {"type": "customerId", "value": person.customer_id}

    def _send_rows(self, person, number: int, action: str, row: dict) -> list[dict]:
        body = {"dataset": "retail", "action": action, "updates": [row]}
        key = f"{person.customer_id}-{number}"
        return self._post("/v1/profile-updates", key, body, 200)["results"]

    def _post(self, path: str, key: str, body: dict, status: int) -> dict:
        """Repeat the request under its key until it is answered, as a Flow does."""
        give_up = time.monotonic() + GIVE_UP_SECONDS
        while time.monotonic() < give_up:
            with contextlib.suppress(requests.RequestException):
                self._token = self._token or self._product.token()
                headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": key}
                url = self._product.url + path
                answer = self._session.post(url, json=body, headers=headers, timeout=10)
                if answer.status_code == status:
                    return answer.json()
                self._token = None if answer.status_code == 401 else self._token
                assert answer.status_code in (401, 409, 503), answer.text
            time.sleep(0.1)
        raise AssertionError(f"{path} was not answered for {GIVE_UP_SECONDS} s")


def run_history(account, environment, folder: Path, *, messages: int, seed: int, outbox):
    """Send `messages` under harm, wait until all are delivered; return what was acknowledged."""
    product = Product(environment, folder, workers=2)
    harm = Harm(account, product, random.Random(seed), calm=1 + messages // 2_000)
    crowd, writers = customers()[:12], []
    for place in range(4):
        own = crowd[place::4]
        writers.append(Writer(product, harm, own, messages // 4, seed + place))
    try:
        for writer in writers:
            writer.start()
        harm.start()
        for writer in writers:
            writer.join()
        _wait_until(lambda: _waiting(outbox) < messages / 10, 60 + messages / 5, outbox)
        harm.end()
        _wait_until(lambda: not _waiting(outbox), 60, outbox)
    finally:
        harm.end()
        product.stop()
    for writer in writers:
        if writer.trouble:
            raise writer.trouble
    return _together([writer.noted for writer in writers])


def _waiting(outbox) -> int:
    return sum(depth.waiting for depth in outbox.depths())


def _wait_until(condition, seconds: float, outbox) -> None:
    give_up = time.monotonic() + seconds
    while not condition():
        waiting = outbox.letters((State.READY, State.RUN, State.SENDING))[:5]
        assert time.monotonic() < give_up, f"still waiting: {waiting}"
        time.sleep(0.2)


def _together(notes: list[Acknowledged]) -> Acknowledged:
    whole = Acknowledged()
    for each in notes:
        whole.steps |= each.steps
        whole.clicks |= each.clicks
        whole.refused += each.refused
    return whole


def _kill(process: subprocess.Popen) -> None:
    process.kill()
    process.wait()
