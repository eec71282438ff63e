"""Precedence: readers give way to the thread they all wait for, and never for long."""

import threading
import time

from service.storage import precedence
from service.storage.precedence import Precedence


def begin_to_give_way(courtesy) -> threading.Thread:
    thread = threading.Thread(target=courtesy.give_way, daemon=True)
    thread.start()
    return thread


def test_nobody_waits_while_nobody_has_precedence():
    courtesy = Precedence()
    with courtesy.taken():
        pass
    reader = begin_to_give_way(courtesy)
    reader.join(5)
    assert not reader.is_alive()


def test_readers_wait_until_the_writer_has_finished(monkeypatch):
    monkeypatch.setattr(precedence, "MOST_SECONDS", 60)
    courtesy = Precedence()
    with courtesy.taken():
        reader = begin_to_give_way(courtesy)
        reader.join(0.1)
        assert reader.is_alive()
    reader.join(5)
    assert not reader.is_alive()


def test_a_writer_that_failed_holds_nobody_up(monkeypatch):
    monkeypatch.setattr(precedence, "MOST_SECONDS", 60)
    courtesy = Precedence()
    try:
        with courtesy.taken():
            raise ValueError
    except ValueError:
        reader = begin_to_give_way(courtesy)
    reader.join(5)
    assert not reader.is_alive()


def test_a_writer_that_waits_for_the_disk_holds_readers_up_for_a_moment_only():
    courtesy = Precedence()
    with courtesy.taken():
        started = time.monotonic()
        courtesy.give_way()
    assert time.monotonic() - started < 5
