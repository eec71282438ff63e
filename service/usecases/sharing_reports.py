"""What is told of a run: to machines, and as files its plan and what was not written and why.

Cells that a spreadsheet would take for a formula get an apostrophe in front; nothing here is
ever read back by us.
"""

import csv
import io
from collections.abc import Iterable, Iterator

from service.moments import iso
from service.storage.runs import Run
from service.storage.runs_rows import RunRow, Status

REJECTED_COLUMNS = ("object", "recordId", "sourceId", "rung", "field", "code", "message",
                    "attempts")  # fmt: skip
PLAN_COLUMNS = ("object", "recordId", "sourceId", "rung", "status", "code", "message", "field",
                "before", "after", "direction")  # fmt: skip
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
REPORTED = (Status.REJECTED, Status.FAILED)


def rejected_csv(rows: Iterable[RunRow]) -> Iterator[str]:
    """Yield the lines of rejected.csv."""
    yield _line(REJECTED_COLUMNS)
    for row in rows:
        yield _line(
            (row.object_name, row.record_id, row.source_id, row.rung, row.field, row.code,
             row.message, row.attempts)
        )  # fmt: skip


def plan_csv(rows: Iterable[tuple[Run, RunRow]]) -> Iterator[str]:
    """Yield the lines of plan.csv: one for each field to be written, or one for the row."""
    yield _line(PLAN_COLUMNS)
    for run, row in rows:
        start = (row.object_name, row.record_id, row.source_id, row.rung, row.status, row.code,
                 row.message)  # fmt: skip
        if not row.after:
            yield _line((*start, row.field, None, None, run.direction))
        for field, value in (row.after or {}).items():
            yield _line((*start, field, (row.before or {}).get(field), value, run.direction))


def run_values(run: Run) -> dict:
    """Return a run for machines."""
    return {
        "id": run.id,
        "direction": run.direction,
        "state": run.state,
        "phase": run.phase,
        "startedAt": iso(run.started_at),
        "plannedAt": run.planned_at and iso(run.planned_at),
        "finishedAt": run.finished_at and iso(run.finished_at),
        "code": run.code,
        "detail": run.detail,
        "counts": run.counts,
        "progress": run.progress,
    }


def _line(values: Iterable) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([_cell(value) for value in values])
    return out.getvalue()


def _cell(value):
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
