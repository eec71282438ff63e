"""A plan of a pull: what would be told, record by record, and exactly that when it is applied."""

import pytest

from service.model import Identity
from service.usecases.sharing_night import work_on_waiting
from tests.service.killed_share import die_at
from tests.service.usecases.test_sharing_pull import MAPPING, attributes, feed, prove

ON_BOTH_ENGINES = ("test_a_plan_tells_nobody_and_what_it_says_is_applied_exactly",)
RULE = """[[tenants.acme.data_sharing.manual_segments]]
object = "contact"
field = "Interests__c"
value = "Garden"
segment = "gardeners"
[[tenants.acme.data_sharing.manual_segments]]
campaign = "{}"
segment = "fair-guests"
"""


def people(stage, number: int) -> list[str]:
    """Add proven contacts with a title each; return their ids."""
    for n in range(number):
        prove(stage, emailAddress=f"p{n}@share.example")
    return [stage.record(Email=f"p{n}@share.example", Title=f"T{n}") for n in range(number)]


def plan(stage, **options):
    begun = stage.sharing.begin(stage.tenant, "pull", plan_only=True, **options)
    return stage.sharing.work(stage.tenant, begun)


def titles(stage) -> list[str]:
    return sorted(each["jobTitle"] for each in attributes(stage))


@pytest.fixture
def pulling(stage):
    stage.configure(more=MAPPING, push="")
    return stage


def test_a_plan_tells_nobody_and_what_it_says_is_applied_exactly(pulling):
    ids = people(pulling, 3)
    planned = plan(pulling)
    assert (planned.state, attributes(pulling)) == ("planned", [])
    rows = {row.record_id: (row.status, row.rung, row.after) for row in pulling.rows(planned)}
    assert rows == {each: ("planned", 3, {"jobTitle": f"T{n}"}) for n, each in enumerate(ids)}
    pulling.change(ids[1], Title="Later")
    pulling.delete(ids[2])
    prove(pulling, emailAddress="new@share.example")
    pulling.record(Email="new@share.example", Title="New")
    run = pulling.apply(planned)
    assert (run.id, run.state, titles(pulling)) == (planned.id, "done", ["T0"])
    told = {row.record_id: (row.status, row.code) for row in pulling.rows(run)}
    changed = ("rejected", "CHANGED_SINCE_PLAN")
    assert told == {ids[0]: ("told", None), ids[1]: changed, ids[2]: changed}
    pulling.pull()  # what the plan did not name is not lost
    assert titles(pulling) == ["Later", "New", "T0"]


def test_a_plan_counts_records_fields_and_calls_and_says_which_way_they_go(stage, tmp_path):
    stage.configure(more=MAPPING + feed(tmp_path / "inbound", from_rows=3), push="")
    ids = people(stage, 3)
    stage.record(Email="nobody@share.example", Title="T")
    stage.change(ids[0], Loyalty_Points__c=3)
    counts = plan(stage).counts
    assert (counts["toChange"], counts["Contact.toChange"], counts["asFeed"]) == (3, 3, 3)
    assert (counts["Contact.jobTitle"], counts["Contact.points"]) == (3, 1)
    assert counts["unknownPeople"] >= 1 and counts["forecastCalls"] == 5
    assert counts["remainingCalls"] < 100_000 and "changed" not in counts
    assert not (tmp_path / "inbound").exists()


def test_a_plan_names_who_joins_and_who_leaves_a_manual_segment(stage, tmp_path):
    folder = tmp_path / "inbound"
    campaign = stage.record("Campaign", Name="Fair")
    stage.configure(more=RULE.format(campaign) + feed(folder), push="")
    prove(stage, emailAddress="kim@share.example")
    contact = stage.record(Email="kim@share.example", Interests__c="Garden")
    member = stage.record("CampaignMember", CampaignId=campaign, ContactId=contact, Status="Sent")
    planned = plan(stage)
    after = {row.record_id: row.after for row in stage.rows(planned)}
    joins = {contact: {"segment gardeners": True}, member: {"segment fair-guests": True}}
    assert after == joins
    stage.apply(planned)
    [file] = folder.iterdir()
    assert len(file.read_text().splitlines()) == 3
    stage.change(contact, Interests__c=None)
    stage.delete(member, "CampaignMember")
    leaving = plan(stage)
    assert [list(row.after.values()) for row in stage.rows(leaving)] == [[False], [False]]


def test_a_plan_leaves_what_cannot_be_used_with_its_reason(stage):
    more = '[tenants.acme.data_sharing.pull.contact]\nTitle = "points"\nNope__c = "jobTitle"\n'
    stage.configure(more=more, push="")
    people(stage, 1)
    codes = {row.code for row in stage.rows(plan(stage))}
    assert codes == {"FIELD_NOT_VISIBLE", "WRONG_TYPE"}


def test_a_limit_holds_for_what_is_pulled_too_and_leaves_the_rest_to_the_next_run(pulling):
    people(pulling, 5)
    assert len(pulling.rows(plan(pulling, limit=2))) == 2
    run = pulling.sharing.begin(pulling.tenant, "pull", limit=2)
    assert pulling.sharing.work(pulling.tenant, run).counts["FIRST_RUN_LIMIT"] == 3
    assert len(attributes(pulling)) == 2
    pulling.pull()
    assert titles(pulling) == [f"T{n}" for n in range(5)]


@pytest.mark.parametrize("step", ["pull page staged", "pull staged", "events accepted"])
def test_killed_and_resumed_a_plan_is_applied_once(pulling, step):
    ids = people(pulling, 3)
    planned = plan(pulling)
    pulling.change(ids[1], Title="Later")
    die_at(step, pulling.environment, run_id=planned.id)
    run = pulling.resume()
    assert (run.state, titles(pulling)) == ("done", ["T0", "T2"])
    told = sorted(str(row.status) for row in pulling.rows(run))
    assert told == ["rejected", "told", "told"]


def test_a_plan_of_both_directions_over_http_is_two_plans(stage):
    stage.configure(more=MAPPING)
    people(stage, 1)
    stage.user("u0", emailAddress="p0@share.example")
    stage.sharing.begin(stage.tenant, "both", plan_only=True, limit=1, owned=False)
    work_on_waiting(stage.sharing, stage.parts.settings.tenants, lambda: False)
    found = [(r.direction, r.state, r.options["limit"]) for r in stage.sharing.runs.newest("acme")]
    assert found == [("pull", "planned", 1), ("push", "planned", 1)]


def test_who_is_erased_after_the_plan_is_not_told_of(pulling):
    people(pulling, 2)
    planned = plan(pulling)
    kim = Identity("emailAddress", "p0@share.example")
    pulling.parts.erasures.begin(pulling.tenant, "retail", kim, "test")
    pulling.apply(planned)
    assert titles(pulling) == ["T1"]


def test_explain_says_what_a_record_has_told_and_why_it_tells_nothing(pulling):
    [known] = people(pulling, 1)
    nobody = pulling.record(Email="nobody@share.example", Title="T")
    pulling.pull()
    [told] = pulling.sharing.explain(pulling.tenant, known[:15])["pulled"]
    assert (told.filled, told.waiting) == (("jobTitle",), ())
    [waits] = pulling.sharing.explain(pulling.tenant, nobody)["pulled"]
    assert (waits.filled, bool(waits.waiting)) == ((), True)
