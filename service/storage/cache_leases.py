"""Leases between processes: taken for a short time and renewed while their holder lives.

A killed holder stops renewing, so the others wait no longer than one lease.
"""

import secrets
import threading
import time
from contextlib import suppress
from typing import Self

from service.storage.cache_engine import CacheEngine, EngineTrouble

LEASE_SECONDS = 2.0
RENEW_SECONDS = 0.5
IDLE_ROUNDS = 20
"""After so many rounds without a lease the renewing thread ends; the next lease starts another."""


class Lease:
    """A lease that is held. Use it as a context: leaving it gives the lease back."""

    def __init__(self, leases: "Leases", name: str, token: bytes, renew_until: float):
        self.name = name
        self.token = token
        self.renew_until = renew_until
        self._leases = leases

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_) -> None:
        self._leases.give_back(self)


class Leases:
    """The leases that this process holds, renewed by one thread that starts with the first."""

    def __init__(self, engine: CacheEngine, seconds=LEASE_SECONDS, renew_seconds=RENEW_SECONDS):
        self._engine = engine
        self._seconds = seconds
        self._renew_seconds = renew_seconds
        self._lock = threading.Lock()
        self._held: set[Lease] = set()
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()

    def acquire(self, name: str, longest_seconds: float) -> Lease | None:
        """Return the lease, or None when another process has it. Never waits.

        It is renewed for at most `longest_seconds`, so that a load that hangs for ever does
        not block its key for ever. Raises what the engine raises.
        """
        token = secrets.token_bytes(8)
        if not self._engine.acquire(name, token, self._seconds):
            return None
        lease = Lease(self, name, token, time.monotonic() + longest_seconds)
        with self._lock:
            self._held.add(lease)
            self._start_renewing()
        return lease

    def give_back(self, lease: Lease) -> None:
        with self._lock:
            self._held.discard(lease)
        with suppress(EngineTrouble):  # it runs out by itself
            self._engine.release(lease.name, lease.token)

    def close(self) -> None:
        """Stop renewing; what is held runs out."""
        self._closing.set()

    def _start_renewing(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._renew_while_held, name="cache-leases", daemon=True
            )
            self._thread.start()

    def _renew_while_held(self) -> None:
        idle = 0
        while not self._closing.wait(self._renew_seconds):
            with self._lock:
                held = list(self._held)
                idle = 0 if held else idle + 1
                if idle > IDLE_ROUNDS:
                    self._thread = None
                    return
            for lease in held:
                self._renew(lease)

    def _renew(self, lease: Lease) -> None:
        if time.monotonic() > lease.renew_until:
            return
        with suppress(EngineTrouble):  # the next round tries again
            self._engine.renew(lease.name, lease.token, self._seconds)
