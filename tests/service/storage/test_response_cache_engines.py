"""What the core relies on in each of the two engines."""

import pytest

from service.storage.cache_engine import MARK_BYTES
from tests.service.storage.cache_stage import wait_until

MARK, OTHER_MARK = b"g" * 16 + b"f" * 8, b"h" * 16 + b"f" * 8


@pytest.fixture
def engine(cache_store):
    engine = cache_store.engine()
    yield engine
    engine.close()


def test_what_was_never_kept_is_none(engine):
    assert engine.read("entry", "mark") == (None, None)
    assert engine.get("note") is None


def test_entry_and_mark_come_back_byte_by_byte(engine):
    value = bytes(range(256)) * 40
    engine.claim_mark("mark", MARK, 60)
    assert engine.store("entry", value, 60, "mark", MARK[:16])
    assert engine.read("entry", "mark") == (value, MARK)


def test_the_first_claim_of_a_mark_stands(engine):
    assert engine.claim_mark("mark", MARK, 60) == MARK
    assert engine.claim_mark("mark", OTHER_MARK, 60) == MARK


@pytest.mark.parametrize("junk", [b"", b"junk", b"x" * (MARK_BYTES + 1)])
def test_a_mark_that_is_not_whole_is_replaced(engine, junk):
    engine.claim_mark("mark", junk, 60)
    assert engine.claim_mark("mark", MARK, 60) == MARK


def test_nothing_is_kept_under_a_generation_that_has_passed(engine):
    engine.claim_mark("mark", MARK, 60)
    assert not engine.store("entry", b"value", 60, "mark", OTHER_MARK[:16])
    engine.drop("mark")
    assert not engine.store("entry", b"value", 60, "mark", MARK[:16])
    assert engine.read("entry", "mark") == (None, None)


def test_new_freshness_leaves_the_generation(engine):
    engine.renew_freshness("mark", b"12345678")
    assert engine.read("entry", "mark")[1] is None
    engine.claim_mark("mark", MARK, 60)
    engine.renew_freshness("mark", b"\x00\xff\x0045678")
    assert engine.read("entry", "mark")[1] == MARK[:16] + b"\x00\xff\x0045678"


def test_a_lease_has_one_holder(engine):
    assert engine.acquire("lease", b"mine", 60)
    assert not engine.acquire("lease", b"yours", 60)


def test_a_lease_is_given_back_only_by_its_holder(engine):
    engine.acquire("lease", b"mine", 60)
    engine.release("lease", b"yours")
    assert not engine.acquire("lease", b"yours", 60)
    engine.release("lease", b"mine")
    assert engine.acquire("lease", b"yours", 60)


def test_a_lease_is_renewed_only_by_its_holder(engine):
    engine.acquire("lease", b"mine", 60)
    assert engine.renew("lease", b"mine", 60)
    assert not engine.renew("lease", b"yours", 60)
    assert not engine.renew("nobody's", b"mine", 60)


def test_a_lease_that_ran_out_is_free_and_cannot_be_renewed(engine):
    engine.acquire("lease", b"mine", 0.05)
    wait_until(lambda: engine.acquire("lease", b"yours", 0.05))
    assert not engine.renew("lease", b"mine", 60)


def test_a_note_is_gone_once_its_time_is_up(engine):
    engine.put("note", b"value", 0.05)
    wait_until(lambda: engine.get("note") is None)


def test_an_engine_that_works_answers_a_ping(engine):
    engine.ping()
