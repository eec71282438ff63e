"""Other ways to learn of joins and leaves: nightly files, and a question as soon as people act."""

import os
import shutil

import pytest

from service.model import Identity
from service.segment_exports import Reentry, StartWith, Trigger
from service.storage.database import Database
from simulator.personalization.campaigns import Campaign, Experience
from simulator.personalization.cast import cast
from simulator.personalization.shop_campaigns import profile_fields
from simulator.personalization.templates import profile_summary
from tests.service.test_killed_export import MC, SECTION
from tests.service.usecases.segment_stage import SEGMENT, SegmentStage

HEAD = "userId,customerId,emailAddress,unsubscribed,doNotTrack,segmentmembership\r\n"
SHOWN = ["customerId", "emailAddress", "unsubscribed", "doNotTrack"]


@pytest.fixture
def make_stage(tmp_path, sqlite_template, account, cloud):
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
def folder(tmp_path):
    made = tmp_path / "files"
    made.mkdir()
    return made


def put(folder, stage, day: str, *rows: str, head=HEAD, segment=SEGMENT) -> None:
    """Put a file there that has lain for a while."""
    path = folder / f"SegmentExport_{segment}_{day}.csv"
    path.write_text(head + "".join(f"{row}\r\n" for row in rows), encoding="utf-8", newline="")
    os.utime(path, (stage.now - 600, stage.now - 600))


def member(number: int, joined: bool = True, opted_out: str = "") -> str:
    return f"u{number},K-{number},k-{number}@example.com,{opted_out},,{str(joined).lower()}"


@pytest.fixture
def make_files_stage(make_stage, folder):
    def make(**settings) -> SegmentStage:
        return make_stage(**({"files": str(folder), "read_every_minutes": 0} | settings))

    return make


def test_the_first_file_is_the_beginning_and_later_ones_are_changes(make_files_stage, folder):
    stage = make_files_stage(start_with=StartWith.NEW, reentry=Reentry.AFTER_LEAVE)
    put(folder, stage, "2026-11-26", member(1), member(2))
    stage.run()
    assert stage.entered() == []
    put(folder, stage, "2026-11-27", member(3), member(1, joined=False))
    put(folder, stage, "2026-11-28", member(1))
    stage.run()
    assert stage.entered() == ["K-1", "K-3"]


def test_members_of_the_first_file_enter_where_existing_ones_are_wanted(make_stage_on_each, folder):
    stage = make_stage_on_each(files=str(folder), read_every_minutes=0)
    put(folder, stage, "2026-11-26", member(1), member(2))
    stage.run()
    stage.run()
    assert stage.entered() == ["K-1", "K-2"]


def test_a_leave_in_a_file_enters_where_leaves_are_wanted(make_files_stage, folder):
    stage = make_files_stage(trigger=Trigger.LEAVE)
    put(folder, stage, "2026-11-26", member(1), member(2))
    put(folder, stage, "2026-11-27", member(2, joined=False))
    stage.run()
    assert stage.entered() == ["K-2"]


def test_a_file_that_is_still_being_written_is_left_alone(make_files_stage, folder):
    stage = make_files_stage()
    put(folder, stage, "2026-11-26", member(1))
    os.utime(folder / f"SegmentExport_{SEGMENT}_2026-11-26.csv", (stage.now, stage.now))
    stage.run()
    assert stage.entered() == []
    stage.wait(minutes=2)
    stage.run()
    assert stage.entered() == ["K-1"]


def test_files_of_other_segments_are_not_ours(make_files_stage, folder):
    stage = make_files_stage()
    put(folder, stage, "2026-11-26", member(1), segment="Other")
    stage.run()
    assert stage.entered() == []


@pytest.mark.parametrize(
    ("head", "row", "sentence"),
    [
        (HEAD.replace("customerId,", ""), "u1,a@example.com,,,true", "customerId"),
        (HEAD.replace("unsubscribed,", ""), "u1,K-1,a@example.com,,true", "unsubscribed"),
        (HEAD.replace(",segmentmembership", ""), "u1,K-1,a@example.com,,", "segmentmembership"),
        (HEAD, "u1,K-1,true", "line 2"),
        (HEAD, "u1,K-1,a@example.com,,,perhaps", "line 2"),
        (HEAD, 'u1,"K-1,a@example.com,true', "not CSV"),
    ],
)
def test_a_file_that_cannot_be_read_stops_the_export_with_a_sentence(
    make_files_stage, folder, head, row, sentence
):
    stage = make_files_stage()
    put(folder, stage, "2026-11-26", row, head=head)
    put(folder, stage, "2026-11-27", member(2))
    [(code, detail)] = stage.run().troubles
    assert code == "UNREADABLE_SEGMENT_FILE"
    assert sentence in detail
    assert stage.entered() == []
    put(folder, stage, "2026-11-26", member(1))
    stage.run()
    assert stage.entered() == ["K-1", "K-2"]
    assert stage.state().read_code is None


def test_what_an_export_has_seen_since_stands_against_an_older_file(make_stage, folder):
    stage = make_stage(files=str(folder), reentry=Reentry.AFTER_LEAVE)
    stage.join("K-1")
    stage.run()
    put(folder, stage, "2026-11-28", member(1, joined=False))
    stage.run()
    stage.run()
    assert stage.entered() == ["K-1"]


def test_a_file_that_is_older_than_a_leave_lets_nobody_in(make_stage, folder):
    stage = make_stage(files=str(folder), reentry=Reentry.AFTER_LEAVE)
    stage.join("K-1")
    stage.run()
    stage.leave("K-1")
    stage.wait(minutes=61)
    stage.run()
    put(folder, stage, "2026-11-28", member(1), member(2))
    stage.run()
    assert stage.entered() == ["K-1", "K-2"]


def test_who_opted_out_is_refused_from_a_file_as_well(make_files_stage, folder):
    stage = make_files_stage()
    put(folder, stage, "2026-11-26", member(1), member(2, opted_out="true"))
    stage.run()
    assert stage.entered() == ["K-1"]
    assert stage.codes().count("OPTED_OUT") == 1


def test_files_wait_until_the_export_was_read_once(make_stage, folder, account):
    stage = make_stage(files=str(folder), start_with=StartWith.NEW)
    account.fault(httpStatus=500, times=1, route="users.json")
    put(folder, stage, "2026-11-27", member(1))
    stage.run()
    assert stage.entered() == []


@pytest.fixture
def make_looking_stage(make_stage_on_each):
    """Return a function that makes a stage whose account has the profile template."""

    def make(shown=SHOWN, **settings) -> SegmentStage:
        stage = make_stage_on_each(at_once=True, **settings)
        profile = Experience("ExPrf", "Profile", profile_summary, profile_fields(", ".join(shown)))
        campaign = Campaign(id="PrfTs", name="CRM Profile", experiences=(profile,))
        others = [c for c in stage.retail.campaigns if c.id not in ("Bg4Sp", "Pf6Jb")]
        stage.retail.campaigns = [*others, campaign]
        stage.run()
        return stage

    return make


def act(stage, key: str) -> None:
    """Let somebody do something on the site, and the worker look a moment later."""
    retail = stage.tenant.datasets["retail"]
    stage.looking.note(stage.tenant, retail, [Identity("customerId", key)])
    stage.wait(seconds=3)
    stage.exports.tick(stage.tenant)


def test_who_joins_by_an_action_enters_within_seconds(make_looking_stage):
    stage = make_looking_stage()
    stage.join("K-1")
    stage.prove("K-1")
    act(stage, "K-1")
    assert stage.entered() == ["K-1"]
    stage.wait(minutes=61)
    stage.run()
    assert stage.entered() == ["K-1"]


def test_who_leaves_by_an_action_is_out_at_once(make_looking_stage):
    stage = make_looking_stage(trigger=Trigger.LEAVE)
    stage.join("K-1")
    stage.prove("K-1")
    act(stage, "K-1")
    stage.leave("K-1")
    stage.wait(minutes=2)
    act(stage, "K-1")
    assert stage.entered() == ["K-1"]


def test_nobody_is_asked_for_who_is_not_proven(make_looking_stage, account):
    stage = make_looking_stage()
    stage.join("K-1")
    before = len(account.events())
    act(stage, "K-1")
    assert len(account.events()) == before
    assert stage.entered() == []


def test_a_person_is_asked_for_once_however_much_they_do(make_looking_stage, account):
    stage = make_looking_stage()
    identity = stage.prove("K-1")
    stage.join("K-1")
    before = len(account.events())
    for _ in range(20):
        stage.looking.note(stage.tenant, stage.tenant.datasets["retail"], [identity])
    act(stage, "K-1")
    stage.exports.tick(stage.tenant)
    assert len(account.events()) == before + 1


def test_a_template_that_hides_the_consent_lets_nobody_in_at_once(make_looking_stage):
    stage = make_looking_stage(shown=["customerId", "emailAddress"])
    stage.join("K-1")
    stage.prove("K-1")
    act(stage, "K-1")
    assert stage.entered() == []
    stage.wait(minutes=61)
    stage.run()
    assert stage.entered() == ["K-1"]


def test_a_look_creates_no_profile_and_is_no_visit(make_looking_stage, account):
    stage = make_looking_stage()
    stage.join("K-1")
    stage.prove("K-1")
    before = account.state.profile_counts()
    act(stage, "K-1")
    assert account.state.profile_counts() == before
    assert stage.retail.profiles.with_identity("customerId", "K-1").visits == []


def test_an_outage_of_personalization_only_delays_what_is_asked_at_once(
    make_looking_stage, account
):
    stage = make_looking_stage()
    stage.join("K-1")
    stage.prove("K-1")
    account.fault(httpStatus=500, times=1, route="/api2/")
    act(stage, "K-1")
    stage.wait(minutes=61)
    stage.run()
    assert stage.entered() == ["K-1"]


def test_a_delivered_message_is_a_reason_to_ask_as_well(make_service, cloud):
    section = SECTION.format(url=cloud.url, account_id="100000001", reentry="any")
    service = make_service(journey=section + "at_once = true\n", **MC)
    person = {"type": "emailAddress", "value": cast()["usual"]["email"]}
    update = {"dataset": "retail", "action": "Case Closed", "updates": [{"identities": [person]}]}
    service.write("/v1/profile-updates", update)
    service.deliver()
    with service.parts.database.reading() as connection:
        assert connection.exec_driver_sql("select count(*) from segment_looks").scalar_one() == 1


def test_without_exports_at_once_nothing_is_noted(make_stage, account):
    stage = make_stage()
    stage.prove("K-1")
    act(stage, "K-1")
    assert account.events() == []
