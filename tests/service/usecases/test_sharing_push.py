"""What becomes of a push: whatever the org does, each row ends with one outcome."""

import time

import pytest
import requests

from service.storage.runs_rows import Status
from service.usecases.sharing_night import night

ON_BOTH_ENGINES = (
    "test_a_rerun_with_nothing_changed_pushes_nothing",
    "test_only_locked_rows_go_again_and_five_times_at_most",
    "test_undo_puts_back_what_was_there_and_leaves_what_changed_since",
    "test_explain_says_of_one_record_what_happened_and_why",
    "test_a_stored_plan_is_applied_exactly_but_for_what_changed_since",
)


def people(stage, number: int, **fields) -> list[str]:
    """Add so many contacts, each with a user; return the contacts' ids."""
    ids = []
    for n in range(number):
        address = f"p{n}@share.example"
        ids.append(stage.record(Email=address, **fields))
        stage.user(f"u{n}", emailAddress=address, row={"engagementScore": (n + 1) / 1_000})
    return ids


def scores(stage, ids) -> list:
    return [stage.field(each, "Personalization_Engagement__c") for each in ids]


def expected(number: int) -> list:
    return [(n + 1) / 10 for n in range(number)]


def small_batches(stage, rows: int = 2, **more) -> None:
    stage.configure(options=f"batch_rows = {rows}", **more)


def test_a_rerun_with_nothing_changed_pushes_nothing(stage):
    ids = people(stage, 5)
    assert stage.push().counts["pushed"] == 5
    assert scores(stage, ids) == expected(5)
    again = stage.push()
    assert (again.counts["pushed"], again.counts["unchanged"]) == (0, 5)
    assert len(stage.jobs()) == 1


def test_what_a_crm_user_wrote_over_a_value_stays_until_it_changes(stage):
    [contact] = people(stage, 1)
    stage.push()
    stage.change(contact, Personalization_Engagement__c=99)
    stage.push()
    assert scores(stage, [contact]) == [99]
    stage.export.rows[0]["engagementScore"] = 0.7
    stage.push()
    assert scores(stage, [contact]) == [70]


def test_batches_are_cut_and_children_of_a_parent_stay_together(stage):
    small_batches(stage, rows=3)
    accounts = [stage.record("Account", Name=f"A{n}") for n in range(2)]
    ids = people(stage, 6)
    for n, contact in enumerate(ids):
        stage.change(contact, AccountId=accounts[n % 2])
    stage.push()
    [job] = stage.org.org.bulk.all()
    parents = []
    for batch in job.batches:
        import json

        rows = json.loads(batch.body)
        parents.append({stage.field(row["Id"], "AccountId") for row in rows})
    assert sorted(map(len, parents)) == [1, 1]


def test_batches_are_cut_by_bytes_too(stage, monkeypatch):
    from service.usecases import sharing_push

    ids = people(stage, 5)
    row = len('{"Id": "0035g00000000G9AAI", "Personalization_Engagement__c": 0.1}')
    monkeypatch.setattr(sharing_push, "MOST_BYTES", 2 * row + 3)
    assert stage.push().counts["pushed"] == 5 and scores(stage, ids) == expected(5)
    [job] = stage.org.org.bulk.all()
    assert max(len(batch.body) for batch in job.batches) <= 2 * row + 3 and len(job.batches) == 3


def test_only_locked_rows_go_again_and_five_times_at_most(stage):
    ids = people(stage, 4)
    stage.fault(lockedRows={ids[0]: 2, ids[1]: None})
    run = stage.push()
    rows = {row.record_id: row for row in stage.rows(run)}
    assert rows[ids[0]].status == Status.PUSHED and rows[ids[0]].attempts == 3
    assert (rows[ids[1]].status, rows[ids[1]].code) == (Status.FAILED, "UNABLE_TO_LOCK_ROW")
    assert rows[ids[1]].attempts == 5
    sizes = [len(job.batches[0].results) for job in stage.org.org.bulk.all()]
    assert sorted(sizes, reverse=True) == [4, 2, 2, 1, 1]
    assert {job["state"] for job in stage.jobs()} == {"Closed"}


def test_partial_success_is_told_row_by_row(stage):
    ids = people(stage, 3)
    error = {"statusCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": "no", "fields": ["X__c"]}
    stage.fault(rowErrors={ids[1]: error})
    run = stage.push()
    [failed] = [row for row in stage.rows(run) if row.status == Status.FAILED]
    assert (failed.record_id, failed.code) == (ids[1], "FIELD_CUSTOM_VALIDATION_EXCEPTION")
    assert (failed.field, failed.message) == ("X__c", "no")
    assert (run.state, run.counts["pushed"], run.counts["failed"]) == ("done", 2, 1)
    stage.fault(rowErrors={})
    assert stage.push().counts["pushed"] == 1  # a row that failed is not taken for sent


@pytest.mark.parametrize("result", ["processed", "all"])
def test_a_failed_batch_among_good_ones_goes_again_for_what_it_left(stage, result):
    small_batches(stage)
    ids = people(stage, 6)
    stage.fault(failedBatches={"2": {"writtenRows": 1}}, failedBatchResult=result)
    run = stage.push()
    assert (run.state, run.counts["pushed"], run.counts["failed"]) == ("done", 6, 0)
    assert scores(stage, ids) == expected(6)


def test_a_batch_that_never_can_is_told_and_the_others_are_written(stage):
    small_batches(stage)
    people(stage, 4)
    message = "InvalidBatch : Field name not found : X"
    stage.fault(failedBatches={"1": {"writtenRows": 0, "message": message}})
    run = stage.push()
    failed = [row for row in stage.rows(run) if row.status == Status.FAILED]
    assert [row.code for row in failed] == ["BATCH_FAILED"] * 2 and failed[0].message == message
    assert run.counts["pushed"] == 2


@pytest.mark.parametrize(
    "route", ["/job", "/batch", "/result", "/composite", "/limits", "/describe"]
)
def test_a_session_that_ends_costs_one_signing_in(stage, route):
    ids = people(stage, 2)
    stage.fault(sessionExpired=True, route=route, times=1)
    run = stage.push()
    assert (run.state, run.code, scores(stage, ids)) == ("done", None, expected(2))


def test_a_session_that_ends_between_batches_costs_no_batch_twice(stage):
    small_batches(stage)
    ids = people(stage, 6)
    stage.fault(sessionExpired=True, route="/batch", after=1, times=1)
    run = stage.push()
    assert run.counts["pushed"] == 6 and scores(stage, ids) == expected(6)
    assert [job["batches"] for job in stage.jobs()] == [3]


def at_first_poll(stage, act):
    """Have `act` called once a push has polled for the first time; return what tells if it was."""
    done = []

    def on_step(step):
        if step == "polled" and not done:
            done.append(step)
            act()

    stage.sharing._on_step = on_step
    return lambda: bool(done)


def test_a_session_that_ends_while_we_poll_costs_one_signing_in(stage):
    ids = people(stage, 2)
    stage.fault(queuedPolls=3)
    has_ended = at_first_poll(stage, stage.org.org.sessions.end_all)
    run = stage.push()
    assert has_ended() and (run.state, scores(stage, ids)) == ("done", expected(2))
    assert [job["batches"] for job in stage.jobs()] == [1]


@pytest.mark.parametrize("route", ["/composite", "/batch"])
def test_the_api_limit_stops_cleanly_and_resume_finishes(stage, route):
    small_batches(stage)
    ids = people(stage, 4)
    stage.fault(requestLimit=True, route=route, after=1 if route == "/batch" else 0, times=1)
    run = stage.push()
    assert (run.state, run.code) == ("stopped", "API_LIMIT")
    assert all(job["state"] == "Closed" for job in stage.jobs())
    assert stage.resume().state == "done"
    assert scores(stage, ids) == expected(4)
    assert sum(job["batches"] for job in stage.jobs()) == 2


def test_the_reserve_is_never_touched(stage):
    people(stage, 2)
    limits = {"DailyApiRequests": {"remaining": 1_010}}
    requests.post(f"{stage.org.url}/_simulator/limits", json=limits, timeout=5)
    run = stage.push()
    assert (run.state, run.code) == ("stopped", "API_LIMIT")
    assert stage.jobs() == []  # not begun: it would not have sufficed
    left = requests.get(f"{stage.org.url}/_simulator/limits", timeout=5).json()
    assert left["DailyApiRequests"]["Remaining"] >= 1_000


def test_an_aborted_job_stops_the_run_until_somebody_resumes_it(stage):
    small_batches(stage)
    ids = people(stage, 6)
    stage.fault(jobAborted=True, route="/batch", after=2, times=1)
    run = stage.push()
    assert (run.state, run.code) == ("stopped", "JOB_ABORTED")
    night(stage.sharing, stage.tenant, lambda: False)
    assert stage.sharing.runs.get("acme", run.id).state == "stopped"
    assert stage.resume().state == "done"
    assert scores(stage, ids) == expected(6)


def test_a_job_aborted_while_we_poll_keeps_what_it_has_done(stage):
    small_batches(stage)
    ids = people(stage, 4)
    stage.fault(queuedPolls=2)

    def abort():
        [job] = stage.org.org.bulk.all()
        stage.sharing._make_crm(stage.tenant).abort_job(job.id)

    at_first_poll(stage, abort)
    run = stage.push()
    assert (run.state, run.code) == ("stopped", "JOB_ABORTED")
    stage.sharing._on_step = lambda step: None
    assert stage.resume().counts["pushed"] == 4 and scores(stage, ids) == expected(4)


def test_records_that_went_away_are_told_and_not_made_again(stage):
    ids = people(stage, 3)
    plan = stage.plan()
    stage.delete(ids[0])
    stage.merge(ids[2], ids[1])
    run = stage.apply(plan)
    rows = {row.record_id: row for row in stage.rows(run)}
    assert {rows[ids[0]].code, rows[ids[1]].code} == {"CHANGED_SINCE_PLAN"}
    assert rows[ids[2]].status == Status.PUSHED


def test_a_record_deleted_or_merged_after_the_match_is_followed(stage):
    ids = people(stage, 3)

    def gone(step):
        if step == "job intended":
            stage.delete(ids[0])
            stage.merge(ids[2], ids[1])

    stage.sharing._on_step = gone
    rows = {row.record_id: row for row in stage.rows(stage.push())}
    assert rows[ids[0]].code == "RECORD_DELETED"
    assert rows[ids[1]].code == "RECORD_MERGED" and ids[2] in rows[ids[1]].message
    assert rows[ids[2]].status == Status.PUSHED


def test_a_lead_converted_after_the_match_is_followed_and_its_contact_is_next(stage):
    stage.configure(
        options="share_leads = true",
        more="[tenants.acme.data_sharing.push.lead]\n"
        'Personalization_Engagement__c = "engagementScore"\n',
    )
    contact = stage.record(Email="elsewhere@share.example")
    lead = stage.record("Lead", Email="kim@share.example")
    stage.user("u1", emailAddress="kim@share.example")
    stage.sharing._on_step = lambda step: step == "job intended" and stage.convert(lead, contact)
    [row] = stage.rows(stage.push())
    assert (row.code, row.status) == ("LEAD_CONVERTED", Status.FAILED) and contact in row.message
    stage.sharing._on_step = lambda step: None
    stage.push()
    assert scores(stage, [contact]) == [50]


def test_a_stored_plan_is_applied_exactly_but_for_what_changed_since(stage):
    ids = people(stage, 3)
    plan = stage.plan()
    stage.change(ids[1], Personalization_Engagement__c=77)
    stage.export.rows[0]["engagementScore"] = 0.999  # after the plan: not part of it
    run = stage.apply(plan)
    assert run.id == plan.id and run.state == "done"
    assert scores(stage, ids) == [0.1, 77, 0.3]
    codes = {row.record_id: row.code for row in stage.rows(run)}
    assert codes == {ids[0]: None, ids[1]: "CHANGED_SINCE_PLAN", ids[2]: None}


def test_undo_puts_back_what_was_there_and_leaves_what_changed_since(stage):
    ids = people(stage, 3, Personalization_Engagement__c=5)
    run = stage.push()
    stage.change(ids[1], Personalization_Engagement__c=77)
    undone = stage.undo(run)
    assert undone.state == "done" and scores(stage, ids) == [5, 77, 5]
    assert stage.push().counts["toChange"] == 2  # nothing is taken for sent that was undone


def test_what_is_no_longer_kept_cannot_be_undone_and_says_so(stage):
    from service.storage.runs import NotResumable

    people(stage, 1)
    run = stage.push()
    stage.sharing.rows.forget_old("acme", time.time() + 1)
    with pytest.raises(NotResumable, match="was kept 30 days"):
        stage.undo(run)


def test_a_job_that_never_ends_stops_at_its_deadline_and_can_be_waited_for(stage):
    stage.configure(options="job_minutes = 0.01")
    ids = people(stage, 2)
    stage.fault(queuedPolls=100_000)
    run = stage.push()
    assert (run.state, run.code) == ("stopped", "JOB_TOO_SLOW")
    stage.fault(queuedPolls=None)
    requests.post(f"{stage.org.url}/_simulator/jobs/finish", timeout=5)
    assert stage.resume().state == "done" and scores(stage, ids) == expected(2)
    assert len(stage.jobs()) == 1


def test_the_first_run_can_be_kept_small(stage):
    stage.configure(options='first_run_records = 2\nexport_segment = "Nobody"')
    ids = people(stage, 4)
    run = stage.push()
    assert (run.counts["pushed"], run.counts["toChange"]) == (2, 2)
    assert run.counts["FIRST_RUN_LIMIT"] == run.counts["Contact.FIRST_RUN_LIMIT"] == 2
    assert sum(code == "FIRST_RUN_LIMIT" for *_r, code in stage.codes(run)) == 2
    # everybody is read once more: a run that left records over was not the week's whole one
    assert stage.push().counts["pushed"] == 2 and scores(stage, ids) == expected(4)
    assert stage.push().counts["wholeExport"] == 0


def test_the_brake_stops_before_the_first_batch_and_a_person_releases_it(stage):
    ids = people(stage, 120)
    stage.push()
    for row in stage.export.rows:
        row["engagementScore"] += 0.1
    run = stage.push()
    assert (run.state, run.code) == ("stopped", "BRAKE") and scores(stage, ids) == expected(120)
    night(stage.sharing, stage.tenant, lambda: False)
    assert scores(stage, ids) == expected(120)
    assert stage.resume(release_brake=True).counts["pushed"] == 120


def test_the_brake_knows_that_a_segments_members_are_not_everybody(stage, monkeypatch):
    from service.usecases import sharing_brake

    monkeypatch.setattr(sharing_brake, "FEWEST_CHANGES", 2)
    stage.configure(options='export_segment = "Active"')
    ids = people(stage, 6)
    stage.push()
    for row in stage.export.rows:
        row["engagementScore"] = 0.9
    stage.export.segments = {"Active": ["u0", "u1", "u2"]}
    assert stage.push().state == "done" and scores(stage, ids)[:4] == [90, 90, 90, 0.4]
    stage.export.segments = {"Active": [f"u{n}" for n in range(6)]}
    for row in stage.export.rows:
        row["engagementScore"] = 0.8
    assert stage.push().code == "BRAKE"


def test_the_brake_stops_a_field_from_being_emptied_widely(stage):
    stage.configure(options='blank = "clear"')
    people(stage, 120, Personalization_Engagement__c=5)
    for row in stage.export.rows:
        row["engagementScore"] = None
    run = stage.push()
    assert (run.state, run.code) == ("stopped", "BRAKE") and stage.jobs() == []


@pytest.mark.parametrize("route", ["/job", "/batch"])
def test_an_answer_that_got_lost_makes_no_second_job_or_batch(stage, route):
    small_batches(stage)
    ids = people(stage, 4)
    after = 0 if route == "/job" else 1
    stage.fault(acceptThenDrop=True, route="async/62.0/job", times=1, after=after)
    run = stage.push()
    if run.state == "stopped":
        run = stage.resume()
    assert run.state == "done" and scores(stage, ids) == expected(4)
    assert [job["batches"] for job in stage.jobs()] == [2]
    assert {job["state"] for job in stage.jobs()} == {"Closed"}


@pytest.mark.parametrize("route", ["async/62.0/job", "/batch"])
def test_a_passing_outage_while_posting_costs_no_stop_and_nothing_twice(stage, route):
    small_batches(stage)
    ids = people(stage, 4)
    stage.fault(httpStatus=503, route=route, after=1, times=1)
    assert stage.push().state == "done" and scores(stage, ids) == expected(4)
    assert [job["batches"] for job in stage.jobs()] == [2]


def test_what_a_run_said_of_single_records_is_forgotten_after_a_month(stage):
    people(stage, 1)
    run = stage.push()
    stage.sharing._clock = lambda: time.time() + 31 * 86_400
    stage.push()
    assert stage.rows(run) == [] and stage.sharing.runs.get("acme", run.id).state == "done"


@pytest.mark.parametrize(
    ("as_told", "unverified"),
    [
        (lambda told: told[::-1], 2),  # the one in the middle stands where it should
        (lambda told: told[:2], 3),
        (lambda told: [*told, told[0]], 3),
    ],
)
def test_a_result_that_does_not_fit_its_batch_is_told_and_not_believed(
    stage, monkeypatch, as_told, unverified
):
    from service.upstream.crm import Crm

    people(stage, 3)
    original = Crm.batch_results
    monkeypatch.setattr(
        Crm,
        "batch_results",
        lambda crm, job, batch, read: original(
            crm, job, batch, lambda told: read(as_told([*told]))
        ),
    )
    run = stage.push()
    codes = [row.code for row in stage.rows(run)]
    assert codes.count("UNVERIFIED") == unverified
    assert run.state == "done"


def test_explain_says_of_one_record_what_happened_and_why(stage):
    ids = people(stage, 1)
    run = stage.push()
    told = stage.sharing.explain(stage.tenant, ids[0][:15])
    [(told_run, row)] = told["rows"]
    assert (told_run.id, row.source_id, row.rung, row.status) == (run.id, "u0", 3, Status.PUSHED)
    assert told["sent"].run_id == run.id


def test_another_tenants_run_is_not_there(stage):
    from service.errors import NotFound

    people(stage, 1)
    run = stage.push()
    with pytest.raises(NotFound):
        stage.sharing.runs.get("other", run.id)


def test_a_run_at_work_keeps_others_out(stage):
    from service.storage.runs import RunInProgress, Runs

    stage.sharing.begin(stage.tenant, "push", owned=False)
    with pytest.raises(RunInProgress):
        stage.sharing.begin(stage.tenant, "push")
    assert Runs(stage.parts.database).waiting()
