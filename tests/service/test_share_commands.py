"""`p13n share` on a terminal: exit codes, reports, progress."""

import csv
import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from service.commands import program
from service.model import Identity
from service.share_sentences import bar
from service.storage.people import ProvenPerson
from service.storage.runs import Phase, Run, State


@pytest.fixture
def p13n(stage, monkeypatch):
    """Run a command as an operator does; no settled pauses between polls."""
    from service.usecases import data_sharing, sharing_push

    for name, value in stage.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sharing_push, "FIRST_POLL_SECONDS", 0.01)
    monkeypatch.setattr(data_sharing.time, "sleep", lambda seconds: None)

    def run(*arguments: str):
        return CliRunner().invoke(program, ["share", *arguments])

    return run


def kim(stage, **row) -> str:
    stage.user("u1", emailAddress="kim@share.example", row=row)
    return stage.record(Email="kim@share.example")


def test_a_plan_is_told_field_by_field_and_applied_by_its_number(stage, p13n, tmp_path):
    contact = kim(stage)
    told = p13n("plan", "acme", "--csv", str(tmp_path / "plan.csv"))
    assert told.exit_code == 0 and "(blank) -> 50" in told.output
    assert "API calls" in told.output and "--plan 1" in told.output
    assert "and 1 rows of the user export (1 are used this month)" in told.output
    [row] = csv.DictReader((tmp_path / "plan.csv").read_text().splitlines())
    assert (row["recordId"], row["after"]) == (contact, "50")
    applied = p13n("run", "acme", "--plan", "1", "--json")
    assert applied.exit_code == 0
    assert json.loads(applied.output)["runs"][0]["counts"]["pushed"] == 1


def test_a_plan_tells_both_ways_and_each_is_applied_by_its_number(stage, p13n, tmp_path):
    stage.configure(more='[tenants.acme.data_sharing.pull.contact]\nTitle = "jobTitle"\n')
    contact = kim(stage)
    stage.change(contact, Title="=Head")
    known = ProvenPerson((Identity("emailAddress", "kim@share.example"),))
    stage.parts.people.learn("acme", "retail", [known])
    told = p13n("plan", "acme", "--csv", str(tmp_path / "plan.csv")).output
    assert "Plan 1, to Salesforce: 1 records would change" in told
    assert "Plan 2, to Personalization: 1 records would tell something, as events" in told
    assert "    jobTitle: =Head" in told and "Contact.jobTitle 1" in told
    rows = list(csv.DictReader((tmp_path / "plan.csv").read_text().splitlines()))
    assert [(row["direction"], row["after"]) for row in rows] == [
        ("push", "50"),
        ("pull", "'=Head"),
    ]
    both = json.loads(p13n("plan", "acme", "--json").output)
    assert (both["direction"], both["pull"]["rows"][0]["after"]) == ("push", {"jobTitle": "=Head"})
    assert p13n("run", "acme", "--plan", str(both["pull"]["id"])).exit_code == 0
    why = p13n("explain", "acme", contact).output
    assert "has told Personalization of its person: jobTitle" in why and "(given up)" in why


def test_rejected_rows_make_exit_code_three_and_a_report(stage, p13n, tmp_path):
    kim(stage, engagementScore="much")
    report = tmp_path / "rejected.csv"
    done = p13n("run", "acme", "--rejected-csv", str(report))
    assert done.exit_code == 3 and "WRONG_TYPE" in done.output
    [row] = csv.DictReader(report.read_text().splitlines())
    assert row["code"] == "WRONG_TYPE"


def test_a_stopped_run_makes_exit_code_one_and_resume_finishes_it(stage, p13n):
    kim(stage)
    stage.fault(requestLimit=True, route="/composite", times=1)
    stopped = p13n("run", "acme")
    assert stopped.exit_code == 1 and "API_LIMIT" in stopped.output
    assert p13n("resume", "acme").exit_code == 0
    assert p13n("resume", "acme").exit_code != 0  # nothing is left to resume


def test_resume_goes_on_with_the_pull_that_was_to_follow(stage, p13n):
    stage.configure(more='[tenants.acme.data_sharing.pull.contact]\nTitle = "jobTitle"\n')
    kim(stage)
    stage.fault(requestLimit=True, route="/composite", times=1)
    assert p13n("run", "acme").exit_code == 1
    ended = json.loads(p13n("resume", "acme", "--json").output)["runs"]
    assert [(run["direction"], run["state"]) for run in ended] == [
        ("push", "done"),
        ("pull", "done"),
    ]
    plan = json.loads(p13n("plan", "acme", "--json").output)
    ended = json.loads(p13n("run", "acme", "--plan", str(plan["id"]), "--json").output)["runs"]
    assert [run["direction"] for run in ended] == ["push"]  # the plan, and nothing that is in none


def test_the_brake_is_released_by_one_who_has_read_the_plan(stage, p13n, monkeypatch):
    from service.usecases import sharing_brake

    contact = kim(stage)
    assert p13n("run", "acme").exit_code == 0
    monkeypatch.setattr(sharing_brake, "FEWEST_CHANGES", 1)
    stage.export.rows[0]["engagementScore"] = 0.9
    stopped = p13n("run", "acme")
    assert (
        stopped.exit_code == 1 and "1 of 1 matched Contact records would change" in stopped.output
    )
    assert p13n("resume", "acme").exit_code == 1
    assert p13n("resume", "acme", "--release-brake").exit_code == 0
    assert stage.field(contact, "Personalization_Engagement__c") == 90


def test_explain_and_undo_speak_of_one_record(stage, p13n):
    contact = kim(stage)
    p13n("run", "acme")
    told = p13n("explain", "acme", contact)
    assert "by its e-mail or name" in told.output and "(blank) -> 50" in told.output
    assert p13n("undo", "acme", "1").exit_code == 0
    assert stage.field(contact, "Personalization_Engagement__c") is None
    assert "No run has named" in p13n("explain", "acme", "003000000000000AAA").output


def test_check_names_what_is_missing(stage, p13n):
    assert p13n("check", "acme").exit_code == 0
    user = "data.sharing@shop.example"
    stage.fault(hidden={user: ["Contact.Personalization_Engagement__c"]})
    told = p13n("check", "acme")
    assert told.exit_code == 1 and "FIELD_NOT_VISIBLE" in told.output


def test_status_lists_runs_and_draws_a_bar_for_one_at_work(stage, p13n):
    kim(stage)
    p13n("run", "acme")
    assert "push  done" in p13n("status", "acme").output
    run = Run(1, "acme", "push", State.RUNNING, Phase.PUSH, {}, {}, {},
              {"done": 50, "total": 200, "unit": "records"}, 0, None, None, None, None)  # fmt: skip
    assert bar(run) == "push [########......................] 50 of 200 records"


def test_a_run_does_without_the_web_and_what_else_only_weighs(stage):
    program = """
import sys
from service.commands import program
program(["share", "run", "acme"], standalone_mode=False)
print(sorted({"flask", "marshmallow", "alembic", "psycopg", "paramiko"} & sys.modules.keys()))
"""
    environment = os.environ | stage.environment
    told = subprocess.check_output([sys.executable, "-c", program], env=environment, text=True)
    assert told.splitlines()[-1] == "[]"
