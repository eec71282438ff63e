"""One Marketing Cloud account: its tokens, event definitions and entries."""

from dataclasses import dataclass, field
from datetime import datetime

from simulator.call_log import CallLog
from simulator.clock import Clock
from simulator.controls import Behaviour
from simulator.journey_builder.definitions import EventDefinition
from simulator.journey_builder.engine import PUBLISHED, Engine
from simulator.journey_builder.entries import Entries
from simulator.journey_builder.journeys import demo_journeys
from simulator.journey_builder.seed import event_definitions
from simulator.journey_builder.switches import CHOICES, DEFAULTS, MEANINGS, MOMENTARY
from simulator.journey_builder.tokens import Tokens
from simulator.wire_faults import WireFaults


@dataclass(frozen=True)
class Activities:
    """Where our activities live, such as https://host/journey/acme, and the package's secret.

    `pace` is what a second between two tries lasts, in seconds.
    """

    url: str
    signing_key: str
    pace: float = 1.0
    links: dict[str, str] = field(default_factory=dict)


class MarketingCloud:
    """The state of the stand-in. `activities` are those that its canvas shows, if any;

    `links` lead from its pages to the other systems of the demo, by name.
    """

    def __init__(self, now: datetime | None = None, activities: Activities | None = None):
        self._activities = activities
        self.engine: Engine | None = None
        self.links = activities.links if activities else {}
        self.clock = Clock(now)
        self.calls = CallLog()
        self.faults = WireFaults(MOMENTARY)
        self.switches = Behaviour(DEFAULTS, MEANINGS, CHOICES)
        self.tokens = Tokens(self.clock)
        self.entries = Entries(self.clock.now, self.switches)
        self.event_definitions = event_definitions()
        self._begin_journeys()

    def published(self, definition: EventDefinition) -> int:
        """Return how many published journeys start with an event: those of the canvas, if any."""
        drawn = self.engine.journeys.values() if self.engine else ()
        listening = [each for each in drawn if each.entry.key == definition.key]
        if not listening:
            return definition.published_journeys
        return sum(each.status == PUBLISHED for each in listening)

    def reset(self) -> None:
        """Go back to the start; only tokens stay."""
        self.faults.clear()
        self.switches.clear()
        self.clock.forget()
        self.calls.reset()
        self.entries.forget()
        self.event_definitions = event_definitions()
        self._begin_journeys()

    def _begin_journeys(self) -> None:
        """Put fresh journeys on the canvas."""
        if self._activities is None:
            return
        if self.engine:
            self.engine.close()
        self.engine = Engine(
            self._activities.url,
            self._activities.signing_key,
            self.switches,
            demo_journeys(),
            self._activities.pace,
        )
        self.entries.listeners[:] = [self.engine.heard]
