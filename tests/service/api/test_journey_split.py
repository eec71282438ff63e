"""The decision split over HTTP: one of its branches, whatever happens."""

import time

import pytest

from simulator.personalization.cast import cast
from tests.conftest import WRITE_KEY
from tests.service.journey_calls import JWT_HEADERS, SPLIT, signed, step

EMAIL = cast()["usual"]["email"]


def asked(email=EMAIL, **question) -> dict:
    return {
        "dataset": "retail",
        "identities": [{"type": "emailAddress", "value": email}],
    } | question


@pytest.fixture
def branch(service):
    def ask(arguments, path=f"{SPLIT}/execute"):
        answer = service.client.post(path, data=signed(step(arguments)), headers=JWT_HEADERS)
        assert answer.status_code == 200
        return answer.get_json()["branchResult"]

    return ask


def test_a_member_goes_in_and_another_person_out(branch):
    assert branch(asked(segment="Sg2Sp")) == "in"
    assert branch(asked(segment="sg2sp"), f"{SPLIT}/test-execute") == "in"
    assert branch(asked(segment="Sg3Nw")) == "out"


def test_a_segment_may_be_named_where_the_account_answers_with_names(account, branch):
    account.switch(lookupShape="flat")
    assert branch(asked(segment="Spent 250 or more")) == "in"


def test_an_affinity_counts_from_the_share_that_was_asked_for(service, branch):
    events = [
        {"interaction": {"name": "View Catalog Object", "catalogObject": item}}
        for item in [product("p1", "Bags"), product("p2", "Bags"), product("p3", "Toys")]
    ]
    for event in events:
        event["user"] = {"identities": {"emailAddress": EMAIL}}
    body = {"writeKey": WRITE_KEY, "events": events}
    origin = {"Origin": "https://shop.example"}
    assert service.client.post("/collect/acme/retail", json=body, headers=origin).status_code == 204
    bags = {"type": "Category", "object": "bags", "dateRange": "last7Days"}
    assert branch(asked(affinity=bags | {"minimumShare": 0.5})) == "in"
    assert branch(asked(affinity=bags | {"minimumShare": 0.7})) == "out"
    assert branch(asked(affinity=bags | {"object": "Kitchen"})) == "out"


def product(product_id: str, category: str) -> dict:
    related = {"Category": [category]}
    return {"type": "Product", "id": product_id, "relatedCatalogObjects": related}


def test_what_nobody_can_tell_takes_the_branch_for_doubt(account, branch):
    bags = {"type": "Category", "object": "Bags"}
    doubtful = [
        {},
        asked(),
        asked(segment="Sg2Sp", dataset="elsewhere"),
        asked("stranger@example.com", segment="Sg2Sp"),
        asked("", segment="Sg2Sp"),
        asked("nobody@example.com", affinity=bags),
        asked(affinity=bags | {"minimumShare": "many"}),
    ]
    assert branch(None) == "unknown"
    for arguments in doubtful:
        assert branch(arguments) == "unknown", arguments
        assert branch(arguments | {"doubt": "out"}) == "out", arguments
    assert account.events() == []


def test_an_account_that_does_not_answer_costs_the_deadline_and_no_more(account, branch):
    account.fault(hang=True)
    started = time.monotonic()
    assert branch(asked(segment="Sg2Sp", doubt="in")) == "in"
    assert time.monotonic() - started < 6


def test_a_split_that_nobody_signed_is_refused(service):
    body = signed(step(asked(segment="Sg2Sp")), "a key that this tenant has never seen")
    assert service.client.post(f"{SPLIT}/execute", data=body).status_code == 401
