"""How much CPU does one piece of each kind of work cost the service? For sizing on paper.

CPU time of `p13n serve` and `p13n worker` themselves, as the kernel counts it, divided by what
they answered or delivered: steady where rates are not, because others may use the machine
meanwhile. The yardstick is the service's own cheapest answer, /health/live, in the same run.
SQLite in a temporary folder; the callers and the simulated account are not counted. Bytes on
disk are what the state store grew by.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import requests

from scripts.benches.executes import P13N, _wait_until_ready
from service.storage.database import Database
from service.storage.outbox import Outbox
from simulator.demo import free_ports
from simulator.personalization.server import start_account
from tests.conftest import WRITE_KEY, variables_in

CLIENTS = 8
EVENTS_A_CALL = 5
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Work:
    """One kind of work: `send(number)` makes one call; `pieces` are in each."""

    name: str
    send: Callable[[int, requests.Session], requests.Response]
    pieces: int = 1


class Stage:
    """The service as it is run, one web process and a worker, beside a simulated account."""

    def __init__(self, folder: Path, account_url: str):
        [port] = free_ports(1)
        self.url, self.folder = f"http://127.0.0.1:{port}", folder
        cache = "fresh_seconds = 3600"
        self._environment = os.environ | variables_in(folder, account_url, cache=cache)
        self._log = (folder / "log").open("wb")
        self.run("people", "import", "acme", "retail")
        said = self.run("client", "add", "acme").split()
        self._client = said[1], said[3]
        self.web = self._start("serve", "--port", str(port), "--processes", "1")
        _wait_until_ready(self.url)
        form = {"grant_type": "client_credentials"}
        answer = requests.post(f"{self.url}/oauth/token", data=form, auth=self._client, timeout=10)
        self.headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        self.outbox = Outbox(Database(f"sqlite:///{folder / 'data' / 'state.db'}"))

    def run(self, *arguments: str) -> str:
        command = [P13N, *arguments]
        done = subprocess.run(command, env=self._environment, capture_output=True, check=True)
        return done.stdout.decode()

    def _start(self, *arguments: str) -> subprocess.Popen:
        command = [P13N, *arguments]
        return subprocess.Popen(command, env=self._environment, stdout=self._log, stderr=self._log)

    def post(self, session, path: str, body: dict, **headers) -> requests.Response:
        headers = self.headers | headers
        return session.post(self.url + path, json=body, headers=headers, timeout=30)

    def deliver(self) -> tuple[float, int]:
        """Let a worker deliver all that waits; return its CPU seconds and how many it were."""
        waiting = sum(depth.waiting for depth in self.outbox.depths())
        worker = self._start("worker", "--threads", "8")
        while not any(depth.waiting < waiting for depth in self.outbox.depths()):
            time.sleep(0.02)
        left = sum(depth.waiting for depth in self.outbox.depths())
        before = cpu_seconds(worker.pid)  # starting up is not counted
        while any(depth.waiting for depth in self.outbox.depths()):
            time.sleep(0.05)
        used = cpu_seconds(worker.pid) - before
        stop(worker)
        return used, left

    def bytes_on_disk(self) -> int:
        return sum(file.stat().st_size for file in (self.folder / "data").glob("state.db*"))

    def close(self) -> None:
        stop(self.web)
        self._log.close()


def stop(process: subprocess.Popen) -> None:
    process.terminate()
    process.wait(60)


def cpu_seconds(pid: int) -> float:
    """Return what a process and its children have used so far."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / TICKS + sum(cpu_seconds(int(each)) for each in children)


def works(stage: Stage, email: str) -> list[Work]:
    """Return the kinds of work in the order in which they are measured."""
    person = {"type": "emailAddress", "value": email}
    about = {"dataset": "retail", "identity": person}

    def stats(number: int, session) -> requests.Response:
        item = {"type": "Promotion", "id": "p1"}
        stat = {"experienceId": f"E{number}", "stat": "Impression", "items": [item]}
        body = {**about, "identity": someone(number), "viewId": str(number), "stats": [stat]}
        return stage.post(
            session, "/v1/campaign-stats", body, **{"Idempotency-Key": f"stat-{number}"}
        )

    def update(number: int, session) -> requests.Response:
        row = {"identities": [someone(number)], "attributes": {"jobTitle": f"T{number}"}}
        body = {"dataset": "retail", "action": "Lead changed", "updates": [row]}
        key = {"Idempotency-Key": f"update-{number}"}
        return stage.post(session, "/v1/profile-updates", body, **key)

    def collect(number: int, session) -> requests.Response:
        product = {"Product": {"_id": f"P{number % 500}"}}
        event = {"itemAction": "View Item", "catalog": product}
        event["user"] = {"attributes": {"emailAddress": someone(number)["value"]}}
        body = {"writeKey": WRITE_KEY, "events": [event] * EVENTS_A_CALL}
        visitor = f"198.18.{number // 256 % 256}.{number % 256}"  # rates are limited by address
        headers = {"Origin": "https://shop.example", "X-Forwarded-For": visitor}
        return stage.post(session, "/collect/acme/retail", body, **headers)

    return [
        Work("/health/live", lambda _n, session: session.get(f"{stage.url}/health/live")),
        Work(
            "card from the cache",
            lambda _n, session: stage.post(
                session, "/v1/next-best", {**about, "datafield": "promos"}
            ),
        ),
        Work("affinities", lambda _n, session: stage.post(session, "/v1/affinities", about)),
        Work(
            "event stream",
            lambda _n, session: stage.post(session, "/v1/event-stream", about | {"limit": 20}),
        ),
        Work("event collected", collect, EVENTS_A_CALL),
        Work("answer or impression accepted", stats),
        Work("Flow row accepted", update),
    ]


def someone(number: int) -> dict:
    return {"type": "emailAddress", "value": f"someone-{number % 2_000}@example.com"}


def measure(stage: Stage, work: Work, calls: int) -> tuple[float, float]:
    """Return CPU seconds a piece, and the bytes a piece left on disk."""

    def some(first: int) -> None:
        with requests.Session() as session:
            for number in range(first, calls, CLIENTS):
                answer = work.send(number, session)
                if not answer.ok:
                    raise SystemExit(f"{work.name}: HTTP {answer.status_code} {answer.text}")

    with requests.Session() as session:
        work.send(calls, session)  # what is only done once is not counted
    used, on_disk = cpu_seconds(stage.web.pid), stage.bytes_on_disk()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(some, range(CLIENTS)))
    pieces = calls * work.pieces
    grown = stage.bytes_on_disk() - on_disk
    return (cpu_seconds(stage.web.pid) - used) / pieces, grown / pieces


def main() -> int:
    """Measure and print; there is no goal."""
    options = _options()
    from simulator.personalization.cast import cast

    with tempfile.TemporaryDirectory(dir=options.folder) as folder, start_account() as account:
        stage = Stage(Path(folder), account.url)
        try:
            print(f"{'':32}{'CPU ms':>9}{'yardsticks':>12}{'a core and s':>14}{'bytes':>8}")
            yardstick = None
            for work in works(stage, cast()["usual"]["email"]):
                seconds, grown = measure(stage, work, options.calls)
                yardstick = yardstick or seconds
                _print(work.name, seconds, yardstick, f"{grown:.0f}")
            used, number = stage.deliver()
            _print("message delivered (worker)", used / max(1, number), yardstick, "")
        finally:
            stage.close()
    return 0


def _print(name: str, seconds: float, yardstick: float, grown: str) -> None:
    rate = f"{1 / seconds:.0f}"
    print(f"{name:32}{seconds * 1000:9.2f}{seconds / yardstick:12.1f}{rate:>14}{grown:>8}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench capacity", description=__doc__)
    parser.add_argument("--calls", type=int, default=2_000, help="of each kind")
    parser.add_argument("--full", action="store_true", help="20,000 of each kind")
    parser.add_argument("--folder", help="on the disk that is measured")
    options = parser.parse_args()
    if options.full:
        options.calls = 20_000
    return options


if __name__ == "__main__":
    sys.exit(main())
