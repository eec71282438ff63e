"""The stand-ins as the outside world meets them: each test from a fresh start."""

import pytest

from simulator.crm.server import start_org
from simulator.personalization.cast import cast
from tests.simulator.callers import Account, Org


@pytest.fixture
def people():
    """The special people of the cast."""
    return cast()


@pytest.fixture
def account(running_account):
    """The simulated account as it was when it started."""
    running_account.account.reset()
    caller = Account(running_account.url)
    yield caller
    caller.session.close()


@pytest.fixture(scope="session")
def running_org():
    """One simulated org for the whole run."""
    with start_org() as running:
        yield running


@pytest.fixture
def org(running_org):
    """The simulated org as it was when it started, with a session."""
    running_org.org.reset()
    caller = Org(running_org.url)
    yield caller
    caller.session.close()


@pytest.fixture
def sharing(org):
    """The same org as the integration user of data sharing meets it."""
    caller = Org(org.url, ("demo-sharing-client", "demo-sharing-secret"))
    yield caller
    caller.session.close()
