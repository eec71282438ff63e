"""A connection through a proxy for protocols other than HTTP (RFC 9110, CONNECT)."""

import re
import socket

from service.egress import Egress

MOST_ANSWER_BYTES = 16 * 1024


class NoTunnel(OSError):
    """Raised when the proxy does not connect us; the text is ours, without the proxy's words."""


def open_tunnel(egress: Egress, host: str, port: int, seconds: float) -> socket.socket:
    """Return a connection to `host` through the proxy; each step of it may take so long.

    Raises: NoTunnel, and OSError when the proxy cannot be reached.
    """
    tunnel = socket.create_connection(egress.proxy_address, seconds)
    try:
        target = f"{host}:{port}"
        lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
        lines += [f"{name}: {value}" for name, value in egress.proxy_headers.items()]
        tunnel.sendall("\r\n".join([*lines, "", ""]).encode("ascii"))
        _require_connected(_head_of_answer(tunnel))
    except BaseException:
        tunnel.close()
        raise
    return tunnel


def _head_of_answer(tunnel: socket.socket) -> bytes:
    """Read byte by byte: what follows the head belongs to the other protocol."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = tunnel.recv(1)
        if not byte or len(head) >= MOST_ANSWER_BYTES:
            raise NoTunnel("the proxy's answer broke off")
        head += byte
    return head


def _require_connected(head: bytes) -> None:
    found = re.match(rb"HTTP/1\.[01] (\d{3})", head)
    status = int(found[1]) if found else 0
    if not 200 <= status < 300:
        raise NoTunnel(refusal(status))


def refusal(status: int) -> str:
    """Return why the proxy does not connect us, in one sentence."""
    if status == 407:
        return "The proxy does not accept our login."
    if status == 403:
        return "The proxy does not allow this host."
    if status == 0:
        return "The proxy does not answer as one."
    return f"The proxy does not connect us (HTTP {status})."
