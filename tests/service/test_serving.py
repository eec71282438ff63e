"""The service as it is run: gunicorn, several processes, one upstream call for a herd."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests

from service.placement import available_cores
from service.serving import gunicorn_options
from simulator.personalization.cast import cast
from tests.real_redis import RealRedis

P13N = str(Path(sys.executable).with_name("p13n"))
PEOPLE = cast()
HERD = 200


@pytest.fixture
def serve(environment, tmp_path):
    """Return a function that starts `p13n serve` and yields its address and a token."""
    started = []

    def start(processes=4, **options):
        variables = os.environ | environment(**options)

        def run(*arguments: str) -> str:
            command = [P13N, *arguments]
            done = subprocess.run(command, env=variables, capture_output=True, check=True)
            return done.stdout.decode()

        run("people", "import", "acme", "retail")
        client = json.loads(run("client", "add", "acme", "--json"))
        port = free_port()
        log = (tmp_path / "serve.log").open("wb")
        server = subprocess.Popen(
            [P13N, "serve", "--port", str(port), "--processes", str(processes)],
            env=variables,
            stdout=log,
            stderr=log,
        )
        started.append((server, log))
        url = f"http://127.0.0.1:{port}"
        wait_until_ready(url)
        return Running(url, client, server, tmp_path / "serve.log")

    yield start
    for server, log in started:
        if server.poll() is None:
            server.terminate()
        server.wait(timeout=40)
        log.close()


class Running:
    """A serving service, asked over HTTP."""

    def __init__(self, url, client, server, log):
        self.url, self.server, self.log = url, server, log
        answer = requests.post(
            f"{url}/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(client["clientId"], client["clientSecret"]),
            timeout=10,
        )
        self.headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def next_best(self, email: str, datafield="recs") -> requests.Response:
        body = {
            "dataset": "retail",
            "identity": {"type": "emailAddress", "value": email},
            "datafield": datafield,
        }
        return requests.post(
            f"{self.url}/v1/next-best", json=body, headers=self.headers, timeout=10
        )

    def worker_pids(self) -> list[int]:
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children").read_text()
        return [int(pid) for pid in children.split()]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_ready(url: str) -> None:
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        try:
            if requests.get(f"{url}/health/ready", timeout=1).status_code == 200:
                return
        except requests.RequestException:
            time.sleep(0.05)
    raise AssertionError("p13n serve did not become ready")


def herd(running: Running, email: str) -> list[tuple[int, float]]:
    """Ask HERD times at once; return status and seconds of each answer."""
    gate, answers = threading.Barrier(HERD), []

    def ask():
        gate.wait()
        started = time.monotonic()
        answer = running.next_best(email)
        answers.append((answer.status_code, time.monotonic() - started))

    threads = [threading.Thread(target=ask) for _ in range(HERD)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.parametrize("engine", ["sqlite", "redis"])
def test_200_people_opening_one_page_cost_one_upstream_call(serve, account, engine):
    with contextlib.ExitStack() as stack:
        options = {}
        if engine == "redis":
            options["P13N_REDIS_URL"] = stack.enter_context(RealRedis()).url
        running = serve(processes=4, **options)
        answers = cold_herd(running, account)
    assert {status for status, _seconds in answers} == {200}
    assert len(account.events()) == 1


def cold_herd(running, account):
    account.state.calls.reset()
    account.fault(latencyMs=400)
    return herd(running, PEOPLE["usual"]["email"])


def test_killing_the_process_that_fetches_delays_others_by_its_lease_at_most(serve, account):
    running = serve(processes=3)
    account.fault(latencyMs=1_500, times=1)
    asking = threading.Thread(target=lambda: ignore_errors(running, PEOPLE["usual"]["email"]))
    asking.start()
    wait_until(lambda: account.events())
    for pid in running.worker_pids():
        os.kill(pid, signal.SIGKILL)  # one of them was fetching; gunicorn starts new ones
    asking.join()
    wait_until_ready(running.url)
    started = time.monotonic()
    answer = running.next_best(PEOPLE["usual"]["email"])
    assert answer.status_code == 200
    assert time.monotonic() - started < 3.5


@pytest.mark.skipif(len(available_cores()) < 2, reason="needs two cores")
def test_each_process_keeps_to_a_core_of_its_own_and_its_successor_to_the_same(serve):
    two = sorted(available_cores())[:2]
    with on_cores(two):
        running = serve(processes=2)
    first, second = running.worker_pids()
    of_each = [{core} for core in two]
    wait_until(lambda: sorted(map(os.sched_getaffinity, (first, second)), key=min) == of_each)
    left = os.sched_getaffinity(second)
    os.kill(second, signal.SIGKILL)
    wait_until(lambda: set(running.worker_pids()) - {first, second})
    (successor,) = set(running.worker_pids()) - {first, second}
    wait_until(lambda: os.sched_getaffinity(successor) == left)


@pytest.mark.skipif(len(available_cores()) < 2, reason="needs two cores")
def test_fewer_processes_than_cores_may_run_anywhere(serve):
    running = serve(processes=1)
    assert os.sched_getaffinity(running.worker_pids()[0]) == available_cores()


@contextlib.contextmanager
def on_cores(cores):
    """Have what is started inside see no other cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def ignore_errors(running: Running, email: str) -> None:
    with contextlib.suppress(requests.RequestException):  # its process was killed
        running.next_best(email)


def wait_until(is_true) -> None:
    give_up = time.monotonic() + 10
    while not is_true():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def test_metrics_count_all_processes_and_hide_people(serve, account):
    running = serve(processes=2)
    for _ in range(6):
        running.next_best(PEOPLE["usual"]["email"])
    text = requests.get(f"{running.url}/metrics", timeout=5).text
    counted = re.findall(r'p13n_requests_total\{route="/v1/next-best",status="200"\} (\S+)', text)
    assert sum(map(float, counted)) == 6
    assert 'p13n_upstream_calls_total{outcome="ok",tenant="acme"}' in text
    assert "@" not in text


def test_metrics_are_not_for_others(serve):
    running = serve(processes=1)
    through_a_proxy = {"X-Forwarded-For": "203.0.113.7"}
    assert (
        requests.get(f"{running.url}/metrics", headers=through_a_proxy, timeout=5).status_code
        == 404
    )


def test_with_a_metrics_token_only_its_bearer_reads_them(serve):
    running = serve(processes=1, P13N_METRICS_TOKEN="let me see")
    url = f"{running.url}/metrics"
    assert requests.get(url, timeout=5).status_code == 404
    bearer = {"Authorization": "Bearer let me see"}
    assert requests.get(url, headers=bearer, timeout=5).status_code == 200


def test_neither_people_nor_secrets_reach_the_log(serve, account):
    running = serve(processes=1)
    email = PEOPLE["usual"]["email"]
    running.next_best(email)
    account.fault(httpStatus=500)
    running.next_best(PEOPLE["another"]["email"])
    running.next_best(f"{email}\r\nforged line")
    logged = running.log.read_text()
    assert '"route":"/v1/next-best"' in logged
    assert "@" not in logged
    assert "forged" not in logged
    assert "demo-secret" not in logged
    assert all(json.loads(line) for line in logged.splitlines() if line.startswith("{"))


def test_openapi_describes_every_route_and_its_security(serve):
    running = serve(processes=1)
    document = requests.get(f"{running.url}/openapi.json", timeout=5).json()
    assert set(document["paths"]) >= {
        "/oauth/token",
        "/v1/next-best",
        "/v1/datasets",
        "/health/live",
        "/health/ready",
        "/metrics",
    }
    answers = document["paths"]["/v1/next-best"]["post"]["responses"]
    assert {"200", "400", "401", "403", "404", "413", "415", "422", "502", "503"} <= set(answers)
    assert list(answers["503"]["content"]) == ["application/problem+json"]
    item = document["components"]["schemas"]["Item"]["properties"]
    assert "margin" not in item
    assert document["components"]["schemas"]["Identity"]["required"] == ["type", "value"]


def test_a_request_without_host_is_refused(serve):
    running = serve(processes=1)
    port = int(running.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as raw:
        raw.sendall(b"GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n")
        assert b" 400 " in raw.recv(4_096).splitlines()[0]


def test_stopping_finishes_what_is_running(serve, account):
    running = serve(processes=1)
    account.fault(latencyMs=800, times=1)
    answers = []
    asking = threading.Thread(
        target=lambda: answers.append(running.next_best(PEOPLE["usual"]["email"]).status_code)
    )
    asking.start()
    wait_until(lambda: account.events())
    running.server.terminate()
    asking.join()
    assert answers == [200]
    assert running.server.wait(timeout=35) == 0


def test_the_kernel_places_the_processes_of_whoever_asks_for_that():
    assert "post_fork" in gunicorn_options("127.0.0.1", 9000, 2)
    assert "post_fork" not in gunicorn_options("127.0.0.1", 9000, 2, cpu_affinity=False)


def test_the_settings_of_gunicorn_are_the_ones_we_measured_with():
    options = gunicorn_options("127.0.0.1", 9000, 2)
    assert (options["worker_class"], options["threads"]) == ("gthread", 64)
    assert (options["keepalive"], options["accesslog"]) == (60, None)
