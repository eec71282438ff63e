"""Segments as entries of journeys: who enters, who does not, and that nobody enters twice."""

import dataclasses
import shutil

import pytest

from service.segment_exports import Reentry, StartWith, Trigger
from service.storage.database import Database
from service.storage.segment_reads import SegmentReads
from simulator.journey_builder.definitions import EventDefinition
from simulator.journey_builder.seed import CONTACT_KEY
from tests.service.usecases.segment_stage import KEY, SEGMENT, SegmentStage

NEW = {"start_with": StartWith.NEW}
EVENTS = "/async/events"


@pytest.fixture
def make_stage(tmp_path, sqlite_template, account, cloud):
    """Return a function that makes a stage on SQLite."""
    path = tmp_path / "state.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield lambda **settings: SegmentStage(database, account, cloud, **settings)
    database.close()


@pytest.fixture
def make_stage_on_each(state_store, account, cloud):
    """Return a function that makes a stage, on SQLite and then on PostgreSQL."""
    return lambda **settings: SegmentStage(state_store, account, cloud, **settings)


@pytest.fixture
def stage(make_stage):
    return make_stage()


@pytest.fixture
def stage_on_each(make_stage_on_each):
    return make_stage_on_each()


def test_members_enter_with_the_data_that_was_asked_for(make_stage, cloud):
    stage = make_stage(
        data={
            "ContactKey": "@contactKey",
            "EmailAddress": "emailAddress",
            "SegmentName": "@segmentName",
        }
    )
    stage.join("K-1")
    done = stage.run()
    assert (done.rows, done.troubles) == (1, [])
    [entry] = cloud.state.entries.all()
    assert entry.event_definition_key == KEY
    assert entry.data == {
        "ContactKey": "K-1",
        "EmailAddress": "k-1@example.com",
        "SegmentName": "Test",
    }


def test_nobody_enters_twice_for_one_join_however_often_the_segment_is_read(stage_on_each):
    stage = stage_on_each
    stage.join("K-1", "K-2")
    for _ in range(3):
        stage.run()
        stage.wait(minutes=61)
    assert stage.entered() == ["K-1", "K-2"]


def test_only_later_joins_enter_where_the_export_starts_with_new_ones(make_stage):
    stage = make_stage(**NEW)
    stage.join("K-1")
    stage.run()
    stage.join("K-2")
    stage.run()
    assert stage.entered() == ["K-2"]


def test_an_empty_segment_is_a_beginning_as_well(make_stage):
    stage = make_stage(**NEW)
    stage.run()
    stage.join("K-1")
    stage.run()
    assert stage.entered() == ["K-1"]


def test_a_first_read_that_breaks_off_decides_nothing(make_stage, account):
    stage = make_stage(**NEW)
    stage.join("K-1")
    account.fault(httpStatus=500, times=1, route="users.json")
    assert stage.run().troubles[0][0] == "UPSTREAM_UNAVAILABLE"
    assert stage.state().read_code == "UPSTREAM_UNAVAILABLE"
    stage.join("K-2")
    stage.run()
    assert stage.entered() == []
    assert stage.state().read_code is None


def test_a_break_off_in_the_middle_is_no_leave(make_stage_on_each, account, monkeypatch):
    monkeypatch.setattr("service.usecases.user_export.PAGE_SIZE", 2)
    stage = make_stage_on_each(trigger=Trigger.LEAVE)
    stage.join("K-1", "K-2", "K-3")
    stage.run()
    account.fault(httpStatus=500, times=1, route="users.json")
    stage.run()
    stage.run()
    assert stage.entered() == []


def test_the_last_of_duplicate_rows_counts(make_stage_on_each, account, monkeypatch):
    monkeypatch.setattr("service.usecases.user_export.PAGE_SIZE", 2)
    account.switch(exportDuplicates=True, exportShortPage=True)
    stage = make_stage_on_each()
    stage.join("K-1", "K-2", "K-3", "K-4", "K-5")
    assert stage.run().rows > 5
    assert stage.entered() == ["K-1", "K-2", "K-3", "K-4", "K-5"]


@pytest.mark.parametrize(
    ("reentry", "times"), [(Reentry.NEVER, 1), (Reentry.AFTER_LEAVE, 2), (Reentry.ANY, 2)]
)
def test_who_left_and_joined_again_enters_by_the_rule(make_stage_on_each, reentry, times):
    stage = make_stage_on_each(reentry=reentry)
    stage.join("K-1")
    stage.run()
    stage.leave("K-1")
    stage.wait(minutes=61)
    stage.run()
    stage.join("K-1")
    stage.wait(minutes=61)
    stage.run()
    assert stage.entered() == ["K-1"] * times
    assert stage.codes().count("ENTERED_BEFORE") == 2 - times


@pytest.mark.parametrize(
    ("reentry", "times"), [(Reentry.NEVER, 1), (Reentry.AFTER_LEAVE, 1), (Reentry.ANY, 2)]
)
def test_a_leave_between_two_reads_shows_by_the_later_join(make_stage_on_each, reentry, times):
    stage = make_stage_on_each(reentry=reentry)
    stage.join("K-1")
    stage.run()
    stage.wait(minutes=61)
    stage.join("K-1")  # the account gives the time of the new join
    stage.run()
    stage.run()
    assert stage.entered() == ["K-1"] * times


def test_leaves_enter_where_they_are_what_is_waited_for(make_stage_on_each):
    stage = make_stage_on_each(trigger=Trigger.LEAVE)
    stage.join("K-1", "K-2")
    stage.run()
    assert stage.entered() == []
    stage.leave("K-1")
    stage.wait(minutes=61)
    stage.run()
    assert stage.entered() == ["K-1"]


def test_leaves_that_are_wanted_later_never_send_what_is_not_known(make_stage):
    stage = make_stage()
    stage.join("K-1", "K-2")
    stage.run()
    stage.configure(trigger=Trigger.LEAVE, reentry=Reentry.ANY)
    stage.leave("K-1")
    stage.wait(minutes=61)
    stage.run()
    assert stage.codes()[-1] == "NOT_SEEN_SINCE"
    stage.leave("K-2")
    stage.wait(minutes=61)
    stage.run()
    assert stage.entered() == ["K-1", "K-2", "K-2"]


def test_two_profiles_with_one_contact_key_are_one_person(stage):
    stage.join("K-1")
    stage.run()
    other = stage.retail.profiles.create(int(stage.now * 1000))
    other.set_attribute("customerId", "k-1", other.created, True)  # as before a merge
    stage.retail.profiles.delete(stage.retail.profiles.with_identity("customerId", "K-1"))
    other.segments[SEGMENT] = int(stage.now * 1000)
    stage.wait(minutes=61)
    stage.run()
    assert stage.entered() == ["K-1"]


def test_who_opted_out_or_has_no_contact_key_never_enters(stage_on_each):
    stage = stage_on_each
    stage.join("K-1", unsubscribed="true")
    stage.join("K-2", doNotTrack=True)
    stage.join("K-3", unsubscribed="false")
    nobody = stage.retail.profiles.create(int(stage.now * 1000))
    nobody.segments[SEGMENT] = int(stage.now * 1000)
    done = stage.run()
    stage.wait(minutes=61)
    stage.run()
    assert stage.entered() == ["K-3"]
    assert sorted(filter(None, stage.codes())) == ["NO_CONTACT_KEY", "OPTED_OUT", "OPTED_OUT"]
    assert done.not_taken == 3


def test_who_gets_a_contact_key_later_enters_then(stage):
    late = stage.retail.profiles.create(int(stage.now * 1000))
    late.segments[SEGMENT] = int(stage.now * 1000)
    stage.run()
    stage.retail.profiles.identify(late, "customerId", "K-9", late.created, True)
    stage.wait(minutes=61)
    stage.run()
    assert stage.entered() == ["K-9"]


def test_who_opts_out_while_waiting_for_their_turn_does_not_enter(make_stage):
    stage = make_stage(max_per_minute=1)
    stage.join("K-1", "K-2")
    stage.run()
    [waiting] = {"K-1", "K-2"} - set(stage.entered())
    stage.join(waiting, unsubscribed=True)
    stage.wait(minutes=2)
    stage.run()
    assert len(stage.entered()) == 1
    assert stage.codes().count("OPTED_OUT") == 1


def test_a_contact_key_of_300_characters_is_refused_with_its_reason(stage, cloud):
    stage.join("K" * 300)
    stage.join("K-1")
    stage.run()
    assert stage.entered() == ["K-1"]
    assert stage.codes().count("CONTACT_KEY_TOO_LONG") == 1
    [batch] = cloud.calls(EVENTS)
    assert len(batch["body"]["members"]) == 1


def test_a_cap_a_day_suppresses_and_a_new_day_is_new(make_stage_on_each):
    stage = make_stage_on_each(max_per_day=2)
    stage.join("K-1", "K-2", "K-3")
    stage.run()
    assert len(stage.entered()) == 2
    assert stage.codes().count("MAX_PER_DAY") == 1
    stage.wait(minutes=24 * 60)
    stage.join("K-4")
    stage.run()
    assert "K-4" in stage.entered()


def test_a_cap_for_a_person_suppresses(make_stage_on_each):
    stage = make_stage_on_each(reentry=Reentry.ANY, max_per_person_per_day=1)
    stage.join("K-1")
    stage.run()
    stage.wait(minutes=61)
    stage.join("K-1")
    stage.run()
    assert stage.entered() == ["K-1"]
    assert stage.codes()[-1] == "MAX_PER_PERSON_PER_DAY"


def test_a_cap_a_minute_only_delays(make_stage_on_each):
    stage = make_stage_on_each(max_per_minute=2)
    stage.join(*(f"K-{n}" for n in range(5)))
    sizes = []
    for _ in range(3):
        stage.run()
        sizes.append(len(stage.entered()))
        stage.wait(seconds=61)
    assert sizes == [2, 4, 5]


def test_members_go_in_batches_of_at_most_a_hundred(stage_on_each, cloud):
    stage = stage_on_each
    stage.join(*(f"K-{n}" for n in range(230)))
    stage.run()
    batches = [c for c in cloud.calls(EVENTS) if c["method"] == "POST"]
    assert [len(call["body"]["members"]) for call in batches] == [100, 100, 30]
    assert len(set(stage.entered())) == 230


def test_each_member_of_a_batch_has_its_own_outcome(stage_on_each, cloud):
    stage = stage_on_each
    cloud.switch(refusedMembers={"K-2": 30003})
    stage.join("K-1", "K-2", "K-3")
    done = stage.run()
    assert stage.entered() == ["K-1", "K-3"]
    assert stage.codes().count("MEMBER_30003") == 1
    assert done.not_taken == 1


def test_one_bad_member_does_not_keep_a_batch_out_that_is_refused_whole(stage, cloud):
    cloud.switch(batchNeedsEveryMember=True, refusedMembers={"K-3": 10003})
    stage.join(*(f"K-{n}" for n in range(8)))
    stage.run()
    assert stage.entered() == [f"K-{n}" for n in range(8) if n != 3]
    assert stage.states().count("failed") == 1


def test_what_was_taken_is_confirmed_by_the_status_call(stage, cloud):
    cloud.switch(processSeconds=20, erroredMembers={"K-2": 30011})
    stage.join("K-1", "K-2")
    stage.run()
    assert stage.states() == ["accepted", "accepted"]
    stage.wait(seconds=31)
    stage.run()
    assert sorted(stage.states()) == ["entered", "failed"]
    assert stage.codes().count("MEMBER_30011") == 1


def test_what_nobody_confirms_within_a_day_is_left_as_taken(stage, cloud):
    cloud.switch(statusLagSeconds=10**6)
    stage.join("K-1")
    for _ in range(30):
        stage.run()
        stage.wait(minutes=61)
    assert stage.codes() == ["NOT_CONFIRMED"]
    assert stage.states() == ["accepted"]


@pytest.mark.parametrize("harm", ["acceptThenDrop", "truncate", "shortAnswer"])
def test_an_answer_lost_after_the_entry_is_found_and_not_repeated(stage, cloud, harm):
    stage.join("K-1")
    cloud.fault(**{harm: True}, times=1, route=EVENTS)
    stage.run()
    assert stage.states() == ["sending"]
    stage.wait(seconds=61)
    stage.run()
    assert stage.states() == ["entered"]
    assert stage.entered() == ["K-1"]


def test_a_status_that_lags_is_waited_for(make_stage_on_each, cloud):
    stage = make_stage_on_each(reentry=Reentry.ANY)
    cloud.switch(statusLagSeconds=600)
    stage.join("K-1")
    cloud.fault(acceptThenDrop=True, times=1, route=EVENTS)
    for _ in range(12):
        stage.run()
        stage.wait(seconds=61)
    assert stage.entered() == ["K-1"]
    assert stage.states() == ["entered"]


@pytest.mark.parametrize(
    ("reentry", "state", "times"), [(Reentry.ANY, "entered", 1), (Reentry.NEVER, "undecided", 0)]
)
def test_what_never_arrived_is_repeated_only_where_anybody_may_re_enter(
    make_stage_on_each, cloud, reentry, state, times
):
    stage = make_stage_on_each(reentry=reentry)
    stage.join("K-1")
    cloud.fault(httpStatus=500, times=1, route=EVENTS)
    for _ in range(18):
        stage.run()
        stage.wait(seconds=61)
    assert stage.states() == [state]
    assert len(stage.entered()) == times


def test_an_undecided_entry_goes_again_when_somebody_replays_it(stage, cloud):
    stage.join("K-1")
    cloud.fault(httpStatus=500, times=1, route=EVENTS)
    for _ in range(18):
        stage.run()
        stage.wait(seconds=61)
    [row] = stage.ledger()
    assert stage.exports.replay(stage.tenant, [row.id, 999]) == [row.id]
    stage.run()
    assert stage.entered() == ["K-1"]


def test_a_replay_does_not_let_in_who_has_opted_out_since(stage_on_each, cloud):
    stage = stage_on_each
    cloud.switch(refusedMembers={"K-1": 30003})
    stage.join("K-1")
    stage.run()
    stage.join("K-1", unsubscribed=True)
    cloud.switch(refusedMembers={})
    stage.exports.replay(stage.tenant, None)
    stage.run()
    assert stage.entered() == []
    assert stage.codes() == ["OPTED_OUT"]


def test_an_earlier_entry_of_the_person_is_not_taken_for_the_lost_one(make_stage, cloud):
    stage = make_stage(reentry=Reentry.ANY)
    stage.join("K-1")
    stage.run()
    stage.wait(seconds=100)
    stage.run()
    stage.join("K-1")
    cloud.fault(httpStatus=500, times=1, route=EVENTS)
    stage.run()
    stage.wait(seconds=61)
    stage.run()
    assert stage.states() == ["entered", "sending"]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"throttled": 7}, "MARKETING_CLOUD_BUSY"),
        ({"blocked": True}, "MARKETING_CLOUD_BUSY"),
        ({"forbidden": True}, "MARKETING_CLOUD_FORBIDDEN"),
        ({"batchError": 10000}, "MARKETING_CLOUD_REFUSED"),
    ],
)
def test_what_keeps_everybody_out_stops_the_export_and_loses_nobody(stage, cloud, fault, code):
    stage.join("K-1", "K-2")
    cloud.fault(**fault, times=1, route=EVENTS)
    done = stage.run()
    assert done.troubles[-1][0] == code
    assert stage.states() == ["queued", "queued"]
    stage.wait(minutes=31)
    stage.run()
    assert stage.entered() == ["K-1", "K-2"]
    assert stage.state().code is None


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("APIEvent-nothing", "EVENT_DEFINITION_UNKNOWN"),
        ("APIEvent-draft", "EVENT_NOT_PUBLISHED"),
        ("APIEvent-plain", "COLUMN_UNKNOWN"),
        ("APIEvent-strict", "COLUMN_UNKNOWN"),
        ("APIEvent-back-to-school", "COLUMN_NOT_FILLED"),
    ],
)
def test_an_entry_event_that_does_not_fit_is_told_before_anybody_is_sent(
    make_stage, cloud, key, code
):
    stage = make_stage(event_definition_key=key)
    stage.join("K-1")
    assert stage.run().troubles[0][0] == code
    assert stage.entered() == []
    assert stage.states() == ["queued"]


def test_more_journeys_than_one_key_may_have_is_told(make_stage):
    stage = make_stage(
        event_definition_key="APIEvent-crowded",
        data={"ContactKey": "@contactKey", "EmailAddress": "@email"},
    )
    stage.join("K-1")
    assert stage.run().troubles[0][0] == "TOO_MANY_JOURNEYS"


def test_data_that_does_not_fit_its_column_is_refused_with_the_column(make_stage, cloud):
    narrow = dataclasses.replace(CONTACT_KEY, name="SegmentName", max_length=3)
    stage = make_stage(data={"ContactKey": "@contactKey", "SegmentName": "@segmentName"})
    cloud.state.event_definitions[KEY] = EventDefinition(KEY, "Narrow", (CONTACT_KEY, narrow))
    stage.join("K-1")
    stage.run()
    [row] = stage.ledger()
    assert (row.code, row.detail) == (
        "UNFIT_DATA",
        "The column SegmentName holds at most 3 characters.",
    )
    assert stage.entered() == []


def test_an_export_of_another_segment_under_the_same_name_begins_anew(make_stage_on_each):
    stage = make_stage_on_each(**NEW)
    stage.run()
    stage.join("K-1")
    stage.run()
    stage.configure(segment="Sg2Sp", start_with=StartWith.NEW)
    stage.run()
    stage.run()
    assert stage.entered() == ["K-1"]


def test_entered_people_leave_no_personal_data_behind(stage_on_each, state_store):
    stage = stage_on_each
    stage.join("K-1")
    stage.run()
    stage.wait(seconds=31)
    stage.run()
    assert stage.states() == ["entered"]
    with state_store.reading() as connection:
        for table in ("segment_members", "segment_entries"):
            rows = connection.exec_driver_sql(f"select * from {table}").all()
            assert "K-1" not in str(rows)
            assert "k-1" not in str(rows)


def test_reads_are_no_more_frequent_than_the_licence_lasts(make_stage):
    stage = make_stage()
    stage.export_rows_per_month = 100
    stage.configure()
    stage.join(*(f"K-{n}" for n in range(10)))
    stage.run()
    left = 90
    seconds_to_december = 60 * 3600  # from noon of 28 November
    assert stage.state().next_read_at - stage.now == pytest.approx(10 * seconds_to_december / left)


def test_without_rows_for_a_read_none_is_begun(make_stage):
    stage = make_stage()
    stage.export_rows_per_month = 15
    stage.configure()
    stage.join(*(f"K-{n}" for n in range(10)))
    stage.run()
    stage.join("K-late")
    assert stage.run().troubles[0][0] == "ROW_BUDGET_SPENT"
    assert stage.rows.used("acme", "retail", "2026-11") == 10
    stage.wait(minutes=61 * 60)
    stage.run()
    assert "K-late" in stage.entered()


def test_a_dry_run_says_who_would_enter_and_changes_nothing(make_stage_on_each, cloud):
    stage = make_stage_on_each(max_per_day=2)
    stage.join("K-1", "K-2", "K-3")
    stage.join("K-4", unsubscribed=True)
    [done] = stage.exports.dry_run(stage.tenant)
    told = {str(state): number for state, number in done.states.items()}
    assert told == {"queued": 2, "capped": 1, "refused": 1}
    assert stage.entered() == []
    assert stage.ledger() == []
    stage.run()
    assert len(stage.entered()) == 2


def test_a_dry_run_does_not_wait_for_a_read_that_is_under_way(make_stage):
    stage = make_stage()
    stage.join("K-1")
    reads = SegmentReads(stage.database, lambda _tenant, _now: "", lambda: stage.now)
    assert reads.begin("acme", [stage.export], 100)
    [done] = stage.exports.dry_run(stage.tenant)
    assert (done.troubles, done.states["queued"]) == ([], 1)
    assert stage.run().troubles[0][0] == "READ_UNDER_WAY"


def test_a_dry_run_names_what_is_wrong_with_the_entry_event(make_stage):
    stage = make_stage(event_definition_key="APIEvent-draft")
    stage.join("K-1")
    [done] = stage.exports.dry_run(stage.tenant)
    assert done.troubles[0][0] == "EVENT_NOT_PUBLISHED"


def test_the_clock_reads_when_it_is_time_and_not_before(stage, account):
    def reads() -> int:
        return sum("users.json" in call["path"] for call in account.state.calls.view()["calls"])

    stage.join("K-1")
    stage.exports.tick(stage.tenant)
    assert (reads(), stage.entered()) == (2, ["K-1"])  # a page and the empty one
    stage.exports.tick(stage.tenant)
    assert reads() == 2
    stage.wait(minutes=61)
    stage.exports.tick(stage.tenant)
    assert reads() == 4
