"""One Salesforce org: records, users and sessions, jobs, allowances, credentials."""

import threading
from collections.abc import Callable
from datetime import datetime

from simulator.call_log import CallLog
from simulator.clock import Clock
from simulator.crm.bulk.jobs import BulkJobs
from simulator.crm.bulk.processing import Processing
from simulator.crm.bulk.v2_jobs import V2Jobs
from simulator.crm.credentials import Credentials
from simulator.crm.database import Database
from simulator.crm.limits import Limits
from simulator.crm.queries import Queries
from simulator.crm.records import Records
from simulator.crm.schema import standard_schema
from simulator.crm.sessions import Sessions
from simulator.crm.switches import MOMENTARY, OrgSwitches
from simulator.crm.users import Users
from simulator.wire_faults import WireFaults

ORG_ID = "00D000000000001EAA"


class Org:
    """The state of the stand-in, filled by `seed` at the start and at each reset."""

    def __init__(self, seed: Callable[["Org"], None], now: datetime | None = None):
        self.lock = threading.RLock()
        self.clock = Clock(now)
        self.calls = CallLog()
        self.faults = WireFaults(MOMENTARY)
        self.switches = OrgSwitches()
        self.limits = Limits(self.clock)
        self.schema = standard_schema()
        self.users = Users(self.schema, self.switches)
        self.database = Database(self.schema)
        self.records = Records(self.schema, self.database, self.clock, self.switches.row_faults)
        self.queries = Queries(self.database, self.clock)
        processing = Processing(self.records, self.queries, self.users, self.switches)
        self.bulk = BulkJobs(self.clock, self.limits, self.switches, processing.process)
        self.bulk_v2 = V2Jobs(
            self.clock, self.limits, self.switches, self.records, self.queries, self.users
        )
        self.sessions = Sessions(ORG_ID, self.users)
        self.credentials = Credentials()
        self._seed = seed
        self.reset()

    def reset(self) -> None:
        """Go back to the start; only sessions, certificates and stored credentials stay."""
        self.faults.clear()
        self.switches.clear()
        self.clock.forget()
        self.calls.reset()
        self.limits.reset()
        self.bulk.reset()
        self.bulk_v2.reset()
        with self.database.lock:
            self.database.empty()
            self._seed(self)
