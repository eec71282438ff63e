"""Journey Builder over REST: tokens, limits, and answers that may not be believed."""

import pytest

from service.deadline import Deadline
from service.errors import Fate
from service.marketing_cloud_errors import (
    MarketingCloudBusy,
    MarketingCloudForbidden,
    MarketingCloudInvalidAnswer,
    MarketingCloudRefused,
    MarketingCloudRefusedCredentials,
    MarketingCloudTimeout,
    MarketingCloudUnavailable,
)
from service.upstream.journey_builder import Member
from simulator.journey_builder.seed import BACK_TO_SCHOOL
from tests.marketing_cloud import CloudStage

DATA = {"ContactKey": "K", "EmailAddress": None, "SegmentName": "S", "FirstName": "Ada"}
EVENTS = "/async/events"


@pytest.fixture
def stage(cloud):
    return CloudStage(cloud.url)


def enter(stage, *keys: str, key=BACK_TO_SCHOOL, seconds=5):
    members = [Member(each, DATA) for each in keys]
    return stage.journey_builder.enter(key, members, Deadline.after(seconds))


def token_calls(cloud) -> int:
    return len(cloud.calls("/v2/token"))


def test_many_calls_share_one_token(stage, cloud):
    for number in range(3):
        enter(stage, f"K-{number}")
    assert token_calls(cloud) == 1
    assert cloud.entered() == ["K-0", "K-1", "K-2"]


def test_a_token_is_given_up_a_minute_before_its_end(cloud):
    now = [0.0]
    stage = CloudStage(cloud.url)
    stage.tokens._clock = lambda: now[0]
    enter(stage, "K-1")
    now[0] = 1_018
    enter(stage, "K-2")
    assert token_calls(cloud) == 1
    now[0] = 1_020
    enter(stage, "K-3")
    assert token_calls(cloud) == 2


def test_a_refused_token_is_fetched_anew_once(stage, cloud):
    enter(stage, "K-1")
    cloud.fault(tokenExpired=True, times=1)
    enter(stage, "K-2")
    assert cloud.entered() == ["K-1", "K-2"]
    assert token_calls(cloud) == 2


def test_a_token_that_is_always_refused_is_not_fetched_for_ever(stage, cloud):
    cloud.fault(tokenExpired=True, route=EVENTS)
    with pytest.raises(MarketingCloudRefusedCredentials) as caught:
        enter(stage, "K-1")
    assert caught.value.fate == Fate.NOT_TAKEN
    assert token_calls(cloud) == 2


def test_a_wrong_client_is_told_apart_from_an_outage(cloud):
    stage = CloudStage(cloud.url, client_secret="wrong")
    with pytest.raises(MarketingCloudRefusedCredentials, match="client secret"):
        enter(stage, "K-1")


def test_each_member_has_an_outcome_of_its_own(stage, cloud):
    cloud.switch(refusedMembers={"K-2": 30003})
    outcome = enter(stage, "K-1", "K-2", "K-3")
    assert [bool(m.event_instance_id) for m in outcome.members] == [True, False, True]
    assert outcome.members[1].errorcode == 30003
    assert outcome.request_id


@pytest.mark.parametrize("wrong", ["shortAnswer", "swappedAnswer"])
def test_an_answer_that_does_not_fit_its_members_leaves_their_fate_unknown(stage, cloud, wrong):
    cloud.fault(**{wrong: True}, times=1, route=EVENTS)
    with pytest.raises(MarketingCloudInvalidAnswer) as caught:
        enter(stage, "K-1", "K-2")
    assert caught.value.fate == Fate.UNKNOWN


@pytest.mark.parametrize(
    ("fault", "kind", "fate"),
    [
        ({"httpStatus": 500}, MarketingCloudUnavailable, Fate.UNKNOWN),
        ({"hang": True}, MarketingCloudTimeout, Fate.UNKNOWN),
        ({"acceptThenDrop": True}, MarketingCloudUnavailable, Fate.UNKNOWN),
        ({"truncate": True}, MarketingCloudInvalidAnswer, Fate.UNKNOWN),
        ({"notJson": True}, MarketingCloudInvalidAnswer, Fate.UNKNOWN),
        ({"redirect": "http://127.0.0.1:1/"}, MarketingCloudInvalidAnswer, Fate.UNKNOWN),
        ({"forbidden": True}, MarketingCloudForbidden, Fate.NOT_TAKEN),
        ({"batchError": 10002}, MarketingCloudRefused, Fate.NOT_TAKEN),
        ({"throttled": 7}, MarketingCloudBusy, Fate.NOT_TAKEN),
        ({"blocked": True}, MarketingCloudBusy, Fate.NOT_TAKEN),
    ],
)
def test_every_fault_says_whether_anybody_may_have_entered(stage, cloud, fault, kind, fate):
    cloud.fault(**fault, times=1, route=EVENTS)
    with pytest.raises(kind) as caught:
        enter(stage, "K-1", seconds=1)
    assert type(caught.value) is kind
    assert caught.value.fate == fate
    assert "Personalization" not in caught.value.detail


def test_a_pause_that_was_asked_for_is_kept(stage, cloud):
    cloud.fault(throttled=7, times=1, route=EVENTS)
    with pytest.raises(MarketingCloudBusy) as caught:
        enter(stage, "K-1")
    assert caught.value.retry_after == 7
    with pytest.raises(MarketingCloudBusy) as caught:
        enter(stage, "K-1")
    assert caught.value.fate == Fate.UNSENT
    stage.notes.now += 8
    enter(stage, "K-1")
    assert cloud.entered() == ["K-1"]


def test_a_block_without_an_end_is_waited_out_for_long(stage, cloud):
    cloud.fault(blocked=True, times=1, route=EVENTS)
    with pytest.raises(MarketingCloudBusy) as caught:
        enter(stage, "K-1")
    assert 900 <= caught.value.retry_after <= 1_800


def test_our_own_rate_holds_a_call_back_before_it_is_sent(stage, cloud):
    stage.rates.seconds = 30.0
    with pytest.raises(MarketingCloudBusy) as caught:
        enter(stage, "K-1", seconds=2)
    assert caught.value.fate == Fate.UNSENT
    assert cloud.calls() == []


def test_secrets_go_to_the_token_endpoint_only(stage, cloud):
    enter(stage, "K-1")
    for call in cloud.calls("/interaction"):
        assert stage.access.client_secret not in str(call)
    assert stage.access.client_secret not in repr(stage.access)


@pytest.mark.parametrize("shape", ["items", "members", "list"])
def test_the_status_is_read_in_whatever_shape_it_comes(stage, cloud, shape):
    outcome = enter(stage, "K-1")
    cloud.switch(statusShape=shape)
    [seen] = stage.journey_builder.entries(
        "processed", stage.deadline(), event_definition_key=BACK_TO_SCHOOL, contact_key="K-1"
    )
    assert seen.event_instance_id == outcome.members[0].event_instance_id


def test_the_status_of_a_request_is_read_page_by_page(stage, cloud):
    ids = set()
    for start in range(0, 250, 50):
        outcome = enter(stage, *(f"K-{n}" for n in range(start, start + 50)))
        ids |= {member.event_instance_id for member in outcome.members}
    seen = stage.journey_builder.entries(
        "processed", stage.deadline(), event_definition_key=BACK_TO_SCHOOL
    )
    assert {each.event_instance_id for each in seen} == ids


def test_what_failed_later_is_seen_with_its_code(stage, cloud):
    cloud.switch(erroredMembers={"K-1": 30011})
    enter(stage, "K-1")
    [seen] = stage.journey_builder.entries(
        "errored", stage.deadline(), event_definition_key=BACK_TO_SCHOOL, contact_key="K-1"
    )
    assert seen.errorcode == 30011


def test_fields_are_those_of_the_data_extension_where_the_definition_lists_none(stage):
    listed = stage.journey_builder.event_definition(BACK_TO_SCHOOL, stage.deadline())
    looked_up = stage.journey_builder.event_definition("APIEvent-plain", stage.deadline())
    assert [f.name for f in listed.fields][:2] == [f.name for f in looked_up.fields]
    assert listed.fields[0].max_length == looked_up.fields[0].max_length == 254
    assert not listed.fields[0].is_nullable
    assert listed.published_journeys == 1


def test_an_unknown_event_definition_is_none(stage):
    assert stage.journey_builder.event_definition("APIEvent-nothing", stage.deadline()) is None
