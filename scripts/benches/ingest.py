"""How fast does the collector store events durably, with many clients at once?

Yardstick: raw single-row commits of the same engine in the same run: the same row into the same
table, each with a commit of its own, through the bare driver. Both wait for the disk. Everything
an event brings with it (reading it, whose it is, duplicates, what it says of its item, the days
to count anew) is in our figure and not in the yardstick. No HTTP. Our processes keep to the cores
that `p13n serve` would give them.

On SQLite as many clients commit as with us. PostgreSQL groups what many connections commit at
once, so there one connection commits row after row; the ratio to as many as ours is told, too.

The tee gathers events for a quarter of a second, so a call brings a few; calls of one event
are measured beside them.
"""

import argparse
import contextlib
import itertools
import multiprocessing
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import psycopg

from scripts.benches._engines import ENGINES
from service.placement import bind_to, core_for
from service.storage.cache_sqlite import SqliteEngine
from service.storage.database import Database
from service.storage.event_store import EventStore
from service.storage.response_cache import ResponseCache
from service.storage.schema import migrate
from service.tenant import Dataset, PersonalizationAccount, Tenant
from service.usecases.collector import Collector

GOAL_RATIO = 3.0
GOAL_P99_MS = 50.0
EVENTS_OF_PERSON = 25
PRODUCTS = 200
DATASET = Dataset("retail", "Retail", ("emailAddress",))
TENANT = Tenant(
    "acme",
    "00D000000000001EAA",
    PersonalizationAccount("https://acme.example", "key", "secret"),
    {"retail": DATASET},
)
RAW_INSERT = """insert into events (id, arrival, tenant, dataset, person_id, time_ms, day, kind,
name, item_action, item_type, item_id, item_name, url, channel, source, body) values ({})"""
RAW_BODY = b'{"items":[{"type":"Product","id":"P1","name":"Teapot","quantity":1}],"pageView":true}'

Measured = tuple[float, list[float]]
"""Events a second, and the seconds each call took."""
Client = tuple[Callable[[int, int], None], Callable[[], None]]
"""How a client sends events (first number, how many), and how it ends."""


def event(number: int) -> dict:
    """Return what a site's tee sends when somebody opens a product's page."""
    return {
        "eventId": f"e{number}",
        "interaction": {
            "name": "View Catalog Object",
            "catalogObject": {
                "type": "Product",
                "id": f"P{number % PRODUCTS}",
                "attributes": {"name": f"Teapot {number % PRODUCTS}", "inventoryCount": 4},
                "relatedCatalogObjects": {"Category": ["Kitchen|Teapots"]},
            },
        },
        "pageView": True,
        "source": {"channel": "Web", "url": f"https://shop.example/products/P{number % PRODUCTS}"},
        "user": {
            "anonymousId": f"browser{number // EVENTS_OF_PERSON}",
            "identities": {"emailAddress": f"person{number // EVENTS_OF_PERSON}@shop.example"},
        },
    }


def ours(url: str, folder: Path) -> Client:
    """Return a client that stores events through the product."""
    database = Database(url)
    store = EventStore(database)
    cache = ResponseCache(SqliteEngine(folder / "cache.db"))
    collector = Collector(events=store, cache=cache)

    def call(first: int, count: int) -> None:
        batch = [event(first + number) for number in range(count)]
        assert collector.collect(TENANT, DATASET, batch).stored == count

    def close() -> None:
        store.close()
        cache.close()
        database.close()

    return call, close


def raw(url: str, _folder: Path) -> Client:
    """Return a client that commits single rows through the bare driver."""
    own = threading.local()
    opened = []

    def call(number: int, _count: int) -> None:
        if not hasattr(own, "connection"):
            own.connection, own.sign = _driver(url)
            opened.append(own.connection)
        values = (
            number,
            number,
            "acme",
            "retail",
            number // EVENTS_OF_PERSON,
            int(time.time() * 1000),
        )
        values += ("2026-11-21", "catalog", "View", "View Item", "Product", "P1", "Teapot")
        values += ("https://shop.example/products/P1", "Web", "site", RAW_BODY)
        own.connection.execute(RAW_INSERT.format(",".join([own.sign] * len(values))), values)

    return call, lambda: [connection.close() for connection in opened]


def _driver(url: str):
    """Return a connection that commits each statement durably, and its sign for a value."""
    scheme, _, rest = url.partition("://")
    if scheme != "sqlite":
        return psycopg.connect(f"postgresql://{rest}", autocommit=True), "%s"
    connection = sqlite3.connect(
        rest[1:], isolation_level=None, timeout=60, check_same_thread=False
    )
    connection.execute("pragma synchronous = full")
    return connection, "?"


def measure(make, url: str, folder: Path, options, first: int, of_call: int = 1) -> Measured:
    """Run all clients at once, spread over processes; `first` keeps event ids apart."""
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    ready = context.Barrier(options.processes)
    workers = [
        context.Process(
            target=_work, args=(make, url, folder, options, first, of_call, place, ready, answers)
        )
        for place in range(options.processes)
    ]
    for worker in workers:
        worker.start()
    parts = [answers.get(timeout=600) for _ in workers]
    for worker in workers:
        worker.join()
    seconds = max(end for _, end, _ in parts) - min(start for start, _, _ in parts)
    waits = [wait for _, _, part in parts for wait in part]
    return of_call * len(waits) / seconds, waits


def _work(make, url, folder, options, first, of_call, place, ready, answers) -> None:
    if make is ours:
        bind_to(core_for(options.processes, range(place)))
    each = max(of_call, options.events // (options.processes * options.threads))
    first += place * options.threads * each
    call, close = make(url, folder)
    waits: list[float] = []
    threads = [
        threading.Thread(target=_client, args=(call, first + thread * each, each, of_call, waits))
        for thread in range(options.threads)
    ]
    ready.wait()
    start = time.time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    end = time.time()
    close()
    answers.put((start, end, waits))


def _client(call, first: int, count: int, of_call: int, waits: list[float]) -> None:
    for number in range(first, first + count - of_call + 1, of_call):
        started = time.perf_counter()
        call(number, of_call)
        waits.append(time.perf_counter() - started)


def compare(name: str, url_of: Callable[[str], contextlib.AbstractContextManager], options) -> bool:
    """Measure ours and raw in turns on one engine; print the ratios; return whether all is met."""
    found = Found(name, options.of_call)
    alone = argparse.Namespace(processes=1, threads=1, events=options.events // 2)
    with tempfile.TemporaryDirectory() as folder, url_of(folder) as url:
        migrate(Database(url))
        base = itertools.count(10_000_000, 10_000_000)
        for _turn in range(options.rounds):
            many, _ = measure(raw, url, Path(folder), options, next(base))
            one, _ = measure(raw, url, Path(folder), alone, next(base))
            for of_call in 1, options.of_call:
                rate, waits = measure(ours, url, Path(folder), options, next(base), of_call)
                found.add(of_call, rate, many, one, waits)
    return found.judge()


class Found:
    """What the rounds on one engine have shown."""

    def __init__(self, engine: str, of_call: int):
        self._engine, self._of_call = engine, of_call
        self._to_many: dict[int, list[float]] = defaultdict(list)
        self._to_one: dict[int, list[float]] = defaultdict(list)
        self._p99s: list[float] = []

    def add(self, of_call: int, rate: float, many: float, one: float, waits: list[float]) -> None:
        self._to_many[of_call].append(rate / many)
        self._to_one[of_call].append(rate / one)
        self._p99s.append(1000 * statistics.quantiles(waits, n=100)[98])
        print(
            f"  {self._engine}, {of_call} a call: {rate:,.0f}/s;"
            f" raw: {many:,.0f}/s by many, {one:,.0f}/s by one",
            file=sys.stderr,
        )

    def judge(self) -> bool:
        """Print the medians; return whether both goals are met."""
        groups_itself = self._engine == "postgresql"
        judged, other = self._to_many, self._to_one
        if groups_itself:
            judged, other = other, judged
        ratio, p99 = statistics.median(judged[self._of_call]), statistics.median(self._p99s)
        is_met = ratio >= GOAL_RATIO and p99 < GOAL_P99_MS
        print(
            f"{self._engine}: durable ingest is {ratio:.1f} times raw single-row commits by "
            f"{'one client' if groups_itself else 'many clients'} with {self._of_call} events a "
            f"call (goal {GOAL_RATIO:.0f}), {statistics.median(judged[1]):.1f} times with one, "
            f"{statistics.median(other[self._of_call]):.1f} times those by "
            f"{'many clients' if groups_itself else 'one client'}; "
            f"p99 of a call {p99:.0f} ms (goal {GOAL_P99_MS:.0f}): {'met' if is_met else 'NOT MET'}"
        )
        return is_met


def main() -> None:
    """Compare on the engines asked for; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench ingest", description=__doc__)
    parser.add_argument("--engine", choices=ENGINES, action="append")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=16, help="of each process")
    parser.add_argument("--events", type=int, default=24_000, help="of each measurement")
    parser.add_argument("--of-call", type=int, default=5, help="events that a call brings")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--full", action="store_true", help="ten times as many events")
    options = parser.parse_args()
    options.events *= 10 if options.full else 1
    met = [compare(name, ENGINES[name], options) for name in options.engine or ENGINES]
    sys.exit(0 if all(met) else 1)


if __name__ == "__main__":
    main()
