"""Whether a failed event may have been taken: what decides if it may be sent again."""

import pytest

from service.deadline import Deadline
from service.errors import Fate, UpstreamFault
from service.settings import read_settings
from service.upstream.guard import Guard
from service.upstream.personalization import Personalization
from service.upstream.transport import Transport
from simulator.demo import free_ports

EVENT = {"action": "Test", "user": {"attributes": {"emailAddress": "ada@example.com"}}}


class NoNotes:
    """A shared store that is never there: the guard keeps nothing from one test to the next."""

    def put_note(self, name, value, ttl):
        pass

    def get_note(self, name):
        return None


@pytest.fixture
def transport():
    transport = Transport(allow_private_addresses=True)
    yield transport
    transport.close()


@pytest.fixture
def send(environment, transport):
    """Return a function that sends one event and returns the fault it ends in."""

    def call(seconds=5.0, guard=None, **options) -> UpstreamFault:
        tenant = read_settings(environment(**options)).tenants["acme"]
        speaker = Personalization(tenant, transport, guard or Guard(NoNotes()))
        with pytest.raises(UpstreamFault) as caught:
            speaker.send_event("retail", EVENT, Deadline.after(seconds))
        return caught.value

    return call


def test_without_a_connection_nothing_was_taken(send):
    [port] = free_ports(1)
    assert send(url=f"http://127.0.0.1:{port}").fate == Fate.NOT_TAKEN


@pytest.mark.parametrize(
    "fault",
    [
        {"httpStatus": 500},
        {"httpStatus": 502},
        {"httpStatus": 503},
        {"httpStatus": 503, "retryAfter": 2},
        {"dropConnection": True},
        {"acceptThenDrop": True},
        {"truncate": True},
        {"notJson": True},
        {"emptyBody": True},
        {"nan": True},
    ],
)
def test_after_a_crash_or_a_broken_answer_nobody_knows(send, account, fault):
    account.fault(**fault)
    found = send()
    assert (found.fate, found.is_permanent) == (Fate.UNKNOWN, False)


def test_after_silence_nobody_knows(send, account):
    account.fault(hang=True)
    assert send(seconds=0.5).fate == Fate.UNKNOWN


@pytest.mark.parametrize(
    ("fault", "is_permanent"),
    [
        ({"httpStatus": 429, "retryAfter": 2}, False),
        ({"busy": True}, False),
        ({"httpStatus": 401}, False),
        ({"httpStatus": 403}, False),
        ({"httpStatus": 400}, True),
        ({"httpStatus": 404}, True),
        ({"httpStatus": 413}, True),
        ({"redirect": "http://127.0.0.1:1/"}, False),
    ],
)
def test_what_was_refused_was_not_taken(send, account, fault, is_permanent):
    account.fault(**fault)
    found = send()
    assert (found.fate, found.is_permanent) == (Fate.NOT_TAKEN, is_permanent)


def test_what_the_breaker_holds_back_was_never_sent(send, account):
    account.fault(httpStatus=500)
    guard = Guard(NoNotes())
    for _ in range(5):
        send(guard=guard)
    calls = len(account.events())
    assert send(guard=guard).fate == Fate.UNSENT
    assert len(account.events()) == calls
