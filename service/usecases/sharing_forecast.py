"""What a push will cost of the org's allowances, and whether they suffice."""

from collections.abc import Mapping

from service.crm_errors import CrmApiLimit
from service.data_sharing import DataSharing
from service.storage.runs_rows import Status

CALLS_A_JOB = 5
"""Opening, closing, the list of its batches, and polls beside one for each batch."""


def forecast(
    sharing: DataSharing, rows: Mapping[tuple[str, str, str | None], int], limits: Mapping
) -> dict:
    """Return how many API calls the planned ones of `rows` will cost, and what the org has left.

    `rows` counts by (object, status, code), `limits` is the org's own answer.
    """
    planned = {
        name: number for (name, status, _code), number in rows.items() if status == Status.PLANNED
    }
    batches = sum(-(-number // sharing.batch_rows) for number in planned.values())
    return {
        "forecastCalls": CALLS_A_JOB * len(planned) + 3 * batches,
        "forecastBatches": batches,
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
