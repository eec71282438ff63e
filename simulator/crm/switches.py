"""What tests and benches may change about the org, by `POST /_simulator/faults`."""

from simulator.controls import Behaviour
from simulator.crm.row_faults import RowFaults

MOMENTARY = {
    "sessionExpired": "true: all sessions end as the call arrives, so it is refused",
    "requestLimit": "true: refuse the call as if no API request were left",
    "jobAborted": "true: an admin aborts every unfinished job as the call arrives",
}
"""Faults of single calls, counted with `route`, `after` and `times`."""

SWITCHES = {
    "lockedRows": "{id: times}: the record, or all children of that id, cannot be locked so often;"
    " null: never can",
    "rowErrors": "{id: {statusCode, message, fields, times}}: the same with an error of choice",
    "failedBatches": "{number: {writtenRows, message}}: the so-manieth batch posted since the"
    " start (from 1) fails after having written so many rows",
    "failedBatchResult": "processed: the result of a failed batch has only the rows it came to;"
    " all: the others follow, unsuccessful and without an error",
    "queuedPolls": "how often a batch or job is seen queued",
    "inProgressPolls": "how often it is seen in progress",
    "parallelBatches": "how many batches of a job are in progress at once",
    "requestLimitInBulk": "what the Bulk API says without API requests: ExceededQuota (400), or"
    " REQUEST_LIMIT_EXCEEDED (403)",
    "uriLimit": "bytes of an address before 414, of address and headers before 431; null: none",
    "subrequestUriLimit": "bytes of a subrequest's address within a composite; null: none",
    "permissionSets": "{username: [names]}: assigned instead of the usual ones",
    "hidden": "{username: [Contact.Title, ...]}: fields, objects, permissions the user lacks",
    "readOnly": "{username: [Contact.Title, ...]}: fields and objects the user cannot edit",
}
DEFAULTS = {
    "lockedRows": {},
    "rowErrors": {},
    "failedBatches": {},
    "failedBatchResult": "processed",
    "queuedPolls": 1,
    "inProgressPolls": 1,
    "parallelBatches": 5,
    "requestLimitInBulk": "ExceededQuota",
    "uriLimit": None,
    "subrequestUriLimit": None,
    "permissionSets": {},
    "hidden": {},
    "readOnly": {},
}
CHOICES = {
    "failedBatchResult": ("processed", "all"),
    "requestLimitInBulk": ("ExceededQuota", "REQUEST_LIMIT_EXCEEDED"),
}


class OrgSwitches(Behaviour):
    """The switches; setting any lets counted refusals begin anew."""

    def __init__(self):
        super().__init__(DEFAULTS, SWITCHES, CHOICES)
        self.row_faults = RowFaults(self)

    def set(self, choices: dict) -> None:
        """Choose values; null goes back to the default. Raises ValueError when unknown."""
        super().set(choices)
        self.row_faults.forget()
