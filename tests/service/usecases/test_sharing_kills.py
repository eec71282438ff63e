"""kill -9 after any step, then resume: the org and every row end as if nothing had happened.

By default a few steps on one engine; with --full each step on both, in the first and in the
second job.
"""

import pytest
from sqlalchemy import update

from service.storage.runs_tables import share_jobs
from service.usecases.sharing_night import work_on_waiting
from tests.service.killed_share import STEPS, die_at

SHORT = ("page staged", "job created", "batch posted", "result read")
MORE_CALLS = 12
"""What a recovery may cost at most: signing in, describing, looking for a job and its batches."""


def build(stage):
    """Set five contacts up, in batches of two, one of them locked once: so there are two jobs."""
    stage.configure(options="batch_rows = 2")
    ids = [stage.record(Email=f"k{n}@share.example") for n in range(5)]
    for n in range(5):
        stage.user(f"u{n}", emailAddress=f"k{n}@share.example", row={"engagementScore": n / 100})
    stage.user("broken", emailAddress="k4@share.example", row={"engagementScore": "much"})
    stage.fault(lockedRows={ids[1]: 1})
    return ids


def outcome(stage, run, ids) -> tuple:
    rows = [(r.record_id, r.source_id, r.status, r.code) for r in stage.rows(run)]
    return sorted(rows), [stage.field(each, "Personalization_Engagement__c") for each in ids]


def calls(stage) -> int:
    return sum(stage.org.org.calls.view()["counts"].values())


def posted(stage) -> list[bytes]:
    return [batch.body for job in stage.org.org.bulk.all() for batch in job.batches]


def forget_job_ids(stage) -> None:
    """An org never gives a job's number out twice; one that was reset does."""
    with stage.parts.database.transaction() as connection:
        connection.execute(update(share_jobs).values(crm_id=None))


def check(stage, step: str, nth: int = 1) -> None:
    ids = build(stage)
    undisturbed = stage.push()
    expected, cost = outcome(stage, undisturbed, ids), calls(stage)

    stage.org.org.reset()
    assert [stage.record(Email=f"k{n}@share.example") for n in range(5)] == ids
    forget_job_ids(stage)
    stage.fault(lockedRows={ids[1]: 1})
    stage.sharing.rows.forget_sent("acme", "Contact", ids)
    stage.org.org.calls.reset()

    die_at(step, stage.environment, nth=nth)
    run = stage.resume()
    assert run.state == "done"
    assert outcome(stage, run, ids) == expected
    assert len(posted(stage)) == len(set(posted(stage))), "a batch was posted twice"
    assert {job["state"] for job in stage.jobs()} == {"Closed"}
    assert calls(stage) <= cost + MORE_CALLS


@pytest.mark.parametrize("step", SHORT)
def test_killed_and_resumed_a_push_ends_as_if_undisturbed(stage, step):
    check(stage, step)


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("step", STEPS)
def test_killed_after_each_step_a_push_ends_as_if_undisturbed(stage, request, step, nth):
    if not request.config.getoption("--full"):
        pytest.skip("with --full")
    once = ("plan begun", "page staged", "staged", "plan stored", "all rows settled")
    if nth == 2 and step in once:
        pytest.skip("comes once")
    check(stage, step, nth)


def test_a_killed_run_is_taken_up_by_a_worker_by_itself(stage):
    ids = build(stage)
    die_at("batch posted", stage.environment)
    taken = work_on_waiting(stage.sharing, stage.parts.settings.tenants, lambda: False)
    [run] = stage.sharing.runs.newest("acme")
    assert (taken, run.state) == (1, "done")
    assert stage.field(ids[2], "Personalization_Engagement__c") == 2
