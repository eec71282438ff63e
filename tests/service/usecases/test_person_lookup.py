"""The lines only Personalization knows: shown when they can be had, never at the answer's cost."""

import time

import pytest
from prometheus_client import REGISTRY

from service.model import Arrival, Event, EventKind, EventSource, Identity
from simulator.personalization.cast import cast

EMAIL = cast()["usual"]["email"]
ADA = Identity("emailAddress", EMAIL)
READS = ("/v1/affinities", "/v1/event-stream")


def ask(service, path="/v1/affinities", email=EMAIL, token=None):
    body = {"dataset": "retail", "identity": {"type": "emailAddress", "value": email}}
    return service.post(path, body, token=token)


def person(service, *arguments):
    return ask(service, *arguments).get_json()["person"]


def lookups(account) -> list[str]:
    calls = account.state.calls.view()["calls"]
    return [call["path"] for call in calls if "/user/" in call["path"]]


@pytest.mark.parametrize("shape", ["nested", "flat"])
def test_the_lines_of_a_known_person_are_shown_in_both_shapes(service, account, shape):
    account.switch(lookupShape=shape)
    found = person(service)
    assert found["engagementScale"] == {"nested": "index", "flat": "fraction"}[shape]
    assert found["lastActivity"].endswith("Z")
    assert (found["visits"] is None) == (shape == "flat")
    assert isinstance(found["segments"], list)


def test_a_segment_whose_id_alone_is_told_has_the_name_of_the_tenants_file(service, account):
    account.switch(lookupShape="nested")
    assert "High spenders" in person(service)["segments"]


@pytest.mark.parametrize("path", READS)
def test_both_reads_carry_them_even_when_nothing_else_is_known(service, path):
    answer = ask(service, path).get_json()
    assert answer["state"] == "empty"
    assert answer["person"]["engagement"] is not None


def test_one_look_up_by_profile_id_serves_an_hour_of_all_components(service, account):
    for path in READS * 2:
        ask(service, path)
    [path] = lookups(account)
    assert path == f"/api/dataset/retail/user/{cast()['usual']['profileId']}"
    assert account.events() == []


def test_look_ups_are_counted_apart_from_other_calls(service):
    def count(name):
        labels = {"tenant": "acme", "outcome": "ok"}
        return REGISTRY.get_sample_value(name, labels) or 0

    before = count("p13n_user_lookups_total"), count("p13n_upstream_calls_total")
    ask(service)
    after = count("p13n_user_lookups_total"), count("p13n_upstream_calls_total")
    assert after == (before[0] + 1, before[1])


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410, 429, 500, 503])
def test_whatever_is_not_200_only_hides_the_lines(service, account, status):
    account.fault(httpStatus=status, route="/user/")
    answer = ask(service)
    assert (answer.status_code, answer.get_json()["person"]) == (200, None)


@pytest.mark.parametrize(
    "switches",
    [
        {"hang": True},
        {"drip": 1},
        {"dropConnection": True},
        {"truncate": True},
        {"notJson": True},
        {"emptyBody": True},
        {"nan": True},
        {"nestedArrays": 100_000},
        {"bodyMegabytes": 6},
        {"gzipBombMegabytes": 50},
    ],
    ids=lambda each: next(iter(each)),
)
def test_no_trouble_costs_more_than_the_lines_and_a_second(service, account, switches):
    account.fault(**switches, route="/user/")
    token, started = service.token(), time.monotonic()
    answer = ask(service, token=token)
    assert (answer.status_code, answer.get_json()["person"]) == (200, None)
    assert time.monotonic() - started < 2


def test_a_slow_look_up_serves_the_next_reader(service, account):
    account.fault(latencyMs=1_400, route="/user/", times=1)
    assert person(service) is None
    deadline = time.monotonic() + 5
    while person(service) is None:
        assert time.monotonic() < deadline
    assert len(lookups(account)) == 1


def test_a_refusal_is_remembered_like_an_answer(service, account):
    account.fault(httpStatus=404, route="/user/", times=1)
    assert [person(service), person(service)] == [None, None]
    assert len(lookups(account)) == 1


def test_a_failing_look_up_never_stops_the_calls_that_matter(service, account):
    account.fault(httpStatus=500, route="/user/")
    for role in ("usual", "another", "knownLead", "controlOfPromotions", "emptyRecommendations"):
        ask(service, "/v1/affinities", cast()[role]["email"])
        ask(service, "/v1/affinities", cast()[role]["email"])
    account.state.faults.clear()
    assert service.next_best(EMAIL).get_json()["state"] == "ok"


def test_what_only_a_browser_claims_is_never_looked_up(service, account):
    claimed = Identity("emailAddress", "claimed@shop.example")
    event = Event(int(time.time() * 1000), EventKind.ACTION, "Hello", EventSource.SITE)
    tenant = service.parts.settings.tenants["acme"]
    anonymous = Identity("anonymousId", "a1b2c3d4e5f60718")
    arrival = Arrival(event, (claimed, anonymous))
    service.parts.events.append(tenant, tenant.dataset("retail"), [arrival])
    answer = ask(service, "/v1/event-stream", claimed.value).get_json()
    assert (answer["state"], answer["person"]) == ("ok", None)
    assert lookups(account) == []
