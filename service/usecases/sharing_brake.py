"""Stops a push before its first batch when it would change suspiciously much."""

import orjson

from service.data_sharing import DataSharing
from service.errors import Fault
from service.storage.runs_rows import RunRows
from service.storage.staging import Staging

FEWEST_CHANGES = 100
"""Below this many rows a share says nothing: two of three records may well change."""


class Brake(Fault):
    """Raised when a plan looks like an accident. It is kept; a person may release it."""

    status = 409
    code = "BRAKE"
    title = "Conflict"


def require_plausible(
    sharing: DataSharing, staging: Staging, rows: RunRows, tenant: str, counts: dict
) -> None:
    """Raise Brake when too large a share would change, or a field would be emptied widely.

    The first run of an object changes everything, so its share is not looked at. Where only the
    members of a segment were read, it is the share of all records that are shared.
    """
    for wanted in sharing.pushed_objects():
        change = counts.get(f"{wanted.name}.toChange", 0)
        matched = change + counts.get(f"{wanted.name}.unchanged", 0)
        if change < FEWEST_CHANGES:
            continue
        if not counts["wholeExport"]:
            matched = max(matched, rows.count_sent(tenant, wanted.name))
        if rows.has_sent(tenant, wanted.name):
            _require_share(sharing, wanted.name, change, matched, "would change")
        for field, cleared in _cleared(staging, wanted.name).items():
            if cleared >= FEWEST_CHANGES:
                what = f"would lose {field}"
                _require_share(sharing, wanted.name, cleared, matched, what)


def _require_share(sharing: DataSharing, name: str, number: int, matched: int, what: str) -> None:
    percent = 100 * number / matched
    if percent > sharing.max_change_percent:
        raise Brake(
            f"{number} of {matched} matched {name} records {what} ({percent:.0f} %; the brake is "
            f"set to {sharing.max_change_percent:g} %). Look at the plan; release it with "
            "p13n share resume --release-brake"
        )


def _cleared(staging: Staging, name: str) -> dict[str, int]:
    cleared: dict[str, int] = {}
    for before, after in staging.cleared(name):
        was = orjson.loads(before)
        for field, value in orjson.loads(after).items():
            if value is None and was.get(field) is not None:
                cleared[field] = cleared.get(field, 0) + 1
    return cleared
