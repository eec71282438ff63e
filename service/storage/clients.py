"""Who may call: one client belongs to one tenant and has up to two live secrets.

Secrets are 256 random bits and kept as SHA-256 digests: a slow hash protects guessable
passwords, and these cannot be guessed.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update

from service.storage.database import Database
from service.storage.tables import client_secrets, clients

MAX_LIVE_SECRETS = 2
SCOPES = ("read", "write", "admin")


@dataclass(frozen=True)
class Client:
    """A registered caller; `scopes` is what its tokens may at most carry."""

    client_id: str
    tenant: str
    scopes: tuple[str, ...]
    created_at: float
    revoked_at: float | None


class Clients:
    """Registers callers and checks their secrets. Every method is one transaction."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time):
        self._database = database
        self._clock = clock

    def add(self, tenant: str, scopes: tuple[str, ...]) -> tuple[str, str]:
        """Register a client of `tenant`; return its id and its secret, shown this once."""
        client_id = f"p13n-{secrets.token_hex(8)}"
        with self._database.transaction() as connection:
            connection.execute(
                insert(clients).values(
                    client_id=client_id,
                    tenant=tenant,
                    scopes=" ".join(scopes),
                    created_at=self._clock(),
                )
            )
            secret = self._new_secret(connection, client_id)
        return client_id, secret

    def rotate(self, client_id: str) -> str | None:
        """Add a secret beside the newest one, drop older ones; return it, None if unknown."""
        with self._database.transaction() as connection:
            if self._live(connection, client_id) is None:
                return None
            keep = select(client_secrets.c.id).where(client_secrets.c.client_id == client_id)
            keep = keep.order_by(client_secrets.c.id.desc()).limit(MAX_LIVE_SECRETS - 1)
            connection.execute(
                delete(client_secrets)
                .where(client_secrets.c.client_id == client_id)
                .where(client_secrets.c.id.not_in(keep.scalar_subquery()))
            )
            return self._new_secret(connection, client_id)

    def revoke(self, client_id: str) -> bool:
        """Refuse this client from now on, its tokens included; return whether it was live."""
        with self._database.transaction() as connection:
            done = connection.execute(
                update(clients)
                .where(clients.c.client_id == client_id, clients.c.revoked_at.is_(None))
                .values(revoked_at=self._clock())
            )
            return done.rowcount == 1

    def all(self) -> list[Client]:
        """Return every client, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(clients).order_by(clients.c.created_at)).all()
        return [_client(row) for row in rows]

    def secret_counts(self, tenant: str) -> dict[str, int]:
        """Return how many secrets open each live client of `tenant`, by client id."""
        query = (
            select(clients.c.client_id, func.count())
            .join(client_secrets, client_secrets.c.client_id == clients.c.client_id)
            .where(clients.c.tenant == tenant, clients.c.revoked_at.is_(None))
            .group_by(clients.c.client_id)
        )
        with self._database.reading() as connection:
            return {client_id: number for client_id, number in connection.execute(query)}

    def live(self, client_id: str) -> Client | None:
        """Return the client unless it is unknown or revoked."""
        with self._database.reading() as connection:
            return self._live(connection, client_id)

    def signed_in(self, client_id: str, secret: str) -> Client | None:
        """Return the client when `secret` is one of its live secrets, else None."""
        offered = _digest(secret)
        with self._database.reading() as connection:
            client = self._live(connection, client_id)
            query = select(client_secrets.c.digest).where(client_secrets.c.client_id == client_id)
            digests = connection.execute(query).scalars().all()
        matches = [hmac.compare_digest(offered, digest) for digest in digests]
        return client if any(matches) else None

    def _live(self, connection, client_id: str) -> Client | None:
        query = select(clients).where(clients.c.client_id == client_id)
        row = connection.execute(query.where(clients.c.revoked_at.is_(None))).one_or_none()
        return _client(row) if row else None

    def _new_secret(self, connection, client_id: str) -> str:
        secret = secrets.token_urlsafe(32)
        connection.execute(
            insert(client_secrets).values(
                client_id=client_id, digest=_digest(secret), created_at=self._clock()
            )
        )
        return secret


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8")).hexdigest()


def _client(row) -> Client:
    return Client(
        row.client_id, row.tenant, tuple(row.scopes.split()), row.created_at, row.revoked_at
    )
