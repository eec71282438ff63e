"""A simulated Marketing Cloud as tests meet it, and a client of ours that speaks to it."""

from types import SimpleNamespace

import pytest

from service.deadline import Deadline
from service.journey_builder import RestAccess
from service.storage.rate_limits import RateLimits
from service.upstream.guard import Guard
from service.upstream.journey_builder import JourneyBuilderApi
from service.upstream.marketing_cloud import MarketingCloud, TokenShelf
from service.upstream.transport import Transport
from simulator.journey_builder.server import start_marketing_cloud
from simulator.journey_builder.tokens import ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET


@pytest.fixture(scope="session")
def running_cloud():
    """One simulated Marketing Cloud account for the whole run."""
    with start_marketing_cloud() as running:
        yield running


@pytest.fixture
def cloud(running_cloud):
    """The simulated Marketing Cloud as it was when it started, without tokens."""
    state = running_cloud.cloud
    state.reset()
    state.tokens.end_all()
    return SimpleNamespace(
        url=running_cloud.url,
        state=state,
        fault=lambda **switches: state.faults.set(switches),
        switch=lambda **switches: state.switches.set(switches),
        calls=lambda path="/": [
            call for call in state.calls.view()["calls"] if path in call["path"]
        ],
        entered=lambda: [entry.contact_key for entry in state.entries.all()],
    )


class Notes:
    """Shared notes in memory, on a clock moved by hand."""

    def __init__(self):
        self.now = 1_000_000.0
        self._kept: dict[str, bytes] = {}

    def put_note(self, name: str, value: bytes, ttl: float) -> None:
        self._kept[name] = value

    def get_note(self, name: str) -> bytes | None:
        return self._kept.get(name)


class NoRates:
    """A rate store that lets everybody through, or makes everybody wait so long."""

    def __init__(self, seconds: float = 0.0):
        self.seconds = seconds

    def advance(self, name: str, interval: float, tolerance: float) -> float:
        return self.seconds

    def close(self) -> None: ...


class CloudStage:
    """One tenant's client, with its parts where a test can turn them."""

    def __init__(self, url: str, **access):
        self.notes, self.rates, self.tokens = Notes(), NoRates(), TokenShelf()
        self.transport = Transport(allow_private_addresses=True)
        given = {
            "auth_url": url,
            "rest_url": url,
            "account_id": ACCOUNT_ID,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
        }
        self.access = RestAccess(**(given | access))
        self.guard = Guard(self.notes, clock=lambda: self.notes.now)

    @property
    def journey_builder(self) -> JourneyBuilderApi:
        return JourneyBuilderApi(
            MarketingCloud(
                "acme",
                self.access,
                transport=self.transport,
                guard=self.guard,
                rates=RateLimits(self.rates),
                tokens=self.tokens,
                clock=lambda: self.notes.now,
            )
        )

    def deadline(self, seconds: float = 5) -> Deadline:
        return Deadline.after(seconds)
