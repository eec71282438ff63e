"""What became of records that Salesforce would not change any more: deleted, merged, converted."""

from service.storage.runs import Run
from service.storage.runs_rows import RunRow, RunRows, Status
from service.upstream.crm import Crm
from service.usecases.sharing_lookup import records_by_id
from service.usecases.sharing_preflight import STANDARD

GONE = frozenset(
    {"ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "CANNOT_UPDATE_CONVERTED_LEAD"}
)
ROWS_PER_STEP = 1_000


def explain_failures(crm: Crm, rows: RunRows, run: Run) -> None:
    """Say of each failed row whose record is gone where it went; nothing is created anew."""
    after = 0
    while failed := rows.page(run, Status.FAILED, after=after, limit=ROWS_PER_STEP):
        after = failed[-1].number
        gone = [row for row in failed if row.code in GONE]
        for name in dict.fromkeys(row.object_name for row in gone):
            mine = [row for row in gone if row.object_name == name]
            found = _records(crm, name, [row.record_id for row in mine])
            told = [_fate(row, found.get(row.record_id[:15])) for row in mine]
            rows.settle(run, told)
            rows.forget_sent(run.tenant, name, [row.record_id for row in mine])


def _records(crm: Crm, name: str, ids: list[str]) -> dict[str, dict]:
    fields = ("Id", *(field for field in STANDARD[name] if field != "AccountId"))
    return {each["Id"][:15]: each for each in records_by_id(crm, name, fields, ids)}


def _fate(row: RunRow, record: dict | None) -> tuple[int, Status, str, str]:
    if record is not None and record.get("IsConverted"):
        contact = record.get("ConvertedContactId")
        message = f"the lead was converted to contact {contact}; the next run writes to it"
        return row.number, Status.FAILED, "LEAD_CONVERTED", message
    if record is not None and record.get("MasterRecordId"):
        message = f"the record was merged into {record['MasterRecordId']}"
        return row.number, Status.FAILED, "RECORD_MERGED", message
    message = "the record was deleted after it had been matched; it is not made again"
    return row.number, Status.FAILED, "RECORD_DELETED", message
