"""The import: both kinds of files, whole after any interruption, flat in memory."""

import json
import os
import signal
import subprocess
import sys
import tracemalloc

import pytest
from sqlalchemy import func, select

from service.errors import InvalidRequest
from service.events.refusals import Refusal
from service.model import Identity
from service.storage.event_imports import EventImports, ImportOvertaken
from service.storage.event_store import EventStore
from service.storage.people import People
from service.storage.tables import events
from service.usecases.events_import import EVENTS_PER_TRANSACTION, EventsImport
from tests.service.storage.event_samples import ACME, ADA, NOON, RETAIL

CLOCK = NOON / 1000


class History:
    """An import as one tenant runs it."""

    def __init__(self, database, folder):
        self.database, self.path = database, folder / "history"
        self.events, self.people = EventStore(database), People(database)
        self.progress = []

    def write(self, *lines):
        self.path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def write_events(self, count, first=0):
        self.write(*(json.dumps(seen(number)) for number in range(first, first + count)))

    def run(self, report=None, clock=CLOCK):
        self.progress.clear()
        imports = EventImports(self.database)
        use_case = EventsImport(events=self.events, imports=imports, clock=lambda: clock)
        return use_case.run(ACME, "retail", self.path, report or self.progress.append)

    def of(self, identity=ADA):
        person = self.people.find_any("acme", "retail", identity)
        return self.events.page("acme", "retail", person, limit=5_000).events if person else ()

    def count(self):
        with self.database.reading() as connection:
            return connection.execute(select(func.count()).select_from(events)).scalar_one()


def seen(number, **more):
    return {
        "itemAction": "View Item",
        "catalog": {"Product": {"_id": f"P{number}"}},
        "user": {"attributes": {"emailAddress": ADA.value}},
        "time": NOON - 1_000_000 + number,
    } | more


@pytest.fixture
def history(state_store, tmp_path):
    history = History(state_store, tmp_path)
    yield history
    history.events.close()


def test_json_lines_of_both_namespaces_are_stored_as_imported(history):
    bought = {"name": "Purchase", "lineItems": [{"catalogObjectType": "P", "catalogObjectId": "1"}]}
    history.write(
        json.dumps(seen(1)), "", json.dumps({"interaction": bought, "user": seen(1)["user"]})
    )
    done = history.run()
    assert (done.state.stored, done.rejected) == (2, 0)
    assert {event.source for event in history.of()} == {"import"}


def test_rows_that_cannot_be_stored_are_listed_with_their_number_and_the_rest_kept(history):
    history.write(
        json.dumps(seen(1)),
        "{",
        json.dumps(seen(2, time=0)),
        json.dumps(seen(3, user={})),
        json.dumps({"a": "x" * 300_000}),
        json.dumps(seen(4)),
    )
    done = history.run()
    assert done.rejected_rows == [
        (2, Refusal.NOT_AN_EVENT),
        (3, Refusal.TOO_OLD),
        (4, Refusal.NO_IDENTITY),
        (5, Refusal.NOT_AN_EVENT),
    ]
    assert [event.item_id for event in history.of()] == ["P4", "P1"]


def test_importing_a_file_again_stores_nothing_twice_even_without_event_ids(history):
    history.write_events(300)
    history.run()
    again = history.run()
    assert history.count() == 300
    assert (again.state.stored, again.state.row, history.progress) == (300, 300, [])


def test_event_ids_keep_another_file_from_storing_the_same_again(history):
    history.write(json.dumps(seen(1, eventId="e1")))
    history.run()
    history.write(json.dumps(seen(1, eventId="e1")), json.dumps(seen(2, eventId="e2")))
    done = history.run()
    assert (done.state.stored, done.state.duplicates) == (1, 1)


def test_an_import_that_was_stopped_goes_on_where_it_was(history):
    history.write_events(3 * EVENTS_PER_TRANSACTION)

    def stop(progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        history.run(report=stop)
    assert history.count() == EVENTS_PER_TRANSACTION
    done = history.run()
    assert done.state.stored == history.count() == 3 * EVENTS_PER_TRANSACTION
    assert len({event.item_id for event in history.of()}) == 3 * EVENTS_PER_TRANSACTION


def test_two_imports_of_one_file_never_store_a_row_twice(history):
    history.write_events(3 * EVENTS_PER_TRANSACTION)

    def overtake(_progress):
        history.run()

    with pytest.raises(ImportOvertaken):
        history.run(report=overtake)
    assert history.count() == 3 * EVENTS_PER_TRANSACTION


def test_cancellations_that_cancel_nothing_are_listed(history):
    def line(action, order, item, time):
        lines = [{"_id": item}]
        orders = {"Product": {"orderId": order, "lineItems": lines}}
        return json.dumps(seen(1, itemAction=action, order=orders, catalog=None, time=time))

    history.write(
        line("Purchase", "O1", "P1", NOON - 9),
        line("Cancel", "C1", "P1", NOON - 8),
        line("Cancel", "C2", "P2", NOON - 7),
    )
    (unmatched,) = history.run().unmatched
    assert (unmatched.order_id, unmatched.item_id, unmatched.time_ms) == ("C2", "P2", NOON - 7)


def test_an_unreadable_file_is_said_to_be(history):
    with pytest.raises(InvalidRequest, match="cannot be read"):
        history.run()


@pytest.mark.parametrize("text", ["", "a,b,c\n1,2,3\n", "\x00\x01", "[]\n"])
def test_a_file_of_something_else_is_refused_with_what_it_should_be(history, text):
    history.path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidRequest, match=r"docs/events\.md"):
        history.run()


# CSV


def test_columns_are_known_by_name_in_any_order_and_case(history):
    history.write(
        "EMAIL, Timestamp ,Item_Action,itemType,Item ID,Item Name,related.Brand,URL,Page Type",
        f"{ADA.value},2026-11-20 09:30:00,View Item,Product,P1,Teapot,b1;b2,https://x.example/a,home",
    )
    history.run()
    (event,) = history.of()
    assert (event.item_action, event.item_name, event.url) == (
        "View Item",
        "Teapot",
        "https://x.example/a",
    )
    assert event.items[0].related == {"Brand": ("b1", "b2")}
    assert event.details["pageType"] == "home"


def test_times_without_an_offset_are_the_tenants_local_time(history):
    history.write(
        "Timestamp,Action,emailAddress",
        f"2026-07-01 00:30:00,summer,{ADA.value}",
        f"2026-11-01T00:30:00,winter,{ADA.value}",
        f"2026-07-01T00:30:00+00:00,utc,{ADA.value}",
        f"{NOON - 5},milliseconds,{ADA.value}",
    )
    history.run()
    times = {event.name: event.time_ms for event in history.of()}
    assert times == {
        "summer": 1_782_862_200_000,
        "winter": 1_793_493_000_000,
        "utc": 1_782_865_800_000,
        "milliseconds": NOON - 5,
    }


def test_rows_that_share_an_event_id_are_the_items_of_one_event(history):
    history.write(
        "Event ID,Timestamp,Item Action,Item Type,Item ID,Quantity,Price,Order ID,customerId",
        f"e1,{NOON - 9},Purchase,Product,P1,2,3.5,O1,17850",
        f"e1,{NOON - 9},Purchase,Product,P2,1,4,O1,17850",
        f"e2,{NOON - 8},View Item,Product,P3,,,,17850",
    )
    done = history.run()
    seen_event, order = history.of(Identity("customerId", "17850"))
    assert (done.state.stored, done.state.row) == (2, 4)
    assert [(i.id, i.quantity, i.price) for i in order.items] == [("P1", 2, 3.5), ("P2", 1, 4)]
    assert (order.order_id, seen_event.item_id) == ("O1", "P3")


def test_quotes_commas_and_line_breaks_inside_fields_are_read_and_a_lost_quote_costs_its_rows(
    history,
):
    history.write(
        "\ufeffTimestamp,Action,Item ID,Item Name,emailAddress",
        f'{NOON - 9},A,P1,"a, ""b""\nc",{ADA.value}',
        f'{NOON - 8},B,P2,"x"y,{ADA.value}',
        f"{NOON - 7},C,P3,z,{ADA.value}",
    )
    done = history.run()
    assert [event.name for event in history.of()] == ["C", "A"]
    assert history.of()[1].item_name == 'a, "b" c'
    assert done.rejected == 1


def test_a_csv_that_was_stopped_goes_on_at_the_right_row(history):
    rows = [f"{NOON - n},A,P{n},{ADA.value}" for n in range(1, 2 * EVENTS_PER_TRANSACTION + 11)]
    history.write("Timestamp,Action,Item ID,emailAddress", *rows)

    def stop(progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        history.run(report=stop)
    history.run()
    found = [event.item_id for event in history.of()]
    assert sorted(found) == sorted(f"P{n}" for n in range(1, len(rows) + 1))


# Memory and kills


def test_memory_does_not_grow_with_the_file(history):
    def peak_of(count, first):
        history.write_events(count, first)
        tracemalloc.start()
        history.run()
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    peak_of(300, 0)
    small, large = peak_of(500, 1_000), peak_of(5_000, 10_000)
    assert large < 1.5 * small


IMPORTER = """
import sys
from pathlib import Path
from service.storage.database import Database
from tests.service.usecases.test_events_import import History
history = History(Database(sys.argv[1]), Path(sys.argv[2]))
history.run(report=lambda progress: print(progress.state.row, flush=True))
"""


def test_killed_at_any_moment_and_run_again_every_row_is_there_once(history, state_url, tmp_path):
    total = 8 * EVENTS_PER_TRANSACTION
    history.write_events(total)
    for rows in (1, 2, 3):
        command = [sys.executable, "-c", IMPORTER, state_url, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as importer:
            for _ in range(rows):
                importer.stdout.readline()
            os.kill(importer.pid, signal.SIGKILL)
    done = history.run()
    assert done.state.stored == history.count() == total
    assert RETAIL.name == done.state.dataset
