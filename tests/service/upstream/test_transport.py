"""A call to the outside keeps one total deadline, wherever the other side dawdles."""

import contextlib
import socket
import threading
import time

import pytest

from service.deadline import Deadline
from service.errors import UpstreamInvalidAnswer, UpstreamTimeout, UpstreamUnavailable
from service.upstream.transport import Transport

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture
def transport():
    made = Transport(allow_private_addresses=True)
    yield made
    made.close()


@contextlib.contextmanager
def peer(behave):
    """Listen on a free port; `behave(connection, stopping)` plays the other side of each call."""
    stopping, listener = threading.Event(), socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                behave(connection, stopping)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        stopping.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def dripping(payload: bytes):
    def behave(connection, stopping):
        for position in range(len(payload)):
            connection.sendall(payload[position : position + 1])
            if stopping.wait(0.1):
                return

    return behave


def silent(_connection, stopping):
    stopping.wait()


def call(transport, url, seconds=1.0, **options):
    return transport.call(
        "GET", url, deadline=Deadline.after(seconds), max_bytes=100_000, **options
    )


@pytest.mark.parametrize(
    "behave",
    [silent, dripping(OK), dripping(OK.replace(b"2\r\n\r\n{}", b"99999\r\n\r\n" + b"a" * 99_999))],
    ids=["silence", "headers byte by byte", "body byte by byte"],
)
def test_the_deadline_holds_wherever_the_peer_dawdles(transport, behave):
    with peer(behave) as url:
        started = time.monotonic()
        with pytest.raises(UpstreamTimeout):
            call(transport, url)
        assert time.monotonic() - started < 1.5


def test_the_deadline_holds_during_a_tls_handshake(transport):
    with peer(silent) as url:
        started = time.monotonic()
        with pytest.raises((UpstreamTimeout, UpstreamUnavailable)):
            call(transport, url.replace("http:", "https:"))
        assert time.monotonic() - started < 1.5


def test_a_call_after_one_that_was_cut_off_works(transport):
    calls = []

    def behave(connection, stopping):
        connection.recv(65_536)
        calls.append(1)
        if len(calls) == 1:
            stopping.wait(2)
        else:
            connection.sendall(OK)

    with peer(behave) as url:
        with pytest.raises(UpstreamTimeout):
            call(transport, url, seconds=0.3)
        assert call(transport, url, seconds=5).body == b"{}"


def test_an_expired_deadline_sends_nothing(transport):
    with pytest.raises(UpstreamTimeout):
        call(transport, "http://127.0.0.1:9/", seconds=0)


def test_a_name_that_points_into_our_network_is_refused():
    with peer(lambda connection, _stopping: connection.sendall(OK)) as url:
        guarded = Transport()
        with pytest.raises(UpstreamUnavailable):
            call(guarded, url.replace("127.0.0.1", "localhost"))
        guarded.close()


def test_environment_proxies_netrc_and_cookies_are_ignored(transport, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login thief password thief\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    heard = []

    def behave(connection, _stopping):
        heard.append(connection.recv(65_536))
        connection.sendall(
            OK.replace(b"\r\n\r\n", b"\r\nSet-Cookie: a=b\r\nConnection: close\r\n\r\n")
        )

    with peer(behave) as url:
        for _ in range(2):
            assert call(transport, url, headers={"X-Test": "1"}).status == 200
    assert len(heard) == 2
    assert b"Authorization" not in b"".join(heard)
    assert b"Cookie" not in heard[1]


def test_a_flood_of_headers_is_an_invalid_answer(transport):
    flood = b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: a\r\n" % n for n in range(500)) + b"\r\n{}"

    def behave(connection, _stopping):
        connection.recv(65_536)
        connection.sendall(flood)

    with peer(behave) as url, pytest.raises((UpstreamInvalidAnswer, UpstreamUnavailable)):
        call(transport, url)


def test_a_body_above_the_cap_stops_early(transport):
    def behave(connection, _stopping):
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + b"a" * 1_000_000)

    with peer(behave) as url, pytest.raises(UpstreamInvalidAnswer):
        call(transport, url)
