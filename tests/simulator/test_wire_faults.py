"""Faults that can be switched on, and what the stand-ins remember of their callers."""

import gzip
import json
import socket
import time

import pytest
import requests

from simulator.wire_faults import WIRE_SWITCHES
from tests.simulator.callers import KEY, look

ROUTE = "POST /api2/authevent/<dataset>"


def test_a_status_ends_after_its_times(account):
    account.tell("faults", httpStatus=503, retryAfter="7", times=2)
    answers = [account.event() for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 503, 200]
    assert answers[0].headers["Retry-After"] == "7"


def test_a_fault_without_times_lasts_until_it_is_taken_back(account):
    account.tell("faults", httpStatus=500)
    assert {account.event().status_code for _ in range(3)} == {500}
    account.tell("faults", httpStatus=None)
    assert account.event().status_code == 200


def test_a_fault_may_hit_one_route_alone(account):
    account.tell("faults", httpStatus=500, route="users.json")
    assert account.event().status_code == 200
    assert account.get("/api/dataset/retail/users.json").status_code == 500


def test_a_failed_call_does_no_work(account):
    before = account.profiles()
    account.tell("faults", httpStatus=500, times=1)
    account.event(email="new@example.com")
    assert account.profiles() == before


def test_an_unknown_switch_is_refused_with_the_known_ones(account):
    answer = account.tell("faults", httpStatsu=500)
    assert answer.status_code == 400
    assert "httpStatsu" in answer.text
    assert all(name in answer.text for name in (*WIRE_SWITCHES, "busy", "itemShape"))
    assert account.event().status_code == 200


def test_a_switch_with_few_values_takes_no_other(account):
    answer = account.tell("faults", itemShape="round")
    assert answer.status_code == 400
    assert "boxed, whole, flat" in answer.text


def test_what_is_on_can_be_read_and_reset(account):
    account.tell("faults", httpStatus=500, times=3, itemShape="flat")
    shown = {"httpStatus": 500, "times": 3, "route": "", "after": 0, "itemShape": "flat"}
    assert account.inside("faults") == shown
    account.tell("reset")
    assert account.inside("faults") == {}


@pytest.mark.parametrize("switch", ["dropConnection", "acceptThenDrop", "truncate"])
def test_the_connection_can_break_before_and_after_the_work(account, switch):
    before = account.profiles()
    account.tell("faults", **{switch: True}, times=1)
    faults = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
    with pytest.raises(faults):
        account.event(email="new@example.com")
    assert account.profiles() == before + (switch != "dropConnection")
    assert account.event().status_code == 200


def test_busy_is_an_error_code_or_a_status_and_takes_no_event(account):
    before = account.profiles()
    account.tell("faults", busy=True, times=1)
    answer = account.event(email="new@example.com")
    assert (answer.status_code, answer.json()["errorCode"]) == (200, 3)
    account.tell("faults", busy=429, times=1)
    assert account.event(email="new@example.com").status_code == 429
    assert account.profiles() == before
    assert account.event().json()["errorCode"] == 0


def test_an_answer_can_be_late(account):
    account.tell("faults", latencyMs=300, times=1)
    started = time.monotonic()
    assert account.event().status_code == 200
    assert time.monotonic() - started >= 0.3


def test_an_answer_may_never_begin(account):
    account.tell("faults", hang=True, times=1)
    with pytest.raises(requests.ReadTimeout):
        requests.post(f"{account.url}/api2/authevent/retail", json=look(), auth=KEY, timeout=0.3)


def test_an_answer_may_come_byte_by_byte_without_end(account):
    account.tell("faults", drip=0.1, times=1)
    with raw(account) as answer:
        assert answer.raw.read(3) == b"{  "


def raw(account) -> requests.Response:
    return requests.post(f"{account.url}/api2/authevent/retail", json=look(), auth=KEY,
                         stream=True, allow_redirects=False, timeout=20)  # fmt: skip


def test_bodies_can_be_no_json(account):
    account.tell("faults", notJson=True, times=1)
    with raw(account) as answer:
        assert answer.headers["Content-Type"].startswith("text/html")
    account.tell("faults", emptyBody=True, times=1)
    with raw(account) as answer:
        assert answer.content == b""
    account.tell("faults", nan=True, times=1)
    with raw(account) as answer:
        assert b"NaN" in answer.content
    account.tell("faults", nestedArrays=200_000, times=1)
    with raw(account) as answer:
        assert answer.content.count(b"[") == 200_000


def test_the_right_body_can_come_under_a_wrong_type(account):
    account.tell("faults", contentType="text/plain", times=1)
    with raw(account) as answer:
        assert answer.headers["Content-Type"] == "text/plain"
        assert json.loads(answer.content)["errorCode"] == 0


def test_a_large_body_is_as_large_as_told(account):
    account.tell("faults", bodyMegabytes=3, times=1)
    with raw(account) as answer:
        body = answer.content
    assert len(body) > 3 * 1024 * 1024
    assert json.loads(body)["campaignResponses"] == []


def test_a_bomb_is_small_until_it_is_unpacked(account):
    account.tell("faults", gzipBombMegabytes=20, times=1)
    with raw(account) as answer:
        packed = answer.raw.read(decode_content=False)
    assert len(packed) < 200_000
    assert len(gzip.decompress(packed)) > 20 * 1024 * 1024


def test_a_caller_can_be_sent_elsewhere(account):
    account.tell("faults", redirect="https://elsewhere.example/", times=1)
    with raw(account) as answer:
        assert answer.status_code == 302
        assert answer.headers["Location"] == "https://elsewhere.example/"


def test_every_call_is_remembered_with_what_was_sent(account):
    account.event()
    account.tell("faults", httpStatus=500, times=1)
    account.event(auth=None)
    account.get("/nowhere")
    log = account.inside("calls")
    assert log["counts"] == {ROUTE: 2, "GET (no such route)": 1}
    first, second, third = log["calls"]
    assert first["body"] == look()
    assert first["headers"]["Authorization"].startswith("Basic ")
    assert first["headers"]["Content-Type"] == "application/json"
    assert (first["status"], second["status"], third["status"]) == (200, 500, 404)
    assert "Authorization" not in second["headers"]


def test_a_call_that_never_got_an_answer_is_counted_too(account):
    account.tell("faults", dropConnection=True, times=1)
    with pytest.raises(requests.ConnectionError):
        account.event()
    assert account.inside("calls")["calls"][0]["status"] is None


def test_a_reset_forgets_calls_people_and_time(account):
    account.event(email="new@example.com")
    account.tell("clock", now="2031-05-01T12:00:00Z")
    assert account.inside("clock")["now"].startswith("2031-05-01T12:00")
    people = account.profiles()
    assert account.tell("reset").status_code == 204
    assert account.profiles() == people - 1
    assert not account.inside("clock")["now"].startswith("2031")
    assert account.inside("calls")["counts"] == {}


def test_the_org_has_the_same_switches(org):
    url = f"{org.url}/_simulator/faults"
    requests.post(url, json={"httpStatus": 503, "times": 1}, timeout=5)
    statuses = [org.ask("GET", "/sobjects").status_code for _ in range(2)]
    assert statuses == [503, 200]
    counts = requests.get(f"{org.url}/_simulator/calls", timeout=5).json()["counts"]
    assert counts["GET /services/data/v<version>/sobjects"] == 2


def test_a_stopped_account_refuses_connections():
    from simulator.personalization.server import start_account

    with start_account() as running:
        port = running.port
        assert requests.get(f"{running.url}/_simulator/faults", timeout=5).json() == {}
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)
