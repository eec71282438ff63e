"""Bulk API 1.0 jobs: what they go through, and what can go wrong on the way."""

import pytest

from simulator.record_ids import record_id

ADA, CHIARA, IDS = (
    record_id("003", 1),
    record_id("003", 3),
    [record_id("003", n) for n in range(1, 6)],
)
FIELD = "Personalization_Engagement__c"
UPDATE = {"operation": "update", "object": "Contact", "contentType": "JSON"}


@pytest.fixture
def bulk(sharing):
    return Bulk(sharing)


class Bulk:
    """A caller with an open job."""

    def __init__(self, org):
        self.org = org
        self.job = org.bulk("POST", "", json=UPDATE).json()["id"]

    def post(self, rows) -> str:
        answer = self.org.bulk("POST", f"/{self.job}/batch", json=rows)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def batch(self, batch_id: str) -> dict:
        return self.org.bulk("GET", f"/{self.job}/batch/{batch_id}").json()

    def finish(self) -> None:
        self.org.session.post(f"{self.org.url}/_simulator/jobs/finish", timeout=10)

    def result(self, batch_id: str):
        return self.org.bulk("GET", f"/{self.job}/batch/{batch_id}/result").json()

    def push(self, rows) -> list[dict]:
        batch_id = self.post(rows)
        self.finish()
        return self.result(batch_id)

    def refusal(self, method, path, **options) -> tuple[int, str]:
        answer = self.org.bulk(method, path, **options)
        return answer.status_code, answer.json()["exceptionCode"]


def codes(results) -> list[str | None]:
    return [r["errors"][0]["statusCode"] if r["errors"] else None for r in results]


def test_a_batch_is_queued_then_in_progress_then_completed(bulk):
    batch_id = bulk.post([{"Id": ADA, FIELD: 12.5}])
    states = [bulk.batch(batch_id)["state"] for _ in range(3)]
    assert states == ["Queued", "InProgress", "Completed"]
    assert bulk.result(batch_id) == [{"success": True, "created": False, "id": ADA, "errors": []}]
    (record,) = bulk.org.query(f"SELECT {FIELD}, LastModifiedById FROM Contact WHERE Id='{ADA}'")[
        "records"
    ]
    assert (record[FIELD], record["LastModifiedById"]) == (12.5, "0055g0000000002AAA")


def test_looking_at_a_job_moves_its_batches_and_counts_their_records(bulk):
    bulk.post([{"Id": ADA, FIELD: 1}, {"Id": "003000000000000AAA", FIELD: 1}])
    infos = [bulk.org.bulk("GET", f"/{bulk.job}").json() for _ in range(3)]
    counted = ("Queued", "InProgress", "Completed")
    assert [[each[f"numberBatches{state}"] for state in counted] for each in infos] == [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
    ]
    last = infos[-1]
    assert (last["numberRecordsProcessed"], last["numberRecordsFailed"]) == (2, 1)


def test_results_come_row_by_row_and_a_failed_row_has_no_id(bulk):
    rows = [
        {"Id": ADA, FIELD: "not a number"},
        {"Id": CHIARA, FIELD: 7},
        {"Id": "003000000000000AAA", FIELD: 7},
        {FIELD: 7},
        {"Id": ADA, FIELD: 1e9},
        {"Id": ADA, "Personalization_Top_Affinity__c": "x" * 256},
        {"Id": ADA, "Email": "nobody"},
        {"Id": ADA, "Interests__c": "Candles;Submarines"},
        {"Id": ADA, "AccountId": "001000000000000AAA"},
        {"Id": ADA, "Name": "Somebody Else"},
    ]
    results = bulk.push(rows)
    assert codes(results) == [
        "INVALID_TYPE_ON_FIELD_IN_RECORD",
        None,
        "INVALID_CROSS_REFERENCE_KEY",
        "MISSING_ARGUMENT",
        "NUMBER_OUTSIDE_VALID_RANGE",
        "STRING_TOO_LONG",
        "INVALID_EMAIL_ADDRESS",
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "INVALID_CROSS_REFERENCE_KEY",
        "INVALID_FIELD_FOR_INSERT_UPDATE",
    ]
    assert [r["id"] for r in results] == [None, CHIARA, *[None] * 8]


def test_null_clears_and_a_missing_key_keeps(bulk):
    bulk.push([{"Id": ADA, FIELD: 5, "Title": "Boss"}])
    bulk.push([{"Id": ADA, FIELD: None}])
    record = bulk.org.ask("GET", f"/sobjects/Contact/{ADA}").json()
    assert (record[FIELD], record["Title"]) == (None, "Boss")


def test_a_field_that_the_user_does_not_have_fails_the_whole_batch(bulk):
    batch_id = bulk.post([{"Id": ADA, FIELD: 1}, {"Id": CHIARA, "Nope__c": 1}])
    bulk.finish()
    info = bulk.batch(batch_id)
    assert (info["state"], info["numberRecordsProcessed"]) == ("Failed", 0)
    assert info["stateMessage"] == "InvalidBatch : Field name not found : Nope__c"
    path = f"/{bulk.job}/batch/{batch_id}/result"
    assert bulk.refusal("GET", path) == (400, "InvalidBatch")


def test_a_failed_batch_may_have_written_its_first_rows(bulk):
    bulk.org.fault(failedBatches={"2": {"writtenRows": 2, "message": "InternalServerError : x"}})
    first, second = (
        bulk.post([{"Id": ADA, FIELD: 1}]),
        bulk.post([{"Id": i, FIELD: 9} for i in IDS]),
    )
    bulk.finish()
    assert bulk.batch(first)["state"] == "Completed"
    info = bulk.batch(second)
    assert (info["state"], info["numberRecordsProcessed"]) == ("Failed", 2)
    assert [r["success"] for r in bulk.result(second)] == [True, True]
    bulk.org.fault(failedBatchResult="all", failedBatches={"3": {"writtenRows": 2}})
    third = bulk.post([{"Id": i, FIELD: 8} for i in IDS])
    bulk.finish()
    assert [r["success"] for r in bulk.result(third)] == [True, True, False, False, False]
    values = bulk.org.values(f"SELECT {FIELD} FROM Contact WHERE {FIELD} != null ORDER BY Id")
    assert values == [8, 8, 9, 9, 9][: len(values)] == [8, 8]


def test_locked_rows_are_refused_so_often_and_a_parent_locks_its_children(bulk):
    bulk.org.fault(lockedRows={ADA: 1, record_id("001", 3): None})
    rows = [{"Id": ADA, FIELD: 1}, {"Id": record_id("003", 2), FIELD: 1}, {"Id": CHIARA, FIELD: 1}]
    assert codes(bulk.push(rows)) == ["UNABLE_TO_LOCK_ROW", None, "UNABLE_TO_LOCK_ROW"]
    assert codes(bulk.push(rows)) == [None, None, "UNABLE_TO_LOCK_ROW"]


def test_an_error_of_choice_hits_a_row(bulk):
    code = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    bulk.org.fault(rowErrors={ADA: {"statusCode": code, "message": "No.", "fields": [FIELD]}})
    (result,) = bulk.push([{"Id": ADA, FIELD: 1}])
    assert result["errors"] == [{"statusCode": code, "message": "No.", "fields": [FIELD]}]


def test_an_abort_leaves_queued_batches_unprocessed_and_lets_running_ones_end(bulk):
    bulk.org.fault(parallelBatches=1)
    first, second = bulk.post([{"Id": ADA, FIELD: 1}]), bulk.post([{"Id": CHIARA, FIELD: 1}])
    assert bulk.batch(first)["state"] == "Queued"
    assert bulk.batch(first)["state"] == "InProgress"
    bulk.org.fault(jobAborted=True, times=1)
    assert bulk.org.bulk("GET", f"/{bulk.job}").json()["state"] == "Aborted"
    assert [bulk.batch(each)["state"] for each in (first, second)] == ["Completed", "NotProcessed"]
    path = f"/{bulk.job}/batch"
    assert bulk.refusal("GET", f"{path}/{second}/result") == (400, "InvalidBatch")
    assert bulk.refusal("POST", path, json=[]) == (400, "InvalidJobState")
    assert bulk.refusal("POST", f"/{bulk.job}", json={"state": "Closed"}) == (
        400,
        "InvalidJobState",
    )


def test_a_closed_job_takes_no_batch_which_counts_all_the_same(bulk, org):
    assert org.bulk("POST", f"/{bulk.job}", json={"state": "Closed"}).status_code == 400
    closed = bulk.org.bulk("POST", f"/{bulk.job}", json={"state": "Closed"})
    assert (closed.status_code, closed.json()["state"]) == (200, "Closed")
    left = bulk.org.ask("GET", "/limits").json()["DailyBulkApiBatches"]["Remaining"]
    assert bulk.refusal("POST", f"/{bulk.job}/batch", json=[]) == (400, "InvalidJobState")
    assert bulk.org.ask("GET", "/limits/").json()["DailyBulkApiBatches"]["Remaining"] == left - 1


def test_no_batch_without_an_allowance_nor_for_a_job_of_yesterday(bulk):
    bulk.org.tell("limits", {"DailyBulkApiBatches": {"remaining": 1}})
    bulk.post([])
    assert bulk.refusal("POST", f"/{bulk.job}/batch", json=[]) == (400, "ExceededQuota")
    bulk.org.tell("clock", {"advanceSeconds": 25 * 3600})  # allowances of a day ago are back
    assert bulk.refusal("POST", f"/{bulk.job}/batch", json=[]) == (400, "InvalidJob")
    bulk.org.tell("clock", {"advanceSeconds": 7 * 24 * 3600})
    assert bulk.refusal("GET", f"/{bulk.job}") == (400, "InvalidJob")


def test_rows_are_kept_as_they_were_sent(bulk):
    body = b'[ {"Id":"' + ADA.encode() + b'","Title":"caf\\u00e9"} ]'
    batch_id = bulk.org.bulk("POST", f"/{bulk.job}/batch", data=body).json()["id"]
    assert bulk.org.bulk("GET", f"/{bulk.job}/batch/{batch_id}/request").content == body
    listed = bulk.org.bulk("GET", f"/{bulk.job}/batch").json()["batchInfo"]
    assert [(each["id"], each["jobId"]) for each in listed] == [(batch_id, bulk.job)]


@pytest.mark.parametrize("body", [b"[{", b"{}", b'["x"]', b'[{"Id": NaN}]'])
def test_a_body_that_is_no_list_of_rows_fails_its_batch(bulk, body):
    batch_id = bulk.org.bulk("POST", f"/{bulk.job}/batch", data=body).json()["id"]
    bulk.finish()
    assert bulk.batch(batch_id)["state"] == "Failed"
    assert bulk.batch(batch_id)["stateMessage"].startswith("InvalidBatch : ")


def test_an_expired_session_is_a_400_and_every_header_case_opens_a_session(bulk):
    token = bulk.org.session.headers["Authorization"].split()[1]
    shouted = bulk.org.bulk("GET", f"/{bulk.job}", headers={"x-sfdc-SESSION": token})
    assert shouted.status_code == 200
    bulk.org.fault(sessionExpired=True, route="/batch", after=1, times=1)
    bulk.post([])
    assert bulk.refusal("POST", f"/{bulk.job}/batch", json=[]) == (400, "InvalidSessionId")
    assert bulk.org.ask("GET", "/limits").status_code == 401
    bulk.org.sign_in()
    bulk.post([])


LIMIT = {"ExceededQuota": (400, "ExceededQuota"),
         "REQUEST_LIMIT_EXCEEDED": (403, "REQUEST_LIMIT_EXCEEDED")}  # fmt: skip


@pytest.mark.parametrize("answer", LIMIT)
def test_without_api_requests_left_bulk_refuses_too(bulk, answer):
    bulk.org.fault(requestLimitInBulk=answer)
    bulk.org.tell("limits", {"DailyApiRequests": {"remaining": 1}})
    bulk.post([])
    assert bulk.refusal("GET", f"/{bulk.job}") == LIMIT[answer]


def test_more_than_ten_megabytes_are_no_batch(bulk):
    body = b'[{"Title":"' + b"x" * 10_000_000 + b'"}]'
    path = f"/{bulk.job}/batch"
    assert bulk.refusal("POST", path, data=body) == (400, "ClientInputError")


def test_more_than_ten_thousand_rows_fail_their_batch(bulk):
    batch_id = bulk.post([{"Id": ADA}] * 10_001)
    bulk.finish()
    assert bulk.batch(batch_id)["state"] == "Failed"


def test_a_record_may_stand_only_so_often_in_a_chunk(bulk):
    results = bulk.push([{"Id": ADA, FIELD: n} for n in range(15)])
    assert codes(results) == [*[None] * 13, "LIMIT_EXCEEDED", "LIMIT_EXCEEDED"]


def test_deleted_merged_and_converted_records_refuse_changes(bulk, org):
    deleted, loser = record_id("003", 5), record_id("003", 6)
    org.ask("DELETE", f"/sobjects/Contact/{deleted}")
    org.tell("merge", {"object": "Contact", "winner": ADA, "losers": [loser]})
    rows = [{"Id": deleted, FIELD: 1}, {"Id": loser, FIELD: 1}]
    assert codes(bulk.push(rows)) == ["ENTITY_IS_DELETED"] * 2
    soql = f"SELECT MasterRecordId FROM Contact WHERE Id = '{loser}' AND IsDeleted = true"
    (record,) = org.ask("GET", "/queryAll", params={"q": soql}).json()["records"]
    assert record["MasterRecordId"] == ADA
    (lead,) = org.values("SELECT Id FROM Lead LIMIT 1")
    ids = org.tell("convert", {"lead": lead}).json()
    job = org.bulk("POST", "", json=UPDATE | {"object": "Lead"}).json()["id"]
    bulk.org, bulk.job = org, job
    assert codes(bulk.push([{"Id": lead, FIELD: 1}])) == ["CANNOT_UPDATE_CONVERTED_LEAD"]
    shown = org.query(f"SELECT IsConverted, ConvertedContactId FROM Lead WHERE Id = '{lead}'")
    assert shown["records"][0]["ConvertedContactId"] == ids["contact"]
    assert org.values(f"SELECT AccountId FROM Contact WHERE Id = '{ids['contact']}'") == [
        ids["account"]
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"object": "Nothing"}, "InvalidEntity"),
        ({"operation": "explode"}, "InvalidJob"),
        ({"contentType": "PDF"}, "InvalidJob"),
    ],
)
def test_a_job_must_be_possible(bulk, change, code):
    assert bulk.refusal("POST", "", json=UPDATE | change) == (400, code)


def test_nothing_can_be_created_by_the_integration_user(sharing):
    job = sharing.bulk("POST", "", json=UPDATE | {"operation": "insert"}).json()["id"]
    batch = sharing.bulk("POST", f"/{job}/batch", json=[{"LastName": "New"}]).json()["id"]
    sharing.session.post(f"{sharing.url}/_simulator/jobs/finish", timeout=10)
    results = sharing.bulk("GET", f"/{job}/batch/{batch}/result").json()
    assert codes(results) == ["INSUFFICIENT_ACCESS_OR_READONLY"]


def test_the_orgs_classic_jobs_are_listed(bulk):
    bulk.post([])
    answer = bulk.org.ask("GET", "/jobs/ingest", params={"jobType": "Classic"}).json()
    (job,) = answer["records"]
    assert (answer["done"], job["id"], job["jobType"]) == (True, bulk.job, "Classic")
    assert (job["state"], job["createdById"], job["object"], job["operation"]) == (
        "Open",
        "0055g0000000002AAA",
        "Contact",
        "update",
    )
