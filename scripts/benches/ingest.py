"""How fast does the collector store events durably, one event a call, many clients at once?

Yardstick: raw single-row commits of the same engine by as many clients in the same run: the
same row into the same table, each with a commit of its own, through the bare driver. Both wait
for the disk. Everything an event brings with it (whose it is, duplicates, what it says of its
item, the days to count anew) is in our figure and not in the yardstick. No HTTP.
"""

import argparse
import contextlib
import multiprocessing
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from service.storage.cache_sqlite import SqliteEngine
from service.storage.database import Database
from service.storage.event_store import EventStore
from service.storage.response_cache import ResponseCache
from service.storage.schema import migrate
from service.tenant import Dataset, PersonalizationAccount, Tenant
from service.usecases.collector import Collector
from tests.real_postgres import RealPostgres

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
"""Calls a second, and the seconds each took."""


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


def ours(url: str, folder: Path, first: int) -> tuple[Callable[[int], None], Callable[[], None]]:
    """Return how one client stores an event through the product, and how it ends."""
    database = Database(url)
    store = EventStore(database)
    cache = ResponseCache(SqliteEngine(folder / "cache.db"))
    collector = Collector(events=store, cache=cache)

    def call(number: int) -> None:
        assert collector.collect(TENANT, DATASET, [event(first + number)]).stored == 1

    def close() -> None:
        store.close()
        cache.close()
        database.close()

    return call, close


def raw(url: str, _folder: Path, first: int) -> tuple[Callable[[int], None], Callable[[], None]]:
    """Return how one client commits a row through the bare driver, and how it ends."""
    own = threading.local()
    opened = []

    def call(number: int) -> None:
        if not hasattr(own, "connection"):
            own.connection, own.sign = _driver(url)
            opened.append(own.connection)
        number += first
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


def measure(make, url: str, folder: Path, options, first: int) -> Measured:
    """Run all clients at once, spread over processes; `first` keeps event ids apart."""
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    ready = context.Barrier(options.processes)
    workers = [
        context.Process(
            target=_work, args=(make, url, folder, options, first, place, ready, answers)
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
    return len(waits) / seconds, waits


def _work(make, url, folder, options, first, place, ready, answers) -> None:
    each = options.events // (options.processes * options.threads)
    call, close = make(url, folder, first + place * options.threads * each)
    waits: list[float] = []
    threads = [
        threading.Thread(target=_client, args=(call, thread * each, each, waits))
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


def _client(call: Callable[[int], None], first: int, count: int, waits: list[float]) -> None:
    for number in range(first, first + count):
        started = time.perf_counter()
        call(number)
        waits.append(time.perf_counter() - started)


def compare(name: str, url_of: Callable[[str], contextlib.AbstractContextManager], options) -> bool:
    """Measure ours and raw in turns on one engine; print the ratio; return whether it is met."""
    ratios, p99s = [], []
    with tempfile.TemporaryDirectory() as folder, url_of(folder) as url:
        migrate(Database(url))
        for turn in range(options.rounds):
            base = (turn + 1) * 10_000_000
            yardstick, _ = measure(raw, url, Path(folder), options, base)
            rate, waits = measure(ours, url, Path(folder), options, base + 5_000_000_000)
            ratios.append(rate / yardstick)
            p99s.append(1000 * statistics.quantiles(waits, n=100)[98])
            print(f"  {name}: ours {rate:,.0f}/s, raw {yardstick:,.0f}/s", file=sys.stderr)
    ratio, p99 = statistics.median(ratios), statistics.median(p99s)
    is_met = ratio >= GOAL_RATIO and p99 < GOAL_P99_MS
    print(
        f"{name}: durable ingest is {ratio:.1f} times raw single-row commits "
        f"(goal {GOAL_RATIO:.0f}), p99 {p99:.0f} ms (goal {GOAL_P99_MS:.0f}): "
        f"{'met' if is_met else 'NOT MET'}"
    )
    return is_met


@contextlib.contextmanager
def sqlite_url(folder: str):
    """Yield the address of a SQLite file."""
    yield f"sqlite:///{folder}/state.db"


@contextlib.contextmanager
def postgres_url(_folder: str):
    """Yield the address of a database on a PostgreSQL that waits for the disk."""
    with RealPostgres() as server, server.database() as url:
        yield url


ENGINES = {"sqlite": sqlite_url, "postgresql": postgres_url}


def main() -> None:
    """Compare on the engines asked for; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench ingest", description=__doc__)
    parser.add_argument("--engine", choices=ENGINES, action="append")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=32, help="of each process")
    parser.add_argument("--events", type=int, default=4_000, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--full", action="store_true", help="ten times as many events")
    options = parser.parse_args()
    options.events *= 10 if options.full else 1
    met = [compare(name, ENGINES[name], options) for name in options.engine or ENGINES]
    sys.exit(0 if all(met) else 1)


if __name__ == "__main__":
    main()
