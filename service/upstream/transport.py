"""HTTP to the outside under one total deadline.

`requests` limits each read, not the call: a peer that sends one byte a second holds it for
ever. Here a watchdog shuts the socket down when the deadline passes, wherever the call is:
connecting, TLS, headers or body. Names are resolved in a side thread, because nothing can
interrupt the resolver. Redirects, environment proxies, netrc and cookies are off; decoded
bodies are capped while they arrive.
"""

import contextlib
import heapq
import ipaddress
import itertools
import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass

import requests
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from service.deadline import Deadline
from service.errors import (
    Fate,
    UpstreamCertificateRefused,
    UpstreamInvalidAnswer,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from service.upstream.certificates import certificate_sentence

CONNECT_SECONDS = 0.5
READ_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Answer:
    """A complete answer: its status, headers (any case) and decoded body."""

    status: int
    headers: requests.structures.CaseInsensitiveDict
    body: bytes


class Transport:
    """One pool of connections to the outside, shared by the threads of one process."""

    def __init__(self, *, allow_private_addresses: bool = False, pool_size: int = 32):
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.cookies = _NoCookies()
        adapter = _DeadlineAdapter(allow_private_addresses, pool_size)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def call(
        self, method: str, url: str, *, deadline: Deadline, max_bytes: int, **options
    ) -> Answer:
        """Send one request and read its whole answer; `options` go to `requests`.

        Raises: UpstreamTimeout        the deadline passed.
                UpstreamUnavailable    no connection, or it broke before an answer began.
                UpstreamCertificateRefused  nobody we trust answers at this address.
                UpstreamInvalidAnswer  the answer broke off, is too large or cannot be decoded.
        """
        if deadline.expired:
            raise UpstreamTimeout()
        watch = _WATCHDOG.start(deadline)
        try:
            return self._exchange(method, url, deadline, max_bytes, options)
        except (requests.RequestException, HTTPError, OSError, ValueError) as trouble:
            if watch.fired or deadline.expired:
                raise UpstreamTimeout() from trouble
            raise _fault_for(trouble, url) from trouble
        finally:
            watch.stop()

    def _exchange(self, method, url, deadline, max_bytes, options) -> Answer:
        timeout = (min(CONNECT_SECONDS, deadline.remaining), max(deadline.remaining, 0.001))
        with self._session.request(
            method, url, timeout=timeout, allow_redirects=False, stream=True, **options
        ) as response:
            body = _read_capped(response.raw, max_bytes, deadline)
            return Answer(response.status_code, response.headers, body)

    def close(self) -> None:
        self._session.close()


def _read_capped(raw, max_bytes: int, deadline: Deadline) -> bytes:
    """Read what arrives, as it arrives; count decoded bytes, so that a gzip bomb stops early."""
    chunks, size = [], 0
    while chunk := raw.read1(READ_CHUNK, decode_content=True):
        size += len(chunk)
        if size > max_bytes:
            raise UpstreamInvalidAnswer("Personalization's answer is too large to use.")
        if deadline.expired:
            raise UpstreamTimeout()
        chunks.append(chunk)
    return b"".join(chunks)


def _fault_for(trouble: Exception, url: str):
    """Tell "no answer began" from "the answer is broken"; only the first may be tried again."""
    if sentence := certificate_sentence(trouble, url):
        return UpstreamCertificateRefused(sentence)
    if _is_unconnected(trouble):
        return UpstreamUnavailable("Personalization cannot be reached.").with_fate(Fate.NOT_TAKEN)
    if isinstance(trouble, requests.Timeout):
        return UpstreamUnavailable("Personalization cannot be reached.")
    if isinstance(trouble, requests.ConnectionError):
        return UpstreamUnavailable()
    return UpstreamInvalidAnswer()


class NotConnected(requests.ConnectTimeout):
    """Raised when no connection was made: nothing of the request has left this machine."""


def _is_unconnected(trouble: BaseException | None) -> bool:
    """Look for NotConnected among the causes: `requests` wraps what its pools raise."""
    while trouble is not None:
        inner = trouble.args[0] if trouble.args else None
        if isinstance(trouble, NotConnected) or isinstance(inner, NotConnected):
            return True
        trouble = trouble.__cause__ or trouble.__context__
    return False


class _NoCookies(RequestsCookieJar):
    """Keeps nothing: one session serves all tenants."""

    def set_cookie(self, *_arguments, **_options):
        return None


class _Watch:
    """One call under watch: remembers the sockets it may have to shut down."""

    def __init__(self):
        self.fired = False
        self._lock = threading.Lock()
        self._levers: list[socket.socket] = []
        self._stopped = False

    def hold(self, lever: socket.socket) -> None:
        with self._lock:
            self._levers.append(lever)
            if self.fired:
                _shut(lever)

    def fire(self) -> None:
        with self._lock:
            if not self._stopped:
                self.fired = True
                for lever in self._levers:
                    _shut(lever)

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            self._levers.clear()
        _CURRENT.watch = None


class _Watchdog:
    """One thread per process that fires every watch whose deadline passed."""

    def __init__(self):
        self._changed = threading.Condition()
        self._due: list[tuple[float, int, _Watch]] = []
        self._numbers = itertools.count()
        self._process: int | None = None

    def start(self, deadline: Deadline) -> _Watch:
        watch = _CURRENT.watch = _Watch()
        with self._changed:
            self._ensure_thread()
            at = time.monotonic() + deadline.remaining
            heapq.heappush(self._due, (at, next(self._numbers), watch))
            self._changed.notify()
        return watch

    def _ensure_thread(self) -> None:
        if self._process != os.getpid():  # threads do not survive a fork
            self._process = os.getpid()
            self._due.clear()
            threading.Thread(target=self._run, name="upstream-watchdog", daemon=True).start()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._due or self._due[0][0] > time.monotonic():
                    wait = self._due[0][0] - time.monotonic() if self._due else None
                    self._changed.wait(wait)
                _at, _number, watch = heapq.heappop(self._due)
            watch.fire()


_CURRENT = threading.local()
_WATCHDOG = _Watchdog()
_RESOLVER = ThreadPoolExecutor(8, thread_name_prefix="resolve")


def _shut(lever: socket.socket) -> None:
    with contextlib.suppress(OSError):  # already closed
        lever.shutdown(socket.SHUT_RDWR)


class _Levered:
    """A connection that hands its watch a second handle on its socket.

    The duplicate stays usable when TLS takes the first handle over, so that a handshake can
    be cut off as well.
    """

    allow_private_addresses = False
    _lever: socket.socket | None = None

    def _new_conn(self):
        sock = _connect(self._dns_host, self.port, self.allow_private_addresses)
        self._lever = sock.dup()
        self._hold()
        return sock

    def request(self, *arguments, **options):
        if self._lever is not None:
            self._hold()
        return super().request(*arguments, **options)

    def close(self):
        lever, self._lever = self._lever, None
        if lever is not None:
            lever.close()
        super().close()

    def _hold(self) -> None:
        watch = getattr(_CURRENT, "watch", None)
        if watch is not None:
            watch.hold(self._lever)


def _connect(host: str, port: int, allow_private: bool) -> socket.socket:
    """Connect to the first address that answers; refuse addresses inside our own network."""
    give_up = time.monotonic() + CONNECT_SECONDS
    last: OSError = OSError("no address")
    for family, address in _resolve(host, port, allow_private):
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(max(give_up - time.monotonic(), 0.01))
        try:
            sock.connect(address)
        except OSError as trouble:
            sock.close()
            last = trouble
        else:
            return sock
    raise NotConnected(last)


def _resolve(host: str, port: int, allow_private: bool) -> list[tuple[int, tuple]]:
    try:
        found = _RESOLVER.submit(socket.getaddrinfo, host, port, 0, socket.SOCK_STREAM)
        addresses = [(entry[0], entry[4]) for entry in found.result(CONNECT_SECONDS)]
    except FutureTimeout:
        raise NotConnected("the name was not resolved in time") from None
    if not allow_private and not all(_is_public(address[0]) for _family, address in addresses):
        raise NotConnected("the name points into a private network")
    return addresses


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_global


class _DeadlineAdapter(HTTPAdapter):
    """An adapter whose pools make levered connections and never retry by themselves."""

    def __init__(self, allow_private_addresses: bool, pool_size: int):
        self._allow_private_addresses = allow_private_addresses
        super().__init__(
            pool_connections=16, pool_maxsize=pool_size, pool_block=False, max_retries=0
        )

    def init_poolmanager(self, *arguments, **options):
        super().init_poolmanager(*arguments, **options)
        flag = {"allow_private_addresses": self._allow_private_addresses}
        plain = type("Plain", (_Levered, HTTPConnection), flag)
        secure = type("Secure", (_Levered, HTTPSConnection), flag)
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }
