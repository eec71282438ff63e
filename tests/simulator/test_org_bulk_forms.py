"""The Bulk API 1.0 in CSV and XML, its queries, and the Bulk API 2.0."""

import csv
import io
from xml.etree import ElementTree

import pytest
import requests

from simulator.record_ids import record_id

ADA, BRUNO = record_id("003", 1), record_id("003", 2)
FIELD = "Personalization_Engagement__c"
SPACE = "{http://www.force.com/2009/06/asyncapi/dataload}"


def job_xml(content_type: str, operation="update") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<jobInfo xmlns="http://www.force.com/2009/06/asyncapi/dataload">'
        f"<operation>{operation}</operation><object>Contact</object>"
        f"<contentType>{content_type}</contentType></jobInfo>"
    )


def opened(org, content_type: str, operation="update") -> str:
    answer = org.bulk(
        "POST",
        "",
        data=job_xml(content_type, operation),
        headers={"Content-Type": "application/xml; charset=UTF-8"},
    )
    assert answer.status_code == 201, answer.text
    assert member(answer, "state") == "Open"
    return member(answer, "id")


def member(answer: requests.Response, name: str) -> str:
    return ElementTree.fromstring(answer.content).findtext(SPACE + name)


def finish(org) -> None:
    org.session.post(f"{org.url}/_simulator/jobs/finish", timeout=10)


def cells(answer: requests.Response, delimiter=",") -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.text), delimiter=delimiter))


def chunks(*parts: str):
    """Yield a body of unknown length, which is sent in chunks."""
    for part in parts:
        yield part.encode()


def test_csv_batches_come_in_chunks_and_their_infos_are_xml(sharing):
    job = opened(sharing, "CSV")
    rows = chunks(
        f"Id,{FIELD},Title\n{ADA},12.5,\n", f'{BRUNO},#N/A,"Head, of\nGifts"\n', "x,1,y\n"
    )
    kind = {"Content-Type": "text/csv; charset=UTF-8"}
    posted = sharing.bulk("POST", f"/{job}/batch", data=rows, headers=kind)
    batch = member(posted, "id")
    assert (member(posted, "state"), member(posted, "jobId")) == ("Queued", job)
    finish(sharing)
    path = f"/{job}/batch/{batch}"
    assert member(sharing.bulk("GET", path), "numberRecordsFailed") == "1"
    result = cells(sharing.bulk("GET", f"{path}/result"))
    assert result[:3] == [
        ["Id", "Success", "Created", "Error"],
        [ADA, "true", "false", ""],
        [BRUNO, "true", "false", ""],
    ]
    assert result[3][:2] == ["", "false"]
    assert result[3][3].startswith("INVALID_CROSS_REFERENCE_KEY:")
    titles = sharing.values(f"SELECT Title FROM Contact WHERE Id IN ('{ADA}','{BRUNO}')")
    assert titles == ["Buyer", "Head, of\nGifts"]  # an empty cell changed nothing


def test_xml_batches_set_and_clear(sharing):
    job = opened(sharing, "XML")
    body = (
        '<sObjects xmlns="http://www.force.com/2009/06/asyncapi/dataload"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<sObject><Id>{ADA}</Id><{FIELD}>7</{FIELD}><Title xsi:nil='true'/></sObject></sObjects>"
    )
    kind = {"Content-Type": "application/xml"}
    batch = member(sharing.bulk("POST", f"/{job}/batch", data=body, headers=kind), "id")
    finish(sharing)
    result = ElementTree.fromstring(sharing.bulk("GET", f"/{job}/batch/{batch}/result").content)
    assert [each.findtext(f"{SPACE}success") for each in result] == ["true"]
    record = sharing.ask("GET", f"/sobjects/Contact/{ADA}").json()
    assert (record[FIELD], record["Title"]) == (7, None)


def test_faults_of_xml_callers_are_xml(sharing):
    kind = {"Content-Type": "application/xml", "X-SFDC-Session": "over"}
    answer = sharing.bulk("POST", "", data=job_xml("CSV"), headers=kind)
    assert (answer.status_code, member(answer, "exceptionCode")) == (400, "InvalidSessionId")
    broken = sharing.bulk("POST", "", data="<jobInfo>", headers={"Content-Type": "application/xml"})
    assert member(broken, "exceptionCode") == "ClientInputError"


@pytest.mark.parametrize("body", ["", "Id,Title\nx\n", 'Id\n"open'])
def test_a_csv_file_that_cannot_be_read_fails_its_batch(sharing, body):
    job = opened(sharing, "CSV")
    batch = member(sharing.bulk("POST", f"/{job}/batch", data=body), "id")
    finish(sharing)
    info = sharing.bulk("GET", f"/{job}/batch/{batch}")
    assert member(info, "state") == "Failed"
    assert member(info, "stateMessage").startswith("InvalidBatch : ")


def test_a_query_is_a_batch_whose_result_has_results(sharing):
    job = opened(sharing, "CSV", "query")
    soql = f"SELECT Id, Account.Name, HasOptedOutOfEmail FROM Contact WHERE Id = '{ADA}'"
    batch = member(sharing.bulk("POST", f"/{job}/batch", data=soql), "id")
    finish(sharing)
    path = f"/{job}/batch/{batch}/result"
    listed = ElementTree.fromstring(sharing.bulk("GET", path).content)
    (result_id,) = [each.text for each in listed]
    assert cells(sharing.bulk("GET", f"{path}/{result_id}")) == [
        ["Id", "Account.Name", "HasOptedOutOfEmail"],
        [ADA, "Thistle & Thread Gifts", "false"],
    ]


def ingest(org, **settings) -> str:
    body = {"object": "Contact", "operation": "update", "contentType": "CSV"} | settings
    answer = org.ask("POST", "/jobs/ingest", json=body)
    assert answer.status_code == 200, answer.text
    return f"/jobs/ingest/{answer.json()['id']}"


def run(org, path: str, text: str) -> dict:
    sent = org.ask(
        "PUT", f"{path}/batches", data=text.encode(), headers={"Content-Type": "text/csv"}
    )
    assert (sent.status_code, sent.content) == (201, b"")
    assert (
        org.ask("PATCH", path, json={"state": "UploadComplete"}).json()["state"] == "UploadComplete"
    )
    states = [org.ask("GET", path).json() for _ in range(3)]
    assert [each["state"] for each in states][:2] == ["UploadComplete", "InProgress"]
    return states[-1]


def test_an_ingest_job_tells_what_became_of_its_rows_by_outcome(sharing):
    path = ingest(sharing, lineEnding="CRLF", columnDelimiter="SEMICOLON")
    done = run(sharing, path, f"Id;{FIELD}\r\n{ADA};5\r\n{BRUNO};much\r\n")
    assert (done["state"], done["numberRecordsProcessed"]) == ("JobComplete", 2)
    assert done["numberRecordsFailed"] == 1
    good = cells(sharing.ask("GET", f"{path}/successfulResults/"), ";")
    assert good == [["sf__Id", "sf__Created", "Id", FIELD], [ADA, "false", ADA, "5"]]
    bad = cells(sharing.ask("GET", f"{path}/failedResults"), ";")
    assert bad[0] == ["sf__Id", "sf__Error", "Id", FIELD]
    assert bad[1][1].startswith("INVALID_TYPE_ON_FIELD_IN_RECORD:")
    assert cells(sharing.ask("GET", f"{path}/unprocessedrecords/"), ";") == [["Id", FIELD]]
    assert sharing.ask("DELETE", path).status_code == 204
    assert sharing.ask("GET", path).status_code == 404


def test_rows_beyond_the_allowance_stay_unprocessed(sharing):
    path = ingest(sharing)
    sharing.tell("limits", {"DailyBulkApiBatches": {"remaining": 0}})
    assert run(sharing, path, f"Id,{FIELD}\n{ADA},5\n")["numberRecordsProcessed"] == 0
    left = cells(sharing.ask("GET", f"{path}/unprocessedRecords"))
    assert left == [["Id", FIELD], [ADA, "5"]]


def test_an_unknown_field_fails_the_ingest(sharing):
    done = run(sharing, ingest(sharing), f"Id,Nope__c\n{ADA},5\n")
    assert (done["state"], done["errorMessage"]) == (
        "Failed",
        "InvalidBatch : Field name not found : Nope__c",
    )


def test_an_aborted_ingest_does_nothing_and_cannot_go_on(sharing):
    path = ingest(sharing)
    assert sharing.ask("PATCH", path, json={"state": "Aborted"}).json()["state"] == "Aborted"
    answer = sharing.ask("PATCH", path, json={"state": "UploadComplete"})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALIDJOBSTATE")


def test_an_upsert_finds_records_by_their_external_id(org):
    org.ask("PATCH", f"/sobjects/Contact/{ADA}", json={"Portal_Id__c": "p1"})
    path = ingest(org, operation="upsert", externalIdFieldName="Portal_Id__c")
    run(org, path, "Portal_Id__c,LastName\np1,Changed\np2,Created\n")
    rows = cells(org.ask("GET", f"{path}/successfulResults"))[1:]
    assert sorted((row[1], row[3]) for row in rows) == [("false", "Changed"), ("true", "Created")]
    assert org.values(f"SELECT LastName FROM Contact WHERE Id = '{ADA}'") == ["Changed"]


def test_a_query_job_gives_its_rows_in_pages_until_the_locator_is_null(sharing):
    body = {"operation": "query", "query": "SELECT Id, CreatedDate FROM Contact ORDER BY Id"}
    job = sharing.ask("POST", "/jobs/query", json=body).json()
    path = f"/jobs/query/{job['id']}"
    assert sharing.ask("GET", f"{path}/results").status_code == 400
    states = [sharing.ask("GET", path).json()["state"] for _ in range(3)]
    assert states == ["UploadComplete", "InProgress", "JobComplete"]
    rows, locator = [], ""
    while locator != "null":
        page = sharing.ask("GET", f"{path}/results", params={"maxRecords": 20, "locator": locator})
        found = cells(page)[1:]
        assert page.headers["Sforce-NumberOfRecords"] == str(len(found))
        rows, locator = rows + found, page.headers["Sforce-Locator"]
    assert [row[0] for row in rows] == sharing.values("SELECT Id FROM Contact ORDER BY Id")
    assert rows[0][1].endswith("Z")


def test_a_query_that_cannot_be_run_starts_no_job(sharing):
    body = {"operation": "query", "query": "SELECT Nope FROM Contact"}
    answer = sharing.ask("POST", "/jobs/query", json=body)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_FIELD")


def test_all_jobs_are_listed_by_their_kind(sharing):
    ingest(sharing)
    opened(sharing, "CSV")
    for kind, count in (("Classic", 1), ("V2Ingest", 1), (None, 2)):
        params = {"jobType": kind} if kind else {}
        answer = sharing.ask("GET", "/jobs/ingest", params=params).json()
        assert len(answer["records"]) == count
