"""The simulated Marketing Cloud: what its documentation says, and its switches."""

import pytest
import requests

from simulator.journey_builder.seed import BACK_TO_SCHOOL
from simulator.journey_builder.tokens import ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET

FORM = {
    "grant_type": "client_credentials",
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
    "account_id": ACCOUNT_ID,
}
DATA = {"ContactKey": "K", "EmailAddress": "", "SegmentName": "", "FirstName": ""}


@pytest.fixture
def session(cloud):
    session = requests.Session()
    token = session.post(f"{cloud.url}/v2/token", json=FORM, timeout=5).json()
    assert token["expires_in"] == 1_079
    session.headers["Authorization"] = f"Bearer {token['access_token']}"
    return session


def post(session, cloud, body, path="/interaction/v1/async/events"):
    return session.post(f"{cloud.url}{path}", json=body, timeout=5)


def members(*keys, data=DATA):
    return [{"contactKey": key, "data": data} for key in keys]


def test_a_wrong_client_gets_no_token(cloud):
    answer = requests.post(f"{cloud.url}/v2/token", json=FORM | {"client_secret": "x"}, timeout=5)
    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"


def test_a_token_ends_with_its_time(session, cloud):
    cloud.state.clock.advance(1_080)
    answer = session.get(f"{cloud.url}/interaction/v1/eventDefinitions", timeout=5)
    assert answer.status_code == 401
    assert answer.json()["message"] == "Not Authorized"


@pytest.mark.parametrize(
    ("body", "errorcode"),
    [
        ({"members": members("K")}, 10002),
        ({"eventDefinitionKey": "APIEvent.dot", "members": members("K")}, 10003),
        ({"eventDefinitionKey": "APIEvent-nothing", "members": members("K")}, 10005),
        ({"eventDefinitionKey": BACK_TO_SCHOOL, "members": []}, 10006),
        ({"eventDefinitionKey": BACK_TO_SCHOOL, "members": members(*"K" * 101)}, 10006),
        ({"eventDefinitionKey": "APIEvent-crowded", "members": members("K")}, 10000),
    ],
)
def test_a_batch_that_cannot_be_taken_takes_nobody(session, cloud, body, errorcode):
    answer = post(session, cloud, body)
    assert answer.status_code == 400
    assert answer.json()["errorcode"] == errorcode
    assert cloud.entered() == []


def test_members_are_taken_one_by_one(session, cloud):
    some = members("K-1", "k" * 255) + members("K-3", data={"ContactKey": "K-3"}) + [{}]
    answer = post(session, cloud, {"eventDefinitionKey": BACK_TO_SCHOOL, "members": some})
    told = answer.json()
    assert answer.status_code == 201
    assert (told["count"], told["notQueuedCount"]) == (4, 3)
    assert [each.get("errorcode") for each in told["members"]] == [None, 10003, 10002, 10002]
    assert cloud.entered() == ["K-1"]


def test_a_single_event_goes_in_at_once(session, cloud):
    body = {"ContactKey": "K", "EventDefinitionKey": BACK_TO_SCHOOL, "Data": DATA}
    answer = post(session, cloud, body, "/interaction/v1/events")
    assert answer.status_code == 201
    assert answer.json()["eventInstanceId"]


def test_an_event_is_unknown_then_queued_then_processed(session, cloud):
    cloud.switch(statusLagSeconds=60, processSeconds=120)
    post(session, cloud, {"eventDefinitionKey": BACK_TO_SCHOOL, "members": members("K")})

    def seen() -> list[str]:
        found = []
        for kind in ("errored", "queued", "processed"):
            url = f"{cloud.url}/interaction/v1/async/events/status?type={kind}&contactKey=K"
            found += [each["status"] for each in session.get(url, timeout=5).json()["items"]]
        return found

    assert seen() == []
    cloud.state.clock.advance(60)
    assert seen() == ["queued"]
    cloud.state.clock.advance(60)
    assert seen() == ["processed"]


def test_too_many_requests_are_told_to_wait(session, cloud):
    cloud.switch(requestsPerMinute=3)
    url = f"{cloud.url}/interaction/v1/eventDefinitions"
    answers = [session.get(url, timeout=5) for _ in range(4)]
    assert answers[-1].status_code == 429
    assert answers[-1].json()["errorcode"] == 50100
    assert answers[-1].headers["Retry-After"] == "5"
