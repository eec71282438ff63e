"""The night by itself: what was stopped first, then push, then pull, once per date."""

import contextlib
import threading
import time

from service.storage.clock_runs import ClockRuns
from service.usecases.clock import Clock
from service.usecases.sharing_night import night, nightly_jobs, work_on_waiting
from service.usecases.sharing_watch import RunWatch
from tests.service.usecases.test_sharing_push import people, scores

PULL = '[tenants.acme.data_sharing.pull.contact]\nTitle = "jobTitle"\n'
SCHEDULE = 'schedule = "0 4 * * *"\ntime_zone = "Europe/Berlin"'


def ended(stage) -> list[tuple]:
    """Return (direction, state) of all runs, the oldest first."""
    found = stage.sharing.runs.newest("acme")[::-1]
    return [(run.direction, str(run.state)) for run in found]


def test_a_night_pushes_then_pulls(stage):
    stage.configure(more=PULL)
    ids = people(stage, 2)
    night(stage.sharing, stage.tenant, lambda: False)
    assert ended(stage) == [("push", "done"), ("pull", "done")]
    assert scores(stage, ids) == [0.1, 0.2]


def test_the_clock_does_it_once_per_date_and_only_for_who_has_a_schedule(stage):
    assert nightly_jobs(stage.sharing, stage.parts.settings.tenants) == ()
    stage.configure(options=SCHEDULE)
    people(stage, 1)
    jobs = nightly_jobs(stage.sharing, stage.parts.settings.tenants)
    four_in_berlin = 1_795_834_800  # 2026-11-28T03:00:00Z
    clock = Clock(jobs, ClockRuns(stage.parts.database), lambda: four_in_berlin + 60)
    for _ in range(3):
        clock.look()
        clock.wait()
    assert ended(stage) == [("push", "done")]


def test_what_stopped_the_night_before_is_finished_first(stage):
    ids = people(stage, 2)
    stage.fault(requestLimit=True, route="/composite", times=1)
    assert stage.push().state == "stopped"
    night(stage.sharing, stage.tenant, lambda: False)
    assert ended(stage) == [("push", "done"), ("push", "done")]
    assert scores(stage, ids) == [0.1, 0.2]
    assert len(stage.jobs()) == 1


def test_a_new_run_abandons_a_stopped_one_and_leaves_no_job_open(stage):
    stage.configure(options="batch_rows = 1")
    ids = people(stage, 2)
    stage.fault(httpStatus=503, route="/batch", after=1)
    assert stage.push().state == "stopped"
    assert [job["state"] for job in stage.jobs()] == ["Open"]
    stage.org.org.faults.clear()
    assert stage.push().state == "done"
    assert ended(stage) == [("push", "abandoned"), ("push", "done")]
    assert {job["state"] for job in stage.jobs()} == {"Aborted", "Closed"}
    assert scores(stage, ids) == [0.1, 0.2]


def test_a_worker_takes_up_what_was_begun_elsewhere_and_stops_when_asked(stage):
    ids = people(stage, 2)
    watch = RunWatch(stage.sharing, stage.parts.settings.tenants, look_seconds=0.05)
    stage.sharing.begin(stage.tenant, "push", owned=False)
    watch.start()
    until = time.monotonic() + 30
    while ended(stage) != [("push", "done")] and time.monotonic() < until:
        threading.Event().wait(0.05)
    watch.stop()
    # no schedule, but the section is there: the watch has looked
    assert ended(stage) == [("push", "done")] and scores(stage, ids) == [0.1, 0.2]


def test_asked_to_stop_a_run_leaves_at_a_safe_point_and_is_resumed(stage):
    from service.usecases.clock import Interrupted

    stage.configure(options="batch_rows = 1")
    ids = people(stage, 3)
    stage.sharing._on_step = stage.steps.append
    run = stage.sharing.begin(stage.tenant, "push")
    with contextlib.suppress(Interrupted):
        stage.sharing.work(stage.tenant, run, lambda: "batch journaled" in stage.steps)
    assert stage.sharing.runs.get("acme", run.id).state == "running"
    assert work_on_waiting(stage.sharing, stage.parts.settings.tenants, lambda: False) == 1
    assert scores(stage, ids) == [0.1, 0.2, 0.3]
    assert [job["batches"] for job in stage.jobs()] == [3]
