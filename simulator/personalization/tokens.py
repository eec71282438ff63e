"""API tokens of the account: who may call which family of routes."""

import base64
import hmac
from dataclasses import dataclass


@dataclass(frozen=True)
class Token:
    """A key with its three boxes and two restrictions, as the Gears page shows them.

    Empty `datasets` or `addresses` restrict nothing.
    """

    key_id: str
    secret: str
    can_access_api: bool = True
    can_send_events: bool = True
    is_enabled: bool = True
    datasets: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


class Refused(Exception):
    """Raised when a caller may not do what it asks; `kind` is `unauthenticated` or `forbidden`."""

    def __init__(self, kind: str, message: str):
        super().__init__(message)
        self.kind = kind


class TokenRing:
    """All tokens of one account."""

    def __init__(self, tokens: list[Token]):
        self._tokens = {token.key_id: token for token in tokens}

    def admit(self, authorization: str, permission: str | None, dataset: str | None, address: str):
        """Return the caller's token, or raise Refused.

        `permission` is `can_send_events`, `can_access_api` or None when any token will do.
        """
        token = self._known(*_credentials(authorization))
        if not token.is_enabled:
            raise Refused("forbidden", "The token is disabled")
        if permission and not getattr(token, permission):
            raise Refused("forbidden", f"The token lacks a permission: {permission}")
        if token.datasets and dataset and dataset not in token.datasets:
            raise Refused("forbidden", "The token is not for this dataset")
        if token.addresses and address not in token.addresses:
            raise Refused("forbidden", "The token is not for this address")
        return token

    def _known(self, key_id: str, secret: str) -> Token:
        token = self._tokens.get(key_id)
        if token is None or not hmac.compare_digest(token.secret.encode(), secret.encode()):
            raise Refused("unauthenticated", "Unknown API key or wrong secret")
        return token


def _credentials(authorization: str) -> tuple[str, str]:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise Refused("unauthenticated", "HTTP Basic authentication is required")
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except ValueError as broken:
        raise Refused("unauthenticated", "The credentials are not strict Base64") from broken
    key_id, _, secret = decoded.partition(":")
    return key_id, secret
