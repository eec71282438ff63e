"""Knows the caller: a bearer token opens exactly one tenant and the scopes it carries."""

import functools
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import jwt
from flask import current_app, g, request

from service.errors import InsufficientScope, Unauthenticated
from service.metrics import REFUSED_TOKENS
from service.storage.clients import Client, Clients
from service.tenant import Tenant

LIFETIME_SECONDS = 600
LEEWAY_SECONDS = 5
AUDIENCE = "p13n"
ALGORITHM = "HS256"


@dataclass(frozen=True)
class Caller:
    """Who is calling: one client of one tenant."""

    client_id: str
    tenant: Tenant
    scopes: frozenset[str]


class Tokens:
    """Issues and checks our own access tokens (JWT, signed with the first key of the ring)."""

    def __init__(
        self,
        secret_keys: tuple[str, ...],
        clients: Clients,
        tenants: Mapping[str, Tenant],
        clock: Callable[[], float] = time.time,
    ):
        self._secret_keys = secret_keys
        self._clients = clients
        self._tenants = tenants
        self._clock = clock

    def issue(self, client: Client, scopes: tuple[str, ...]) -> str:
        """Return a token for `scopes`, valid for LIFETIME_SECONDS."""
        now = int(self._clock())
        claims = {
            "aud": AUDIENCE,
            "sub": client.client_id,
            "scope": " ".join(scopes),
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
            "jti": secrets.token_hex(8),
        }
        return jwt.encode(claims, self._secret_keys[0], algorithm=ALGORITHM)

    def caller(self, token: str) -> Caller:
        """Return who `token` speaks for. Raises: Unauthenticated, the same for every reason."""
        claims = self._claims(token)
        lifetime = claims["exp"] - claims["iat"]
        if not 0 < lifetime <= LIFETIME_SECONDS:
            raise _refused("lifetime")
        client = self._clients.live(claims["sub"])
        tenant = self._tenants.get(client.tenant) if client else None
        if tenant is None:
            raise _refused("revoked")
        scopes = frozenset(claims["scope"].split()) & frozenset(client.scopes)
        return Caller(client.client_id, tenant, scopes)

    def _claims(self, token: str) -> dict:
        for key in self._secret_keys:
            try:
                claims = jwt.decode(
                    token,
                    key,
                    algorithms=[ALGORITHM],
                    audience=AUDIENCE,
                    options={
                        "require": ["exp", "iat", "sub", "scope", "aud"],
                        "verify_exp": False,
                        "verify_iat": False,
                    },
                )
            except jwt.InvalidSignatureError:
                continue
            except (jwt.PyJWTError, ValueError):
                raise _refused("invalid") from None
            self._require_valid_now(claims)
            return claims
        raise _refused("signature")

    def _require_valid_now(self, claims: dict) -> None:
        """Check times against our clock, so that tests can move it."""
        now = self._clock()
        times = claims["exp"], claims["iat"]
        if any(isinstance(t, bool) or not isinstance(t, int) for t in times):
            raise _refused("times")
        if not isinstance(claims["sub"], str) or not isinstance(claims["scope"], str):
            raise _refused("claims")
        if claims["exp"] <= now or claims["iat"] > now + LEEWAY_SECONDS:
            raise _refused("expired")


def needs(scope: str):
    """Decorate a view: refuse callers without a valid token (401) or without `scope` (403)."""

    def decorate(view):
        @functools.wraps(view)
        def checked(*arguments, **options):
            g.caller = current_app.extensions["p13n_tokens"].caller(_bearer_token())
            if scope not in g.caller.scopes:
                raise InsufficientScope(f"This call needs the scope '{scope}'.")
            return view(*arguments, **options)

        return checked

    return decorate


def _bearer_token() -> str:
    headers = request.headers.getlist("Authorization")
    kind, _, token = headers[0].partition(" ") if len(headers) == 1 else ("", "", "")
    if kind.lower() != "bearer" or not token or len(token) > 4_096:
        raise _refused("missing")
    return token


def _refused(why: str) -> Unauthenticated:
    REFUSED_TOKENS.labels(why).inc()
    return Unauthenticated()
