"""How fast are writes accepted durably, with many clients at once (SQLite)?

Yardstick: naive single commits of the same engine in the same run. Both do all that accepting
takes (idempotency key, whose it is, the message) and wait for the disk; the naive ones commit
each request alone and leave it to SQLite who writes next. No HTTP.
"""

import argparse
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import event

from service.model import Identity
from service.storage.database import Database
from service.storage.outbox import Outbox
from service.storage.outbox_accepting import commit_acceptances
from service.storage.outbox_messages import Acceptance, Draft, Part, RequestKey
from service.storage.schema import migrate

GOAL_RATIO = 3.0
GOAL_WORST = 0.01
PATIENCE_MS = 60_000
PEOPLE = 1_000


def acceptance(number: int) -> Acceptance:
    """Return what one Flow sends about one of PEOPLE people."""
    draft = Draft(
        kind="bench",
        identities=(Identity("emailAddress", f"person{number % PEOPLE}@shop.example"),),
        parts=(Part({"attributes": {"jobTitle": f"Title {number}"}, "profileObjects": []}),),
        correlation_id=f"r-{number}",
        repeatable=True,
        head={"action": "Lead changed"},
    )
    key = RequestKey("POST /bench", f"key {number}", "body")
    return Acceptance("acme", "retail", key, (draft,), lambda _outcomes: b"{}")


def grouped(database: Database) -> tuple[Callable[[int], None], Callable[[], None]]:
    """Return how a client accepts through the product, and how that ends."""
    outbox = Outbox(database)
    return lambda number: outbox.accept(acceptance(number)), outbox.close


def naive(database: Database) -> tuple[Callable[[int], None], Callable[[], None]]:
    """Return how a client commits each request alone."""

    def accept(number: int) -> None:
        with database.transaction() as connection:
            commit_acceptances(connection, [acceptance(number)], time.time())

    return accept, lambda: None


def measure(make, folder: Path, options) -> tuple[float, float]:
    """Return requests a second and the longest that one had to wait, in seconds."""
    database = Database(f"sqlite:///{folder / make.__name__}.db")
    event.listen(database.engine, "connect", _be_patient)
    migrate(database)
    accept, close = make(database)
    accept(-1)  # statements are compiled once
    waits: list[float] = []
    gate = threading.Barrier(options.clients + 1)
    end = [0.0]

    def client(place: int) -> None:
        gate.wait()
        number = place
        while time.perf_counter() < end[0]:
            started = time.perf_counter()
            accept(number)
            waits.append(time.perf_counter() - started)
            number += options.clients

    threads = [threading.Thread(target=client, args=(n,)) for n in range(options.clients)]
    for thread in threads:
        thread.start()
    end[0] = time.perf_counter() + options.seconds
    started = time.perf_counter()
    gate.wait()
    for thread in threads:
        thread.join()
    rate = len(waits) / (time.perf_counter() - started)
    close()
    database.close()
    return rate, max(waits)


def _be_patient(connection, _record) -> None:
    """Let the naive ones wait as long as it takes: a refusal would look like speed."""
    connection.execute(f"pragma busy_timeout = {PATIENCE_MS}")


def main() -> int:
    """Measure in rounds, each way in each round; print the ratios; return the exit code."""
    options = _options()
    ratios, worsts = [], []
    for number in range(options.rounds):
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            ours, our_worst = measure(grouped, Path(folder), options)
            theirs, their_worst = measure(naive, Path(folder), options)
        ratios.append(ours / theirs)
        worsts.append(our_worst / their_worst)
        print(
            f"round {number + 1}: {ours:.0f}/s against {theirs:.0f}/s, worst wait "
            f"{our_worst * 1000:.0f} ms against {their_worst * 1000:.0f} ms",
            flush=True,
        )
    ratio, worst = statistics.median(ratios), statistics.median(worsts)
    print(f"accepts: {ratio:.1f} times naive single commits (goal {GOAL_RATIO:g})")
    print(f"worst wait: {worst:.3f} of theirs (goal {GOAL_WORST:g})")
    return 0 if ratio >= GOAL_RATIO and worst <= GOAL_WORST else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench accepts", description=__doc__)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--full", action="store_true", help="more and longer rounds")
    parser.add_argument("--folder", help="on the disk that is measured")
    options = parser.parse_args()
    if options.full:
        options.seconds, options.rounds = 10, 5
    return options


if __name__ == "__main__":
    sys.exit(main())
