"""What a run will cost of the org's allowances, and whether they suffice."""

from collections import Counter
from collections.abc import Mapping

from service.crm_errors import CrmApiLimit
from service.data_sharing import DataSharing
from service.storage.runs_rows import Status

CALLS_A_JOB = 5
"""Opening, closing, the list of its batches, and polls beside one for each batch."""


CALLS_AN_OBJECT = 3
"""Of a pull: describing it twice, as a record and as a rival, and its contacts."""
RECORDS_A_CALL = 1_000


def forecast(
    sharing: DataSharing, rows: Mapping[tuple[str, str, str | None], int], limits: Mapping
) -> dict:
    """Return how many API calls the planned ones of `rows` will cost, and what the org has left.

    `rows` counts by (object, status, code), `limits` is the org's own answer.
    """
    planned = _planned(rows)
    batches = sum(-(-number // sharing.batch_rows) for number in planned.values())
    calls = CALLS_A_JOB * len(planned) + 3 * batches
    return {"forecastCalls": calls, "forecastBatches": batches} | _left(sharing, limits)


def forecast_pull(sharing: DataSharing, rows: Mapping, limits: Mapping) -> dict:
    """Return the same of a planned pull, which looks at each record once more."""
    calls = sum(
        CALLS_AN_OBJECT + 2 * -(-number // RECORDS_A_CALL) for number in _planned(rows).values()
    )
    return {"forecastCalls": calls, "forecastBatches": 0} | _left(sharing, limits)


def _planned(rows: Mapping) -> Counter:
    planned: Counter = Counter()
    for (name, status, _code), number in rows.items():
        if status == Status.PLANNED:
            planned[name] += number
    return planned


def _left(sharing: DataSharing, limits: Mapping) -> dict:
    return {
        "remainingCalls": (limits.get("DailyApiRequests") or {}).get("Remaining"),
        "remainingBatches": (limits.get("DailyBulkApiBatches") or {}).get("Remaining"),
        "reservedCalls": sharing.api_reserve,
    }


def require_calls(counts: Mapping, remaining: int | None) -> None:
    """Refuse to begin what the allowances would not suffice for; `remaining` is the newer word.

    Raises: CrmApiLimit.
    """
    needed = counts.get("forecastCalls", 0)
    if remaining is None:
        remaining = counts.get("remainingCalls")
    if remaining is not None and remaining - needed < counts.get("reservedCalls", 0):
        raise CrmApiLimit()
    batches = counts.get("remainingBatches")
    if batches is not None and batches < counts.get("forecastBatches", 0):
        raise CrmApiLimit()
