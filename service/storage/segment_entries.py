"""The ledger of entries: who is to enter which journey, who has, who has not, and why.

One row for each person, trigger and join: its unique index is what keeps anybody from entering
twice. Functions are parts of their caller's transaction, which holds the export's row.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from service.segment_exports import Reentry, SegmentExport
from service.storage.segment_tables import segment_entries

IDS_PER_QUERY = 500


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


@dataclass(frozen=True)
class Candidate:
    """Somebody of whom it is to be decided whether they enter. `barred` says why not."""

    person: str
    epoch: int
    barred: str | None
    contact_key: str | None = field(repr=False)
    data: bytes | None = field(repr=False)


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
    if is_over(export.max_per_person_per_day, today):
        return EntryState.CAPPED, "MAX_PER_PERSON_PER_DAY"
    return EntryState.QUEUED, None


def is_over(cap: int | None, used: int) -> bool:
    """Tell whether a cap leaves no room; None is no cap."""
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
        query = query.where(*of_export(tenant, export), columns.person.in_(some))
        for row in connection.execute(query):
            found.setdefault(row.person, []).append((row.state, row.decided_day))
    return found


def _decided_on(connection, tenant, export: SegmentExport, day: str) -> int:
    if export.max_per_day is None:
        return 0
    query = select(func.count()).where(
        *of_export(tenant, export),
        segment_entries.c.decided_day == day,
        segment_entries.c.state.in_(MAY_HAVE_ENTERED),
    )
    return connection.execute(query).scalar_one()


def of_export(tenant: str, export: SegmentExport) -> tuple:
    """Return the conditions that choose an export's entries."""
    return segment_entries.c.tenant == tenant, segment_entries.c.export == export.name
