"""How workers get entries to post or to ask about, and report on them.

A claim gives an entry to one worker for the length of a lease; its attempt number is the fencing
token. Functions are parts of their caller's transaction, which holds the export's row.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import orjson
from sqlalchemy import Connection, and_, func, select, update

from service.segment_exports import SegmentExport
from service.storage.segment_entries import EntryState, is_over, of_export
from service.storage.segment_tables import segment_entries, segment_members

MINUTE, DAY = 60, 86_400


@dataclass(frozen=True)
class HeldEntry:
    """An entry that the caller holds; `attempt` is its fencing token."""

    id: int
    attempt: int
    state: EntryState
    event_definition_key: str
    contact_key: str = field(repr=False)
    data: Mapping[str, object] = field(repr=False)
    sent_at: float | None = None
    decided_at: float = 0.0
    request_id: str | None = None
    event_instance_id: str | None = None


def claim(
    connection: Connection,
    tenant: str,
    export: SegmentExport,
    limit: int,
    now: float,
    day: str,
    lease_seconds: float,
) -> list[HeldEntry]:
    """Give the caller up to `limit` entries to post, all under one event definition key.

    Who must not enter any more is refused; who is beyond a cap of the day is suppressed. The
    cap of a minute only delays.
    """
    room = min(limit, _room_this_minute(connection, tenant, export, now))
    if room <= 0:
        return []
    due = _due_and_not_barred(connection, tenant, export, room, now)
    sent_today = _sent_on(connection, tenant, export, day, now)
    per_person = _sent_per_person(connection, tenant, export, day, [row.person for row in due])
    taken, capped = [], {"MAX_PER_DAY": [], "MAX_PER_PERSON_PER_DAY": []}
    for row in due:
        if export.max_per_day is not None and sent_today >= export.max_per_day:
            capped["MAX_PER_DAY"].append(row.id)
        elif is_over(export.max_per_person_per_day, per_person[row.person]):
            capped["MAX_PER_PERSON_PER_DAY"].append(row.id)
        elif not taken or row.event_definition_key == taken[0].event_definition_key:
            taken.append(row)
            sent_today += 1
            per_person[row.person] += 1
    for code, ids in capped.items():
        _settle(connection, ids, EntryState.CAPPED, now, code)
    if not taken:
        return []
    connection.execute(
        update(segment_entries)
        .where(segment_entries.c.id.in_([row.id for row in taken]))
        .values(
            state=EntryState.SENDING,
            attempts=segment_entries.c.attempts + 1,
            sent_at=now,
            sent_day=day,
            wake_at=now + lease_seconds,
        )
    )
    return [_held(row, EntryState.SENDING, row.attempts + 1, now) for row in taken]


def claim_open(
    connection: Connection,
    tenant: str,
    export: SegmentExport,
    state: EntryState,
    limit: int,
    now: float,
    lease_seconds: float,
) -> list[HeldEntry]:
    """Give the caller entries in `state` (sending or accepted) whose time to be looked at has come.

    Whoever held them before can report nothing about them any more.
    """
    due = connection.execute(
        select(segment_entries)
        .where(*of_export(tenant, export), segment_entries.c.state == state)
        .where(segment_entries.c.settled_at.is_(None), segment_entries.c.wake_at <= now)
        .order_by(segment_entries.c.id)
        .limit(limit)
    ).all()
    if due:
        connection.execute(
            update(segment_entries)
            .where(segment_entries.c.id.in_([row.id for row in due]))
            .values(attempts=segment_entries.c.attempts + 1, wake_at=now + lease_seconds)
        )
    return [_held(row, state, row.attempts + 1, row.sent_at) for row in due]


def has_open(
    connection: Connection, tenant: str, export: SegmentExport, state: EntryState, now: float
) -> bool:
    """Tell whether an entry in this state is due."""
    query = select(segment_entries.c.id).where(
        *of_export(tenant, export),
        segment_entries.c.state == state,
        segment_entries.c.settled_at.is_(None),
        segment_entries.c.wake_at <= now,
    )
    return connection.execute(query.limit(1)).first() is not None


def report(connection: Connection, held: HeldEntry, state: EntryState, **values) -> bool:
    """Note what became of an entry; False if it is no longer the caller's.

    What a journey has, or never gets, no longer needs the person's data here.
    """
    if state in (EntryState.ENTERED, EntryState.REFUSED):
        values |= {"contact_key": None, "data": None}
    still_ours = (
        update(segment_entries)
        .where(segment_entries.c.id == held.id, segment_entries.c.attempts == held.attempt)
        .where(segment_entries.c.state == held.state, segment_entries.c.settled_at.is_(None))
    )
    return connection.execute(still_ours.values(state=state, **values)).rowcount == 1


def known_instances(connection: Connection, tenant: str, ids: Collection[str]) -> set[str]:
    """Return which of these event instances belong to entries of the ledger."""
    query = select(segment_entries.c.event_instance_id).where(
        segment_entries.c.tenant == tenant, segment_entries.c.event_instance_id.in_(sorted(ids))
    )
    return set(connection.execute(query).scalars()) if ids else set()


def _sent_on(connection, tenant, export: SegmentExport, day: str, now: float) -> int:
    if export.max_per_day is None:
        return 0
    columns = segment_entries.c
    lately = columns.sent_at > now - 2 * DAY  # for the index: a local day is no longer than that
    query = select(func.count()).where(*of_export(tenant, export), lately, columns.sent_day == day)
    return connection.execute(query).scalar_one()


def _sent_per_person(connection, tenant, export, day: str, persons: Iterable[str]) -> Counter:
    if export.max_per_person_per_day is None:
        return Counter()
    columns = segment_entries.c
    query = select(columns.person, func.count()).where(
        *of_export(tenant, export),
        columns.sent_day == day,
        columns.person.in_(sorted(set(persons))),
    )
    rows = connection.execute(query.group_by(columns.person))
    return Counter({person: number for person, number in rows})


def _room_this_minute(connection, tenant, export: SegmentExport, now: float) -> int:
    if export.max_per_minute is None:
        return 1_000_000
    query = select(func.count()).where(
        *of_export(tenant, export), segment_entries.c.sent_at > now - MINUTE
    )
    return export.max_per_minute - connection.execute(query).scalar_one()


def _due_and_not_barred(connection, tenant, export: SegmentExport, limit: int, now: float) -> list:
    """Return the oldest that wait, after refusing those of them who have opted out since."""
    members = segment_members.c
    is_the_same = and_(
        members.tenant == segment_entries.c.tenant,
        members.export == segment_entries.c.export,
        members.person == segment_entries.c.person,
    )
    rows = connection.execute(
        select(segment_entries, members.barred)
        .outerjoin(segment_members, is_the_same)
        .where(*of_export(tenant, export), segment_entries.c.state == EntryState.QUEUED)
        .where(segment_entries.c.wake_at <= now)
        .order_by(segment_entries.c.id)
        .limit(limit)
    ).all()
    barred = [row.id for row in rows if row.barred]
    _settle(connection, barred, EntryState.REFUSED, now, "OPTED_OUT", contact_key=None, data=None)
    return [row for row in rows if not row.barred]


def _settle(connection, ids: Sequence[int], state: EntryState, now, code: str, **values) -> None:
    if ids:
        change = update(segment_entries).where(segment_entries.c.id.in_(ids))
        connection.execute(change.values(state=state, settled_at=now, code=code, **values))


def _held(row, state: EntryState, attempt: int, sent_at: float | None) -> HeldEntry:
    return HeldEntry(
        id=row.id,
        attempt=attempt,
        state=state,
        event_definition_key=row.event_definition_key,
        contact_key=row.contact_key,
        data=orjson.loads(row.data),
        sent_at=sent_at,
        decided_at=row.decided_at,
        request_id=row.request_id,
        event_instance_id=row.event_instance_id,
    )
