"""The cache file: damaged, deleted, full, blocked, and kept small."""

import sqlite3
import threading
import time
from contextlib import closing

import pytest

from service.storage.cache_engine import EngineRefused, EngineUnavailable
from service.storage.cache_sqlite import FULL, ROOMY, SWEEP_ROWS, SqliteEngine
from tests.service.storage.cache_stage import KEY, Caller, Clock, Stage, wait_until
from tests.service.storage.cache_stores import SqliteStore

MARK = b"g" * 16 + b"f" * 8


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "responses.db"


@pytest.fixture
def stage(path):
    stage = Stage(SqliteStore(path.parent))
    yield stage
    stage.close()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def engine(path, clock):
    engine = SqliteEngine(path, clock=clock, max_bytes=2**20)
    engine.claim_mark("mark", MARK, 10**6)
    yield engine
    engine.close()


def spoil(path, kind):
    """Damage the file in one of the ways in which files get damaged."""
    if kind == "junk":
        path.write_bytes(b"not a database, " * 4_096)
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "a page overwritten":
        with open(path, "r+b") as file:
            file.seek(4_096)
            file.write(b"\xff" * 16_384)


@pytest.mark.parametrize("kind", ["junk", "empty", "a page overwritten"])
def test_a_damaged_file_is_replaced_and_filled_again(stage, path, kind):
    stage.fetch()
    stage.cache.close()
    spoil(path, kind)
    cache = stage.another_cache()
    assert [stage.fetch(cache=cache).state for _ in range(2)] == ["miss", "hit"]
    assert not path.exists()  # its successor has another name
    assert [file.name for file in path.parent.glob("*.db.1")] == ["responses.db.1"]


def test_processes_that_have_a_damaged_file_open_move_to_its_successor(stage, path):
    stage.fetch()
    spoil(path, "junk")
    newcomer = stage.another_cache()
    stage.fetch(cache=newcomer)
    newcomer.void_person(KEY.tenant, KEY.person)
    calls = stage.upstream.calls
    assert (stage.fetch().state, stage.fetch(cache=newcomer).state) == ("miss", "hit")
    assert stage.upstream.calls == calls + 1


def test_a_second_damage_gets_a_second_successor(stage, path):
    stage.fetch()
    for number in (1, 2):
        stage.cache.close()
        spoil(path if number == 1 else path.with_name("responses.db.1"), "junk")
        stage.cache = stage.another_cache()
        assert [stage.fetch().state for _ in range(2)] == ["miss", "hit"]
    assert path.with_name("responses.db.2").exists()


def test_a_file_deleted_by_hand_is_made_again(stage, path):
    stage.fetch()
    for file in path.parent.glob("responses.db*"):
        file.unlink()
    assert [stage.fetch().state for _ in range(2)] == ["miss", "hit"]


def test_a_folder_that_cannot_hold_the_file_costs_only_the_cache(stage, tmp_path):
    (tmp_path / "no-folder").write_text("a file where the folder should be")
    cache = stage.another_cache(engine=SqliteEngine(tmp_path / "no-folder" / "responses.db"))
    assert [stage.fetch(cache=cache).state for _ in range(2)] == ["miss", "miss"]


def test_many_threads_and_processes_may_open_a_file_that_is_not_there_yet(path):
    engines = [SqliteEngine(path) for _ in range(4)]
    start = threading.Barrier(16)
    claimed = []

    def claim(engine):
        start.wait()
        claimed.append(engine.claim_mark("mark", MARK, 60))

    threads = [threading.Thread(target=claim, args=(engines[n % 4],)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for engine in engines:
        engine.close()
    assert claimed == [MARK] * 16


def test_a_writer_that_is_blocked_is_passed_by_until_it_can_write_again(stage, path):
    engine = SqliteEngine(path, busy_seconds=0.05)
    cache = stage.another_cache(engine=engine, retry_seconds=0.05)
    stage.fetch(cache=cache)
    stage.cache.void_person(KEY.tenant, KEY.person)
    with closing(sqlite3.connect(path, isolation_level=None)) as blocker:
        blocker.execute("begin immediate")
        began = time.monotonic()
        assert {stage.fetch(cache=cache).state for _ in range(20)} == {"miss"}
        assert time.monotonic() - began < 2  # busy_seconds for each write would be 3 s
        blocker.execute("rollback")
    wait_until(lambda: stage.fetch(cache=cache).state == "hit")


def test_a_writer_that_is_blocked_says_so(engine, path):
    with closing(sqlite3.connect(path, isolation_level=None)) as blocker:
        blocker.execute("begin immediate")
        with pytest.raises(EngineUnavailable):
            engine.ping()
    engine.ping()


def test_a_lease_from_before_the_clock_was_set_back_holds_nobody_up(engine, clock):
    engine.acquire("lease", b"theirs", 2)
    clock.advance(-3_600)
    assert engine.acquire("lease", b"mine", 2)


def test_a_lease_renewed_while_another_looks_is_not_taken_for_one_of_those(path, clock):
    holder = SqliteEngine(path, clock=lambda: clock.now + 1)
    holder.acquire("lease", b"theirs", 2)
    assert not SqliteEngine(path, clock=clock).acquire("lease", b"mine", 2)
    holder.close()


def test_a_sweep_takes_what_has_expired_and_nothing_else(engine, clock):
    for number in range(SWEEP_ROWS + 10):
        engine.put(f"short-{number}", b"value", 10)
    engine.put("long", b"value", 1_000)
    engine.acquire("lease of a killed process", b"token", 2)
    engine.claim_mark("short mark", MARK, 10)
    clock.advance(11)

    assert engine.sweep() == SWEEP_ROWS + 10 + 2
    assert engine.sweep() == 0
    assert engine.get("long") == b"value"
    assert engine.read("-", "mark")[1] == MARK


def test_sweeping_goes_in_steps_so_that_others_can_write_in_between(engine, clock, path):
    for number in range(3 * SWEEP_ROWS):
        engine.put(f"short-{number}", b"value", 10)
    clock.advance(11)
    longest = []
    engine._connections.here().ask(
        lambda connection: connection.set_trace_callback(lambda sql: longest.append(sql))
    )
    engine.sweep()
    deletes = [sql for sql in longest if sql.startswith("delete from entries")]
    assert len(deletes) == 4


def test_a_cache_sweeps_by_itself(stage, path):
    cache = stage.another_cache(engine=SqliteEngine(path, clock=stage.clock))
    stage.fetch(cache=cache)
    stage.clock.advance(2 * 86_400)
    stage.fetch(type(KEY)("acme", "person-2", KEY.kind, KEY.parameters), cache=cache)
    wait_until(lambda: not [name for name in stage.store.names() if "person-1" in name])


def test_the_file_stays_within_its_bound_and_what_expires_first_makes_room(engine, path):
    body = b"x" * 4_000
    for number in range(600):  # more than twice the bound
        _store_until_kept(engine, f"entry-{number}", body, 60 + number)
    engine.sweep()

    assert path.stat().st_size <= 2**20
    assert engine.read("entry-0", "mark") == (None, MARK)
    assert engine.read("entry-599", "mark") == (body, MARK)


def test_a_sweep_makes_room_before_the_file_is_full(engine):
    number = 0
    while engine._used_pages() <= FULL * engine._most_pages:
        number += 1
        engine.store(f"entry-{number}", b"x" * 8_000, 60 + number, "mark", MARK[:16])
    assert engine.sweep() > 0
    assert engine._used_pages() < ROOMY * engine._most_pages
    assert engine.read(f"entry-{number}", "mark")[0] is not None


def test_a_bigger_answer_than_the_whole_cache_is_refused(engine):
    with pytest.raises(EngineRefused):
        engine.store("entry", b"x" * 2**21, 60, "mark", MARK[:16])
    assert engine.store("entry", b"small", 60, "mark", MARK[:16])


def test_text_where_bytes_belong_is_junk_and_no_error(stage):
    stage.fetch()
    stage.store.plant(KEY.entry_name, "text ü" * 100)
    assert [stage.fetch().state for _ in range(2)] == ["miss", "hit"]


def test_a_connection_is_not_closed_while_another_thread_asks_it(engine):
    held = engine._connections.here()
    asked, go_on = threading.Event(), threading.Event()

    def question(connection):
        asked.set()
        assert go_on.wait(10)
        return connection.execute("select 1").fetchone()

    asker = Caller(lambda: held.ask(question))
    assert asked.wait(10)
    closer = Caller(held.close)
    closer.join(0.1)
    assert closer.is_alive()
    go_on.set()
    closer.done()
    assert asker.done().answer == (1,)


def test_of_two_who_both_saw_no_mark_the_first_to_write_wins(engine):
    """The second has looked already, so it comes straight to its write."""
    until = engine._clock() + 60
    assert engine._claim_mark("new", MARK, until) == MARK
    assert engine._claim_mark("new", b"h" * len(MARK), until) == MARK


def _store_until_kept(engine, name, body, seconds):
    """Store like a cache that comes again: what is refused makes room for the next attempt."""
    for _ in range(5):
        try:
            assert engine.store(name, body, seconds, "mark", MARK[:16])
            return
        except EngineRefused:
            continue
    raise AssertionError("refused again and again")
