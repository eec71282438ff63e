"""The doctor at the Salesforce org: edition, API, Bulk API, permissions, the latest runs."""

from datetime import UTC, datetime

import pytest
import requests

from service.deadline import Deadline
from service.storage.clock_runs import ClockRuns
from service.usecases.doctor_checks import Group, Verdict
from service.usecases.sharing_night import nightly_jobs
from simulator.crm.org import ORG_ID

INTEGRATION_USER = "data.sharing@shop.example"


def examine(stage) -> dict:
    found = stage.parts.doctor.examine(stage.tenant, Deadline.after(20))
    checks = [each for each in found if each.group == Group.DATA_SHARING]
    assert all((each.action is None) == (each.verdict == Verdict.GREEN) for each in checks)
    return {each.code: each for each in checks}


def verdicts(stage) -> dict[str, str]:
    return {code: str(each.verdict) for code, each in examine(stage).items()}


def test_an_org_that_is_set_up_is_green_until_the_first_night(stage):
    assert verdicts(stage) == {
        "ORG_API": "green",
        "ORG_EDITION": "green",
        "ORG_ID": "green",
        "ORG_BULK_API": "green",
        "DATA_SHARING": "green",
        "DATA_SHARING_RUN": "amber",
    }
    assert "Enterprise Edition" in examine(stage)["ORG_EDITION"].message


@pytest.mark.parametrize(
    ("hidden", "code", "verdict"),
    [
        ("ApiEnabled", "ORG_API", "red"),
        ("Organization", "ORG_EDITION", "amber"),
        ("ViewSetup", "ORG_BULK_API", "amber"),
        ("Contact", "DATA_SHARING_OBJECT_NOT_VISIBLE", "red"),
        ("Contact.Personalization_Engagement__c", "DATA_SHARING_FIELD_NOT_VISIBLE", "amber"),
    ],
)
def test_what_the_user_of_data_sharing_lacks_is_named(stage, hidden, code, verdict):
    stage.org.org.switches.set({"hidden": {INTEGRATION_USER: [hidden]}})
    assert verdicts(stage)[code] == verdict


def test_an_edition_below_enterprise_is_told(stage):
    org = stage.org.org
    lower = {"OrganizationType": "Professional Edition"}
    org.database.update(org.schema.objects["Organization"], ORG_ID, lower)
    check = examine(stage)["ORG_EDITION"]
    assert check.verdict == Verdict.AMBER and "Professional Edition" in check.message


def test_an_org_without_bulk_batches_is_told(stage):
    wanted = {"DailyBulkApiBatches": {"max": 0}}
    requests.post(f"{stage.org.url}/_simulator/limits", json=wanted, timeout=5).raise_for_status()
    assert verdicts(stage)["ORG_BULK_API"] == "red"


def test_a_wrong_secret_ends_the_look_at_the_org_with_its_own_sentence(stage):
    stage.environment["CRM_SECRET"] = "wrong"
    stage.restart()
    found = examine(stage)
    assert found.keys() == {"ORG_API", "DATA_SHARING_RUN"}
    assert "External Client App" in found["ORG_API"].action


def test_another_org_than_the_tenants_is_told(stage):
    object.__setattr__(stage.tenant, "org_id", "00D000000000009EAA")
    check = examine(stage)["ORG_ID"]
    assert check.verdict == Verdict.RED and ORG_ID in check.message


def test_how_the_latest_run_ended_is_told(stage):
    stage.user("u1", emailAddress="doe@shop.example")
    stage.record(Email="doe@shop.example")
    run = stage.sharing.begin(stage.tenant, "push")
    stage.sharing.work(stage.tenant, run)
    assert verdicts(stage)["DATA_SHARING_RUN"] == "green"


def test_a_night_that_no_worker_has_taken_up_is_told(stage):
    stage.configure(options='schedule = "0 4 * * *"')
    (job,) = nightly_jobs(stage.sharing, {"acme": stage.tenant})
    stage.parts.doctor._clock = datetime(2026, 11, 28, 4, 11, tzinfo=UTC).timestamp
    assert verdicts(stage)["DATA_SHARING_NIGHT"] == "red"
    assert ClockRuns(stage.parts.database).claim(job.name, "2026-11-28", 60)
    assert verdicts(stage)["DATA_SHARING_NIGHT"] == "green"
    stage.parts.doctor._clock = datetime(2026, 11, 29, 4, 9, tzinfo=UTC).timestamp
    assert "DATA_SHARING_NIGHT" not in verdicts(stage)  # there is time until 4:10


def test_an_org_that_hangs_is_told_in_time(stage):
    stage.org.org.faults.set({"hang": True})
    found = stage.parts.doctor.examine(stage.tenant, Deadline.after(1.5))
    stage.org.org.faults.clear()
    (late,) = [each for each in found if each.code == "ORG_API"]
    assert late.verdict == Verdict.RED and "in time" in late.message
