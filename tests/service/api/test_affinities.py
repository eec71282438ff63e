"""`POST /v1/affinities` on the wire."""

import time

import pytest

from service.model import Arrival, Event, EventItem, EventKind, EventSource, Identity

ADA = {"type": "emailAddress", "value": "ada@shop.example"}
GOOD = {"dataset": "retail", "identity": ADA}


@pytest.fixture
def store(service):
    """Return a function that stores one item view of Ada's, so many minutes ago."""

    def view(minutes_ago: float, brand: str, name=None) -> None:
        item = EventItem("Product", "p1", name=name, related={"Brand": (brand,)})
        event = Event(
            time_ms=int((time.time() - minutes_ago * 60) * 1000),
            kind=EventKind.CATALOG,
            name="View Item",
            source=EventSource.SITE,
            item_action="View Item",
            items=(item,),
        )
        tenant = service.parts.settings.tenants["acme"]
        arrival = Arrival(event, (Identity(**ADA),))
        service.parts.events.append(tenant, tenant.dataset("retail"), [arrival])

    return view


def test_the_answer_has_the_documented_shape(service, store):
    store(3, "Acme")
    store(2, "Acme")
    store(1, "Bonn")
    answer = service.post("/v1/affinities", GOOD | {"maxPerType": 1})
    body = answer.get_json()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert (body["state"], body["stale"], body["reason"]) == ("ok", False, None)
    assert body["asOf"].endswith("Z")
    assert body["person"] is None
    assert set(body["summary"]) == {"code", "message", "parameters"}
    product, brand = body["types"]
    assert brand == {
        "type": "Brand",
        "label": "Brand",
        "total": 3,
        "items": [
            {"id": "Acme", "label": "Acme", "amount": 2, "share": 2 / 3, "previousAmount": 0}
        ],
    }
    assert product["type"] == "Product"


@pytest.mark.parametrize("show_by", ["purchases", "viewTime", "views"])
@pytest.mark.parametrize("date_range", ["last7Days", "last90Days", "allTime"])
def test_every_basis_and_range_is_answered(service, store, show_by, date_range):
    store(2, "Acme")
    store(1, "Acme")
    change = {"showBy": show_by, "dateRange": date_range}
    body = service.post("/v1/affinities", GOOD | change).get_json()
    if show_by == "purchases":
        assert body["reason"]["code"] == "NO_EVENTS"
        assert body["reason"]["parameters"] == {"dateRange": date_range, "showBy": "purchases"}
    else:
        assert body["state"] == "ok"


def test_an_unknown_person_gets_a_reason(service):
    body = service.post("/v1/affinities", GOOD).get_json()
    assert (body["state"], body["types"], body["summary"]) == ("empty", [], None)
    assert body["reason"]["code"] == "UNKNOWN_PERSON"


def test_reading_never_asks_personalization(service, store, account):
    store(1, "Acme")
    service.post("/v1/affinities", GOOD)
    assert account.events() == []


def test_script_from_a_site_comes_out_as_the_text_it_is(service, store):
    store(1, "<script>alert(1)</script>")
    types = service.post("/v1/affinities", GOOD).get_json()["types"]
    assert types[-1]["items"][0]["label"] == "<script>alert(1)</script>"


def test_another_tenant_sees_nothing_of_it(service, store):
    store(1, "Acme")
    client_id, secret = service.add_client("other")
    token = service.token(client_id, secret)
    assert service.post("/v1/affinities", GOOD, token=token).status_code == 404
    elsewhere = service.post("/v1/affinities", GOOD | {"dataset": "elsewhere"}, token=token)
    assert elsewhere.get_json()["reason"]["code"] == "UNKNOWN_PERSON"


def test_without_a_token_nothing_is_said(service):
    assert service.client.post("/v1/affinities", json=GOOD).status_code == 401


WRONG = {
    "identity": [{"identity": None}, {"identity": "ada"}, {"identity": {}}],
    "identity.value": [{"identity": ADA | {"value": "a\x00"}}, {"identity": ADA | {"value": ""}}],
    "identity.type": [{"identity": {"type": "shoeSize", "value": "44"}}],
    "dataset": [{"dataset": ""}, {"dataset": 7}],
    "showBy": [{"showBy": "clicks"}, {"showBy": "VIEWS"}, {"showBy": 1}, {"showBy": None}],
    "dateRange": [{"dateRange": "last8Days"}, {"dateRange": ["last7Days"]}],
    "hiddenTypes": [
        {"hiddenTypes": "Brand"},
        {"hiddenTypes": [7]},
        {"hiddenTypes": [""]},
        {"hiddenTypes": ["a"] * 101},
        {"hiddenTypes": ["a" * 201]},
    ],
    "maxPerType": [{"maxPerType": n} for n in (0, 51, "4", 1.5, True, None)],
    "unknownField": [{"unknownField": 1}],
}


@pytest.mark.parametrize(
    ("field", "change"), [(field, change) for field, cases in WRONG.items() for change in cases]
)
def test_a_wrong_field_is_named(service, field, change):
    answer = service.post("/v1/affinities", GOOD | change)
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    named = [error["field"] for error in answer.get_json()["errors"]]
    assert any(name == field or name.startswith(field + ".") for name in named)


def test_an_unknown_dataset_is_not_found(service):
    answer = service.post("/v1/affinities", GOOD | {"dataset": "retial"})
    assert (answer.status_code, answer.get_json()["code"]) == (404, "UNKNOWN_DATASET")


@pytest.mark.parametrize("path", ["/v1/affinities", "/v1/event-stream"])
@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b'{"dataset":"a","dataset":"b"}', "application/json", 400),
        (b"{}", "text/plain", 415),
        (b" " * 70_000 + b"{}", "application/json", 413),
        (b"[]", "application/json", 422),
    ],
)
def test_a_body_that_is_no_question_is_refused(service, path, body, content_type, status):
    headers = {"Authorization": f"Bearer {service.token()}"}
    answer = service.client.post(path, data=body, headers=headers, content_type=content_type)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_both_reads_stand_in_the_published_contract(service):
    paths = service.client.get("/openapi.json").get_json()["paths"]
    for path in ("/v1/affinities", "/v1/event-stream"):
        assert {"200", "401", "404", "422", "503"} <= paths[path]["post"]["responses"].keys()
