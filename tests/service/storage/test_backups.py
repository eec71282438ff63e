"""Backups on both engines: made while others write, brought back into an empty place, once."""

import os
import shutil
import signal
import threading
from multiprocessing import get_context
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from service.errors import StorageUnavailable
from service.storage import backups
from service.storage.after_incident import set_apart
from service.storage.backups import BackupFailed, back_up, restore
from service.storage.database import Database
from service.storage.outbox_messages import State
from service.storage.runs_tables import share_runs, share_sent
from service.storage.schema import newest_version, require_current
from service.storage.segment_tables import segment_entries
from service.storage.tables import outbox
from tests.programs import program
from tests.service.storage.outbox_stage import OutboxStage

LATER = 2_000_000.0
_context = get_context("forkserver")


@pytest.fixture
def programs(state_url):
    if state_url.startswith("postgresql"):
        program("pg_dump", "backups of PostgreSQL were not tried.")


@pytest.fixture
def outbox_stage(state_store):
    stage = OutboxStage(state_store)
    yield stage
    stage.outbox.close()


@pytest.fixture
def place(state_url, programs, tmp_path, request):
    """An empty place on the same engine: its address, and a way to look into it."""
    if state_url.startswith("sqlite"):
        (tmp_path / "elsewhere").mkdir()
        yield f"sqlite:///{tmp_path / 'elsewhere' / 'state.db'}"
        return
    with request.getfixturevalue("postgres_server").database() as url:
        yield url


@pytest.fixture
def opened(place):
    database = Database(place)
    yield database
    database.close()


def states(database: Database) -> dict[str, str]:
    with database.reading() as connection:
        query = select(outbox.c.correlation_id, outbox.c.state)
        return dict(connection.execute(query).all())


def nothing(_connection) -> None:
    return None


def test_all_that_was_accepted_before_the_backup_is_in_it_while_others_write(
    outbox_stage, state_store, opened, tmp_path
):
    accepted, ending = [], threading.Event()

    def write() -> None:
        while not ending.is_set():
            text = f"message {len(accepted)}"
            outbox_stage.put(text)
            accepted.append(text)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(accepted) < 20:
            ending.wait(0.01)
        before = list(accepted)
        file = back_up(state_store, tmp_path)
        reached = len(accepted)
    finally:
        ending.set()
        writer.join()
    assert reached > len(before)
    assert file.stat().st_mode & 0o077 == 0
    assert restore(opened, file, nothing) == newest_version()
    kept = states(opened)
    assert set(before) <= set(kept)
    assert sorted(kept) == sorted(f"message {number}" for number in range(len(kept)))
    require_current(opened)


def test_moved_messages_go_out_as_if_nothing_had_been(outbox_stage, state_store, opened, tmp_path):
    outbox_stage.put("content")
    outbox_stage.put("counter", repeatable=False)
    restore(opened, back_up(state_store, tmp_path / "backup"), nothing)
    moved = OutboxStage(opened)
    [held] = moved.outbox.claim(10, 30)
    assert held.correlation_id == "content"
    moved.accept(moved.draft("new one"), key="a new key")  # numbers go on where they were
    with opened.reading() as connection:
        numbered = select(outbox.c.correlation_id).order_by(outbox.c.id)
        assert list(connection.execute(numbered).scalars()) == ["content", "counter", "new one"]
    moved.outbox.close()


def test_after_an_incident_nothing_goes_out_twice_by_itself(
    outbox_stage, state_store, opened, tmp_path
):
    for text, repeatable in (("content", True), ("counter", False)):
        outbox_stage.put(text, repeatable=repeatable)
    state_store.write(busy_night)
    found = []
    restore(
        opened,
        back_up(state_store, tmp_path),
        lambda connection: found.append(set_apart(connection, LATER)),
    )
    assert states(opened) == {"content": State.DEAD, "counter": State.UNCONFIRMED}
    restored = OutboxStage(opened)
    restored.now = LATER
    assert restored.outbox.claim(10, 30) == []
    assert restored.outbox.replay(None) == [1]  # whoever knows better says so, for content only
    with opened.reading() as connection:
        entry = connection.execute(select(segment_entries)).one()
        assert (entry.state, entry.code) == ("undecided", "RESTORED")
        assert connection.execute(select(share_runs.c.state)).scalar_one() == "abandoned"
        assert connection.execute(select(share_sent)).all() == []
    assert (found[-1].dead, found[-1].unconfirmed, found[-1].entries, found[-1].runs) == (1,) * 4
    restored.outbox.close()


def busy_night(connection) -> None:
    """Put a journey entry that waits, a run at work and what it has sent into the store."""
    entry = {name: 0 for name in ("attempts", "epoch", "wake_at", "decided_at")}
    words = ("tenant", "export", "person", "trigger", "event_definition_key", "decided_day")
    connection.execute(
        insert(segment_entries).values(entry | dict.fromkeys(words, "x") | {"state": "queued"})
    )
    run = dict.fromkeys(("options", "cursor", "counts", "progress"), "{}")
    run |= {"tenant": "acme", "direction": "push", "state": "running", "phase": "push"}
    connection.execute(insert(share_runs).values(run | {"lease_until": 0, "started_at": 0}))
    sent = {"tenant": "acme", "object": "Contact", "record_id": "003", "digest": "d", "run_id": 1}
    connection.execute(insert(share_sent).values(sent))


def test_a_place_that_is_not_empty_is_left_alone(state_store, opened, tmp_path):
    file = back_up(state_store, tmp_path)
    restore(opened, file, nothing)
    with pytest.raises(BackupFailed, match="already"):
        restore(opened, file, nothing)
    with pytest.raises(BackupFailed, match="is there already"):
        back_up(state_store, file)


def test_a_damaged_backup_is_refused_and_the_place_stays_empty(state_store, opened, tmp_path):
    file = back_up(state_store, tmp_path / "backup")
    content = bytearray(file.read_bytes())
    content[len(content) // 2 :] = os.urandom(len(content) - len(content) // 2)
    file.write_bytes(content)
    with pytest.raises(BackupFailed):
        restore(opened, file, nothing)
    with pytest.raises(StorageUnavailable):
        require_current(opened)


def test_a_backup_of_a_newer_program_is_refused(state_store, opened, tmp_path):
    state_store.write(lambda c: c.exec_driver_sql("update alembic_version set version_num='9999'"))
    file = back_up(state_store, tmp_path)
    with pytest.raises(BackupFailed, match="schema 9999"):
        restore(opened, file, nothing)


def test_a_restore_that_was_killed_leaves_nothing_that_a_program_takes_for_a_store(
    outbox_stage, state_store, place, opened, tmp_path
):
    outbox_stage.put("content")
    file = back_up(state_store, tmp_path)
    dying = _context.Process(target=restore_and_die, args=(place, file))
    dying.start()
    dying.join(60)
    assert dying.exitcode == -signal.SIGKILL
    with pytest.raises(StorageUnavailable, match="none"):
        require_current(opened)


def restore_and_die(place: str, file: Path) -> None:
    """Die when everything is there but what must be set apart."""
    restore(Database(place), file, lambda _connection: os.kill(os.getpid(), signal.SIGKILL))


def test_a_wal_without_its_store_is_not_brought_to_life(tmp_path, sqlite_template):
    (tmp_path / "lost.db-wal").write_bytes(b"of another store")
    database = Database(f"sqlite:///{tmp_path / 'lost.db'}")
    with pytest.raises(BackupFailed, match=r"lost\.db-wal is there already"):
        restore(database, sqlite_template, nothing)
    database.close()


def test_what_a_killed_restore_left_is_not_read_into_the_next(tmp_path, sqlite_template):
    shutil.copy(sqlite_template, tmp_path / "state.db")
    store = Database(f"sqlite:///{tmp_path / 'state.db'}")
    file = back_up(store, tmp_path / "backup")
    stage = OutboxStage(store)
    stage.put("not in the backup")
    shutil.copy(tmp_path / "state.db-wal", tmp_path / "other.db.part-wal")
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    restore(other, file, nothing)
    assert states(other) == {}
    stage.outbox.close()
    store.close()
    other.close()


def test_passwords_never_stand_in_a_command_line(monkeypatch, tmp_path):
    seen = {}

    def run(command, env, **_options):
        seen.update(command=command, env=env)
        raise KeyboardInterrupt

    monkeypatch.setattr(backups.subprocess, "run", run)
    monkeypatch.setattr(backups.shutil, "which", lambda name: f"/usr/bin/{name}")
    database = Database("postgresql+psycopg://p13n:store-secret@db.example/p13n?sslmode=require")
    with pytest.raises(KeyboardInterrupt):
        back_up(database, tmp_path)
    assert "--dbname=postgresql://p13n@db.example/p13n?sslmode=require" in seen["command"]
    assert "store-secret" not in " ".join(seen["command"])
    assert seen["env"]["PGPASSWORD"] == "store-secret"
    database.close()
