"""One Marketing Cloud account: its tokens, event definitions and entries."""

from datetime import datetime

from simulator.call_log import CallLog
from simulator.clock import Clock
from simulator.controls import Behaviour
from simulator.journey_builder.entries import Entries
from simulator.journey_builder.seed import event_definitions
from simulator.journey_builder.switches import CHOICES, DEFAULTS, MEANINGS, MOMENTARY
from simulator.journey_builder.tokens import Tokens
from simulator.wire_faults import WireFaults


class MarketingCloud:
    """The state of the stand-in."""

    def __init__(self, now: datetime | None = None):
        self.clock = Clock(now)
        self.calls = CallLog()
        self.faults = WireFaults(MOMENTARY)
        self.switches = Behaviour(DEFAULTS, MEANINGS, CHOICES)
        self.tokens = Tokens(self.clock)
        self.entries = Entries(self.clock.now, self.switches)
        self.event_definitions = event_definitions()

    def reset(self) -> None:
        """Go back to the start; only tokens stay."""
        self.faults.clear()
        self.switches.clear()
        self.clock.forget()
        self.calls.reset()
        self.entries.forget()
        self.event_definitions = event_definitions()
