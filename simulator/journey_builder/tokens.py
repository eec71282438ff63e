"""Access tokens of an installed package, server to server.

Source: Marketing Cloud Engagement guide, "Access Token for Server-to-Server Integrations".
"""

import hmac
import secrets
import threading

from simulator.clock import Clock

CLIENT_ID, CLIENT_SECRET, ACCOUNT_ID = "demo-mc-client", "demo-mc-secret", "100000001"
LIFE_SECONDS = 1_079
SCOPES = "journeys_read journeys_execute data_extensions_read"


class Tokens:
    """The tokens that are alive."""

    def __init__(self, clock: Clock):
        self._clock = clock
        self._lock = threading.Lock()
        self._expiry: dict[str, float] = {}

    def grant(self, form: dict) -> str | None:
        """Return a new token, None for a client nobody knows or a foreign business unit."""
        known = hmac.compare_digest(str(form.get("client_id")), CLIENT_ID)
        proven = hmac.compare_digest(str(form.get("client_secret")), CLIENT_SECRET)
        is_ours = form.get("account_id") in (None, ACCOUNT_ID)
        if not (known and proven and is_ours and form.get("grant_type") == "client_credentials"):
            return None
        token = secrets.token_urlsafe(48)
        with self._lock:
            self._expiry[token] = self._clock.now().timestamp() + LIFE_SECONDS
        return token

    def admits(self, authorization: str) -> bool:
        """Return whether a bearer token is given that is alive."""
        scheme, _, token = authorization.partition(" ")
        with self._lock:
            expiry = self._expiry.get(token, 0.0)
        return scheme.lower() == "bearer" and expiry > self._clock.now().timestamp()

    def end_all(self) -> None:
        """End every token, as a rotated secret does."""
        with self._lock:
            self._expiry.clear()
