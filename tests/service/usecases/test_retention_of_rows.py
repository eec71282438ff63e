"""What is over goes in its time; what is still needed stays."""

import pytest
from sqlalchemy import func, insert, select

from service.privacy import Privacy
from service.storage.audit_log import AuditLog
from service.storage.erasures import Erasures
from service.storage.outbox_messages import State
from service.storage.privacy_tables import audit_entries
from service.storage.runs_tables import share_batches, share_jobs, share_rows, share_runs
from service.storage.segment_tables import segment_entries, segment_looks, segment_members
from service.storage.tables import clock_runs, outbox
from service.storage.tombstones import Tombstones
from service.tenant import PersonalizationAccount, Tenant
from service.usecases.retention_of_rows import STEP_ROWS, RowRetention
from tests.conftest import SECRET_KEY

NOW, DAY = 2_000_000_000.0, 86_400
ACME = Tenant("acme", "00D", PersonalizationAccount("https://x", "k", "s"), {})
DAYS = Privacy()


class Night:
    def __init__(self, database):
        self.database, self.pauses = database, []
        tombstones = Tombstones([SECRET_KEY])
        self.retention = RowRetention(
            database=database,
            audit_log=AuditLog(database, tombstones),
            erasures=Erasures(database, tombstones),
            tombstones=tombstones,
            tenants=[ACME],
            clock=lambda: NOW,
            pause=self.pauses.append,
        )

    def add(self, table, **values) -> None:
        self.database.write(lambda c: c.execute(insert(table).values(values)))

    def add_both(self, table, column: str, days: int, row) -> None:
        """Add a row just too old and one just young enough; `row` gives the values of each."""
        for place, age in enumerate((days + 1, days - 1)):
            self.add(table, **(row(place) | {column: NOW - age * DAY}))

    def count(self, table) -> int:
        with self.database.reading() as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.fixture
def night(state_store):
    return Night(state_store)


def message(_place: int, state=State.DEAD) -> dict:
    row = {"tenant": "acme", "dataset": "retail", "person_id": 1, "kind": "x", "repeatable": 1}
    row |= {"correlation_id": "c", "payload": b"{}", "attempts": 1, "losses": 0, "wake_at": 0}
    return row | {"state": state, "accepted_at": 0}


def run(_place: int, state="done") -> dict:
    row = {"tenant": "acme", "direction": "push", "state": state, "phase": "push"}
    row |= {"lease_until": 0, "options": "{}", "cursor": "{}", "counts": "{}", "progress": "{}"}
    return row | {"started_at": NOW}


def entry(place: int, state="failed") -> dict:
    row = {"tenant": "acme", "export": "e", "person": f"p{place}", "trigger": "join", "epoch": 1}
    row |= {"event_definition_key": "E", "contact_key": "k", "data": b"{}", "state": state}
    return row | {"attempts": 0, "wake_at": 0, "decided_at": 0, "decided_day": "2026-11-28"}


def look(_place: int) -> dict:
    row = {"tenant": "acme", "client_id": "c", "component": "affinities", "dataset": "retail"}
    return row | {"person": "p"}


def test_dead_letters_go_after_their_days_and_what_waits_never(night):
    night.add_both(outbox, "finished_at", DAYS.dead_letter_days, message)
    night.add(outbox, **message(0, State.READY))
    night.retention.purge_all()
    assert night.count(outbox) == 2


def test_looks_at_people_go_after_their_days(night):
    night.add_both(audit_entries, "at", DAYS.audit_days, look)
    night.retention.purge_all()
    assert night.count(audit_entries) == 1


def test_rows_of_a_run_go_before_the_run_and_its_jobs_with_it(night):
    night.add_both(share_runs, "finished_at", DAYS.run_days, run)
    night.add(share_runs, **run(0), finished_at=NOW - (DAYS.run_row_days + 1) * DAY)
    for number in (1, 2, 3):
        night.add(share_rows, run_id=number, number=1, object="Contact", record_id="r",
                  source_id="s", status="pushed", attempts=1)  # fmt: skip
        night.add(share_jobs, run_id=number, object="Contact", state="done", intended_at=0)
        night.add(share_batches, job_id=number, state="done")
    night.retention.purge_all()
    assert night.count(share_rows) == 0
    assert [night.count(table) for table in (share_runs, share_jobs, share_batches)] == [2, 2, 2]


def test_a_run_that_nobody_goes_on_with_is_given_up_and_one_at_work_is_not(night):
    night.add_both(share_runs, "started_at", DAYS.run_row_days, lambda n: run(n, "stopped"))
    night.add(share_runs, **(run(0, "running") | {"started_at": 0}))
    night.retention.purge_all()
    with night.database.reading() as connection:
        states = connection.execute(select(share_runs.c.state).order_by(share_runs.c.id)).scalars()
        assert list(states) == ["abandoned", "stopped", "running"]


def test_entries_lose_their_data_first_and_go_long_after(night):
    night.add_both(segment_entries, "settled_at", DAYS.entry_data_days, entry)
    night.add(segment_entries, **entry(7), settled_at=NOW - (DAYS.entry_days + 1) * DAY)
    night.add(segment_entries, **entry(8, "queued"))
    night.retention.purge_all()
    with night.database.reading() as connection:
        query = select(segment_entries.c.person, segment_entries.c.data)
        found = {person: data for person, data in connection.execute(query)}
    assert set(found) == {"p0", "p1", "p8"}
    assert found["p0"] is None
    assert found["p1"] is not None


def test_members_who_left_go_once_the_ledger_says_nothing_of_them(night):
    old = (NOW - (DAYS.entry_days + 1) * DAY) * 1000
    member = {"tenant": "acme", "export": "e", "epoch": 1, "seen_ms": old - 1, "left_ms": old}
    night.add(segment_members, **member, person="gone", is_member=0)
    night.add(segment_members, **member, person="in", is_member=1)
    night.add(segment_members, **member, person="p5", is_member=0)
    night.add(segment_entries, **entry(5), settled_at=NOW)
    night.retention.purge_all()
    with night.database.reading() as connection:
        assert set(connection.execute(select(segment_members.c.person)).scalars()) == {"in", "p5"}


def test_looks_that_nobody_takes_and_occasions_long_past_go(night):
    night.add(segment_looks, tenant="acme", dataset="retail", person="p", due_at=0,
              identity_type="emailAddress", identity_value="a@b.example")  # fmt: skip
    night.add(clock_runs, job="j", occasion="o", state="done", attempts=1, wake_at=0, started_at=0,
              finished_at=0)  # fmt: skip
    night.retention.purge_all()
    assert (night.count(segment_looks), night.count(clock_runs)) == (0, 0)


def test_it_goes_in_small_steps_with_pauses_for_others(night):
    rows = [message(n) | {"finished_at": 0} for n in range(STEP_ROWS + 1)]
    night.database.write(lambda c: c.execute(insert(outbox), rows))
    assert night.retention.purge_all() == STEP_ROWS + 1
    assert len(night.pauses) == 2
