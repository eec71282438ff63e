"""Rows that the org refuses because a test said so: locked, or with an error of choice."""

import threading
from collections import Counter
from collections.abc import Sequence

from simulator.crm.errors import OrgError

LOCK_CODE = "UNABLE_TO_LOCK_ROW"


class RowFaults:
    """Refusals by record id. The id may be the record's own or that of a parent it refers to.

    Two switches hold them: `lockedRows`, `{id: times}`, and `rowErrors`, `{id: {statusCode,
    message, fields, times}}`; `times` null lasts until the switch is set anew.
    """

    def __init__(self, switches):
        self._switches = switches
        self._lock = threading.Lock()
        self._hits: Counter[tuple[str, str]] = Counter()

    def forget(self) -> None:
        """Count anew."""
        with self._lock:
            self._hits.clear()

    def check(self, record: dict, references: Sequence[str]) -> None:
        """Raise OrgError when the record, or a parent of it, is to be refused now."""
        locked, broken = self._switches["lockedRows"], self._switches["rowErrors"]
        if not (locked or broken):
            return
        for each in (record["Id"], *(record[name] for name in references)):
            if each in locked and self._hit("lock", each, locked[each]):
                raise OrgError(400, LOCK_CODE, "unable to obtain exclusive access to this record"
                                               f" or 1 records: {each}")  # fmt: skip
            if each in broken and self._hit("error", each, broken[each].get("times")):
                error = broken[each]
                fields = tuple(error.get("fields", ()))
                raise OrgError(400, error["statusCode"], error.get("message", "refused"), fields)

    def _hit(self, kind: str, record_id: str, times: int | None) -> bool:
        if times is None:
            return True
        with self._lock:
            self._hits[kind, record_id] += 1
            return self._hits[kind, record_id] <= times
