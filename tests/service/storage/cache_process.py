"""One of the processes of a test: fetches from several threads and reports how it went.

Started as `python -m tests.service.storage.cache_process`, with its orders as JSON in the only
argument. Prints `ready` once every thread has used the cache, waits for a line on standard
input, fetches in all threads at once, and prints the outcomes as JSON.
"""

import json
import sys
import threading
import time
import urllib.request

from service.deadline import Deadline
from service.errors import UpstreamFault
from service.storage.response_cache import CacheKey, CachePolicy, ResponseCache
from tests.service.storage.cache_stores import engine_at


def main() -> None:
    orders = json.loads(sys.argv[1])
    cache = ResponseCache(engine_at(orders["store"]), **orders.get("options", {}))
    outcomes: list[list] = []
    start = threading.Barrier(orders["threads"] + 1)
    threads = [
        threading.Thread(target=fetch_at_start, args=(cache, orders, start, outcomes), daemon=True)
        for _ in range(orders["threads"])
    ]
    for thread in threads:
        thread.start()
    start.wait()
    print("ready", flush=True)
    sys.stdin.readline()
    start.wait()
    for thread in threads:
        thread.join()
    print(json.dumps(outcomes), flush=True)
    cache.close()


def fetch_at_start(cache: ResponseCache, orders: dict, start, outcomes: list) -> None:
    fetch(cache, "warm", lambda deadline: b"warm")
    start.wait()
    start.wait()
    began = time.monotonic()
    answer = fetch(cache, orders["person"], lambda deadline: load(orders["upstream"], deadline))
    outcomes.append([time.monotonic() - began, *answer])


def fetch(cache: ResponseCache, person: str, load) -> tuple[str, str]:
    key = CacheKey("acme", person, "next-best", "parameters")
    try:
        answer = cache.fetch(key, load, CachePolicy(), Deadline.after(10))
    except UpstreamFault as fault:
        return fault.code, ""
    return answer.state, answer.body.decode()


def load(url: str, deadline: Deadline) -> bytes:
    with urllib.request.urlopen(url, timeout=deadline.remaining) as answer:
        return answer.read()


if __name__ == "__main__":
    main()
