"""People who are joined by several writers at the same time, as by several processes."""

import random
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from sqlalchemy import select

from service.model import ANONYMOUS_ID, Identity
from service.storage.database import Database
from service.storage.event_store import EventStore
from service.storage.people import People, ProvenPerson
from service.storage.tables import events, identities, people
from tests.service.storage.event_samples import ACME, ADA, BOB, RETAIL, view

WRITERS, BATCHES = 4, 20
BROWSERS = [Identity(ANONYMOUS_ID, f"browser-{number:02}") for number in range(12)]


def families() -> list[list[Identity]]:
    """Return three people's identities, none of which is known to belong to another yet."""
    numbers = [Identity("customerId", f"number-{number:02}") for number in range(12)]
    return [[*numbers[n::3], *BROWSERS[n::3]] for n in range(3)]


def write_at_once(state_url, batches_of) -> int:
    """Let each writer store its batches, from a store of its own; return how many were stored."""

    def write(writer: int) -> int:
        database = Database(state_url)
        store = EventStore(database)
        try:
            batches = batches_of(writer, random.Random(writer))
            return sum(store.append(ACME, RETAIL, batch).stored for batch in batches)
        finally:
            store.close()
            database.close()

    with ThreadPoolExecutor(WRITERS) as at_once:
        return sum(at_once.map(write, range(WRITERS)))


def values(database, column) -> list:
    with database.reading() as connection:
        return list(connection.execute(select(column)).scalars())


def test_each_family_becomes_one_person_and_every_event_is_kept_once(state_url, state_store):
    def batches_of(writer, chance):
        batches = []
        for number in range(BATCHES):
            family = chance.randrange(3)
            one, other, third = chance.sample(families()[family], 3)
            event_id, item = f"{writer}-{number}", f"family {family}"
            tied = view(one, other, event_id=f"{event_id}-a", item=item)
            batches.append([tied, view(third, event_id=f"{event_id}-b", item=item)])
        chain = [  # whoever is tied to their neighbour is tied to all
            view(one, other, item=f"family {number}", event_id=f"chain-{number}-{place}")
            for number, family in enumerate(families())
            for place, (one, other) in enumerate(pairwise(family))
        ]
        return [*batches, *batches[:5], chain]  # some are sent again

    stored = write_at_once(state_url, batches_of)
    assert stored == WRITERS * BATCHES * 2 + 3 * 7
    event_ids = values(state_store, events.c.event_id)
    assert len(event_ids) == len(set(event_ids)) == stored
    with state_store.reading() as connection:
        owned = set(map(tuple, connection.execute(select(events.c.person_id, events.c.item_id))))
    assert sorted(item for _person, item in owned) == ["family 0", "family 1", "family 2"]
    owners = {person for person, _item in owned}
    assert owners == set(values(state_store, people.c.id))
    assert owners == set(values(state_store, identities.c.person_id))


def test_no_race_lets_the_site_join_two_proven_people(state_url, state_store):
    index = People(state_store)
    for known in (ADA, BOB):
        index.learn("acme", "retail", [ProvenPerson((known,), None)])

    def batches_of(_writer, chance):
        for _ in range(BATCHES):
            one, other = chance.sample(BROWSERS, 2)
            yield [view(chance.choice((ADA, BOB)), one), view(one, other)]

    assert write_at_once(state_url, batches_of) == WRITERS * BATCHES * 2
    ada, bob = (index.find("acme", "retail", known) for known in (ADA, BOB))
    assert ada != bob
    owners = values(state_store, events.c.person_id)
    assert len(owners) == WRITERS * BATCHES * 2
    assert set(owners) <= set(values(state_store, people.c.id))
