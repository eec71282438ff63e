"""A journey of any number of contacts, run by the simulated engine against a service."""

import json
from types import SimpleNamespace

from simulator.journey_builder.engine import Engine
from simulator.journey_builder.journeys import Activity, Entry, Journey
from simulator.journey_builder.switches import DEFAULTS
from tests.conftest import JOURNEY_KEY

ACTION = "Back to School: uniform bought"
BOXES = {"activity": ("REST-1", ""), "split": ("RESTDECISION-1", "in")}


class Stage:
    """One journey with one of our activities. `pace` shortens the pauses between tries."""

    def __init__(self, url: str, *, contacts: int = 1, kind: str = "activity", pace=0.01, **more):
        self.switches = DEFAULTS | {"lifecycleBody": "ids"} | more
        rows = tuple(
            {"ContactKey": f"K-{n}", "Email": f"contact-{n}@example.com"} for n in range(contacts)
        )
        fields = (("ContactKey", "Text"), ("Email", "EmailAddress"))
        entry = Entry("DEAudience-1", "Entry", fields, rows)
        key = BOXES[kind][0]
        following = {"": "END", "in": "END", "out": "END", "unknown": "END"}
        boxes = [Activity(key, kind, "Ours", following), Activity("END", "end", "Exit", {})]
        self.journey = Journey("a-journey", "A journey", entry, "retail", boxes)
        self.box = boxes[0]
        self.engine = Engine(
            f"{url}/journey/acme", JOURNEY_KEY, self.switches, [self.journey], pace
        )
        self.engine.load(self.journey)
        # The tenants file names an address of the outside world.
        described = json.dumps(self.box.payload).replace("https://p13n.example", url)
        self.box.payload = json.loads(described)

    def configure(self, **changes) -> None:
        """Put in-arguments into the activity, as the page would."""
        identity = {"type": "emailAddress", "value": "{{Event.DEAudience-1.Email}}"}
        given = {"dataset": "retail", "action": ACTION, "identities": [identity]} | changes
        payload = self.box.payload
        payload["arguments"]["execute"]["inArguments"] = [given]
        payload["metaData"]["isConfigured"] = True

    def run(self) -> list[SimpleNamespace]:
        """Publish, let everybody through; return where each ended and what was answered."""
        assert self.engine.publish(self.journey), self.journey.problems
        for passage in self.engine.run(self.journey):
            passage.result(timeout=120)
        return [SimpleNamespace(at=c.at, **c.trail[0]) for c in self.journey.contacts]

    def close(self) -> None:
        self.engine.close()
