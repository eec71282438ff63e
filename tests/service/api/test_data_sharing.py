"""`/v1/data-sharing`: runs on demand, told to nobody but an admin of the tenant."""

import csv
import io

import pytest

from service.app import create_app
from service.settings import read_settings
from service.usecases.sharing_night import work_on_waiting

ON_BOTH_ENGINES = ("test_a_repeated_request_gets_the_first_answer_and_begins_nothing",)


class Caller:
    """An admin's client of the stage's service."""

    def __init__(self, stage):
        self.app = create_app(read_settings(stage.environment))
        self.parts = self.app.extensions["p13n_parts"]
        self.client = self.app.test_client()

    def token(self, scope="admin") -> str:
        pair = self.parts.clients.add("acme", (scope,))
        form = {"grant_type": "client_credentials"}
        answer = self.client.post("/oauth/token", data=form, auth=pair)
        return answer.get_json()["access_token"]

    def post(self, body, key="k1", scope="admin"):
        headers = {"Authorization": f"Bearer {self.token(scope)}", "Idempotency-Key": key}
        return self.client.post("/v1/data-sharing/runs", json=body, headers=headers)

    def get(self, path, scope="admin"):
        headers = {"Authorization": f"Bearer {self.token(scope)}"}
        return self.client.get(f"/v1/data-sharing/{path}", headers=headers)


@pytest.fixture
def caller(stage):
    made = Caller(stage)
    yield made
    made.parts.close()


def work(stage) -> None:
    work_on_waiting(stage.sharing, stage.parts.settings.tenants, lambda: False)


def test_a_run_on_demand_is_taken_up_by_a_worker_and_told(stage, caller):
    contact = stage.record(Email="kim@share.example")
    stage.user("u1", emailAddress="kim@share.example")
    begun = caller.post({"direction": "push"})
    [run] = begun.get_json()["runs"]
    assert (begun.status_code, run["state"]) == (202, "running")
    work(stage)
    told = caller.get(f"runs/{run['id']}").get_json()
    assert (told["state"], told["counts"]["pushed"]) == ("done", 1)
    [listed] = caller.get("runs").get_json()["runs"]
    assert listed == told
    assert stage.field(contact, "Personalization_Engagement__c") == 50


def test_an_empty_request_pushes_then_pulls(stage, caller):
    stage.configure(more='[tenants.acme.data_sharing.pull.contact]\nTitle = "jobTitle"')
    both = Caller(stage)
    both.post({})
    work(stage)
    found = [(run["direction"], run["state"]) for run in both.get("runs").get_json()["runs"]]
    both.parts.close()
    assert found == [("pull", "done"), ("push", "done")]


def test_a_repeated_request_gets_the_first_answer_and_begins_nothing(stage, caller):
    first = caller.post({"direction": "push"})
    again = caller.post({"direction": "push"})
    assert again.get_data() == first.get_data()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert caller.post({"direction": "pull"}).status_code == 422
    assert len(caller.get("runs").get_json()["runs"]) == 1
    assert caller.post({"direction": "push"}, key="k2").get_json()["code"] == "RUN_IN_PROGRESS"


def test_a_plan_is_read_as_a_spreadsheet_and_applied(stage, caller):
    stage.record(Email="kim@share.example")
    stage.user("=cmd|'/c calc'!A1", emailAddress="kim@share.example")
    stage.user("u2", emailAddress="kim@share.example", row={"engagementScore": "much"})
    [plan] = caller.post({"action": "plan"}).get_json()["runs"]
    work(stage)
    rows = list(csv.DictReader(io.StringIO(caller.get(f"runs/{plan['id']}/plan.csv").text)))
    [planned] = [row for row in rows if row["status"] == "planned"]
    assert (planned["field"], planned["after"]) == ("Personalization_Engagement__c", "50")
    assert planned["sourceId"].startswith("'=cmd")
    caller.post({"action": "apply", "plan": plan["id"]}, key="k2")
    work(stage)
    answer = caller.get(f"runs/{plan['id']}/rejected.csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    [rejected] = csv.DictReader(io.StringIO(answer.text))
    assert rejected["code"] == "WRONG_TYPE" and rejected["sourceId"] == "u2"
    header = "object,recordId,sourceId,rung,field,code,message,attempts"
    assert answer.text.splitlines()[0] == header


@pytest.mark.parametrize(
    "body",
    [
        {"action": "dance"},
        {"action": "apply"},
        {"plan": 1},
        {"direction": "sideways"},
        {"limit": 0},
        {"unknown": 1},
    ],
)
def test_a_request_that_makes_no_sense_is_refused(caller, body):
    assert caller.post(body).status_code == 422


def test_only_an_admin_may(caller):
    assert caller.post({}, scope="write").status_code == 403
    assert caller.get("runs", scope="read").status_code == 403


def test_what_is_not_there_is_not_found(caller):
    assert caller.get("runs/999").status_code == 404
    assert caller.get("runs/999/plan.csv").status_code == 404


def test_nothing_to_resume_is_a_conflict(caller):
    answer = caller.post({"action": "resume"})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "NOT_RESUMABLE")


def test_the_brake_is_released_over_http_and_only_when_asked_for(stage, caller, monkeypatch):
    from service.usecases import sharing_brake

    monkeypatch.setattr(sharing_brake, "FEWEST_CHANGES", 1)
    contact = stage.record(Email="kim@share.example")
    stage.user("u1", emailAddress="kim@share.example")
    stage.push()
    stage.export.rows[0]["engagementScore"] = 0.9
    assert stage.push().code == "BRAKE"
    assert caller.post({"action": "resume"}).status_code == 409
    assert caller.post({"action": "resume", "releaseBrake": True}, key="k2").status_code == 202
    work(stage)
    assert stage.field(contact, "Personalization_Engagement__c") == 90


def test_a_plan_over_http_is_one_of_each_direction(stage):
    stage.configure(more='[tenants.acme.data_sharing.pull.contact]\nTitle = "jobTitle"')
    both = Caller(stage)
    both.post({"action": "plan"})
    work(stage)
    found = [(run["direction"], run["state"]) for run in both.get("runs").get_json()["runs"]]
    assert found == [("pull", "planned"), ("push", "planned")]
    both.post({"action": "plan", "direction": "pull"}, key="k2")
    work(stage)
    newest, before, _push = both.get("runs").get_json()["runs"]
    both.parts.close()
    assert (newest["state"], before["state"]) == ("planned", "abandoned")


def test_preflight_names_what_our_user_cannot_see(stage, caller):
    assert caller.get("preflight").get_json() == {"findings": []}
    user = "data.sharing@shop.example"
    stage.fault(hidden={user: ["Contact.Personalization_Engagement__c", "ViewSetup"]})
    codes = {each["code"] for each in caller.get("preflight").get_json()["findings"]}
    assert codes == {"FIELD_NOT_VISIBLE", "LIMITS_HIDDEN"}
