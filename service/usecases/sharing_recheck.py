"""Looks once more, before a stored plan is applied, whether records are as the plan saw them."""

import orjson

from service.data_sharing import OBJECTS
from service.storage.runs import Run
from service.storage.runs_rows import FoundRow, RunRows, Status
from service.upstream.crm import Crm, CrmField
from service.usecases.sharing_lookup import records_by_id
from service.usecases.sharing_values import comparable

ROWS_PER_STEP = 1_000


def recheck(crm: Crm, rows: RunRows, run: Run, on_step, stopping) -> None:
    """Reject rows whose record has changed since the plan. 1,000 records a call."""
    for name in OBJECTS:
        fields, after = None, 0
        while planned := rows.found(run, name, after, ROWS_PER_STEP):
            after = planned[-1].number
            fields = _fields(crm, name) if fields is None else fields
            rows.settle(run, list(_changed(crm, name, planned, fields)))
            on_step("rechecked")
            stopping()


def _fields(crm: Crm, name: str) -> dict[str, CrmField]:
    described = crm.describe(name)
    return described.fields if described else {}


def _changed(crm: Crm, name: str, rows: list[FoundRow], fields: dict):
    wanted = sorted({field for row in rows for field in orjson.loads(row.before)})
    unseen = [field for field in wanted if field not in fields]
    asked = ["Id", "IsDeleted", *(field for field in wanted if field in fields)]
    ids = [row.record_id for row in rows]
    now = {each["Id"][:15]: each for each in records_by_id(crm, name, asked, ids)}
    for row in rows:
        record = now.get(row.record_id[:15])
        if record is None or record.get("IsDeleted"):
            yield row.number, Status.REJECTED, "CHANGED_SINCE_PLAN", "the record is gone"
            continue
        differing = [
            field
            for field, before in orjson.loads(row.before).items()
            if field in unseen
            or comparable(record.get(field), fields[field]) != comparable(before, fields[field])
        ]
        if differing:
            message = f"changed since: {', '.join(differing)}"
            yield row.number, Status.REJECTED, "CHANGED_SINCE_PLAN", message
