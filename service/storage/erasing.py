"""What an erasure removes from the state store, piece by piece, each piece in one transaction.

Every function takes where to look and returns (rows removed by table, where to look from now
on). Done again after everything is gone, it removes nothing.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

import orjson
from sqlalchemy import Connection, Table, and_, delete, select, tuple_, update

from service.model import Identity
from service.storage.erasures import Traces
from service.storage.outbox_messages import HELD, digest_of
from service.storage.people import digest
from service.storage.segment_tables import segment_entries, segment_looks, segment_members
from service.storage.store_clock import store_time
from service.storage.tables import (
    accepted_keys,
    affinity_days,
    declines,
    dirty_days,
    events,
    order_lines,
    outbox,
    people,
)

STEP = 500
DAYS_PER_STEP = 50
CRM_TYPES = ("sfcrmContactId", "sfcrmLeadId", "sfcrmAccountId")

Removed = Mapping[str, int]
Piece = Callable[[Connection, Traces], tuple[Removed, Traces]]


def events_of(connection: Connection, traces: Traces) -> tuple[Removed, Traces]:
    """Remove events, with their order lines: what was bought, taken back, or matched nothing."""
    query = select(events.c.id).where(events.c.person_id.in_(traces.people)).limit(STEP)
    numbers = list(connection.execute(query).scalars())
    lines = delete(order_lines).where(order_lines.c.event_number.in_(numbers))
    gone = connection.execute(lines).rowcount
    connection.execute(delete(events).where(events.c.id.in_(numbers)))
    return {"events": len(numbers), "order_lines": gone}, traces


def days_of(connection: Connection, traces: Traces) -> tuple[Removed, Traces]:
    """Remove what was counted of days. The marks go first: who counts a day takes its mark along,

    so that nothing is counted anew once the mark is gone.
    """
    removed = {"dirty_days": _delete(connection, dirty_days, traces)}
    query = select(affinity_days.c.person_id, affinity_days.c.day).distinct()
    query = query.where(affinity_days.c.person_id.in_(traces.people)).limit(DAYS_PER_STEP)
    days = [tuple(row) for row in connection.execute(query)]
    place = tuple_(affinity_days.c.person_id, affinity_days.c.day)
    gone = delete(affinity_days).where(place.in_(days))
    return removed | {"affinity_days": connection.execute(gone).rowcount}, traces


def declines_of(connection: Connection, traces: Traces) -> tuple[Removed, Traces]:
    """Remove what the person did not want to be offered."""
    return {"declines": _delete(connection, declines, traces)}, traces


def messages_of(connection: Connection, traces: Traces) -> tuple[Removed, Traces]:
    """Remove messages in every state; their correlation ids lead to answers that were kept.

    One that a worker holds stays until the worker reports or its lease is over: what it sends
    must have arrived before Personalization is told to delete.
    """
    columns = outbox.c
    is_held = and_(columns.state.in_(HELD), columns.wake_at > store_time(connection, None))
    query = select(columns.id, columns.correlation_id, columns.state).where(
        columns.person_id.in_(traces.people), ~is_held
    )
    locked = query.order_by(columns.id).limit(STEP).with_for_update(skip_locked=True)
    rows = connection.execute(locked).all()
    connection.execute(delete(outbox).where(columns.id.in_([row.id for row in rows])))
    brought = {row.correlation_id for row in rows}
    removed = Counter(f"outbox.{row.state}" for row in rows)
    return removed, replace(traces, correlations=traces.correlations | brought)


def has_messages(connection: Connection, traces: Traces) -> bool:
    """Tell whether a worker still holds a message of the person."""
    query = select(outbox.c.id).where(outbox.c.person_id.in_(traces.people))
    return connection.execute(query.limit(1)).first() is not None


def answers_of(tenant: str, dataset: str) -> Piece:
    """Return the piece that blanks the person's results in answers kept for repetitions.

    The keys stay: what is repeated is still recognised.
    """

    def piece(connection: Connection, traces: Traces) -> tuple[Removed, Traces]:
        place = tuple_(accepted_keys.c.scope, accepted_keys.c.key_digest)
        query = select(accepted_keys).where(accepted_keys.c.tenant == tenant)
        if traces.cursor:
            query = query.where(place > tuple_(*traces.cursor))
        rows = connection.execute(query.order_by(*place.clauses).limit(STEP)).all()
        blanked = 0
        for row in rows:
            answer = _without_results(bytes(row.answer), tenant, dataset, traces)
            if answer is not None:
                mine = place == tuple_(row.scope, row.key_digest)
                change = update(accepted_keys).where(accepted_keys.c.tenant == tenant, mine)
                connection.execute(change.values(answer=answer))
                blanked += 1
        end = (rows[-1].scope, rows[-1].key_digest) if rows else traces.cursor
        return {"accepted_keys": blanked}, replace(traces, cursor=end)

    return piece


def _without_results(answer: bytes, tenant: str, dataset: str, traces: Traces) -> bytes | None:
    """Return the answer with the person's results blank, None when it has none of them."""
    if b'"results"' not in answer:
        return None
    values = orjson.loads(answer)
    mine = [each for each in values["results"] if _is_about(each, tenant, dataset, traces)]
    for result in mine:
        result |= {"recordId": None, "resolvedUserId": None, "message": None}
    return orjson.dumps(values) if mine else None


def _is_about(result: Mapping, tenant: str, dataset: str, traces: Traces) -> bool:
    if result["correlationId"] in traces.correlations:
        return result["recordId"] is not None or result["resolvedUserId"] is not None
    if result["resolvedUserId"] in traces.profiles:
        return True
    record = result["recordId"]
    return bool(record) and is_theirs(record, tenant, dataset, CRM_TYPES, traces)


def is_theirs(value: str, tenant: str, dataset: str, kinds, traces: Traces) -> bool:
    """Tell whether `value` is an identity of the person, of one of these types.

    A CRM id of 18 characters may be known in its form of 15.
    """
    forms = {value, value[:15]} if len(value) == 18 else {value}
    return any(
        digest(tenant, dataset, Identity(kind, form)) in traces.digests
        for kind in kinds
        for form in forms
    )


def found_in_segments(
    connection: Connection, tenant: str, dataset: str, kinds: tuple[str, ...], traces: Traces
) -> frozenset[str]:
    """Return the digests under which segment exports know the person. Only reads.

    People are known there by contact keys, of a type that the index may not have: what has data
    is searched for any identity of the person.
    """
    found = {digest_of(tenant, dataset, "profile", each) for each in traces.profiles}
    for table in (segment_members, segment_entries):
        columns = table.c
        query = select(columns.person, columns.contact_key, columns.data).where(
            columns.tenant == tenant, columns.data.is_not(None)
        )
        for row in connection.execute(query.execution_options(yield_per=STEP)):
            values = [row.contact_key, *orjson.loads(row.data).values()]
            texts = [value for value in values if isinstance(value, str)]
            if any(is_theirs(text, tenant, dataset, kinds, traces) for text in texts):
                found.add(row.person)
    return frozenset(found)


def segment_rows_of(tenant: str, found: frozenset[str]) -> Piece:
    """Return the piece that removes looks, members and entries of segment exports."""

    def piece(connection: Connection, traces: Traces) -> tuple[Removed, Traces]:
        traces = replace(traces, digests=traces.digests | found)
        removed = {}
        for table in (segment_looks, segment_members, segment_entries):
            mine = delete(table).where(table.c.tenant == tenant, table.c.person.in_(traces.digests))
            removed[table.name] = connection.execute(mine).rowcount
        return removed, traces

    return piece


def person_of(connection: Connection, traces: Traces) -> tuple[Removed, Traces]:
    """Remove the person's empty row."""
    gone = delete(people).where(people.c.id.in_(traces.people))
    return {"people": connection.execute(gone).rowcount}, traces


def _delete(connection: Connection, table: Table, traces: Traces) -> int:
    return connection.execute(delete(table).where(table.c.person_id.in_(traces.people))).rowcount
