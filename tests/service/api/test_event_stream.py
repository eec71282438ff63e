"""`POST /v1/event-stream` on the wire."""

from datetime import UTC, datetime

import pytest

from service.model import Arrival, Event, EventItem, EventKind, EventSource, Identity

ADA = {"type": "emailAddress", "value": "ada@shop.example"}
GOOD = {"dataset": "retail", "identity": ADA}
NOON_MS = int(datetime(2026, 3, 31, 12, tzinfo=UTC).timestamp() * 1000)


@pytest.fixture
def store(service):
    """Return a function that stores one event of Ada's, so many milliseconds after a noon."""

    def happens(name: str, after_ms=0, **more) -> None:
        more = {"kind": EventKind.ACTION, "source": EventSource.SITE} | more
        event = Event(time_ms=NOON_MS + after_ms, name=name, **more)
        tenant = service.parts.settings.tenants["acme"]
        arrival = Arrival(event, (Identity(**ADA),))
        service.parts.events.append(tenant, tenant.dataset("retail"), [arrival])

    return happens


def ask(service, **more):
    return service.post("/v1/event-stream", GOOD | more)


def test_an_event_has_the_documented_shape(service, store):
    store(
        "View Item",
        after_ms=7,
        kind=EventKind.CATALOG,
        item_action="View Item",
        items=(EventItem("Product", "85123A", name="Tea pot", inventory_status="outOfStock"),),
        url="https://shop.example/tea?email=ada@shop.example",
        channel="Web",
        application="Shop",
        details={"pageType": "product"},
    )
    answer = ask(service)
    body = answer.get_json()
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert (body["state"], body["stale"], body["reason"]) == ("ok", False, None)
    [event] = body["events"]
    assert event.pop("id").isdigit()
    assert event == {
        "time": "2026-03-31T12:00:00.007Z",
        "name": "View Item",
        "itemAction": "View Item",
        "kind": "catalog",
        "url": "https://shop.example/tea?…",
        "channel": "Web",
        "application": "Shop",
        "source": "site",
        "item": {
            "type": "Product",
            "id": "85123A",
            "name": "Tea pot",
            "inventoryStatus": "outOfStock",
        },
        "details": [
            {"label": "Product", "value": "Tea pot (85123A), out of stock"},
            {"label": "Page Type", "value": "product"},
        ],
        "who": None,
    }


def test_what_an_event_does_not_say_is_null(service, store):
    store("Chat opened")
    [event] = ask(service).get_json()["events"]
    for absent in ("itemAction", "url", "channel", "application", "item"):
        assert event[absent] is None
    assert event["details"] == []


def test_cursors_lead_both_ways(service, store):
    for place in range(4):
        store(str(place), after_ms=place)
    first = ask(service, limit=2).get_json()
    older = ask(service, limit=2, before=first["oldest"]).get_json()
    assert [[e["name"] for e in page["events"]] for page in (first, older)] == [
        ["3", "2"],
        ["1", "0"],
    ]
    store("4", after_ms=4)
    newer = ask(service, after=first["latest"]).get_json()
    assert [e["name"] for e in newer["events"]] == ["4"]
    quiet = ask(service, after=newer["latest"]).get_json()
    assert (quiet["state"], quiet["events"]) == ("ok", [])


def test_an_unknown_person_and_a_silent_one_get_reasons(service, store):
    unknown = ask(service).get_json()
    assert (unknown["state"], unknown["latest"], unknown["oldest"]) == ("empty", None, None)
    assert unknown["reason"]["code"] == "UNKNOWN_PERSON"
    store("CRM Record View")
    silent = ask(service).get_json()
    assert (silent["state"], silent["events"], silent["summary"]) == ("empty", [], None)
    assert silent["reason"]["code"] == "NO_EVENTS"


def test_script_from_a_site_comes_out_as_the_text_it_is(service, store):
    store("<script>alert(1)</script>", details={"<b>": "<img src=x onerror=alert(1)>"})
    [event] = ask(service).get_json()["events"]
    assert event["name"] == "<script>alert(1)</script>"
    assert event["details"][0]["value"] == "<img src=x onerror=alert(1)>"


def test_reading_never_asks_personalization(service, store, account):
    store("Chat opened")
    ask(service)
    assert account.events() == []


WRONG = {
    "limit": [{"limit": n} for n in (0, 201, "20", 1.5, None)],
    "after": [{"after": c} for c in ("", "x", "1-2", "1-2-3-4", "-1-2-3", "f" * 99, 7, None)],
    "before": [{"before": "nonsense"}, {"before": "1-2-3", "after": "1-2-3"}],
    "hiddenTypes": [{"hiddenTypes": "page"}, {"hiddenTypes": [None]}],
    "identity.type": [{"identity": {"type": "shoeSize", "value": "44"}}],
    "colour": [{"colour": "red"}],
}


@pytest.mark.parametrize(
    ("field", "change"), [(field, change) for field, cases in WRONG.items() for change in cases]
)
def test_a_wrong_field_is_named(service, field, change):
    answer = ask(service, **change)
    assert answer.status_code == 422
    named = [error["field"] for error in answer.get_json()["errors"]]
    assert any(name == field or name.startswith(field + ".") for name in named)
