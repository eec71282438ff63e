"""What an erasure removes from the tables of data sharing, and from the files of its runs.

Tables are searched by reading alone; what was found is then removed by its key, a few at a time.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import orjson
from sqlalchemy import Connection, and_, delete, null, or_, select, tuple_, update

from service.model import Identity
from service.storage.erasing import CRM_TYPES, STEP, Piece, is_theirs
from service.storage.erasures import Traces
from service.storage.people import digest, profile_digest
from service.storage.runs import UNFINISHED, State
from service.storage.runs_rows import Status, source_of
from service.storage.runs_tables import share_pulled, share_rows, share_runs, share_sent

RowKey = tuple[int, int]
"""Run and number."""

BUSY_SECONDS = 5
ERASED = "ERASED"


def is_at_work(connection: Connection, tenant: str, now: float) -> bool:
    """Tell whether somebody works on a run of the tenant."""
    query = select(share_runs.c.id).where(*_at_work(tenant, now))
    return connection.execute(query.limit(1)).first() is not None


def found_in_shares(
    connection: Connection, tenant: str, dataset: str, traces: Traces
) -> tuple[frozenset[str], list[RowKey]]:
    """Return the CRM records tied to the person, and the rows of runs that tell of them."""
    of_runs = share_rows.c.run_id.in_(runs_of(connection, tenant))
    records = traces.records | _records(connection, tenant, of_runs, traces)
    records |= _named(connection, tenant, dataset, traces)
    texts = sorted(traces.profiles | records)
    is_about = or_(
        share_rows.c.source_id.in_(_sources(traces)),
        share_rows.c.record_id.in_(records),
        *(share_rows.c.message.contains(each, autoescape=True) for each in texts),
    )
    query = select(share_rows.c.run_id, share_rows.c.number).where(of_runs, is_about)
    return records, [tuple(row) for row in connection.execute(query)]


def share_rows_of(tenant: str, keys: Sequence[RowKey], now: float) -> Piece:
    """Return the piece that removes rows of runs that nobody works on.

    One whose batch may have no result yet stays: a resume tells results apart by their place. Of
    a row about somebody else, what it says of the person is blanked. Runs are held to the end of
    the transaction, so that nobody takes one up in between.
    """

    def piece(connection: Connection, traces: Traces) -> tuple[dict, Traces]:
        runs = select(share_runs.c.id).where(share_runs.c.tenant == tenant)
        connection.execute(runs.with_for_update()).all()
        busy = set(connection.execute(runs.where(*_at_work(tenant, now))).scalars())
        place = tuple_(share_rows.c.run_id, share_rows.c.number)
        mine = place.in_([key for key in keys if key[0] not in busy])
        is_theirs = or_(
            share_rows.c.source_id.in_(_sources(traces)),
            share_rows.c.record_id.in_(traces.records),
        )
        unfinished = runs.where(share_runs.c.state.in_(UNFINISHED))
        is_in_flight = and_(share_rows.c.status == Status.SENT, share_rows.c.run_id.in_(unfinished))
        gone = delete(share_rows).where(mine, is_theirs, ~is_in_flight)
        told = update(share_rows).where(mine, ~is_theirs).values(message=ERASED)
        number = connection.execute(gone).rowcount + connection.execute(told).rowcount
        return {"share_rows": number}, traces

    return piece


def shared_of(tenant: str, records: frozenset[str]) -> Piece:
    """Return the piece that forgets what was last written to the records, and read of them."""

    def piece(connection: Connection, traces: Traces) -> tuple[dict, Traces]:
        removed = {}
        for table in (share_sent, share_pulled):
            is_theirs = table.c.record_id.in_(records)
            if table is share_pulled:
                is_theirs = is_theirs | table.c.of_record.in_(records)
            mine = delete(table).where(table.c.tenant == tenant, is_theirs)
            removed[table.name] = connection.execute(mine).rowcount
        return removed, replace(traces, records=records)

    return piece


def _sources(traces: Traces) -> list[str]:
    """Return what rows of runs name the person by."""
    return [*traces.profiles, *(source_of(each) for each in traces.people)]


def _at_work(tenant: str, now: float) -> tuple:
    return (
        share_runs.c.tenant == tenant,
        share_runs.c.state == State.RUNNING,
        share_runs.c.lease_until > now,
    )


def _records(connection: Connection, tenant: str, of_runs, traces: Traces) -> frozenset[str]:
    """Return the records that runs and pulls have tied to the person; no account is one's own."""
    matched = select(share_rows.c.record_id).where(
        of_runs, share_rows.c.source_id.in_(_sources(traces)), share_rows.c.object != "Account"
    )
    pulled = select(share_pulled.c.record_id, share_pulled.c.of_record).where(
        share_pulled.c.tenant == tenant, share_pulled.c.person_id.in_(traces.people)
    )
    found = set(connection.execute(matched).scalars())
    found.update(each for row in connection.execute(pulled) for each in row)
    return frozenset(found - {"", None})


def _named(connection: Connection, tenant: str, dataset: str, traces: Traces) -> frozenset[str]:
    """Return records that are an identity of the person, or wait for one to be known."""
    found = set()
    for table in (share_pulled, share_sent):
        waiting = table.c.waiting if table is share_pulled else null()
        query = select(table.c.record_id, waiting).where(table.c.tenant == tenant)
        for record_id, waits in connection.execute(query.execution_options(yield_per=STEP)):
            is_waiting = bool(waits) and not traces.digests.isdisjoint(orjson.loads(waits))
            if is_waiting or is_theirs(record_id, tenant, dataset, CRM_TYPES, traces):
                found.add(record_id)
    return frozenset(found)


def runs_of(connection: Connection, tenant: str) -> list[int]:
    """Return the numbers of all runs of the tenant."""
    return list(
        connection.execute(select(share_runs.c.id).where(share_runs.c.tenant == tenant)).scalars()
    )


def drop_files(paths: Iterable[Path]) -> None:
    """Delete files of runs that are over, with their companions."""
    for path in paths:
        for each in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
            each.unlink(missing_ok=True)


def unfinished_runs(connection: Connection) -> list[int]:
    """Return the numbers of runs, of all tenants, that somebody may go on with."""
    query = select(share_runs.c.id).where(share_runs.c.state.in_(UNFINISHED))
    return list(connection.execute(query).scalars())


def clean_files(
    folder: Path,
    runs: Collection[int],
    tenant: str,
    dataset: str,
    erased_among: Callable[[Collection[str]], Collection],
) -> int:
    """Remove whoever was erased from the files in which runs gather; return how many rows went.

    Only for runs that nobody works on. Tombstones say who: any machine may look at its own files.
    A feed file that was not sent goes as a whole: a resume writes it anew.
    """
    mine = {str(each) for each in runs}
    for unsent in folder.glob("*.csv"):
        if unsent.name.partition("-")[0] in mine:
            unsent.unlink(missing_ok=True)
    files = [path for path in sorted(folder.glob("*.db")) if path.stem in mine]
    return sum(_clean(path, tenant, dataset, erased_among) for path in files)


def _clean(path: Path, tenant: str, dataset: str, erased_among) -> int:
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as file:
        file.execute("begin immediate")
        number = 0
        for table in ("found", "members", "segments"):
            number += _clean_users(file, table, tenant, dataset, erased_among)
        number += _clean_pulled(file, tenant, dataset, erased_among)
        file.execute("commit")
    return number


def _clean_users(file, table: str, tenant: str, dataset: str, erased_among) -> int:
    query = f"select distinct source_id from {table}"  # noqa: S608 - the names are our own
    number = 0
    for ids in _parts(file.execute(query)):
        named = {profile_digest(tenant, dataset, each): each for (each,) in ids}
        for gone in erased_among(named):
            statement = f"delete from {table} where source_id = ?"  # noqa: S608
            number += file.execute(statement, [named[gone]]).rowcount
    return number


def _clean_pulled(file, tenant: str, dataset: str, erased_among) -> int:
    number = 0
    query = "select object, record_id, identity from pulled where identity is not null"
    for rows in _parts(file.execute(query)):
        named: dict[str, list] = {}
        for name, record_id, text in rows:
            who = Identity(*orjson.loads(text))
            named.setdefault(digest(tenant, dataset, who), []).append((name, record_id))
        for gone in erased_among(named):
            for place in named[gone]:
                statement = "delete from pulled where object = ? and record_id = ?"
                number += file.execute(statement, place).rowcount
    return number


def _parts(cursor) -> Iterator[list]:
    """Yield what a query finds in parts; all of it is read before anything is deleted."""
    rows = cursor.fetchall()
    for start in range(0, len(rows), STEP):
        yield rows[start : start + STEP]
