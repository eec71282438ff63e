"""One Personalization account: its datasets, tokens, switches and clock."""

import threading
from collections.abc import Callable

from simulator.call_log import CallLog
from simulator.clock import Clock
from simulator.controls import Behaviour
from simulator.personalization.dataset import Dataset
from simulator.personalization.switches import CHOICES, DEFAULTS, MEANINGS, MOMENTARY
from simulator.personalization.tokens import TokenRing
from simulator.wire_faults import WireFaults

Seed = Callable[["Account"], tuple[dict[str, Dataset], TokenRing]]


class Account:
    """The state of the stand-in. `lock` guards the datasets; hold it while touching them.

    `seed` fills the account and is called again at each reset.
    """

    def __init__(self, seed: Seed, clock: Clock):
        self.lock = threading.RLock()
        self.clock = clock
        self.calls = CallLog()
        self.faults = WireFaults(MOMENTARY)
        self.switches = Behaviour(DEFAULTS, MEANINGS, CHOICES)
        self.datasets: dict[str, Dataset] = {}
        self._seed = seed
        self.reset()

    def reset(self) -> None:
        """Go back to the start: the seeded people, no calls, no faults, no choices."""
        self.faults.clear()
        self.switches.clear()
        self.clock.forget()
        self.calls.reset()
        with self.lock:
            self.datasets, self.tokens = self._seed(self)

    def profile_counts(self) -> dict[str, int]:
        """Return how many profiles each dataset has: what a licence counts."""
        with self.lock:
            return {name: len(dataset.profiles) for name, dataset in self.datasets.items()}
