"""The ledger of entries: who is to enter which journey, who has, who has not, and why.

One row for each person, trigger and join: its unique index is what keeps anybody from entering
twice. Functions are parts of their caller's transaction, which holds the export's row.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import orjson
from sqlalchemy import Connection, and_, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from service.segment_exports import Reentry, SegmentExport, Trigger
from service.storage.segment_tables import segment_entries, segment_members

IDS_PER_QUERY = 500
MINUTE, DAY = 60, 86_400


class EntryState(StrEnum):
    """Where an entry stands.

    queued     waits for its turn
    sending    is being posted, or was and nobody knows what became of it yet
    accepted   Journey Builder took it; its status call has not confirmed it yet
    entered    confirmed
    refused    never sent: no contact key, unsubscribed, entered before, unfit data
    capped     never sent: a cap was reached
    failed     Journey Builder refused it, at once or later
    undecided  posted, never confirmed, never seen: only a person may post it again
    """

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    ENTERED = "entered"
    REFUSED = "refused"
    CAPPED = "capped"
    FAILED = "failed"
    UNDECIDED = "undecided"


MAY_HAVE_ENTERED = (
    EntryState.QUEUED,
    EntryState.SENDING,
    EntryState.ACCEPTED,
    EntryState.ENTERED,
    EntryState.UNDECIDED,
)
"""What stands against entering again where nobody re-enters."""

REPLAYABLE = (EntryState.FAILED, EntryState.UNDECIDED, EntryState.CAPPED)


@dataclass(frozen=True)
class Candidate:
    """Somebody of whom it is to be decided whether they enter. `barred` says why not."""

    person: str
    epoch: int
    barred: str | None
    contact_key: str | None = field(repr=False)
    data: bytes | None = field(repr=False)


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


@dataclass(frozen=True)
class LedgerRow:
    """An entry as an operator sees it: nothing in it names the person."""

    id: int
    export: str
    trigger: Trigger
    state: EntryState
    decided_at: float
    sent_at: float | None
    settled_at: float | None
    event_instance_id: str | None
    code: str | None
    detail: str | None


def decide(
    connection: Connection,
    tenant: str,
    export: SegmentExport,
    candidates: Sequence[Candidate],
    now: float,
    day: str,
) -> Counter:
    """Put what becomes of `candidates` into the ledger; return how many by state.

    Somebody who stands there already, for this join or leave, is left alone.
    """
    earlier = _earlier(connection, tenant, export, [each.person for each in candidates])
    used_today = _decided_on(connection, tenant, export, day)
    decided: Counter = Counter()
    rows = []
    for each in candidates:
        past = earlier.setdefault(each.person, [])
        state, code = _verdict(export, each, past, day, used_today)
        rows.append(_row(tenant, export, each, state, code, now, day))
        if state == EntryState.QUEUED:
            used_today += 1
            past.append((state, day))
        decided[state] += 1
    if rows:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        connection.execute(insert(segment_entries).on_conflict_do_nothing(), rows)
    return decided


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
        elif _is_over(export.max_per_person_per_day, per_person[row.person]):
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
        .where(*_of(tenant, export), segment_entries.c.state == state)
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
        *_of(tenant, export),
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


def replay(connection: Connection, tenant: str, ids: Sequence[int] | None, now: float) -> list[int]:
    """Queue failed, capped and undecided entries again, those of `ids` or all; return which."""
    query = (
        update(segment_entries)
        .where(segment_entries.c.tenant == tenant, segment_entries.c.state.in_(REPLAYABLE))
        .where(segment_entries.c.data.is_not(None))
        .values(
            state=EntryState.QUEUED,
            wake_at=now,
            sent_at=None,
            sent_day=None,
            settled_at=None,
            request_id=None,
            event_instance_id=None,
            code=None,
            detail=None,
        )
        .returning(segment_entries.c.id)
    )
    if ids is not None:
        query = query.where(segment_entries.c.id.in_(list(ids)))
    return sorted(connection.execute(query).scalars())


def ledger(
    connection: Connection,
    tenant: str,
    *,
    export: str | None,
    states: Collection[EntryState],
    person: str | None,
    after: int,
    limit: int,
) -> list[LedgerRow]:
    """Return entries by rising number, those above `after`."""
    columns = segment_entries.c
    query = select(segment_entries).where(columns.tenant == tenant, columns.id > after)
    query = query.where(columns.state.in_(list(states))).order_by(columns.id).limit(limit)
    if export is not None:
        query = query.where(columns.export == export)
    if person is not None:
        query = query.where(columns.person == person)
    return [_ledger_row(row) for row in connection.execute(query)]


def counts(connection: Connection, tenant: str) -> dict[str, dict[str, int]]:
    """Return how many entries each export has in each state."""
    columns = segment_entries.c
    query = (
        select(columns.export, columns.state, func.count())
        .where(columns.tenant == tenant)
        .group_by(columns.export, columns.state)
    )
    found: dict[str, dict[str, int]] = {}
    for export, state, number in connection.execute(query):
        found.setdefault(export, {})[state] = number
    return found


def _verdict(
    export: SegmentExport, candidate: Candidate, past: list, day: str, used_today: int
) -> tuple[EntryState, str | None]:
    if candidate.barred:
        return EntryState.REFUSED, candidate.barred
    if candidate.contact_key is None:  # left before being seen under settings that keep it
        return EntryState.REFUSED, "NOT_SEEN_SINCE"
    if export.reentry == Reentry.NEVER and any(state in MAY_HAVE_ENTERED for state, _day in past):
        return EntryState.REFUSED, "ENTERED_BEFORE"
    if export.max_per_day is not None and used_today >= export.max_per_day:
        return EntryState.CAPPED, "MAX_PER_DAY"
    today = sum(state in MAY_HAVE_ENTERED and on == day for state, on in past)
    if _is_over(export.max_per_person_per_day, today):
        return EntryState.CAPPED, "MAX_PER_PERSON_PER_DAY"
    return EntryState.QUEUED, None


def _is_over(cap: int | None, used: int) -> bool:
    return cap is not None and used >= cap


def _row(tenant, export: SegmentExport, candidate: Candidate, state, code, now, day) -> dict:
    is_over = state != EntryState.QUEUED
    keeps_data = state != EntryState.REFUSED
    return {
        "tenant": tenant,
        "export": export.name,
        "person": candidate.person,
        "trigger": export.trigger,
        "epoch": candidate.epoch,
        "event_definition_key": export.event_definition_key,
        "contact_key": candidate.contact_key if keeps_data else None,
        "data": candidate.data if keeps_data else None,
        "state": state,
        "attempts": 0,
        "wake_at": now,
        "decided_at": now,
        "decided_day": day,
        "settled_at": now if is_over else None,
        "code": code,
    }


def _earlier(connection, tenant, export, persons: Sequence[str]) -> dict[str, list]:
    """Return (state, day) of all entries that these people have already."""
    found: dict[str, list] = {}
    columns = segment_entries.c
    for start in range(0, len(persons), IDS_PER_QUERY):
        some = persons[start : start + IDS_PER_QUERY]
        query = select(columns.person, columns.state, columns.decided_day)
        query = query.where(*_of(tenant, export), columns.person.in_(some))
        for row in connection.execute(query):
            found.setdefault(row.person, []).append((row.state, row.decided_day))
    return found


def _decided_on(connection, tenant, export: SegmentExport, day: str) -> int:
    if export.max_per_day is None:
        return 0
    query = select(func.count()).where(
        *_of(tenant, export),
        segment_entries.c.decided_day == day,
        segment_entries.c.state.in_(MAY_HAVE_ENTERED),
    )
    return connection.execute(query).scalar_one()


def _sent_on(connection, tenant, export: SegmentExport, day: str, now: float) -> int:
    if export.max_per_day is None:
        return 0
    columns = segment_entries.c
    lately = columns.sent_at > now - 2 * DAY  # for the index: a local day is no longer than that
    query = select(func.count()).where(*_of(tenant, export), lately, columns.sent_day == day)
    return connection.execute(query).scalar_one()


def _sent_per_person(connection, tenant, export, day: str, persons: Iterable[str]) -> Counter:
    if export.max_per_person_per_day is None:
        return Counter()
    columns = segment_entries.c
    query = select(columns.person, func.count()).where(
        *_of(tenant, export), columns.sent_day == day, columns.person.in_(sorted(set(persons)))
    )
    rows = connection.execute(query.group_by(columns.person))
    return Counter({person: number for person, number in rows})


def _room_this_minute(connection, tenant, export: SegmentExport, now: float) -> int:
    if export.max_per_minute is None:
        return 1_000_000
    query = select(func.count()).where(
        *_of(tenant, export), segment_entries.c.sent_at > now - MINUTE
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
        .where(*_of(tenant, export), segment_entries.c.state == EntryState.QUEUED)
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


def _of(tenant: str, export: SegmentExport) -> tuple:
    return segment_entries.c.tenant == tenant, segment_entries.c.export == export.name


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


def _ledger_row(row) -> LedgerRow:
    return LedgerRow(
        id=row.id,
        export=row.export,
        trigger=Trigger(row.trigger),
        state=EntryState(row.state),
        decided_at=row.decided_at,
        sent_at=row.sent_at,
        settled_at=row.settled_at,
        event_instance_id=row.event_instance_id,
        code=row.code,
        detail=row.detail,
    )
