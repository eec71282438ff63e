"""Fixtures of the data-sharing tests: one org for the whole run, reset each time.

All tests run on SQLite; on PostgreSQL those that their module names in ON_BOTH_ENGINES, and all
of them with --full.
"""

import shutil

import pytest

from simulator.crm.server import start_org
from tests.service.sharing_stage import Stage, UserExport
from tests.service.state_stores import ENGINES


@pytest.fixture(scope="session")
def running_org():
    with start_org() as org:
        yield org


@pytest.fixture(params=ENGINES)
def stage(request, running_org, tmp_path):
    """A night on stage."""
    if request.param == "sqlite":
        path = tmp_path / "state.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield from _staged(running_org, tmp_path, f"sqlite:///{path}")
        return
    named = getattr(request.module, "ON_BOTH_ENGINES", ())
    if request.node.originalname not in named and not request.config.getoption("--full"):
        pytest.skip("on PostgreSQL with --full")
    template = request.getfixturevalue("postgres_template")
    with request.getfixturevalue("postgres_server").database(template) as url:
        yield from _staged(running_org, tmp_path, url)


def _staged(running_org, tmp_path, url: str):
    running_org.org.reset()
    running_org.org.switches.clear()
    export = UserExport()
    built = Stage(running_org, export, tmp_path, url)
    yield built
    built.close()
    export.stop()
