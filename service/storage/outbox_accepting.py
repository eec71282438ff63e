"""Accepts what callers sent: messages, keys, declines and people in one transaction.

The work of several requests may share a transaction; each is told its own outcome.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, select

from service.storage.outbox_keys import Kept, KeyBook, KeyId
from service.storage.outbox_messages import (
    Acceptance,
    Accepted,
    Draft,
    Outcome,
    Part,
    State,
    Verdict,
    digest_of,
)
from service.storage.people import digest, ties_of
from service.storage.people_stitching import Owner, Stitching, Tie
from service.storage.tables import declines, identities, outbox, people
from service.storage.tombstones import Erased, nobody

IDS_PER_QUERY = 500
UNKEPT = (Verdict.KEY_REUSED, Verdict.ERASED)


@dataclass
class _Entry:
    """A draft on its way into the store."""

    draft: Draft
    verdict: Verdict
    correlation_id: str
    parts: list[Part] = field(default_factory=list)
    owner: Owner | None = None


def commit_acceptances(
    connection: Connection,
    jobs: Sequence[Acceptance],
    now: float,
    among_erased: Erased = nobody,
) -> tuple[Accepted, ...]:
    """Write everything `jobs` bring, in their order, and return what each is told.

    What is about people who were erased is left out.
    """
    gone = among_erased(
        connection, {each for job in jobs for draft in job.drafts for each in _named(job, draft)}
    )
    book = KeyBook(connection, now)
    book.load(key_id for job in jobs for key_id in _keys_of(job))
    results: dict[int, Accepted] = {}
    entries: dict[int, list[_Entry]] = {}
    for place, job in enumerate(jobs):
        repeated = _repeated(book, job)
        if repeated is None:
            entries[place] = [_entry(book, job, draft, gone) for draft in job.drafts]
        else:
            results[place] = repeated
    writing = [(jobs[place], entries[place]) for place in entries]
    voided = _stitch(connection, writing, now)
    _write_messages(connection, writing, now)
    _write_declines(connection, writing, now)
    resolved = _upstream_ids(connection, _owners(writing))
    voided |= _digests(connection, writing)
    for place in entries:
        answer = jobs[place].answer([_outcome(each, resolved) for each in entries[place]])
        book.put(request_key_id(jobs[place]), Kept(jobs[place].request_key.fingerprint, answer))
        mine = frozenset(each for each in voided if each[0] == jobs[place].tenant)
        results[place] = Accepted(answer, voided=mine)
    book.write()
    return tuple(results[place] for place in range(len(jobs)))


def request_key_id(job: Acceptance) -> KeyId:
    """Return where the key of a request is kept."""
    return KeyId(job.tenant, job.request_key.route, digest_of(job.request_key.key))


def _keys_of(job: Acceptance):
    yield request_key_id(job)
    for draft in job.drafts:
        for part in draft.parts:
            if part.key is not None:
                yield _part_key_id(job, draft, part.key)


def _part_key_id(job: Acceptance, draft: Draft, key: str) -> KeyId:
    return KeyId(job.tenant, f"{draft.key_scope} {job.dataset}", digest_of(key))


def _named(job: Acceptance, draft: Draft) -> set[str]:
    return {digest(job.tenant, job.dataset, each) for each in draft.identities}


def _repeated(book: KeyBook, job: Acceptance) -> Accepted | None:
    kept = book.get(request_key_id(job))
    if kept is None:
        return None
    if kept.fingerprint != job.request_key.fingerprint:
        return Accepted(is_refused=True)
    return Accepted(kept.answer, is_repeat=True)


def _entry(book: KeyBook, job: Acceptance, draft: Draft, gone: frozenset[str]) -> _Entry:
    """Sort the new parts of a draft from those that were accepted before.

    A draft about one of the `gone` has no part and leaves no key.
    """
    if gone and gone & _named(job, draft):
        return _Entry(draft, Verdict.ERASED, draft.correlation_id)
    entry = _Entry(draft, Verdict.DUPLICATE, draft.correlation_id)
    for part in draft.parts:
        if part.key is None:
            entry.parts.append(part)
            continue
        key_id = _part_key_id(job, draft, part.key)
        earlier = book.get(key_id)
        if earlier is None:
            entry.parts.append(part)
            book.put(key_id, Kept(part.fingerprint, draft.correlation_id.encode("ascii")))
        elif earlier.fingerprint != part.fingerprint:
            entry.verdict = Verdict.KEY_REUSED
        else:
            entry.correlation_id = earlier.answer.decode("ascii")
    if entry.parts:
        entry.verdict, entry.correlation_id = Verdict.ACCEPTED, draft.correlation_id
    return entry


def _stitch(connection, writing, now: float) -> set[tuple[str, str]]:
    """Find out whom each entry is about, adding and merging people as an authenticated source may.

    Returns (tenant, digest) of identities that may be another person's since.
    """
    by_scope = defaultdict(list)
    for job, entries in writing:
        about = [entry for entry in entries if entry.verdict not in UNKEPT]
        by_scope[job.tenant, job.dataset] += about
    voided = set()
    for (tenant, dataset), entries in by_scope.items():
        stitching = Stitching(connection, tenant, dataset, now)
        ties = [ties_of(tenant, dataset, e.draft.identities, Tie.STATED) for e in entries]
        stitching.load(digest for each in ties for digest in each)
        first_pass = [stitching.state(each) for each in ties]
        stitching.flush()
        for entry, owner in zip(entries, first_pass, strict=True):
            entry.owner = stitching.survivor_of(owner)
        voided |= {(tenant, digest) for digest in stitching.voided}
    return voided


def _write_messages(connection, writing, now: float) -> None:
    rows = [
        {
            "tenant": job.tenant,
            "dataset": job.dataset,
            "person_id": entry.owner.person_id,
            "kind": entry.draft.kind,
            "repeatable": int(entry.draft.repeatable),
            "correlation_id": entry.correlation_id,
            "payload": entry.draft.payload(entry.parts),
            "state": State.READY,
            "attempts": 0,
            "losses": 0,
            "wake_at": now,
            "accepted_at": now,
        }
        for job, entries in writing
        for entry in entries
        if entry.parts
    ]
    if rows:
        connection.execute(insert(outbox), rows)


def _write_declines(connection, writing, now: float) -> None:
    rows = [
        {
            "tenant": job.tenant,
            "dataset": job.dataset,
            "person_id": entry.owner.person_id,
            "item_type": item_type,
            "item_id": item_id,
            "declined_at": now,
            "hidden_until": now + job.decline_hides_seconds,
        }
        for job, entries in writing
        for entry in entries
        if entry.parts
        for item_type, item_id in entry.draft.declined
    ]
    if rows:
        connection.execute(insert(declines), rows)


def _owners(writing) -> list[int]:
    return sorted({each.owner.person_id for _job, some in writing for each in some if each.owner})


def _upstream_ids(connection, person_ids: Sequence[int]) -> dict[int, str | None]:
    found = {}
    for start in range(0, len(person_ids), IDS_PER_QUERY):
        some = person_ids[start : start + IDS_PER_QUERY]
        query = select(people.c.id, people.c.upstream_id).where(people.c.id.in_(some))
        found |= {row.id: row.upstream_id for row in connection.execute(query)}
    return found


def _digests(connection, writing) -> set[tuple[str, str]]:
    """Return every identity of the people about whom something was accepted that voids answers."""
    tenants = {
        entry.owner.person_id: job.tenant
        for job, entries in writing
        for entry in entries
        if entry.parts and entry.draft.voids_answers
    }
    found, ids = set(), sorted(tenants)
    for start in range(0, len(ids), IDS_PER_QUERY):
        query = select(identities.c.person_id, identities.c.digest).where(
            identities.c.person_id.in_(ids[start : start + IDS_PER_QUERY]),
            identities.c.tie != Tie.ANONYMOUS,
        )
        found |= {(tenants[row.person_id], row.digest) for row in connection.execute(query)}
    return found


def _outcome(entry: _Entry, resolved: dict[int, str | None]) -> Outcome:
    return Outcome(
        verdict=entry.verdict,
        correlation_id=entry.correlation_id,
        parts=tuple(entry.parts),
        resolved_user_id=entry.owner and resolved.get(entry.owner.person_id),
    )
