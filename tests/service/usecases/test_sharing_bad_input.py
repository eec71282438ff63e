"""Whatever the export holds: bad rows are told with their reason, the others are written."""

import csv
import io
import json
from types import SimpleNamespace

import pytest
import structlog
from structlog.testing import capture_logs

from service.usecases import data_sharing
from service.usecases.sharing_reports import plan_csv, rejected_csv
from tests.service.usecases.test_sharing_push import people, scores

ON_BOTH_ENGINES = ("test_the_same_page_twice_changes_nothing",)


def told(stage, run) -> set[tuple]:
    return {(row.source_id, row.code) for row in stage.rows(run) if row.status == "rejected"}


def test_a_row_without_an_id_is_told_by_its_place(stage):
    [contact] = people(stage, 1)
    stage.export.rows += [{"attributes": {}}, {"name": 7}, {"name": ""}]
    run = stage.push()
    assert told(stage, run) == {(f"page 0, row {n}", "NO_ID") for n in (2, 3, 4)}
    assert scores(stage, [contact]) == [0.1] and run.counts["rejected"] == 3


def test_nan_in_one_row_rejects_that_row_and_not_its_page(stage):
    ids = people(stage, 3)
    stage.export.rows[1]["engagementScore"] = float("nan")
    run = stage.push()
    assert told(stage, run) == {("page 0, row 2", "INVALID_ROW")}
    assert scores(stage, ids) == [0.1, None, 0.3]


def test_a_key_that_stands_twice_rejects_its_row(stage):
    [contact] = people(stage, 1)
    good = json.dumps(stage.export.rows[0])
    stage.export.broken[0] = f'[{good}, {{"name": "u9", "name": "u8"}}]'.encode()
    stage.export.broken[1] = b"[]"
    run = stage.push()
    assert told(stage, run) == {("page 0, row 2", "INVALID_ROW")}
    assert scores(stage, [contact]) == [0.1]


def test_a_page_that_stays_truncated_stops_the_run_and_resume_goes_on_there(stage):
    contacts = people(stage, 3)
    for n in range(1_500):
        stage.user(f"x{n:05d}", customerId=str(n))
    stage.export.broken[1] = json.dumps(stage.export.rows[1_000:])[:-20].encode()
    run = stage.push()
    assert (run.state, run.code) == ("stopped", "EXPORT_BROKEN") and stage.jobs() == []
    del stage.export.broken[1]
    stage.export.asked.clear()
    assert stage.resume().state == "done" and scores(stage, contacts) == [0.1, 0.2, 0.3]
    assert 0 not in stage.export.asked  # what was read is not read again


def test_a_passing_fault_of_a_page_is_tried_again(stage):
    contacts = people(stage, 1)
    stage.export.broken[0] = b"[{"
    original = stage.sharing._export._pause

    def mend(_seconds):
        stage.export.broken.clear()

    stage.sharing._export._pause = mend
    assert stage.push().state == "done" and scores(stage, contacts) == [0.1]
    stage.sharing._export._pause = original


def test_the_same_page_twice_changes_nothing(stage):
    ids = people(stage, 3)
    stage.export.rows += [dict(row) for row in stage.export.rows]
    run = stage.push()
    assert run.counts["pushed"] == 3 and scores(stage, ids) == [0.1, 0.2, 0.3]


def test_of_a_user_that_comes_twice_the_last_row_counts(stage):
    [contact] = people(stage, 1)
    stage.export.rows.append(stage.export.rows[0] | {"engagementScore": 0.9})
    stage.push()
    assert scores(stage, [contact]) == [90]


def test_a_value_of_forty_kilobytes_is_told_and_the_others_go(stage):
    stage.configure(push='Personalization_Top_Affinity__c = "attributes.interests"')
    ids = people(stage, 2)
    stage.export.rows[0]["attributes"]["interests"] = "x" * 40_000
    stage.export.rows[1]["attributes"]["interests"] = "Garden"
    run = stage.push()
    assert told(stage, run) == {("u0", "VALUE_TOO_LONG")}
    values = [stage.field(each, "Personalization_Top_Affinity__c") for each in ids]
    assert values == [None, "Garden"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_of_a_report_runs_as_a_formula(start):
    text = f"{start}cmd|'/c calc'!A1"
    run = SimpleNamespace(direction="push")
    row = SimpleNamespace(
        object_name="Contact", record_id="003", source_id=text, rung=3, status="rejected",
        code="WRONG_TYPE", field=text, message=text, attempts=0,
        before={text: text}, after={text: text},
    )  # fmt: skip
    for report in (rejected_csv([row]), plan_csv([(run, row)])):
        [_header, cells] = csv.reader(io.StringIO("".join(report), newline=""))
        assert cells.count(f"'{text}") >= 3 and text not in cells


def test_wrong_types_are_told_by_field(stage):
    stage.configure(
        push='Personalization_Engagement__c = "attributes.portalId"\n'
        'Personalization_Last_Activity__c = "lastActivity"'
    )
    ids = people(stage, 3)
    stage.export.rows[0]["attributes"]["portalId"] = "many"
    stage.export.rows[1]["lastActivity"] = "yesterday"
    stage.export.rows[2]["attributes"]["portalId"] = "12.5"
    run = stage.push()
    fields = {r.source_id: (r.code, r.field) for r in stage.rows(run) if r.status == "rejected"}
    assert fields == {
        "u0": ("WRONG_TYPE", "Personalization_Engagement__c"),
        "u1": ("WRONG_TYPE", "Personalization_Last_Activity__c"),
    }
    assert scores(stage, ids) == [None, None, 12.5]


def test_an_unknown_field_is_told_and_the_known_ones_are_written(stage):
    stage.configure(push='Nope__c = "link"\nPersonalization_Engagement__c = "engagementScore"',
                    options='profile_link = "https://x.example/{id}"')  # fmt: skip
    [contact] = people(stage, 1)
    run = stage.push()
    [row] = [row for row in stage.rows(run) if row.status == "rejected"]
    assert (row.code, row.field, run.state) == ("FIELD_NOT_VISIBLE", "Nope__c", "done")
    assert scores(stage, [contact]) == [0.1]


def test_a_field_that_our_user_cannot_see_or_edit_is_told(stage):
    push = """Personalization_Engagement__c = "engagementScore"
Personalization_Top_Affinity__c = "attributes.interests"
Personalization_Segments__c = "attributes.interests"
"""
    stage.configure(push=push)
    user = "data.sharing@shop.example"
    stage.fault(
        hidden={user: ["Contact.Personalization_Top_Affinity__c"]},
        readOnly={user: ["Contact.Personalization_Segments__c"]},
    )
    [contact] = people(stage, 1)
    run = stage.push()
    codes = {(row.code, row.field) for row in stage.rows(run) if row.status == "rejected"}
    assert codes == {
        ("FIELD_NOT_VISIBLE", "Personalization_Top_Affinity__c"),
        ("FIELD_NOT_EDITABLE", "Personalization_Segments__c"),
    }
    assert scores(stage, [contact]) == [0.1]


def test_leads_are_shared_where_our_user_does_not_see_contacts(stage):
    stage.configure(
        options="share_leads = true",
        more="[tenants.acme.data_sharing.push.lead]\n"
        'Personalization_Engagement__c = "engagementScore"\n',
    )
    stage.fault(hidden={"data.sharing@shop.example": ["Contact"]})
    lead = stage.record("Lead", Email="kim@share.example")
    stage.user("u1", emailAddress="kim@share.example")
    run = stage.push()
    assert (run.state, stage.field(lead, "Personalization_Engagement__c", "Lead")) == ("done", 50)
    assert ("Contact", "", "rejected", "OBJECT_NOT_VISIBLE") in stage.codes(run)


def test_an_object_that_our_user_may_not_edit_is_told_before_the_first_batch(stage):
    user = "data.sharing@shop.example"
    stage.fault(readOnly={user: ["Contact"]})
    people(stage, 1)
    run = stage.push()
    assert [(row.object_name, row.code) for row in stage.rows(run)] == [
        ("Contact", "OBJECT_NOT_EDITABLE")
    ]
    assert stage.jobs() == []


def test_nobodys_address_reaches_the_log(stage, capfd, monkeypatch):
    # A logger that has logged before keeps to where an earlier test has led it.
    monkeypatch.setattr(data_sharing, "log", structlog.get_logger())
    people(stage, 2)
    stage.fault(httpStatus=400, route="/composite", times=1)
    with capture_logs() as logged:
        stage.push()
    written = str(logged) + "".join(capfd.readouterr())
    assert "run stopped" in written and "share.example" not in written and "SELECT" not in written
