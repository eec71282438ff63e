"""Reads `egress` of a service's section: the way out where it is not the straight one."""

import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from service.egress import Egress
from service.file_tables import Table, secret


def read_egress(section: Table, environment: Mapping[str, str], *, is_tls=True) -> Egress | None:
    """Return how the section's service is reached, None for straight; problems are noted.

    Without `is_tls` the service proves itself in another way, and authorities mean nothing.
    """
    values = section.get("egress", dict, None)
    if values is None:
        return None
    table = Table(f"{section.path}.egress", values, section.problems)
    read = Egress(
        proxy=_proxy(table),
        login=secret(table, "login", environment),
        ca_file=_authorities(table) if is_tls else None,
    )
    if read.login is not None and ":" not in read.login:
        table.wrong("login", "must be user:password")
    if read.login is not None and read.proxy is None:
        table.wrong("login", "needs proxy")
    if not values:
        table.wrong(None, "is empty; it may hold proxy, login and ca_file")
    table.refuse_unknown()
    return read


def _proxy(table: Table) -> str | None:
    """Return http://host:port. A proxy may well stand in a private network."""
    url = table.get("proxy", str, None)
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        is_good = bool(parts.scheme == "http" and parts.hostname and parts.port)
    except ValueError:
        is_good = False
    if not is_good or parts.username or parts.path not in ("", "/") or parts.query:
        table.wrong("proxy", "must be http://host:port; user and password stand in login")
        return None
    return url.rstrip("/")


def _authorities(table: Table) -> str | None:
    path = table.get("ca_file", str, None)
    if path is None:
        return None
    try:
        ssl.create_default_context(cafile=path)
    except OSError:  # ssl.SSLError is one
        table.wrong("ca_file", f"{path} cannot be read as certificates (PEM)")
        return None
    return path
