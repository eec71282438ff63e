"""What was acknowledged is on disk, whoever is killed and whoever writes at the same time."""

import os
import signal
import subprocess
import sys
from collections import Counter

import pytest
from sqlalchemy import select

from service.storage.event_store import EventStore
from service.storage.tables import events
from tests.service.storage.event_samples import ACME, ADA, RETAIL, view


@pytest.fixture
def start_writer(state_url):
    """Return a function that starts a process which stores events; all end killed."""
    started = []

    def start(name, threads=4):
        command = [sys.executable, "-m", "tests.service.storage.event_writer"]
        process = subprocess.Popen(
            [*command, state_url, name, str(threads)], stdout=subprocess.PIPE
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            kill(process)
        process.stdout.close()


def kill(process) -> list[str]:
    """End the process as a power cut would; return what it had said."""
    os.kill(process.pid, signal.SIGKILL)
    said = process.stdout.read().decode().splitlines(keepends=True)
    process.wait()
    return [line.strip() for line in said if line.endswith("\n")]


def heard(process, lines) -> list[str]:
    return [process.stdout.readline().decode().strip() for _ in range(lines)]


def stored_ids(database) -> Counter:
    with database.reading() as connection:
        return Counter(connection.execute(select(events.c.event_id)).scalars())


def test_everything_acknowledged_before_a_kill_is_there_and_writing_goes_on(
    state_store, start_writer
):
    acknowledged = []
    for round_ in range(3):
        writers = [start_writer(f"{round_}{name}") for name in "ab"]
        for writer in writers:
            acknowledged += heard(writer, 15)
        for writer in writers:
            acknowledged += kill(writer)
    found = stored_ids(state_store)
    assert len(acknowledged) >= 90
    assert set(acknowledged) <= found.keys()
    assert set(found.values()) == {1}
    survivor = EventStore(state_store)
    assert survivor.append(ACME, RETAIL, [view(ADA, event_id="after")]).stored == 1
    survivor.close()


def test_several_processes_that_meet_the_same_new_person_make_one(state_store, start_writer):
    writers = [start_writer(name) for name in "abc"]
    for writer in writers:
        heard(writer, 10)
    with state_store.reading() as connection:
        owners = set(connection.execute(select(events.c.person_id)).scalars())
    assert len(owners) == 1


def test_the_numbers_of_a_persons_events_rise_as_they_become_visible(state_store, start_writer):
    writers = [start_writer(name) for name in "ab"]
    for writer in writers:
        heard(writer, 1)
    store = EventStore(state_store)
    with state_store.reading() as connection:
        person = connection.execute(select(events.c.person_id).limit(1)).scalar_one()
    page = store.page("acme", "retail", person, limit=10_000)
    seen, after = [event.id for event in page.events], page.latest
    for writer in writers * 5:
        heard(writer, 5)
        page = store.page("acme", "retail", person, limit=10_000, after=after)
        seen += [event.id for event in page.events]
        after = page.latest
    for writer in writers:
        kill(writer)
    with state_store.reading() as connection:  # what the dead had sent may still be committed
        stored = set(connection.execute(select(events.c.id)).scalars())
    page = store.page("acme", "retail", person, limit=10_000, after=after)
    seen += [event.id for event in page.events]
    assert sorted(seen) == sorted(set(seen))
    assert stored <= set(seen)
