"""One Salesforce org: records, sessions, credentials."""

import threading
from collections.abc import Callable
from datetime import datetime

from simulator.call_log import CallLog
from simulator.clock import Clock
from simulator.controls import Behaviour
from simulator.crm.credentials import Credentials
from simulator.crm.database import Database
from simulator.crm.queries import Queries
from simulator.crm.records import Records
from simulator.crm.schema import standard_schema
from simulator.crm.sessions import Sessions
from simulator.wire_faults import WireFaults

ORG_ID = "00D000000000001EAA"
USER_ID = "0055g0000000001AAA"  # who runs the demo, and owns its records


class Org:
    """The state of the stand-in, filled by `seed` at the start and at each reset."""

    def __init__(self, seed: Callable[["Org"], None], now: datetime | None = None):
        self.lock = threading.RLock()
        self.clock = Clock(now)
        self.calls = CallLog()
        self.faults = WireFaults()
        self.switches = Behaviour({}, {}, {})
        self.schema = standard_schema()
        self.database = Database(self.schema)
        self.records = Records(self.schema, self.database, self.clock, USER_ID)
        self.queries = Queries(self.schema, self.database, self.clock)
        self.sessions = Sessions(ORG_ID, USER_ID)
        self.credentials = Credentials()
        self._seed = seed
        self.reset()

    def reset(self) -> None:
        """Go back to the start; only sessions and stored credentials stay."""
        self.faults.clear()
        self.clock.forget()
        self.calls.reset()
        with self.database.lock:
            self.database.empty()
            self._seed(self)
