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
import re
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
from service.egress import Egress
from service.errors import (
    Fate,
    UpstreamCertificateRefused,
    UpstreamInvalidAnswer,
    UpstreamProxyFailed,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from service.upstream.certificates import certificate_sentence
from service.upstream.tunnel import refusal

CONNECT_SECONDS = 0.5
PROXY_SECONDS = 2.0
"""For the proxy to find the host and to connect us; the total deadline holds all the same."""
READ_CHUNK = 64 * 1024
TUNNEL_STATUS = re.compile(r"failed: (\d{3})\b")
"""As http.client words a CONNECT that was refused; the rest of it is the proxy's own text."""


@dataclass(frozen=True)
class Answer:
    """A complete answer: its status, headers (any case) and decoded body."""

    status: int
    headers: requests.structures.CaseInsensitiveDict
    body: bytes


class Transport:
    """One pool of connections to the outside, shared by the threads of one process.

    `egress` is the way out, None for the straight one; the addresses behind a proxy are the
    proxy's to find and to refuse.
    """

    def __init__(
        self,
        *,
        allow_private_addresses: bool = False,
        pool_size: int = 32,
        egress: Egress | None = None,
    ):
        self._options = {
            "allow_private_addresses": allow_private_addresses,
            "pool_size": pool_size,
        }
        self._others: dict[Egress, Transport] = {}
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.cookies = _NoCookies()
        adapter = _DeadlineAdapter(egress=egress, **self._options)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        if egress is not None:
            self._session.proxies = {"all": egress.proxy} if egress.proxy else {}
            self._session.verify = egress.ca_file or True

    def via(self, egress: Egress | None) -> "Transport":
        """Return the transport that takes this way out; those who take the same share it."""
        if egress is None:
            return self
        known = self._others.get(egress)
        return known or self._others.setdefault(egress, Transport(egress=egress, **self._options))

    def call(
        self, method: str, url: str, *, deadline: Deadline, max_bytes: int, **options
    ) -> Answer:
        """Send one request and read its whole answer; `options` go to `requests`.

        Raises: UpstreamTimeout        the deadline passed.
                UpstreamUnavailable    no connection, or it broke before an answer began.
                UpstreamCertificateRefused  nobody we trust answers at this address.
                UpstreamProxyFailed    our own proxy does not connect us.
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
            self._require_authorities()
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

    def _require_authorities(self) -> None:
        """Look for the file only after a failure: it was there when the settings were read."""
        file = self._session.verify
        if file is not True and not os.path.exists(file):
            raise UpstreamCertificateRefused("The file named in egress.ca_file is gone.")

    def close(self) -> None:
        for other in self._others.values():
            other.close()
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
    if no_proxy := _among_causes(trouble, ProxyFailed):
        return UpstreamProxyFailed(str(no_proxy))
    if _among_causes(trouble, NotConnected):
        return UpstreamUnavailable("Personalization cannot be reached.").with_fate(Fate.NOT_TAKEN)
    if isinstance(trouble, requests.Timeout):
        return UpstreamUnavailable("Personalization cannot be reached.")
    if isinstance(trouble, requests.ConnectionError):
        return UpstreamUnavailable()
    return UpstreamInvalidAnswer()


class NotConnected(requests.ConnectTimeout):
    """Raised when no connection was made: nothing of the request has left this machine."""


class ProxyFailed(NotConnected):
    """Raised when our own proxy does not connect us; its sentence is ours."""


def _among_causes(trouble: BaseException | None, kind: type[BaseException]):
    """Return the cause of this kind, None without: `requests` wraps what its pools raise."""
    while trouble is not None:
        for each in (trouble, *trouble.args[:1]):
            if isinstance(each, kind):
                return each
        trouble = trouble.__cause__ or trouble.__context__
    return None


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
    is_proxied = False
    _lever: socket.socket | None = None

    def _new_conn(self):
        try:
            sock = _connect(self._dns_host, self.port, self.allow_private_addresses)
        except (NotConnected, OSError) as trouble:
            if self.is_proxied:
                raise ProxyFailed("The proxy cannot be reached.") from trouble
            raise
        if self.is_proxied:
            sock.settimeout(PROXY_SECONDS)
        self._lever = sock.dup()
        self._hold()
        return sock

    def _tunnel(self):
        try:
            super()._tunnel()
        except OSError as trouble:
            status = TUNNEL_STATUS.search(str(trouble))
            raise ProxyFailed(refusal(int(status[1]) if status else 0)) from None

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

    def __init__(self, allow_private_addresses: bool, pool_size: int, egress: Egress | None):
        self._allow_private_addresses = allow_private_addresses
        self._egress = egress
        super().__init__(
            pool_connections=16, pool_maxsize=pool_size, pool_block=False, max_retries=0
        )

    def init_poolmanager(self, *arguments, **options):
        super().init_poolmanager(*arguments, **options)
        flags = {"allow_private_addresses": self._allow_private_addresses}
        self.poolmanager.pool_classes_by_scheme = _levered_pools(flags)

    def proxy_manager_for(self, proxy, **options):
        is_new = proxy not in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **options)
        if is_new:
            flags = {"allow_private_addresses": True, "is_proxied": True}
            manager.pool_classes_by_scheme = _levered_pools(flags)
        return manager

    def proxy_headers(self, proxy):
        return self._egress.proxy_headers


def _levered_pools(flags: dict) -> dict:
    plain = type("Plain", (_Levered, HTTPConnection), flags)
    secure = type("Secure", (_Levered, HTTPSConnection), flags)
    return {
        "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }
