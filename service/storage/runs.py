"""Runs of data sharing: who works on which, how far it is, how it ended.

A run has one owner at a time, who renews a lease. Whoever finds a running run whose owner is
gone may take it over: on the same machine at once, elsewhere when the lease is out.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import orjson
from sqlalchemy import Connection, insert, select, update

from service.errors import CallerMistake, Fault, NotFound
from service.storage.database import Database
from service.storage.runs_tables import share_runs

LEASE_SECONDS = 120
SHOW_SECONDS = 1


class State(StrEnum):
    """Where a run stands.

    running    somebody works on it, or will as soon as a worker is free
    planned    its plan is made and waits to be applied
    stopped    it came to a halt that it can be resumed from; `code` says why
    done       every row has its outcome
    failed     it cannot go on
    abandoned  another run has taken its place
    """

    PLANNED = "planned"
    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"
    FAILED = "failed"
    ABANDONED = "abandoned"


class Phase(StrEnum):
    """What a run is at: planning, pushing or pulling."""

    PLAN = "plan"
    PUSH = "push"
    PULL = "pull"


UNFINISHED = (State.PLANNED, State.RUNNING, State.STOPPED)


class RunInProgress(Fault):
    """Raised when a run of this tenant is being worked on by somebody else."""

    status = 409
    code = "RUN_IN_PROGRESS"
    title = "Conflict"

    def __init__(self, run_id: int, *, retry_after: int = 30):
        detail = f"Run {run_id} of this tenant is at work. See: p13n share status"
        super().__init__(detail, retry_after=retry_after)


class NotResumable(CallerMistake):
    """Raised when a run is not in a state in which it could go on, or be applied or undone."""

    status = 409
    code = "NOT_RESUMABLE"
    title = "Conflict"


class LostRun(Fault):
    """Raised when somebody else has taken a run over: its former owner writes nothing more."""

    status = 409
    code = "RUN_TAKEN_OVER"
    title = "Conflict"
    default_detail = "Somebody else has taken this run over."


@dataclass(frozen=True)
class Run:
    """One run of one direction. `progress` is {done, total, unit}; times are epoch seconds."""

    id: int
    tenant: str
    direction: str
    state: State
    phase: Phase
    options: Mapping
    cursor: Mapping
    counts: Mapping
    progress: Mapping
    started_at: float
    planned_at: float | None
    finished_at: float | None
    code: str | None
    detail: str | None


AndThen = Callable[[Connection, Run], None] | None
"""What else is to be written, in the same transaction."""


class Runs:
    """Keeps runs. Every method is one transaction and may raise StorageUnavailable."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time):
        self._database = database
        self._clock = clock
        self._renewed: dict[int, float] = {}

    def begin(
        self,
        tenant: str,
        direction: str,
        phase: Phase,
        options: Mapping,
        *,
        owned: bool,
        and_then: AndThen = None,
    ) -> Run:
        """Add a run: the caller's, or one that waits for an owner. Raises: RunInProgress."""

        def work(connection: Connection) -> Run:
            for row in connection.execute(_of_tenant(tenant, (State.RUNNING,))):
                raise RunInProgress(row.id)
            values = {
                "tenant": tenant,
                "direction": direction,
                "state": State.RUNNING,
                "phase": phase,
                "options": _json(options),
                "cursor": "{}",
                "counts": "{}",
                "progress": "{}",
                "started_at": self._clock(),
            } | self._ownership(owned)
            added = connection.execute(insert(share_runs).values(values))
            return _told(connection, added.inserted_primary_key[0], and_then)

        return self._database.write(work)

    def get(self, tenant: str, run_id: int) -> Run:
        """Return a run. Raises: NotFound, also for a run of another tenant."""
        query = select(share_runs).where(share_runs.c.id == run_id, share_runs.c.tenant == tenant)
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFound(f"There is no run {run_id}.")
        return _run(row)

    def newest(self, tenant: str, limit: int = 20, direction: str | None = None) -> list[Run]:
        """Return runs, the newest first."""
        query = select(share_runs).where(share_runs.c.tenant == tenant)
        if direction:
            query = query.where(share_runs.c.direction == direction)
        query = query.order_by(share_runs.c.id.desc()).limit(limit)
        with self._database.reading() as connection:
            return [_run(row) for row in connection.execute(query)]

    def unfinished(self, tenant: str, *states: State) -> list[Run]:
        """Return runs in `states`, the oldest first."""
        with self._database.reading() as connection:
            return [_run(row) for row in connection.execute(_of_tenant(tenant, states))]

    def wake(self, run: Run, options: Mapping, *, owned: bool, and_then: AndThen = None) -> Run:
        """Let a planned or stopped run go on with `options` beside its own.

        Raises: RunInProgress when somebody else works on it, NotResumable when it is over.
        """
        values = self._ownership(owned) | {"options": _json(dict(run.options) | dict(options))}
        return self._start(run, values, and_then)

    def take(self, run: Run) -> Run:
        """Make the caller the owner of a run, and the run running.

        Raises: RunInProgress when somebody else works on it, NotResumable when it is over.
        """
        return self._start(run, self._ownership(True))

    def _ownership(self, owned: bool) -> dict:
        until = self._clock() + LEASE_SECONDS if owned else 0
        return {"owner": owner_name() if owned else None, "lease_until": until}

    def _start(self, run: Run, values: Mapping, and_then: AndThen = None) -> Run:
        def work(connection: Connection) -> Run:
            row = connection.execute(select(share_runs).where(share_runs.c.id == run.id)).one()
            if row.state not in UNFINISHED:
                raise NotResumable(f"Run {run.id} is {row.state}.")
            if row.state == State.RUNNING and self._is_alive(row):
                raise RunInProgress(run.id)
            for other in connection.execute(_of_tenant(run.tenant, (State.RUNNING,))):
                if other.id != run.id and self._is_alive(other):
                    raise RunInProgress(other.id)
            connection.execute(
                update(share_runs)
                .where(share_runs.c.id == run.id)
                .values(state=State.RUNNING, code=None, detail=None, finished_at=None, **values)
            )
            return _told(connection, run.id, and_then)

        started = self._database.write(work)
        self._renewed[run.id] = self._clock()
        return started

    def show(self, run: Run, progress: Mapping) -> None:
        """Write down how far the run is, and hold it for longer; not oftener than is looked at.

        Raises: LostRun.
        """
        if self._clock() - self._renewed.get(run.id, 0) >= SHOW_SECONDS:
            self.note(run, progress=progress)

    def note(self, run: Run, **values) -> None:
        """Write down values of a run that the caller owns. Raises: LostRun."""
        self._database.write(lambda connection: self.note_in(connection, run, **values))

    def note_in(self, connection: Connection, run: Run, **values) -> None:
        """Do as `note` does, in the caller's transaction."""
        now = self._clock()
        coded = {
            name: _json(value) if isinstance(value, Mapping) else value
            for name, value in values.items()
        }
        change = (
            update(share_runs)
            .where(share_runs.c.id == run.id, share_runs.c.owner == owner_name())
            .values({"lease_until": now + LEASE_SECONDS} | coded)
        )
        if connection.execute(change).rowcount != 1:
            raise LostRun()
        self._renewed[run.id] = now

    def halt(self, run: Run, state: State, *, code: str | None = None, detail=None, **values):
        """Let go of a run: stopped, planned, done, failed or abandoned."""
        ended = None if state == State.PLANNED else self._clock()
        self.note(
            run, state=state, owner=None, code=code, detail=detail, finished_at=ended, **values
        )

    def abandon(self, run: Run) -> None:
        """Note that another run takes this one's place, unless somebody works on it."""
        change = (
            update(share_runs)
            .where(share_runs.c.id == run.id, share_runs.c.state.in_(UNFINISHED))
            .values(state=State.ABANDONED, owner=None, finished_at=self._clock())
        )
        self._database.write(lambda connection: connection.execute(change))

    def waiting(self) -> list[Run]:
        """Return running runs of all tenants that nobody works on, the oldest first."""
        query = select(share_runs).where(share_runs.c.state == State.RUNNING)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(share_runs.c.id)).all()
        return [_run(row) for row in rows if not self._is_alive(row)]

    def _is_alive(self, row) -> bool:
        """Tell whether a run's owner still works on it, as far as we can see."""
        if row.owner in (None, owner_name()):
            return False
        return row.lease_until > self._clock() and not _is_gone(row.owner)


def owner_name() -> str:
    """Return who we are: machine, process, when the process began, and its thread."""
    began = _began(os.getpid())
    return f"{socket.gethostname()[:80]} {os.getpid()} {began} {threading.get_ident()}"


def _is_gone(owner: str) -> bool:
    host, pid, began, _thread = owner.rsplit(" ", 3)
    return host == socket.gethostname()[:80] and _began(int(pid)) != began


def _began(pid: int) -> str:
    """Return when a process began, in the kernel's ticks; "" when there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else fields[19]  # a zombie works on nothing


def _told(connection: Connection, run_id: int, and_then: AndThen) -> Run:
    run = _run(connection.execute(select(share_runs).where(share_runs.c.id == run_id)).one())
    if and_then is not None:
        and_then(connection, run)
    return run


def _of_tenant(tenant: str, states):
    return (
        select(share_runs)
        .where(share_runs.c.tenant == tenant, share_runs.c.state.in_(states))
        .order_by(share_runs.c.id)
    )


def _run(row) -> Run:
    return Run(
        id=row.id,
        tenant=row.tenant,
        direction=row.direction,
        state=State(row.state),
        phase=Phase(row.phase),
        options=orjson.loads(row.options),
        cursor=orjson.loads(row.cursor),
        counts=orjson.loads(row.counts),
        progress=orjson.loads(row.progress),
        started_at=row.started_at,
        planned_at=row.planned_at,
        finished_at=row.finished_at,
        code=row.code,
        detail=row.detail,
    )


def _json(value: Mapping) -> str:
    return orjson.dumps(dict(value)).decode("utf-8")
