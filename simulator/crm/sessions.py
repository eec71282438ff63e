"""OAuth client credentials, and the sessions that come of them.

Source: Salesforce Help, "OAuth 2.0 Client Credentials Flow for Server-to-Server Integration".
"""

import hmac
import secrets
import threading

from simulator.crm.errors import OrgError

CLIENT_ID, CLIENT_SECRET = "demo-org-client", "demo-org-secret"


class GrantRefused(Exception):
    """Raised when no token is given; `code` is the RFC 6749 error."""

    def __init__(self, code: str, description: str):
        super().__init__(description)
        self.code = code


class Sessions:
    """Access tokens that are open."""

    def __init__(self, org_id: str, user_id: str):
        self._org_id, self._user_id = org_id, user_id
        self._lock = threading.Lock()
        self._open: set[str] = set()

    def grant(self, grant_type: str, client_id: str, client_secret: str) -> str:
        """Return a new access token; raises GrantRefused."""
        if grant_type != "client_credentials":
            raise GrantRefused("unsupported_grant_type", "grant type not supported")
        if client_id != CLIENT_ID:
            raise GrantRefused("invalid_client_id", "client identifier invalid")
        if not hmac.compare_digest(client_secret.encode(), CLIENT_SECRET.encode()):
            raise GrantRefused("invalid_client", "invalid client credentials")
        token = f"{self._org_id[:15]}!{secrets.token_urlsafe(48)}"
        with self._lock:
            self._open.add(token)
        return token

    def check(self, authorization: str) -> None:
        """Raise OrgError INVALID_SESSION_ID unless a bearer token is given that is open."""
        scheme, _, token = authorization.partition(" ")
        with self._lock:
            is_open = scheme.lower() in ("bearer", "oauth") and token in self._open
        if not is_open:
            raise OrgError(401, "INVALID_SESSION_ID", "Session expired or invalid")

    def end_all(self) -> None:
        """Close every session, as an admin or the passing of time does."""
        with self._lock:
            self._open.clear()
