"""Single flight inside one process: of all callers who miss the same thing, one goes."""

import threading
from collections.abc import Hashable
from typing import NamedTuple


class FlightKey(NamedTuple):
    """A flight is shared only by callers who saw the same generation of the person.

    Whoever asks after the person was voided does not join a flight that left before.
    """

    mark: str
    entry: str
    generation: bytes | None


class Flight:
    """One load on its way, and those who wait for it."""

    def __init__(self, key: Hashable):
        self.key = key
        self._landed = threading.Event()
        self._outcome: object = None

    def wait(self, seconds: float) -> object:
        """Return what the load brought: an answer, an exception, or None for neither.

        None comes when the leader gave up, and when `seconds` passed first.
        """
        return self._outcome if self._landed.wait(seconds) else None

    def land(self, outcome: object) -> None:
        self._outcome = outcome
        self._landed.set()


class Flights:
    """The flights of this process that have not landed yet."""

    def __init__(self):
        self._lock = threading.Lock()
        self._under_way: dict[FlightKey, Flight] = {}

    def board(self, key: FlightKey) -> tuple[Flight, bool]:
        """Return the flight of this key, and whether the caller is the one who leads it.

        A leader must call `land`, whatever happens.
        """
        with self._lock:
            flight = self._under_way.get(key)
            if flight is not None:
                return flight, False
            flight = self._under_way[key] = Flight(key)
            return flight, True

    def land(self, flight: Flight, outcome: object) -> None:
        """Wake everybody who waits; the next caller starts anew."""
        with self._lock:
            if self._under_way.get(flight.key) is flight:
                del self._under_way[flight.key]
        flight.land(outcome)

    def forget(self, mark: str) -> None:
        """Let nobody else join the flights of this person; who is aboard stays aboard."""
        with self._lock:
            for key in [key for key in self._under_way if key.mark == mark]:
                del self._under_way[key]
