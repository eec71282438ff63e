"""OAuth grants, and the sessions that come of them.

Client credentials run as the user whom the client names; a JWT bearer token runs as its `sub`, when
the client's certificate is known and its user is pre-authorised.
Source: Salesforce Help, "OAuth 2.0 Client Credentials Flow for Server-to-Server Integration",
"OAuth 2.0 JWT Bearer Flow for Server-to-Server Integration".
"""

import hmac
import secrets
import threading
import time

import jwt

from simulator.crm.errors import OrgError
from simulator.crm.users import SHARING_USER_ID, USER_ID, Users

CLIENT_ID, CLIENT_SECRET = "demo-org-client", "demo-org-secret"
SHARING_CLIENT_ID, SHARING_CLIENT_SECRET = "demo-sharing-client", "demo-sharing-secret"
RUN_AS = {
    CLIENT_ID: (CLIENT_SECRET, USER_ID),
    SHARING_CLIENT_ID: (SHARING_CLIENT_SECRET, SHARING_USER_ID),
}
"""External client apps by id: the secret, and as whom client credentials run."""

JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCES = ("https://login.salesforce.com", "https://test.salesforce.com")


class GrantRefused(Exception):
    """Raised when no token is given; `code` is the RFC 6749 error."""

    def __init__(self, code: str, description: str):
        super().__init__(description)
        self.code = code


class Sessions:
    """Access tokens that are open, each with its user."""

    def __init__(self, org_id: str, users: Users):
        self._org_id, self._users = org_id, users
        self._lock = threading.Lock()
        self._open: dict[str, str] = {}
        self._certificates: dict[str, str] = {}

    def trust(self, client_id: str, public_key: str) -> None:
        """Keep the key (PEM) that signs a client's JWTs, as an admin's upload does."""
        with self._lock:
            self._certificates[client_id] = public_key

    def grant(self, client_id: str, client_secret: str) -> tuple[str, str]:
        """Return a new access token for client credentials, and its user; raises GrantRefused."""
        if client_id not in RUN_AS:
            raise GrantRefused("invalid_client_id", "client identifier invalid")
        secret, user_id = RUN_AS[client_id]
        if not hmac.compare_digest(client_secret.encode(), secret.encode()):
            raise GrantRefused("invalid_client", "invalid client credentials")
        return self._opened(user_id), user_id

    def grant_by_jwt(self, assertion: str) -> tuple[str, str]:
        """Return a new access token for a signed JWT, and its user; raises GrantRefused."""
        claims = self._verified(assertion)
        user = self._users.named(claims["sub"])
        if user is None or RUN_AS[claims["iss"]][1] != user.id:
            raise GrantRefused("invalid_grant", "user hasn't approved this consumer")
        return self._opened(user.id), user.id

    def _verified(self, assertion: str) -> dict:
        try:
            client_id = jwt.decode(assertion, options={"verify_signature": False}).get("iss")
            with self._lock:
                key = self._certificates.get(client_id)
            if key is None:
                raise GrantRefused("invalid_client_id", "client identifier invalid")
            claims = jwt.decode(
                assertion,
                key,
                algorithms=["RS256"],
                audience=AUDIENCES,
                options={"require": ["iss", "sub", "aud", "exp"], "verify_exp": False},
            )
            _check_expiry(claims["exp"])
        except jwt.InvalidAudienceError as refused:
            raise GrantRefused("invalid_grant", "audience is invalid") from refused
        except (jwt.PyJWTError, ValueError) as refused:
            raise GrantRefused("invalid_grant", "invalid assertion") from refused
        return claims

    def _opened(self, user_id: str) -> str:
        token = f"{self._org_id[:15]}!{secrets.token_urlsafe(48)}"
        with self._lock:
            self._open[token] = user_id
        return token

    def user_id(self, token: str) -> str:
        """Return whose session it is; raises OrgError INVALID_SESSION_ID unless it is open."""
        with self._lock:
            user_id = self._open.get(token)
        if user_id is None:
            raise OrgError(401, "INVALID_SESSION_ID", "Session expired or invalid")
        return user_id

    def end_all(self) -> None:
        """Close every session, as an admin or the passing of time does."""
        with self._lock:
            self._open.clear()


def _check_expiry(given) -> None:
    """Refuse what is over; clients write the number as text, too."""
    left = int(given) - time.time()
    if not 0 < left <= 300:
        raise ValueError("expired, or valid for too long")
