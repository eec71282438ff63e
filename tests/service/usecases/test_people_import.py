"""The people index by the clock: everybody now and then, the members of a segment more often."""

from dataclasses import replace

import pytest

from service.errors import InvalidSettings
from service.settings import read_settings
from service.tenant import PeopleSchedule
from service.usecases.clock import CATCH_UP, Interrupted
from service.usecases.people_import import ImportStopped, import_jobs
from service.usecases.user_export import RowBudgetSpent

SCHEDULE = PeopleSchedule("30 1 * * 0", "30 1 * * 1-6", "Spent 250 or more")


def jobs_of(service, **changes):
    """Return the jobs of a dataset with a schedule, by their last word."""
    tenant = service.parts.settings.tenants["acme"]
    retail = replace(tenant.datasets["retail"], people_import=SCHEDULE, **changes)
    tenants = {"acme": replace(tenant, datasets={"retail": retail})}
    jobs = import_jobs(service.parts.people_import, tenants)
    return {job.name.split()[-1]: job for job in jobs}


def known(service) -> int:
    return service.parts.people.count_proven("acme", "retail")


def go_on() -> bool:
    return False


def test_members_of_the_segment_are_read_alone(make_service):
    service = make_service(import_people=False)
    jobs = jobs_of(service)
    assert (jobs["recent"].schedule, jobs["recent"].time_zone) == ("30 1 * * 1-6", "Europe/London")
    jobs["recent"].work(go_on)
    members = known(service)
    jobs["everybody"].work(go_on)
    assert 0 < members < known(service)


def test_a_dataset_without_a_schedule_is_left_to_the_operator(shared_service):
    assert shared_service.parts.jobs == ()


def test_the_licence_is_not_overdrawn(service, account):
    before = len(account.state.calls.view()["calls"])
    with pytest.raises(RowBudgetSpent):
        jobs_of(service, export_rows_per_month=3)["everybody"].work(go_on)
    assert len(account.state.calls.view()["calls"]) == before


def test_what_failed_is_tried_again_within_the_night(service, account):
    account.fault(httpStatus=500)
    with pytest.raises(ImportStopped) as stopped:
        jobs_of(service)["everybody"].work(go_on)
    assert 3_600 < stopped.value.retry_after < CATCH_UP.total_seconds()


def test_a_worker_that_is_stopped_leaves_the_import_to_the_next(service):
    with pytest.raises(Interrupted):
        jobs_of(service)["everybody"].work(lambda: True)


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ('{ everybody = "at night" }', "people_import.everybody: must be a crontab line"),
        ('{ recent = "30 1 * * *" }', "people_import: recent and segment are set together"),
        ('{ nightly = "30 1 * * *" }', "people_import.nightly: is not a known setting"),
    ],
)
def test_a_schedule_that_cannot_be_kept_is_refused(environment, tmp_path, written, fault):
    variables = environment()
    file = tmp_path / "tenants.toml"
    file.write_text(file.read_text().replace("label", f"people_import = {written}\nlabel", 1))
    with pytest.raises(InvalidSettings) as refused:
        read_settings(variables)
    assert any(fault in problem for problem in refused.value.problems)


def test_a_schedule_in_the_file_is_kept_by_the_worker(make_service, tmp_path, environment):
    variables = environment()
    file = tmp_path / "tenants.toml"
    line = 'people_import = { everybody = "30 1 * * 0" }\nlabel'
    file.write_text(file.read_text().replace("label", line, 1))
    jobs = make_service.of(variables, import_people=False).parts.jobs
    assert [(job.name, job.schedule) for job in jobs] == [
        ("people acme retail everybody", "30 1 * * 0")
    ]
