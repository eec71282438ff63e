"""Is every contact of a busy journey answered within a second, while all of it is delivered?

An absolute goal, because Journey Builder's patience is one: signed calls come at a fixed rate, and
a call's time counts from the moment it was due, so that a service which falls behind cannot hide
it. `p13n serve` and `p13n worker` run as an operator starts them, on SQLite, with the simulated
account beside them on the same cores. One call in ten is a repeat. The last line says how much of
the machine was free: on a busy one the figures say little.
"""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import jwt
import requests

from simulator.demo import free_ports
from simulator.personalization.server import start_account

GOAL_SECONDS = 1.0
KEY = "a signing secret for this benchmark alone"
P13N = str(Path(sys.executable).with_name("p13n"))
CLIENTS = 64
REPEAT_EVERY, REPEAT_AFTER = 10, 201
TENANTS = """
[tenants.acme]
org_id = "00D000000000001EAA"
[tenants.acme.personalization]
url = "{account}"
api_key_id = "env:KEY_ID"
api_key_secret = "env:KEY_SECRET"
[tenants.acme.datasets.retail]
identity_types = ["emailAddress", "customerId"]
user_attributes = {{ jobTitle = "string" }}
[tenants.acme.journey_builder]
public_url = "https://p13n.example"
stack_hosts = ["mc.s50.exacttarget.com"]
signing_keys = ["env:JOURNEY_KEY"]
"""


def body_of(number: int) -> bytes:
    """Return the signed call for a contact; each tenth repeats one of a second ago."""
    contact = number - REPEAT_AFTER if number % REPEAT_EVERY == 0 else number
    step = {
        "inArguments": [
            {
                "dataset": "retail",
                "action": "Back to School: uniform bought",
                "identities": [
                    {"type": "emailAddress", "value": f"contact-{contact}@example.com"},
                    {"type": "customerId", "value": f"C-{contact}"},
                ],
                "attributes": {"jobTitle": "Parent"},
                "journey": "Back to School",
            }
        ],
        "activityId": "11111111-1111-4111-8111-111111111111",
        "definitionInstanceId": f"instance-{contact}",
        "keyValue": f"K-{contact}",
        "mode": 0,
    }
    return jwt.encode(step, KEY, algorithm="HS256").encode()


class Load:
    """Sends `bodies` at a fixed rate, each by whichever client is free."""

    def __init__(self, url: str, bodies: list[bytes], rate: float):
        self._host, self._bodies, self._rate = urlsplit(url).netloc, bodies, rate
        self._next = iter(range(len(bodies)))
        self._lock = threading.Lock()
        self.waits: list[float] = []
        self.wrong: list[int] = []

    def run(self) -> None:
        self._start = time.perf_counter() + 0.5
        clients = [threading.Thread(target=self._client) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()

    def _client(self) -> None:
        connection = http.client.HTTPConnection(self._host, timeout=30)
        while (number := self._take()) is not None:
            due = self._start + number / self._rate
            time.sleep(max(0.0, due - time.perf_counter()))
            headers = {"Content-Type": "application/jwt"}
            connection.request(
                "POST", "/journey/acme/activity/execute", self._bodies[number], headers
            )
            answer = connection.getresponse()
            said = answer.read()
            self.waits.append(time.perf_counter() - due)
            if answer.status != 200 or json.loads(said)["status"] != "OK":
                self.wrong.append(answer.status)

    def _take(self) -> int | None:
        with self._lock:
            return next(self._next, None)


def measure(options, folder: Path) -> tuple[Load, float]:
    """Run the service under load; return what came of it, and the share of CPU that was free."""
    [port] = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    with start_account() as account:
        tenants = folder / "tenants.toml"
        tenants.write_text(TENANTS.format(account=account.url))
        environment = os.environ | {
            "KEY_ID": "demo-key",
            "KEY_SECRET": "demo-secret",
            "JOURNEY_KEY": KEY,
            "P13N_TENANTS": str(tenants),
            "P13N_DATA_DIR": str(folder / "data"),
            "P13N_SECRET_KEY": "k" * 40,
            "P13N_ALLOW_HTTP_UPSTREAM": "1",
        }
        commands = (["serve", "--port", str(port), "--processes", "2"], ["worker"])
        with (folder / "log").open("wb") as log:
            programs = [
                subprocess.Popen([P13N, *each], env=environment, stdout=log, stderr=log)
                for each in commands
            ]
        try:
            _wait_until_ready(url)
            count = int(options.rate * options.seconds)
            load = Load(url, [body_of(number) for number in range(1, count + 1)], options.rate)
            idle_before, all_before = _cpu_times()
            load.run()
            idle, everything = _cpu_times()
        finally:
            for each in programs:
                each.terminate()
            for each in programs:
                each.wait(timeout=60)
    return load, (idle - idle_before) / max(1, everything - all_before)


def _wait_until_ready(url: str) -> None:
    for _ in range(600):
        try:
            if requests.get(f"{url}/health/ready", timeout=1).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
    raise SystemExit("the service did not start")


def _cpu_times() -> tuple[int, int]:
    """Return idle and all ticks of this machine since it started."""
    ticks = [int(each) for each in Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
    return ticks[3], sum(ticks)


def main() -> int:
    """Measure, print, return 0 when the goal was reached."""
    options = _options()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        load, free = measure(options, Path(folder))
    waits = sorted(load.waits)
    late = sum(wait > GOAL_SECONDS for wait in waits)
    median, most = statistics.median(waits) * 1000, waits[int(len(waits) * 0.99)] * 1000
    print(f"{len(waits)} calls at {options.rate:g}/s: median {median:.0f} ms, ", end="")
    print(f"99 % within {most:.0f} ms, longest {waits[-1]:.2f} s")
    print(f"later than {GOAL_SECONDS:g} s: {late} (goal 0); not answered OK: {len(load.wrong)}")
    print(f"CPU left free: {free:.0%}")
    return 0 if not late and not load.wrong else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench executes", description=__doc__)
    parser.add_argument("--rate", type=float, default=200, help="calls a second")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--full", action="store_true", help="for two minutes")
    parser.add_argument("--folder", help="on the disk that is measured")
    options = parser.parse_args()
    if options.full:
        options.seconds = 120
    return options


if __name__ == "__main__":
    sys.exit(main())
