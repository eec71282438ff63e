"""Small servers that pass bytes on: a proxy that connects callers, and TLS before a server."""

import contextlib
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import urlsplit

from tests.certificates import Certificate


def _listen(handle) -> tuple[socket.socket, threading.Thread]:
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def accept() -> None:
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            threading.Thread(target=_handle, args=(handle, connection), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    return listener, thread


def _handle(handle, connection: socket.socket) -> None:
    with contextlib.suppress(OSError), connection:
        handle(connection)


def _stop(listener: socket.socket, thread: threading.Thread) -> None:
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


def _relay(one: socket.socket, other: socket.socket) -> None:
    """Pass bytes both ways until both have said their last."""

    def pump(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(65_536):
                target.sendall(chunk)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    back = threading.Thread(target=pump, args=(other, one), daemon=True)
    back.start()
    pump(one, other)
    back.join(30)


@contextlib.contextmanager
def tls_front(url: str, certificate: Certificate) -> Iterator[str]:
    """Yield the https address of what answers at the http address `url`."""
    parts = urlsplit(url)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.chain, certificate.key)

    def handle(connection: socket.socket) -> None:
        with (
            context.wrap_socket(connection, server_side=True) as inner,
            socket.create_connection((parts.hostname, parts.port), 5) as outer,
        ):
            _relay(inner, outer)

    listener, thread = _listen(handle)
    try:
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        _stop(listener, thread)


class ConnectProxy:
    """Connects callers who know its login; refuses with `refuses` as long as that is a status."""

    def __init__(self, login: str = "operator:proxy-secret"):
        self.login = login
        self.refuses: int | None = None
        self.is_silent = False
        self.targets: list[str] = []

    def __enter__(self) -> "ConnectProxy":
        self._listener, self._thread = _listen(self._connect)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        return self

    def __exit__(self, *_) -> None:
        _stop(self._listener, self._thread)

    def _connect(self, caller: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += caller.recv(65_536)
        method, target, *_rest = head.decode().split()
        self.targets.append(f"{method} {target}")
        if self.is_silent:
            caller.recv(1)
            return
        wanted = f"Basic {b64encode(self.login.encode()).decode()}"
        status = self.refuses or (200 if f": {wanted}\r\n" in head.decode() else 407)
        caller.sendall(f"HTTP/1.1 {status} {self.login}\r\nVia: test\r\n\r\n".encode())
        if status == 200:
            host, _colon, port = target.rpartition(":")
            with socket.create_connection((host, int(port)), 5) as server:
                _relay(caller, server)
