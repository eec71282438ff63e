"""A process that stores events until it is killed, and says of each when it was acknowledged.

python -m tests.service.storage.event_writer URL NAME THREADS
"""

import itertools
import os
import sys
import threading

from service.storage.database import Database
from service.storage.event_store import EventStore
from tests.service.storage.event_samples import ACME, ADA, BROWSER, RETAIL, view


def main() -> None:
    url, name, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
    store = EventStore(Database(url))
    for thread in range(threads):
        threading.Thread(target=_write, args=(store, f"{name}-{thread}")).start()


def _write(store: EventStore, name: str) -> None:
    for number in itertools.count():
        event_id = f"{name}-{number}"
        store.append(ACME, RETAIL, [view(ADA, BROWSER, event_id=event_id)])
        os.write(1, f"{event_id}\n".encode())


if __name__ == "__main__":
    main()
