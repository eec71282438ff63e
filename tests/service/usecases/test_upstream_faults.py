"""Whatever Personalization does, a rep gets the saved answer or a clear fault, within 3.5 s."""

import resource
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from service.model import Identity
from service.storage.people import ProvenPerson
from simulator.personalization.cast import cast

EMAIL = cast()["usual"]["email"]
SOON = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
EXPIRE_AT_ONCE = "fresh_seconds = 0\nstale_while_revalidate_seconds = 0"
TOTAL_SECONDS = 3.5

FAULTS = {
    "500": ({"httpStatus": 500}, 503, "UPSTREAM_UNAVAILABLE"),
    "503": ({"httpStatus": 503}, 503, "UPSTREAM_UNAVAILABLE"),
    "503 with a wish": ({"httpStatus": 503, "retryAfter": "20"}, 503, "UPSTREAM_BUSY"),
    "429 in seconds": ({"httpStatus": 429, "retryAfter": "30"}, 503, "UPSTREAM_BUSY"),
    "429 as a date": ({"httpStatus": 429, "retryAfter": SOON}, 503, "UPSTREAM_BUSY"),
    "errorCode 3": ({"busy": True}, 503, "UPSTREAM_BUSY"),
    "slow to first byte": ({"hang": True}, 503, "UPSTREAM_TIMEOUT"),
    "one byte a second": ({"drip": 1}, 503, "UPSTREAM_TIMEOUT"),
    "connection dropped": ({"dropConnection": True}, 503, "UPSTREAM_UNAVAILABLE"),
    "truncated": ({"truncate": True}, 502, "UPSTREAM_INVALID_ANSWER"),
    "a web page": ({"notJson": True}, 502, "UPSTREAM_INVALID_ANSWER"),
    "empty": ({"emptyBody": True}, 502, "UPSTREAM_INVALID_ANSWER"),
    "NaN": ({"nan": True}, 502, "UPSTREAM_INVALID_ANSWER"),
    "nested arrays": ({"nestedArrays": 200_000}, 502, "UPSTREAM_INVALID_ANSWER"),
    "100 MB": ({"bodyMegabytes": 100}, 502, "UPSTREAM_INVALID_ANSWER"),
    "gzip bomb": ({"gzipBombMegabytes": 200}, 502, "UPSTREAM_INVALID_ANSWER"),
    "redirect": ({"redirect": "/api/dataset/retail/users.json"}, 502, "UPSTREAM_INVALID_ANSWER"),
    "wrong content type": ({"contentType": "text/html"}, 502, "UPSTREAM_INVALID_ANSWER"),
    "credentials refused": ({"httpStatus": 401}, 502, "UPSTREAM_REFUSED_CREDENTIALS"),
    "token lacks a permission": ({"httpStatus": 403}, 502, "UPSTREAM_REFUSED_CREDENTIALS"),
    "dataset unknown there": ({"httpStatus": 404}, 502, "UPSTREAM_UNKNOWN_DATASET"),
    "event refused": ({"httpStatus": 400}, 502, "UPSTREAM_REFUSED_EVENT"),
}
EACH = pytest.mark.parametrize(("switches", "status", "code"), FAULTS.values(), ids=FAULTS.keys())


def timed(ask):
    started = time.monotonic()
    answer = ask()
    return answer, time.monotonic() - started


def memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@EACH
def test_without_an_earlier_answer_the_fault_is_named(service, account, switches, status, code):
    account.fault(**switches)
    token, before = service.token(), memory_mb()
    answer, seconds = timed(lambda: service.next_best(EMAIL, token=token))
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert answer.mimetype == "application/problem+json"
    assert seconds < TOTAL_SECONDS
    assert memory_mb() - before < 120  # the simulated account's own 100 MB body is in this figure
    if status == 503:
        assert int(answer.headers["Retry-After"]) > 0


@EACH
def test_with_an_earlier_answer_it_is_shown_with_its_age(
    make_service, account, switches, status, code
):
    service = make_service(cache=EXPIRE_AT_ONCE)
    saved = service.next_best(EMAIL).get_json()
    account.fault(**switches)
    answer, seconds = timed(lambda: service.next_best(EMAIL))
    assert answer.status_code == 200
    body = answer.get_json()
    assert body["stale"] is True
    assert body["items"] == saved["items"]
    assert body["asOf"] == saved["asOf"]
    assert "stale-if-error" in answer.headers["Cache-Status"]
    assert seconds < TOTAL_SECONDS


def test_a_refused_connection_is_unavailable_at_once(make_service):
    make_service()  # fills the people index that the next one shares
    service = make_service(url="http://127.0.0.1:9", import_people=False)  # nothing listens there
    answer, seconds = timed(lambda: service.next_best(EMAIL))
    assert (answer.status_code, answer.get_json()["code"]) == (503, "UPSTREAM_UNAVAILABLE")
    assert seconds < 1


def test_wrong_credentials_are_the_operators_move(make_service):
    make_service()
    service = make_service(ACME_KEY_SECRET="the wrong one", import_people=False)
    answer = service.next_best(EMAIL)
    assert answer.get_json()["code"] == "UPSTREAM_REFUSED_CREDENTIALS"
    assert "API token" in answer.get_json()["detail"]
    assert "wrong one" not in answer.get_data(as_text=True)


def test_no_call_goes_out_before_the_moment_upstream_asked_for(service, account):
    account.fault(httpStatus=429, retryAfter="60", times=1)
    service.next_best(EMAIL)
    other = cast()["another"]["email"]
    answer = service.next_best(other)
    assert answer.get_json()["code"] == "UPSTREAM_BUSY"
    assert int(answer.headers["Retry-After"]) > 50
    assert len(account.events()) == 1


def test_a_dead_upstream_costs_one_call_a_window_and_key(service, account):
    account.fault(httpStatus=500)
    for _ in range(5):
        assert service.next_best(EMAIL).status_code == 503
    assert len(account.events()) == 1


def test_five_failures_in_a_row_open_the_breaker(service, account):
    account.fault(httpStatus=500)
    people = [f"nobody{number}@shop.example" for number in range(8)]
    proven = [ProvenPerson((Identity("emailAddress", email),)) for email in people]
    service.parts.people.learn("acme", "retail", proven)
    for email in people:
        assert service.next_best(email).status_code == 503
    assert len(account.events()) == 5


def test_a_redirect_is_not_followed(service, account):
    account.state.calls.reset()
    account.fault(redirect=f"{account.url}/api/dataset/retail/users.json", times=1)
    service.next_best(EMAIL)
    paths = [call["path"] for call in account.state.calls.view()["calls"]]
    assert paths == ["/api2/authevent/retail"]
