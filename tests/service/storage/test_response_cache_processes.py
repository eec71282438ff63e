"""Several processes on one store: who calls upstream, who waits, and what a kill costs."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from service.storage.cache_leases import LEASE_SECONDS

ROOT = Path(__file__).parents[3]
UPSTREAM_SECONDS = 0.4
PATIENCE_SECONDS = 20


class CountingUpstream(ThreadingHTTPServer):
    """Answers each call after a while; the first may be held back for ever."""

    daemon_threads = True

    def __init__(self, *, hold_first: bool = False):
        super().__init__(("127.0.0.1", 0), _Answer)
        self.hold_first = hold_first
        self.took: list[float] = []
        self.calls = 0
        self.counting = threading.Lock()
        self.first_call = threading.Event()
        self.over = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}/"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address):
        """A killed client is what some tests are about."""


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        began = time.monotonic()
        with server.counting:
            server.calls += 1
            number = server.calls
        server.first_call.set()
        held = number == 1 and server.hold_first
        server.over.wait(PATIENCE_SECONDS if held else UPSTREAM_SECONDS)
        body = f"answer {number}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        server.took.append(time.monotonic() - began)

    def log_message(self, *_):
        pass


class Processes:
    """Processes that fetch when told to; those still alive at the end are killed."""

    def __init__(self, store):
        self._store = store
        self._started: list[subprocess.Popen] = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self._started:
            process.kill()
            process.communicate()

    def start(self, upstream: CountingUpstream, count: int, *, threads: int):
        """Return `count` processes once all of their threads have used the cache."""
        orders = {
            "store": self._store.address,
            "upstream": upstream.url,
            "threads": threads,
            "person": "person-1",
        }
        command = [sys.executable, "-m", "tests.service.storage.cache_process", json.dumps(orders)]
        started = [
            subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for _ in range(count)
        ]
        self._started += started
        for process in started:
            assert process.stdout.readline() == "ready\n"
        return started


def go(*processes: subprocess.Popen) -> None:
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()


def outcomes_of(*processes: subprocess.Popen) -> list[tuple[float, str, str]]:
    """Return seconds, state and body of every fetch of these processes."""
    return [
        tuple(outcome) for process in processes for outcome in json.loads(process.stdout.readline())
    ]


def test_200_misses_at_once_in_4_processes_make_1_upstream_call(cache_store):
    with CountingUpstream() as upstream, Processes(cache_store) as processes:
        started = processes.start(upstream, 4, threads=50)
        go(*started)
        outcomes = outcomes_of(*started)

    assert len(outcomes) == 200
    assert {body for _, _, body in outcomes} == {"answer 1"}
    assert upstream.calls == 1
    assert [state for _, state, _ in outcomes].count("miss") == 1
    assert max(seconds for seconds, _, _ in outcomes) <= upstream.took[0] + 0.3


def test_a_killed_process_delays_the_others_by_no_more_than_its_lease(cache_store):
    with CountingUpstream(hold_first=True) as upstream, Processes(cache_store) as processes:
        leader, *others = processes.start(upstream, 3, threads=2)
        go(leader)
        assert upstream.first_call.wait(PATIENCE_SECONDS)
        go(*others)
        leader.kill()
        killed_at = time.monotonic()
        outcomes = outcomes_of(*others)
        delay = time.monotonic() - killed_at - upstream.took[-1]

    assert {body for _, _, body in outcomes} == {"answer 2"}
    assert upstream.calls == 2
    assert delay <= LEASE_SECONDS + 0.5


def test_a_frozen_process_loses_its_lease_and_harms_nothing_when_it_wakes(cache_store):
    with CountingUpstream(hold_first=True) as upstream, Processes(cache_store) as processes:
        leader, other = processes.start(upstream, 2, threads=1)
        go(leader)
        assert upstream.first_call.wait(PATIENCE_SECONDS)
        os.kill(leader.pid, signal.SIGSTOP)
        go(other)
        outcomes = outcomes_of(other)
        upstream.over.set()
        os.kill(leader.pid, signal.SIGCONT)
        late = outcomes_of(leader)

    assert [body for _, _, body in outcomes] == ["answer 2"]
    assert [body for _, _, body in late] == ["answer 1"]


def test_a_forked_process_opens_its_own_connections_and_threads(cache_store):
    command = [sys.executable, "-m", "tests.service.storage.cache_forks", cache_store.address]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (0, "child: hit stale\nparent: hit stale\n"), (
        ended.stderr
    )
