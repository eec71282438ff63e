"""A threaded HTTP/1.1 server for a WSGI application, with keep-alive and a wire to misuse.

Frameworks' development servers close the connection after each answer and hide the socket. The
outside systems we stand in for keep connections open, and our fault switches need to send half an
answer, or one byte a second; hence this small one.
"""

import contextlib
import io
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote_to_bytes

MAX_BODY = 160 * 1024 * 1024


class HangUp(Exception):
    """Raised by an application that has said on the wire all that it wants to say."""


class Wire:
    """The bare connection of one request, for applications that break the rules on purpose."""

    def __init__(self, connection: socket.socket, stopping: threading.Event):
        self._connection = connection
        self._stopping = stopping

    def send(self, chunk: bytes) -> None:
        """Send bytes as they are; raises ConnectionError when the caller has gone."""
        self._connection.sendall(chunk)

    def pause(self, seconds: float | None) -> None:
        """Wait, for ever when None; raises HangUp when the server stops meanwhile."""
        if self._stopping.wait(seconds):
            raise HangUp


class RunningServer:
    """A server that is listening. `url` says where; leaving the `with` block stops it."""

    def __init__(self, app, host: str = "127.0.0.1", port: int = 0):
        self._server = _Server((host, port), _Handler)
        self._server.app = app
        self.port = self._server.server_address[1]
        self.url = f"http://{host}:{self.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._thread.start()

    def connections(self) -> list:
        """Return the connections that are open now."""
        return self._server.open_connections()

    def stop(self) -> None:
        """Refuse new connections and end the open ones. May be called twice."""
        if self._server.stopping.is_set():
            return
        self._server.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server.end_connections()

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.stop()


class _Server(ThreadingHTTPServer):
    request_queue_size = 1024
    daemon_threads = True

    def __init__(self, address, handler):
        self.stopping = threading.Event()
        self._open: dict[socket.socket, threading.Thread] = {}
        super().__init__(address, handler)

    def server_bind(self):
        # The base class asks the resolver for the machine's full name, which can take seconds.
        socket.socket.bind(self.socket, self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.server_address[:2]

    def process_request_thread(self, request, client_address):
        self._open[request] = threading.current_thread()
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._open.pop(request, None)

    def open_connections(self):
        return list(self._open)

    def end_connections(self):
        for connection, thread in list(self._open.items()):
            with contextlib.suppress(OSError):  # the caller was faster
                connection.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=2)

    def handle_error(self, request, client_address):
        # A caller that hangs up, and one we hang up on, are everyday life here.
        if not isinstance(sys.exception(), (ConnectionError, HangUp, TimeoutError)):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *args):
        """Say nothing: the call log of the stand-in is the log."""

    def _answer(self):
        environ = self._environ(self._read_body())
        head: list = []

        def start_response(status, headers, exc_info=None):
            head[:] = [status, headers]
            return lambda chunk: None

        try:
            parts = self.server.app(environ, start_response)
            body = b"".join(parts)
            if hasattr(parts, "close"):
                parts.close()
        except HangUp:
            self.close_connection = True
            return
        self._send(head[0], head[1], body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _answer

    def _read_body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._read_chunks()
        return self.rfile.read(min(int(self.headers.get("Content-Length") or 0), MAX_BODY))

    def _read_chunks(self) -> bytes:
        body = bytearray()
        while size := int(self.rfile.readline(100).split(b";")[0] or b"0", 16):
            body += self.rfile.read(size)
            self.rfile.readline(100)
        while self.rfile.readline(1000).strip():
            pass
        return bytes(body)

    def _environ(self, body: bytes) -> dict:
        path, _, query = self.path.partition("?")
        environ = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": self.server.server_name,
            "SERVER_PORT": str(self.server.server_port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.input_terminated": True,  # also of a body that came in chunks
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "simulator.body": body,
            "simulator.uri": self.path,
            "simulator.wire": Wire(self.connection, self.server.stopping),
        }
        for name in self.headers:
            value = ",".join(self.headers.get_all(name))
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
        return environ

    def _send(self, status: str, headers: list[tuple[str, str]], body: bytes) -> None:
        names = {name.lower() for name, _ in headers}
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)]
        if "content-length" not in names and not status.startswith(("204", "304")):
            lines.append(f"Content-Length: {len(body)}")
        if self.close_connection:
            lines.append("Connection: close")
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        self.wfile.write(head if self.command == "HEAD" else head + body)
