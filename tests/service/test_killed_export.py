"""Wherever a worker that exports segments is killed, nobody enters twice and nobody is forgotten.

The short form kills once at each point on SQLite. With --full it does so on both engines, and
kills `p13n export-segments` at random among random faults.
"""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import update

from service.segment_exports import Reentry
from service.storage.segment_entries import EntryState
from service.storage.segment_tables import segment_entries, segment_exports
from simulator.journey_builder.tokens import ACCOUNT_ID
from tests.service.killed_export import POINTS, die_at
from tests.service.state_stores import ENGINES

P13N = str(Path(sys.executable).with_name("p13n"))
SECTION = """
auth_url = "{url}"
rest_url = "{url}"
account_id = "{account_id}"
client_id = "env:MC_ID"
client_secret = "env:MC_SECRET"
requests_per_second = 1000
[tenants.acme.journey_builder.segment_exports.big]
dataset = "retail"
segment = "Sg2Sp"
segment_name = "Big spenders"
event_definition_key = "APIEvent-welcome"
contact_key = "customerId"
email = "emailAddress"
start_with = "existing"
reentry = "{reentry}"
"""
MC = {"MC_ID": "demo-mc-client", "MC_SECRET": "demo-mc-secret"}
ABSENT = 1_000
FAULTS = (
    {"httpStatus": 500, "times": 1},
    {"acceptThenDrop": True, "times": 1},
    {"dropConnection": True, "times": 1},
    {"truncate": True, "times": 1},
    {"throttled": 1, "times": 1},
    {"tokenExpired": True, "times": 1},
    {"shortAnswer": True, "times": 1},
)


@pytest.fixture
def variables(environment, cloud, request):
    """Return a function that makes the environment of a service on an engine."""

    def make(engine: str, reentry: Reentry) -> dict[str, str]:
        section = SECTION.format(url=cloud.url, account_id=ACCOUNT_ID, reentry=reentry)
        store = {}
        if engine == "postgresql":
            server = request.getfixturevalue("postgres_server")
            template = request.getfixturevalue("postgres_template")
            database = server.database(template)
            store["P13N_DATABASE_URL"] = database.__enter__()
            request.addfinalizer(lambda: database.__exit__(None, None, None))
        return environment(journey=section, **store, **MC)

    return make


@pytest.fixture(params=ENGINES)
def engine(request, pytestconfig):
    if request.param == "postgresql" and not pytestconfig.getoption("full"):
        pytest.skip("the kills on PostgreSQL run with --full")
    return request.param


@pytest.fixture
def start(variables, make_service):
    """Return a function that gives a service whose killed worker shares its store."""

    def make(engine: str, reentry: Reentry):
        environment = variables(engine, reentry)
        options = {k: v for k, v in environment.items() if k.startswith(("MC_", "P13N_DATABASE"))}
        section = SECTION.format(
            url=_cloud_url(environment), account_id=ACCOUNT_ID, reentry=reentry
        )
        return make_service(import_people=False, journey=section, **options), environment

    return make


def _cloud_url(environment) -> str:
    text = Path(environment["P13N_TENANTS"]).read_text()
    return text.split('rest_url = "')[1].split('"')[0]


def let_time_pass(service, seconds: float) -> None:
    """Make leases run out, and posts so much older."""

    def work(connection) -> None:
        connection.execute(update(segment_exports).values(read_until=0.0, held_until=0.0))
        of_long_ago = segment_entries.c.sent_at - seconds
        connection.execute(update(segment_entries).values(wake_at=0.0, sent_at=of_long_ago))

    service.parts.database.write(work)


def run(service) -> None:
    service.parts.segment_exports.run(service.parts.settings.tenants["acme"])


def members(account) -> set[str]:
    profiles = account.state.datasets["retail"].profiles
    return {p.value("customerId") for p in profiles if "Sg2Sp" in p.segments}


def states(service) -> Counter:
    tenant = service.parts.settings.tenants["acme"]
    rows = service.parts.segment_exports.ledger(tenant, limit=10_000)
    return Counter(row.state for row in rows)


@pytest.mark.parametrize("point", POINTS)
def test_everybody_enters_once_wherever_the_worker_is_killed(start, engine, account, cloud, point):
    service, environment = start(engine, Reentry.ANY)
    die_at(point, environment)
    for _ in range(3):
        let_time_pass(service, ABSENT)
        run(service)
    assert Counter(cloud.entered()) == Counter(members(account))
    assert set(states(service)) <= {EntryState.ACCEPTED, EntryState.ENTERED}


@pytest.mark.parametrize("point", ["claimed", "before send", "after send"])
def test_where_nobody_re_enters_the_doubt_is_left_to_a_person(start, engine, account, cloud, point):
    service, environment = start(engine, Reentry.NEVER)
    die_at(point, environment)
    for _ in range(3):
        let_time_pass(service, ABSENT)
        run(service)
    entered = Counter(cloud.entered())
    assert max(entered.values(), default=0) <= 1
    if point == "after send":
        assert set(states(service)) == {EntryState.ENTERED}
        return
    assert states(service)[EntryState.UNDECIDED] == len(members(account))
    tenant = service.parts.settings.tenants["acme"]
    service.parts.segment_exports.replay(tenant, None)
    run(service)
    assert Counter(cloud.entered()) == Counter(members(account))


def test_nobody_enters_twice_among_random_kills_and_faults(start, account, cloud, pytestconfig):
    rounds = 40 if pytestconfig.getoption("full") else 4
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    dice = random.Random(seed)
    service, environment = start("sqlite", Reentry.ANY)
    for _ in range(rounds):
        cloud.fault(**dice.choice(FAULTS), route="/async/events")
        process = subprocess.Popen(
            [P13N, "export-segments", "acme"],
            env=os.environ | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(dice.uniform(0.8, 2.5))  # where it is then is what the dice say
        process.kill()
        process.wait()
        let_time_pass(service, dice.choice((0, 100, ABSENT)))
    cloud.state.faults.clear()
    for _ in range(4):
        let_time_pass(service, ABSENT)
        run(service)
    assert Counter(cloud.entered()) == Counter(members(account))
