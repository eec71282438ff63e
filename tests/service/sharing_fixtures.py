"""Fixtures of the data-sharing tests: one org and one export for the whole run, reset each time."""

import pytest

from simulator.crm.server import start_org
from tests.service.sharing_stage import Stage, UserExport


@pytest.fixture(scope="session")
def running_org():
    with start_org() as org:
        yield org


@pytest.fixture
def stage(running_org, state_url, tmp_path):
    """A night on stage, on each of the two engines."""
    running_org.org.reset()
    running_org.org.switches.clear()
    export = UserExport()
    built = Stage(running_org, export, tmp_path, state_url)
    yield built
    built.close()
    export.stop()
