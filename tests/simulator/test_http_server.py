"""The server below the stand-ins keeps connections, reads any body, and stops at once."""

import http.client
import socket
import threading
import time
from contextlib import closing

import pytest
import requests

from simulator.http_server import HangUp, RunningServer


def echo(environ, start_response):
    """Answer with method, path and body; misbehave when the path says so."""
    if environ["PATH_INFO"] == "/wait":
        environ["simulator.wire"].pause(None)
    if environ["PATH_INFO"] == "/hang-up":
        raise HangUp
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["REQUEST_METHOD"].encode(), b" ", environ["PATH_INFO"].encode(), b" ", body]


@pytest.fixture
def server():
    with RunningServer(echo) as running:
        yield running


def connection(server):
    return closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=5))


def test_a_connection_serves_many_requests(server):
    with connection(server) as link:
        link.request("POST", "/one", b"abc")
        assert link.getresponse().read() == b"POST /one abc"
        opened = link.sock
        link.request("GET", "/two")
        assert link.getresponse().read() == b"GET /two "
        assert link.sock is opened


def test_chunked_bodies_are_read(server):
    parts = iter([b"ab", b"c" * 70_000])
    assert requests.post(f"{server.url}/x", data=parts, timeout=5).text.endswith(
        "ab" + "c" * 70_000
    )


def test_head_has_no_body(server):
    with connection(server) as link:
        link.request("HEAD", "/x")
        answer = link.getresponse()
        assert (answer.status, answer.read()) == (200, b"")


def test_hanging_up_ends_the_connection_without_an_answer(server):
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{server.url}/hang-up", timeout=5)
    assert requests.get(f"{server.url}/x", timeout=5).ok


def test_200_callers_are_served_at_once(server):
    barrier, answers = threading.Barrier(200), []

    def call():
        barrier.wait(10)
        answers.append(requests.get(f"{server.url}/x", timeout=20).text)

    callers = [threading.Thread(target=call) for _ in range(200)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert answers == ["GET /x "] * 200


def test_stopping_frees_those_who_wait_and_refuses_newcomers():
    server = RunningServer(echo)
    ended = []

    def wait_for_ever():
        try:
            requests.get(f"{server.url}/wait", timeout=30)
        except requests.ConnectionError as fault:
            ended.append(fault)

    waiting = threading.Thread(target=wait_for_ever)
    with connection(server) as idle:
        idle.request("GET", "/x")
        idle.getresponse().read()
        waiting.start()
        while not server_has_two_connections(server):
            time.sleep(0.01)
        started = time.monotonic()
        server.stop()
        assert time.monotonic() - started < 2
        waiting.join(5)
        assert len(ended) == 1
        assert idle.sock.recv(1) == b""  # the idle connection was ended too
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=1)
    server.stop()  # twice does no harm


def server_has_two_connections(server) -> bool:
    return len(server.connections()) == 2
