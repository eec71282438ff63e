"""Questions about several people on the wire: affinities, the stream, the hottest."""

import time

import pytest

from service.model import Arrival, Event, EventItem, EventKind, EventSource, Identity

ADA, BEN = ({"type": "emailAddress", "value": f"{name}@shop.example"} for name in ("ada", "ben"))
READS = ("/v1/affinities", "/v1/event-stream", "/v1/people/hottest")


@pytest.fixture
def store(service):
    """Return a function that stores a view of somebody's, so many minutes ago."""

    def view(whose: dict, minutes_ago: float) -> None:
        event = Event(
            time_ms=int((time.time() - minutes_ago * 60) * 1000),
            kind=EventKind.CATALOG,
            name="View Item",
            source=EventSource.SITE,
            item_action="View Item",
            items=(EventItem("Product", "p1", related={"Brand": ("Acme",)}),),
        )
        tenant = service.parts.settings.tenants["acme"]
        arrival = Arrival(event, (Identity(**whose),))
        service.parts.events.append(tenant, tenant.dataset("retail"), [arrival])

    return view


def ask(service, route, *whom, **more):
    return service.post(route, {"dataset": "retail", "identities": list(whom)} | more)


def test_hottest_has_the_documented_shape(service, store):
    store(ADA, 90)
    store(BEN, 1)
    answer = ask(service, "/v1/people/hottest", ADA, BEN, {**ADA, "value": "eve@shop.example"})
    body = answer.get_json()
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert (body["state"], body["stale"], body["reason"], body["active"]) == ("ok", False, None, 2)
    assert body["group"] == {"asked": 3, "known": 2}
    first, second = body["people"]
    assert set(first) == {"who", "heat", "lastActivity", "recentEvents", "summary"}
    assert (first["who"], first["heat"], first["recentEvents"]) == ([1], "hot", 1)
    assert (second["who"], second["heat"]) == ([0], "warm")
    assert first["lastActivity"].endswith("Z")
    assert first["summary"]["code"] == "LOOKED_AT_ITEM"


def test_sums_and_the_stream_say_how_many_people_they_are_of(service, store):
    store(ADA, 2)
    store(BEN, 1)
    sums = ask(service, "/v1/affinities", ADA, BEN).get_json()
    assert (sums["group"], sums["person"]) == ({"asked": 2, "known": 2}, None)
    assert sums["types"][0]["total"] == 2
    stream = ask(service, "/v1/event-stream", ADA, BEN).get_json()
    assert (stream["group"], [e["who"] for e in stream["events"]]) == (sums["group"], [[1], [0]])


def test_cursors_of_several_lead_both_ways(service, store):
    store(ADA, 3)
    store(BEN, 2)
    first = ask(service, "/v1/event-stream", ADA, BEN, limit=1).get_json()
    older = ask(service, "/v1/event-stream", ADA, BEN, before=first["oldest"]).get_json()
    assert [each["who"] for each in older["events"]] == [[0]]
    store(ADA, 1)
    newer = ask(service, "/v1/event-stream", ADA, BEN, after=first["latest"]).get_json()
    assert [each["who"] for each in newer["events"]] == [[0]]


def test_one_persons_cursor_is_none_of_several(service, store):
    store(ADA, 1)
    alone = service.post("/v1/event-stream", {"dataset": "retail", "identity": ADA}).get_json()
    answer = ask(service, "/v1/event-stream", ADA, after=alone["latest"] + "_x")
    assert [error["field"] for error in answer.get_json()["errors"]] == ["after"]


def test_strangers_are_a_reason(service):
    for route in READS:
        body = ask(service, route, ADA, BEN).get_json()
        assert (body["state"], body["reason"]["code"]) == ("empty", "UNKNOWN_PEOPLE")
        assert body["group"] == {"asked": 2, "known": 0}


@pytest.mark.parametrize("route", READS)
def test_the_number_of_people_is_capped(service, route):
    crowd = [{"type": "emailAddress", "value": f"{n}@shop.example"} for n in range(201)]
    assert ask(service, route, *crowd[:200]).status_code == 200
    for wrong in (crowd, []):
        answer = ask(service, route, *wrong)
        assert answer.status_code == 422
        assert answer.get_json()["errors"][0]["field"] == "identities"


@pytest.mark.parametrize("route", READS[:2])
def test_one_or_several_but_not_both_and_not_neither(service, route):
    for whom in ({}, {"identity": ADA, "identities": [BEN]}):
        answer = service.post(route, {"dataset": "retail"} | whom)
        assert [error["field"] for error in answer.get_json()["errors"]] == ["identity"]


def test_reading_several_never_asks_personalization(service, store, account):
    store(ADA, 1)
    for route in READS:
        ask(service, route, ADA, BEN)
    assert account.events() == []
