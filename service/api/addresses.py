"""Where a call came from, for limiting rates: never kept or logged in clear."""

import hashlib
import ipaddress

from flask import request


def address_digest() -> str:
    """Return what stands for the caller's address; of IPv6 its network, which is one customer's."""
    try:
        address = ipaddress.ip_address(_caller_address())
    except ValueError:
        return "unknown"
    if address.version == 6:
        address = ipaddress.ip_network((address, 64), strict=False).network_address
    return hashlib.sha256(str(address).encode()).hexdigest()[:32]


def _caller_address() -> str:
    """Return the caller's address: as our own proxy saw it, if the call came from a proxy."""
    direct = request.remote_addr or ""
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return forwarded if forwarded and _is_near(direct) else direct


def _is_near(address: str) -> bool:
    try:
        return not ipaddress.ip_address(address).is_global
    except ValueError:
        return False
