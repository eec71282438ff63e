"""At night nothing is shared of people who were erased, and no journey is entered."""

import pytest

from service.model import Identity
from service.segment_exports import SegmentExport
from service.storage.people import ProvenPerson, digest
from service.storage.segment_members import Sighting
from service.storage.segment_store import SegmentStore

KIM = Identity("emailAddress", "kim@share.example")
PULL = '[tenants.acme.data_sharing.pull.contact]\nTitle = "jobTitle"\n'


def erase(stage, identity=KIM) -> None:
    erasures = stage.parts.erasures
    erasures.begin(stage.tenant, "retail", identity, "test")


def test_an_erased_user_is_not_pushed_and_leaves_no_row(stage):
    stage.record(Email=KIM.value)
    stage.user("u1", emailAddress=KIM.value)
    stage.record(Email="lee@share.example")
    stage.user("u2", emailAddress="lee@share.example")
    erase(stage)
    run = stage.push()
    assert [row.source_id for row in stage.rows(run)] == ["u2"]
    assert run.counts["erasedPeople"] == 1


def test_an_erased_profile_is_not_pushed_under_a_new_address(stage):
    stage.parts.people.learn("acme", "retail", [ProvenPerson((KIM,), "u1")])
    erase(stage)
    stage.record(Email="new@share.example")
    stage.user("u1", emailAddress="new@share.example")
    assert stage.rows(stage.push()) == []


def test_an_erased_persons_record_is_pulled_neither_now_nor_once_somebody_is_known(stage):
    stage.configure(more=PULL)
    record = stage.record(Email=KIM.value, Title="Boss")
    erase(stage)
    run = stage.pull()
    assert (run.state, run.counts["erasedPeople"]) == ("done", 1)
    with stage.parts.database.reading() as connection:
        pulled = connection.exec_driver_sql("select record_id from share_pulled").scalars().all()
        assert record not in pulled
        assert connection.exec_driver_sql("select id from outbox").all() == []


@pytest.fixture
def export():
    return SegmentExport(
        name="vips",
        dataset="retail",
        segment="S1",
        segment_name="VIPs",
        event_definition_key="E",
        contact_key="emailAddress",
    )


def test_a_member_who_was_erased_is_passed_over(state_store, export):
    kim, lee = (digest("acme", "retail", Identity("emailAddress", each)) for each in "ab")
    store = SegmentStore(
        state_store,
        lambda _tenant, _now: "2026-11-28",
        among_erased=lambda _connection, digests: frozenset(digests) & {kim},
    )
    seen = [Sighting(kim, "kim", b"{}"), Sighting(lee, "lee", b"{}")]
    store.see("acme", export, seen, [], 1, is_beginning=True)
    with state_store.reading() as connection:
        members = connection.exec_driver_sql("select person from segment_members").scalars()
        assert list(members) == [lee]
