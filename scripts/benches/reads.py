"""Does one person's page get slower when other people have more events? It must not.

Yardstick: the same person among few events of others, on the same engine, asked in turns in
the same run. The person's events lie scattered among those of the others, as they would when
everybody came in the same weeks. Times are those of the use cases: no HTTP, no look-up.
"""

import argparse
import contextlib
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable

import orjson
from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    Select,
    Table,
    delete,
    func,
    insert,
    select,
    union_all,
)

from scripts.benches._engines import ENGINES
from service.deadline import Deadline
from service.model import Arrival, Event, EventKind, EventSource, Identity
from service.storage.database import Database
from service.storage.event_store import EventStore
from service.storage.events_dirty import mark_dirty
from service.storage.events_numbers import next_numbers
from service.storage.people import People
from service.storage.schema import migrate
from service.storage.tables import affinity_days, events
from service.storage.upserts import insert_rows
from service.tenant import Dataset, PersonalizationAccount, Tenant
from service.usecases.affinities import Affinities, AffinityQuestion
from service.usecases.affinity_ranking import ShowBy
from service.usecases.affinity_windows import DateRange
from service.usecases.event_stream import EventStream, StreamQuestion

GOAL = 1.5
DAY_MS = 86_400_000
DAYS = 365
ROWS_PER_BLOCK = 50_000
FILLING_CACHE = "pragma cache_size = -1000000"  # kilobytes
EVENTS_PER_PERSON = 200
ADA = Identity("emailAddress", "ada@shop.example")
DATASET = Dataset("retail", "Retail", ("emailAddress",), catalog_types=("Category", "Product"))
TENANT = Tenant(
    "acme",
    "00D000000000001EAA",
    PersonalizationAccount("https://acme.example", "key", "secret"),
    {"retail": DATASET},
)


class NoLookup:
    """Reads are measured without what Personalization might add."""

    def lines(self, *_arguments):
        return None


class Shop:
    """One store with Ada's events among those of others."""

    def __init__(self, url: str, others: int, hers: int):
        self.database = Database(url)
        migrate(self.database)
        self.store, self.people = EventStore(self.database), People(self.database)
        self._meet_ada()
        self._fill(others, hers)
        parts = {"events": self.store, "people": self.people, "person_lookup": NoLookup()}
        self._affinities, self._stream = Affinities(**parts), EventStream(**parts)

    def _meet_ada(self) -> None:
        hello = Event(_now_ms(), EventKind.ACTION, "Hello", EventSource.SITE)
        self.store.append(TENANT, DATASET, [Arrival(hello, (ADA,))])
        self.ada = self.people.find_any("acme", "retail", ADA)

    def _fill(self, others: int, hers: int) -> None:
        """Write rows as the store would, past its checks: millions of them have to get there."""
        blocks = -(-(others + hers) // ROWS_PER_BLOCK)
        with self.database.engine.connect() as connection:
            if self.database.is_sqlite:
                connection.exec_driver_sql(FILLING_CACHE)
            filler = Filler(connection, self.ada, others // blocks, hers // blocks)
            for place in range(blocks):
                filler.write(place)
            filler.finish(blocks)
            query = select(events.c.day).where(events.c.person_id == self.ada).distinct()
            days = connection.execute(query).scalars().all()
            mark_dirty(connection, "acme", "retail", [(self.ada, day) for day in days])
            connection.commit()
        self.database.engine.dispose()  # reads are measured without the large cache
        if not self.database.is_sqlite:
            self._analyze()

    def _analyze(self) -> None:
        """Do what autovacuum does in the minutes after so many inserts."""
        autocommit = self.database.engine.execution_options(isolation_level="AUTOCOMMIT")
        with autocommit.connect() as connection:
            connection.exec_driver_sql("vacuum analyze")

    def affinities(self) -> None:
        question = AffinityQuestion("retail", ADA, ShowBy.VIEWS, DateRange.LAST_30_DAYS)
        answer = self._affinities.ask(TENANT, question, Deadline.after(60))
        assert answer.types, answer.reason

    def first_page(self) -> None:
        answer = self._stream.ask(TENANT, StreamQuestion("retail", ADA), Deadline.after(60))
        assert len(answer.events) == 20

    def count(self) -> int:
        with self.database.reading() as connection:
            return connection.execute(select(func.count()).select_from(events)).scalar_one()

    def close(self) -> None:
        self.store.close()
        self.database.close()


class Filler:
    """Writes the events of the others block by block, hers scattered evenly among them.

    The others' events of one block are made once; every block has them again, of other people.
    """

    def __init__(self, connection: Connection, ada: int, others: int, hers: int):
        self._connection, self._ada, self._others, self._hers = connection, ada, others, hers
        self._people = max(1, others // EVENTS_PER_PERSON)
        self._gap = (others + hers) // hers
        self._theirs, self._own, self._days = (
            Table(name, MetaData(), *(Column(c.name, c.type) for c in table.columns))
            for name, table in (("theirs", events), ("own", events), ("days", affinity_days))
        )
        for table in (self._theirs, self._own, self._days):
            table.create(connection)
        own = set(self._own_places())
        places = [place for place in range(others + hers) if place not in own]
        strangers = (ada + 1 + random.randrange(self._people) for _ in places)
        rows = [_event_row(2 + place, who) for place, who in zip(places, strangers, strict=True)]
        insert_rows(connection, self._theirs, rows)
        insert_rows(connection, self._days, _counted_rows(rows))

    def write(self, block: int) -> None:
        """Write a block in the order of its ids, as time would have."""
        ids, people = block * (self._others + self._hers), block * self._people
        rows = [_event_row(2 + ids + place, self._ada) for place in self._own_places()]
        insert_rows(self._connection, self._own, rows)
        theirs = _moved(events, self._theirs, {"id": ids, "arrival": ids, "person_id": people})
        both = union_all(theirs, select(*self._own.columns)).order_by("id")
        self._connection.execute(insert(events).from_select([c.name for c in events.c], both))
        self._connection.execute(delete(self._own))
        days = _moved(affinity_days, self._days, {"person_id": people})
        self._connection.execute(
            insert(affinity_days).from_select([c.name for c in affinity_days.c], days)
        )
        self._connection.commit()

    def finish(self, blocks: int) -> None:
        """Count the numbers given out; leave nothing behind."""
        next_numbers(self._connection, blocks * (self._others + self._hers))
        for table in (self._theirs, self._own, self._days):
            table.drop(self._connection)

    def _own_places(self) -> range:
        return range(0, self._hers * self._gap, self._gap)


def _moved(like: Table, table: Table, by: dict[str, int]) -> Select:
    """Return the rows of `table` with some columns moved on."""
    return select(
        *(
            (table.c[c.name] + by.get(c.name, 0)).label(c.name) if c.name in by else table.c[c.name]
            for c in like.columns
        )
    )


def _event_row(number: int, person_id: int) -> dict:
    time_ms = _now_ms() - random.randrange(DAYS * DAY_MS)
    product, category = f"p{random.randrange(500)}", f"Kitchen|c{random.randrange(40)}"
    item = {"type": "Product", "id": product, "related": {"Category": [category]}}
    return {
        "id": number,
        "arrival": number,
        "tenant": "acme",
        "dataset": "retail",
        "person_id": person_id,
        "time_ms": time_ms,
        "day": time.strftime("%Y-%m-%d", time.gmtime(time_ms / 1000)),
        "kind": "catalog",
        "name": "View Item",
        "item_action": "View Item",
        "item_type": "Product",
        "item_id": product,
        "event_id": None,
        "item_name": None,
        "inventory_status": None,
        "url": None,
        "channel": None,
        "application": None,
        "source": "site",
        "body": orjson.dumps({"items": [item], "pageType": "product"}),
    }


def _counted_rows(rows: list[dict]) -> list[dict]:
    """Return counted days of the others: hers are counted by the product."""
    return [
        {
            "tenant": "acme",
            "dataset": "retail",
            "person_id": person_id,
            "day": day,
            "type": "Product",
            "object_id": item_id,
            "views": 1,
            "view_time_ms": 1_000,
            "purchases": 0,
        }
        for person_id, day, item_id in sorted(
            {(row["person_id"], row["day"], row["item_id"]) for row in rows}
        )
    ]


def _now_ms() -> int:
    return int(time.time() * 1000)


def measure_in_turns(calls: dict[str, Callable[[], None]], rounds: int) -> dict[str, list[float]]:
    """Return name -> milliseconds of each round; all take turns, so load hits them alike."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _round in range(rounds):
        for name, call in calls.items():
            started = time.perf_counter()
            call()
            times[name].append((time.perf_counter() - started) * 1000)
    return times


def main() -> int:
    options = _options()
    return 0 if all([_measure_engine(each, options) for each in options.engine or ENGINES]) else 1


def _measure_engine(engine: str, options: argparse.Namespace) -> bool:
    """Print the ratios of one engine; return whether the goal is met."""
    with contextlib.ExitStack() as open_shops:
        shops = {}
        for name, others in {"few": options.few, "many": options.many}.items():
            started = time.perf_counter()
            folder = open_shops.enter_context(tempfile.TemporaryDirectory())
            url = open_shops.enter_context(ENGINES[engine](folder))
            shops[name] = Shop(url, others, options.hers)
            open_shops.callback(shops[name].close)
            filled = time.perf_counter()
            shops[name].affinities()
            print(
                f"{engine}, {name}: {shops[name].count():,} events written in "
                f"{filled - started:.0f} s; first count of her {options.hers:,}: "
                f"{time.perf_counter() - filled:.2f} s",
                flush=True,
            )
        reads = "affinities", "first_page"
        return all([_compare(engine, shops, what, options.rounds) for what in reads])


def _compare(engine: str, shops: dict[str, Shop], what: str, rounds: int) -> bool:
    times = measure_in_turns({name: getattr(shop, what) for name, shop in shops.items()}, rounds)
    medians = {name: statistics.median(values) for name, values in times.items()}
    worst = {name: statistics.quantiles(values, n=20)[-1] for name, values in times.items()}
    ratio = medians["many"] / medians["few"]
    print(
        f"{engine}, {what}: among many / among few = {ratio:.2f} (goal {GOAL} or less); "
        + ", ".join(f"{n} p50 {medians[n]:.1f} ms p95 {worst[n]:.1f} ms" for n in shops)
    )
    return ratio <= GOAL


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench reads", description=__doc__)
    parser.add_argument("--engine", choices=ENGINES, action="append")
    parser.add_argument("--hers", type=int, default=10_000, help="the person's own events")
    parser.add_argument("--few", type=int, default=5_000, help="events of others, yardstick")
    parser.add_argument("--many", type=int, default=200_000, help="events of others")
    parser.add_argument("--rounds", type=int, default=100)
    full = {"hers": 100_000, "few": 50_000, "many": 5_000_000}
    parser.add_argument("--full", action="store_true", help=f"the sizes of the goal: {full}")
    options = parser.parse_args()
    if options.full:
        vars(options).update(full)
    return options


if __name__ == "__main__":
    sys.exit(main())
