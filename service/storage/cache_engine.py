"""What the response cache asks of a store, and the two ways in which a store can fail it.

Three kinds of things are kept. An *entry* is an answer with its windows. A *mark* belongs to a
person: its first 16 bytes are the generation of everything cached for that person, the rest
says which of it is still fresh. A *lease* lets one process load while the others wait.
"""

from typing import Protocol

GENERATION_BYTES = 16
FRESHNESS_BYTES = 8
MARK_BYTES = GENERATION_BYTES + FRESHNESS_BYTES


class EngineTrouble(Exception):
    """Root of what a store can raise."""


class EngineUnavailable(EngineTrouble):
    """Raised when the store is gone, frozen or blocked: the next call would fail as well."""


class EngineRefused(EngineTrouble):
    """Raised when the store lives but did not do this one thing: full, read-only, wrong type."""


class CacheEngine(Protocol):
    """A store shared by all processes. Every method may raise EngineUnavailable or EngineRefused.

    Nothing is opened before the first call, and a process that was forked opens its own.
    Times to live are in seconds on the store's own clock; they only decide when rows may be
    thrown away, never whether an answer is fresh.
    """

    def read(self, entry: str, mark: str) -> tuple[bytes | None, bytes | None]:
        """Return the entry and the mark in one round trip; None for what is missing."""

    def store(self, entry: str, value: bytes, seconds: float, mark: str, generation: bytes) -> bool:
        """Keep the entry, and its mark as long, if the mark still has this generation.

        Returns False, and keeps nothing, when the person was voided in the meantime.
        """

    def claim_mark(self, mark: str, proposed: bytes, seconds: float) -> bytes:
        """Return the mark that stands; `proposed` when there was none or not a whole one."""

    def renew_freshness(self, mark: str, freshness: bytes) -> None:
        """Replace the freshness of a mark that exists; its generation stays."""

    def drop(self, *names: str) -> None:
        """Delete entries or marks. Works on a full store, too."""

    def drop_all(self, beginning: str) -> None:
        """Delete every entry and mark whose name begins so. May read all names: for rare use."""

    def acquire(self, lease: str, token: bytes, seconds: float) -> bool:
        """Take the lease if nobody has it or its time has run out."""

    def renew(self, lease: str, token: bytes, seconds: float) -> bool:
        """Prolong the lease; False when it is no longer held with this token."""

    def release(self, lease: str, token: bytes) -> None:
        """Give the lease back if it is still held with this token."""

    def put(self, name: str, value: bytes, seconds: float) -> None:
        """Keep a value that belongs to no person."""

    def get(self, name: str) -> bytes | None:
        """Return what `put` kept, or None once its time has run out."""

    def ping(self) -> None:
        """Return when the store can read and write again."""

    def sweep(self) -> int:
        """Throw away what has expired, in small steps; return how many rows went."""

    def close(self) -> None:
        """Close every connection of this process."""
