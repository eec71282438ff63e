"""Who is a member of an exported segment, as far as we have seen, and who has just become one.

People are known by the digest of their contact key, which is who they are to Journey Builder:
two profiles with one contact key are one person, and a merge of profiles is no new join.
Functions are parts of their caller's transaction, which holds the export's row.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, and_, or_, select

from service.metrics import ERASED_SKIPS
from service.segment_exports import Reentry, SegmentExport, StartWith, Trigger
from service.storage.segment_entries import Candidate, decide
from service.storage.segment_tables import segment_members
from service.storage.tombstones import Erased, nobody
from service.storage.upserts import insert_or_update

IDS_PER_QUERY = 500
STEP = 500
NO_CONTACT_KEY = "NO_CONTACT_KEY"
NAMES = tuple(str(column.name) for column in segment_members.columns)


@dataclass(frozen=True)
class Sighting:
    """Somebody who was seen in the segment.

    `data` is the entry's data as JSON; `joined_ms` is None where the source does not tell;
    `barred` is the code of why this person must not enter, None when nothing is in the way.
    """

    person: str
    contact_key: str | None = field(repr=False)
    data: bytes | None = field(repr=False)
    joined_ms: int | None = None
    barred: str | None = None


@dataclass(frozen=True)
class Moment:
    """When something is decided: epoch seconds, and the tenant's local date."""

    now: float
    day: str


@dataclass(frozen=True)
class Step:
    """What a step has decided: new entries by state. `last` is None when nothing was left."""

    last: str | None
    decided: Counter


def note_seen(
    connection: Connection,
    tenant: str,
    export: SegmentExport,
    sightings: Iterable[Sighting],
    seen_ms: int,
    among_erased: Erased = nobody,
) -> None:
    """Note who was seen in the segment as of `seen_ms`; nothing is decided yet.

    Of two sightings of a person the later one counts. What is older than what we know of a
    person changes nothing. Who was erased is passed over.
    """
    by_person = {each.person: each for each in sightings}
    for person in among_erased(connection, by_person):
        ERASED_SKIPS.labels(tenant, "segment-export").inc()
        del by_person[person]
    known = _known(connection, tenant, export, list(by_person))
    rows = []
    for person, seen in by_person.items():
        row = known.get(person) or _stranger(tenant, export, person)
        if seen_ms < max(row["seen_ms"], row["left_ms"]):
            continue
        rows.append(_seen(export, row, seen, seen_ms))
    insert_or_update(connection, segment_members, rows)


def decide_joins(
    connection: Connection,
    tenant: str,
    export: SegmentExport,
    moment: Moment,
    *,
    began: bool,
    seen_ms: int,
    after: str = "",
    persons: Sequence[str] | None = None,
) -> Step:
    """Make members of some who were seen, and entries where they are to enter.

    Whom: those of `persons` who were seen as of `seen_ms`, or else the next ones after `after` of
    those seen in the read of `seen_ms`. `began` is false in the first read: then those enter who
    were members already, or nobody.
    """
    columns = segment_members.c
    query = select(segment_members).where(*_of(tenant, export), _is_pending()).limit(STEP)
    if persons is None:
        query = query.where(columns.seen_ms >= seen_ms, columns.person > after)
    else:
        query = query.where(columns.seen_ms == seen_ms, columns.person.in_(list(persons)))
    joined = [_values(row) for row in connection.execute(query.order_by(columns.person))]
    candidates, rows = [], []
    for row in joined:
        epoch = row["epoch"] + 1
        candidates.append(_candidate(row, epoch))
        rows.append(_member(export, row, epoch))
    enters = export.trigger == Trigger.JOIN and (began or export.start_with == StartWith.EXISTING)
    decided = Counter()
    if enters:
        decided = decide(connection, tenant, export, candidates, moment.now, moment.day)
    insert_or_update(connection, segment_members, rows)
    return Step(joined[-1]["person"] if joined else None, decided)


def decide_leaves(
    connection: Connection,
    tenant: str,
    export: SegmentExport,
    moment: Moment,
    *,
    unseen_since_ms: int,
    persons: Sequence[str] | None = None,
) -> Step:
    """Let some go who were last seen in the segment before `unseen_since_ms`.

    `persons` limits it to them.
    """
    columns = segment_members.c
    query = (
        select(segment_members)
        .where(*_of(tenant, export), columns.is_member == 1, columns.seen_ms < unseen_since_ms)
        .order_by(columns.person)
        .limit(STEP)
    )
    if persons is not None:
        query = query.where(columns.person.in_(list(persons)))
    left = [_values(row) for row in connection.execute(query)]
    candidates = [_candidate(row, row["epoch"]) for row in left if row["barred"] != NO_CONTACT_KEY]
    decided = Counter()
    if export.trigger == Trigger.LEAVE:
        decided = decide(connection, tenant, export, candidates, moment.now, moment.day)
    gone = {"is_member": 0, "left_ms": unseen_since_ms, "joined_ms": None, "next_joined_ms": None}
    nothing = {"contact_key": None, "data": None}
    insert_or_update(connection, segment_members, [row | gone | nothing for row in left])
    return Step(left[-1]["person"] if left else None, decided)


def forget_members(connection: Connection, tenant: str, export: SegmentExport) -> None:
    """Begin anew with nobody in the segment; what was counted stays, so that nobody re-enters."""
    change = segment_members.update().where(*_of(tenant, export))
    connection.execute(
        change.values(is_member=0, joined_ms=None, next_joined_ms=None, seen_ms=0, left_ms=0)
    )


def _seen(export: SegmentExport, row: dict, seen: Sighting, seen_ms: int) -> dict:
    row = row | {"seen_ms": seen_ms, "barred": seen.barred, "next_joined_ms": seen.joined_ms}
    tells_of_rejoin = export.reentry == Reentry.ANY and row["joined_ms"] and seen.joined_ms
    if row["is_member"] and not tells_of_rejoin:
        row["joined_ms"] = row["next_joined_ms"] = seen.joined_ms or row["joined_ms"]
    is_pending = not row["is_member"] or _is_later(row["next_joined_ms"], row["joined_ms"])
    if is_pending or export.trigger == Trigger.LEAVE:
        row |= {"contact_key": seen.contact_key, "data": seen.data}
    return row


def _is_later(moment: int | None, other: int | None) -> bool:
    return moment is not None and other is not None and moment > other


def _is_pending():
    columns = segment_members.c
    is_new = and_(columns.is_member == 0, columns.seen_ms >= columns.left_ms)
    has_rejoined = and_(columns.is_member == 1, columns.next_joined_ms > columns.joined_ms)
    return or_(is_new, has_rejoined)


def _member(export: SegmentExport, row: dict, epoch: int) -> dict:
    row = row | {"is_member": 1, "epoch": epoch, "joined_ms": row["next_joined_ms"]}
    keeps_data = export.trigger == Trigger.LEAVE
    return row if keeps_data else row | {"contact_key": None, "data": None}


def _candidate(row: dict, epoch: int) -> Candidate:
    return Candidate(row["person"], epoch, row["barred"], row["contact_key"], row["data"])


def _stranger(tenant: str, export: SegmentExport, person: str) -> dict:
    return {
        "tenant": tenant,
        "export": export.name,
        "person": person,
        "is_member": 0,
        "epoch": 0,
        "joined_ms": None,
        "next_joined_ms": None,
        "seen_ms": 0,
        "left_ms": 0,
        "barred": None,
        "contact_key": None,
        "data": None,
    }


def _values(row) -> dict:
    """Return a row by plain names, as `upserts` takes it."""
    return dict(zip(NAMES, row, strict=True))


def _known(connection, tenant, export, persons: Sequence[str]) -> dict[str, dict]:
    found = {}
    for start in range(0, len(persons), IDS_PER_QUERY):
        some = persons[start : start + IDS_PER_QUERY]
        query = select(segment_members).where(*_of(tenant, export))
        for row in connection.execute(query.where(segment_members.c.person.in_(some))):
            found[row.person] = _values(row)
    return found


def _of(tenant: str, export: SegmentExport) -> tuple:
    return segment_members.c.tenant == tenant, segment_members.c.export == export.name
