"""Looks once more, before a stored plan is applied, whether records are as the plan saw them."""

from service.storage.runs import Run
from service.storage.runs_rows import RunRow, RunRows, Status
from service.upstream.crm import Crm
from service.usecases.sharing_lookup import records_by_id
from service.usecases.sharing_values import comparable

ROWS_PER_STEP = 1_000


def recheck(crm: Crm, rows: RunRows, run: Run, on_step, stopping) -> None:
    """Reject rows whose record has changed since the plan. 1,000 records a call."""
    described = {}
    after = 0
    while planned := rows.page(run, Status.PLANNED, after=after, limit=ROWS_PER_STEP):
        after = planned[-1].number
        for name in dict.fromkeys(row.object_name for row in planned):
            if name not in described:
                told = crm.describe(name)
                described[name] = told.fields if told else {}
            mine = [row for row in planned if row.object_name == name]
            rows.settle(run, list(_changed(crm, name, mine, described[name])))
        on_step("rechecked")
        stopping()


def _changed(crm: Crm, name: str, rows: list[RunRow], fields: dict):
    wanted = sorted({field for row in rows for field in row.before})
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
            for field, before in row.before.items()
            if field in unseen
            or comparable(record.get(field), fields[field]) != comparable(before, fields[field])
        ]
        if differing:
            message = f"changed since: {', '.join(differing)}"
            yield row.number, Status.REJECTED, "CHANGED_SINCE_PLAN", message
