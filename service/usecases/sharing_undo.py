"""Makes the plan that puts back what a push found."""

from collections.abc import Iterator

import orjson

from service.storage.runs import Run
from service.storage.runs_rows import RunRows, Status


def plan_undo(rows: RunRows, done: Run, run: Run) -> None:
    """Plan for `run` the reverse of every row that `done` has written."""
    rows.replace(run, _reversed(rows, done))


def _reversed(rows: RunRows, done: Run) -> Iterator[dict]:
    for row in rows.all(done, Status.PUSHED):
        yield {
            "object": row.object_name,
            "record_id": row.record_id,
            "source_id": row.source_id,
            "rung": row.rung,
            "status": Status.PLANNED,
            "before": _json(row.after),
            "after": _json(row.before),
        }


def _json(values: dict | None) -> str:
    return orjson.dumps(values or {}).decode("utf-8")
