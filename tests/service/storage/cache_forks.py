"""A process that uses the cache, forks, and goes on using it on both sides.

Each side says what it found: a fresh answer of the parent, and a stale one whose refresh has to
come from a thread that the side started itself.
"""

import os
import sys

from service.deadline import Deadline
from service.storage.response_cache import CacheKey, CachePolicy, ResponseCache
from tests.service.storage.cache_stage import wait_until
from tests.service.storage.cache_stores import engine_at

KEY = CacheKey("acme", "person-1", "next-best", "parameters")


def use(cache: ResponseCache) -> str:
    """Return the two states; end only once the refresh has come."""
    states = [fetch(cache).state]
    cache.expire_person(KEY.tenant, KEY.person)
    states.append(fetch(cache).state)
    wait_until(lambda: fetch(cache).state == "hit")
    return " ".join(states)


def fetch(cache: ResponseCache):
    return cache.fetch(KEY, lambda deadline: b"answer", CachePolicy(), Deadline.after(10))


def main() -> None:
    cache = ResponseCache(engine_at(sys.argv[1]))
    fetch(cache)
    use(cache)  # now the parent has connections and threads
    child = os.fork()
    if child == 0:
        print("child:", use(cache), flush=True)
        return  # the end of a process waits for its refreshes, so no lease stays behind
    _, status = os.waitpid(child, 0)
    print("parent:", use(cache), flush=True)
    cache.close()
    sys.exit(status)


if __name__ == "__main__":
    main()
