"""Whatever a caller sends, the answer is a problem document that names the field."""

import json

import pytest

GOOD = {
    "dataset": "retail",
    "identity": {"type": "emailAddress", "value": "ada@shop.example"},
    "datafield": "promos",
}
WRONG_FIELDS = {
    "identity": [
        {"identity": None},
        {"identity": "ada@shop.example"},
        {"identity": {}},
    ],
    "identity.value": [
        {"identity": {"type": "emailAddress", "value": ""}},
        {"identity": {"type": "emailAddress", "value": "a" * 10_240}},
        {"identity": {"type": "emailAddress", "value": "ada\r\nBcc: x"}},
        {"identity": {"type": "emailAddress", "value": "ada\x00"}},
        {"identity": {"type": "emailAddress", "value": 7}},
        {"identity": {"type": "emailAddress"}},
    ],
    "identity.type": [{"identity": {"type": "shoeSize", "value": "44"}}],
    "identity.colour": [{"identity": {"type": "emailAddress", "value": "a", "colour": "red"}}],
    "dataset": [{"dataset": 7}, {"dataset": ""}, {"dataset": None}],
    "datafield": [{"datafield": ["promos"]}, {"datafield": "a" * 129}],
    "maxItems": [{"maxItems": 0}, {"maxItems": 51}, {"maxItems": "4"}, {"maxItems": 1.5}],
    "actionName": [{"actionName": "a" * 101}],
    "unknownField": [{"unknownField": 1}],
}
CASES = [(field, change) for field, changes in WRONG_FIELDS.items() for change in changes]


@pytest.mark.parametrize(("field", "change"), CASES)
def test_a_wrong_field_is_named(service, account, field, change):
    answer = service.post("/v1/next-best", GOOD | change)
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    named = [error["field"] for error in answer.get_json()["errors"]]
    assert any(name == field or name.startswith(field + ".") for name in named)
    assert account.events() == []


def test_every_fault_of_a_body_is_named_at_once(service):
    answer = service.post("/v1/next-best", {"datafield": 7, "colour": "red"})
    named = {error["field"] for error in answer.get_json()["errors"]}
    assert named == {"dataset", "identity", "datafield", "colour"}


def test_an_unknown_dataset_is_not_found_and_the_known_ones_are_named(service):
    answer = service.post("/v1/next-best", GOOD | {"dataset": "retial"})
    assert (answer.status_code, answer.get_json()["code"]) == (404, "UNKNOWN_DATASET")
    assert "Known: retail" in answer.get_json()["detail"]


def test_an_unknown_identity_type_has_its_own_code(service):
    change = {"identity": {"type": "shoeSize", "value": "44"}}
    answer = service.post("/v1/next-best", GOOD | change)
    assert answer.get_json()["code"] == "UNKNOWN_IDENTITY_TYPE"


def send(service, body: bytes, content_type="application/json"):
    headers = {"Authorization": f"Bearer {service.token()}"}
    return service.client.post(
        "/v1/next-best", data=body, headers=headers, content_type=content_type
    )


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "MISSING_BODY"),
        (b"   ", 400, "MISSING_BODY"),
        (b"{", 400, "INVALID_JSON"),
        (b'{"dataset":"a","dataset":"b"}', 400, "INVALID_JSON"),
        (b'{"maxItems":NaN}', 400, "INVALID_JSON"),
        (b"[" * 30_000 + b"]" * 30_000, 400, "INVALID_JSON"),
        (json.dumps(GOOD | {"datafield": "a" * 70_000}).encode(), 413, "BODY_TOO_LARGE"),
        (b"[]", 422, "INVALID_REQUEST"),
        (b'"text"', 422, "INVALID_REQUEST"),
        (b"null", 422, "INVALID_REQUEST"),
    ],
)
def test_a_body_that_is_no_question_is_refused(service, body, status, code):
    answer = send(service, body)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", None])
def test_only_declared_json_is_read(service, content_type):
    answer = send(service, json.dumps(GOOD).encode(), content_type)
    assert (answer.status_code, answer.get_json()["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_an_unknown_path_and_a_wrong_method_are_problems_that_reflect_nothing(service):
    unknown = service.client.get("/<script>alert(1)</script>?q=<script>")
    assert (unknown.status_code, unknown.get_json()["code"]) == (404, "NOT_FOUND")
    assert unknown.mimetype == "application/problem+json"
    wrong = service.client.get("/v1/next-best")
    assert (wrong.status_code, wrong.get_json()["code"]) == (405, "METHOD_NOT_ALLOWED")


def test_a_failure_of_our_own_shows_no_trace(service):
    service.parts.next_best.ask = None  # calling None fails in a way nobody foresaw
    answer = service.post("/v1/next-best", GOOD)
    assert (answer.status_code, answer.get_json()["code"]) == (500, "INTERNAL_ERROR")
    assert "NoneType" not in answer.get_data(as_text=True)


def test_the_correlation_id_of_the_caller_is_kept_and_a_strange_one_replaced(service):
    kept = service.client.get("/nowhere", headers={"X-Correlation-Id": "flow-7f3a"})
    assert kept.get_json()["correlationId"] == kept.headers["X-Correlation-Id"] == "flow-7f3a"
    replaced = service.client.get("/nowhere", headers={"X-Correlation-Id": "a b<c>"})
    assert replaced.get_json()["correlationId"].startswith("r-")


@pytest.mark.parametrize(
    "value",
    ["=cmd()", "‮evil", "a\u200bb", "🫖" * 80, "'; drop table people; --", "%s%n", "../../etc"],
)
def test_hostile_identities_are_answered_like_any_unknown_person(service, value):
    answer = service.next_best(value)
    assert answer.status_code == 200
    assert answer.get_json()["reason"]["code"] == "UNKNOWN_PERSON"
