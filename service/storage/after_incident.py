"""What a state store must not do after it was brought back from the past.

Between backup and incident the world went on: what waited then has probably gone out since, and
what came later is not here. Nothing that cannot be undone happens by itself.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, update

from service.storage.outbox_messages import State
from service.storage.runs import UNFINISHED
from service.storage.runs import State as RunState
from service.storage.runs_tables import share_pulled, share_runs, share_sent
from service.storage.segment_entries import EntryState
from service.storage.segment_tables import segment_entries, segment_exports
from service.storage.tables import outbox

CODE = "RESTORED"
PERHAPS_SENT = "It waited when the backup was made. It has probably been delivered since."


@dataclass(frozen=True)
class SetApart:
    """How many were set apart: messages to look at, counters, journey entries, runs."""

    dead: int
    unconfirmed: int
    entries: int
    runs: int


def set_apart(connection: Connection, now: float) -> SetApart:
    """Let nothing of the store go out by itself that may have gone out already.

    Content that waited is dead and may be replayed; a counter is unconfirmed and may not. Journey
    entries wait for a person, and each export learns anew who is in its segment. Runs of data
    sharing are abandoned; what was written last is unknown, so nothing is skipped as unchanged.
    """
    return SetApart(
        dead=_finish(connection, State.DEAD, True, f"{PERHAPS_SENT} Replay it if not.", now),
        unconfirmed=_finish(connection, State.UNCONFIRMED, False, PERHAPS_SENT, now),
        entries=_entries(connection, now),
        runs=_runs(connection, now),
    )


def _finish(connection, state: State, repeatable: bool, detail: str, now: float) -> int:
    waiting = update(outbox).where(
        outbox.c.finished_at.is_(None), outbox.c.repeatable == int(repeatable)
    )
    values = {"state": state, "finished_at": now, "code": CODE, "detail": detail}
    return connection.execute(waiting.values(values)).rowcount


def _entries(connection, now: float) -> int:
    connection.execute(update(segment_exports).values(origin=""))  # whoever holds it begins anew
    waiting = update(segment_entries).where(segment_entries.c.settled_at.is_(None))
    values = {"state": EntryState.UNDECIDED, "settled_at": now, "code": CODE}
    return connection.execute(waiting.values(values | {"detail": PERHAPS_SENT})).rowcount


def _runs(connection, now: float) -> int:
    connection.execute(delete(share_sent))
    connection.execute(update(share_pulled).values(digest=None))
    unfinished = update(share_runs).where(share_runs.c.state.in_(UNFINISHED))
    values = {"state": RunState.ABANDONED, "owner": None, "finished_at": now, "code": CODE}
    return connection.execute(unfinished.values(values)).rowcount
