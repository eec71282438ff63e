"""The way out to one outside service, where it is not the straight one."""

from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Egress:
    """A proxy, authorities of one's own, or both; the environment's are never looked at.

    `proxy` is http://host:port and is asked to connect us through (CONNECT): TLS is between us
    and the service. `login` is user:password for it. `ca_file` names a PEM file of the only
    authorities whose certificates are trusted, None for the usual ones.
    """

    proxy: str | None = None
    login: str | None = field(default=None, repr=False)
    ca_file: str | None = None

    @property
    def proxy_address(self) -> tuple[str, int]:
        """Host and port of the proxy, which there must be."""
        parts = urlsplit(self.proxy)
        return parts.hostname, parts.port

    @property
    def proxy_headers(self) -> dict[str, str]:
        """What tells the proxy who we are."""
        if self.login is None:
            return {}
        return {"Proxy-Authorization": "Basic " + b64encode(self.login.encode()).decode()}
