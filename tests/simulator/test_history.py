"""The shop's past as a file of events: complete, ordered, the same every time."""

import json
from datetime import UTC, datetime

import pytest

from simulator.personalization.events import read_event
from simulator.shop.history import anonymous_id, write_history
from simulator.shop.invoices import invoices_until
from simulator.shop.people import customers

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def events(tmp_path_factory):
    """All events of the file, as written."""
    path = tmp_path_factory.mktemp("history") / "history.jsonl"
    count = write_history(path, NOW)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(lines) == count
    return lines


def test_every_line_is_an_event_of_its_own(events):
    assert len({event["eventId"] for event in events}) == len(events)
    assert all(read_event(event).action for event in events)


def test_events_are_in_order_and_none_is_later_than_now(events):
    times = [event["time"] for event in events]
    assert times == sorted(times)
    assert times[-1] <= NOW.timestamp() * 1000


def test_a_demo_can_read_them_while_somebody_waits(events):
    assert 1_000 < len(events) < 5_000


def test_every_order_and_every_cancellation_is_there(events):
    orders = [event["interaction"] for event in events if "order" in event["interaction"]]
    expected = {
        invoice.number: ("Cancel" if invoice.is_cancellation else "Purchase", len(invoice.lines))
        for invoice in invoices_until(NOW)
        if invoice.lines
    }
    written = {
        each["order"]["id"]: (each["name"], len(each["order"]["lineItems"])) for each in orders
    }
    assert written == expected


def test_each_product_was_looked_at_before_it_was_bought(events):
    seen = set()
    for event in events:
        interaction = event["interaction"]
        if item := interaction.get("catalogObject"):
            seen.add(item["id"])
        elif interaction["name"] == "Purchase":
            bought = {line["catalogObjectId"] for line in interaction["order"]["lineItems"]}
            assert bought <= seen


def test_customers_looked_around_before_anybody_knew_who_they_were(events):
    person = customers()[0]
    theirs = [event for event in events if event["user"].get("anonymousId") == anonymous_id(person)]
    assert "identities" not in theirs[0]["user"]
    assert theirs[-1]["user"]["identities"] == {"emailAddress": person.email}


def test_two_files_of_one_moment_are_the_same(events, tmp_path):
    write_history(tmp_path / "again.jsonl", NOW)
    again = (tmp_path / "again.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in again] == events
