"""Deletes what is over and past its time, a few rows at a time: all but events.

Every function takes (connection, tenant, before, limit), `before` in epoch seconds, and returns
how many rows went; 0 when nothing is left to do.
"""

from sqlalchemy import Connection, Table, delete, or_, select, tuple_, update

from service.storage.outbox_messages import NEEDS_A_PERSON
from service.storage.runs import State
from service.storage.runs_tables import share_batches, share_jobs, share_rows, share_runs
from service.storage.segment_tables import segment_entries, segment_looks, segment_members
from service.storage.tables import clock_runs, outbox

LEFT_ALONE = (State.PLANNED, State.STOPPED)
RUN_IS_OVER = (State.DONE, State.FAILED, State.ABANDONED)


def dead_letters(connection: Connection, tenant: str, before: float, limit: int) -> int:
    """Delete messages that could not be delivered and that nobody has replayed."""
    columns = outbox.c
    old = (
        columns.tenant == tenant,
        columns.state.in_(NEEDS_A_PERSON),
        columns.finished_at < before,
    )
    return _delete(connection, outbox, old, limit)


def forgotten_runs(connection: Connection, tenant: str, before: float, limit: int) -> int:
    """Give up runs that were planned or stopped and that nobody has gone on with."""
    columns = share_runs.c
    old = (columns.tenant == tenant, columns.state.in_(LEFT_ALONE), columns.started_at < before)
    chosen = select(columns.id).where(*old).limit(limit)
    change = update(share_runs).where(columns.id.in_(chosen))
    values = {"state": State.ABANDONED, "owner": None, "finished_at": before}
    return connection.execute(change.values(values)).rowcount


def run_rows(connection: Connection, tenant: str, before: float, limit: int) -> int:
    """Delete what runs that are over have said of single records."""
    place = tuple_(share_rows.c.run_id, share_rows.c.number)
    old = (
        select(share_rows.c.run_id, share_rows.c.number)
        .where(share_rows.c.run_id.in_(_runs_over(tenant, before)))
        .limit(limit)
    )
    return connection.execute(delete(share_rows).where(place.in_(old))).rowcount


def runs(connection: Connection, tenant: str, before: float, limit: int) -> int:
    """Delete runs that are over, with their jobs and batches, once no row of theirs is left."""
    has_rows = select(share_rows.c.run_id).where(share_rows.c.run_id == share_runs.c.id).exists()
    old = connection.execute(_runs_over(tenant, before).where(~has_rows).limit(limit)).scalars()
    ids = list(old)
    jobs = select(share_jobs.c.id).where(share_jobs.c.run_id.in_(ids))
    connection.execute(delete(share_batches).where(share_batches.c.job_id.in_(jobs)))
    connection.execute(delete(share_jobs).where(share_jobs.c.run_id.in_(ids)))
    connection.execute(delete(share_runs).where(share_runs.c.id.in_(ids)))
    return len(ids)


def entry_data(connection: Connection, tenant: str, before: float, limit: int) -> int:
    """Blank what entries that failed or were capped would have sent: no replay after that."""
    columns = segment_entries.c
    has_data = or_(columns.contact_key.is_not(None), columns.data.is_not(None))
    old = select(columns.id).where(columns.tenant == tenant, columns.settled_at < before, has_data)
    change = update(segment_entries).where(columns.id.in_(old.limit(limit)))
    return connection.execute(change.values(contact_key=None, data=None)).rowcount


def entries(connection: Connection, tenant: str, before: float, limit: int) -> int:
    """Delete entries that were settled long ago: who entered then may enter again."""
    columns = segment_entries.c
    old = (columns.tenant == tenant, columns.settled_at < before)
    return _delete(connection, segment_entries, old, limit)


def members(connection: Connection, tenant: str, before: float, limit: int) -> int:
    """Delete members who left long ago and of whom the ledger says nothing any more."""
    columns = segment_members.c
    stands = (
        select(segment_entries.c.id)
        .where(
            segment_entries.c.tenant == columns.tenant,
            segment_entries.c.export == columns.export,
            segment_entries.c.person == columns.person,
        )
        .exists()
    )
    place = tuple_(columns.tenant, columns.export, columns.person)
    old = select(columns.tenant, columns.export, columns.person).where(
        columns.tenant == tenant,
        columns.is_member == 0,
        columns.left_ms < before * 1000,
        columns.seen_ms < before * 1000,
        ~stands,
    )
    gone = delete(segment_members).where(place.in_(old.limit(limit)))
    return connection.execute(gone).rowcount


def looks(connection: Connection, tenant: str, before: float, limit: int) -> int:
    """Delete looks that nobody has taken: no worker exports segments."""
    columns = segment_looks.c
    place = tuple_(columns.tenant, columns.dataset, columns.person)
    old = select(columns.tenant, columns.dataset, columns.person)
    old = old.where(columns.tenant == tenant, columns.due_at < before).limit(limit)
    return connection.execute(delete(segment_looks).where(place.in_(old))).rowcount


def occasions(connection: Connection, before: float, limit: int) -> int:
    """Delete what the clock remembers of jobs that are done."""
    columns = clock_runs.c
    place = tuple_(columns.job, columns.occasion)
    old = select(columns.job, columns.occasion).where(columns.finished_at < before).limit(limit)
    return connection.execute(delete(clock_runs).where(place.in_(old))).rowcount


def _runs_over(tenant: str, before: float):
    return select(share_runs.c.id).where(
        share_runs.c.tenant == tenant,
        share_runs.c.finished_at < before,
        share_runs.c.state.in_(RUN_IS_OVER),
    )


def _delete(connection: Connection, table: Table, old: tuple, limit: int) -> int:
    chosen = select(table.c.id).where(*old).limit(limit)
    return connection.execute(delete(table).where(table.c.id.in_(chosen))).rowcount
