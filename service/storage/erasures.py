"""Erasures: what was asked for, how far each is, and what it has removed. No row names anybody.

An erasure goes from step to step; what a step removes is counted in the transaction that
removes it, so that whoever takes over from a killed process neither skips nor counts twice.
`traces` hold what is needed to find the person (never an identity in clear) and go at the end.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import orjson
from sqlalchemy import Connection, delete, insert, select, update

from service.errors import CallerMistake, NotFound
from service.storage.database import Database
from service.storage.people import profile_digest
from service.storage.privacy_tables import erasures, tombstones
from service.storage.store_clock import store_time
from service.storage.tables import identities, people
from service.storage.tombstones import Tombstones

LEASE_SECONDS = 60
MOST_DETAIL = 500


class Step(StrEnum):
    """What is next. Each step ends when it finds nothing more."""

    EVENTS = "events"
    DAYS = "days"
    DECLINES = "declines"
    AUDIT = "audit"
    MESSAGES = "messages"
    ANSWERS = "answers"
    SEGMENTS = "segments"
    CACHE = "cache"
    UPSTREAM = "upstream"
    SHARING = "sharing"
    PERSON = "person"
    OVER = "over"


ORDER = tuple(Step)


class Upstream(StrEnum):
    """What became of the profile in Personalization.

    pending    the call has not been answered yet; it is made again until it is
    deleted    Personalization has deleted it, or had it no more
    unknown    no profile's id is known here: nothing could be asked for
    """

    PENDING = "pending"
    DELETED = "deleted"
    UNKNOWN = "unknown"


class ErasureRunning(CallerMistake):
    """Raised when tombstones are to be lifted while their erasure still runs."""

    status = 409
    code = "ERASURE_RUNNING"
    title = "Conflict"
    default_detail = "The erasure is not over yet. Lift its tombstones once it is."


@dataclass(frozen=True)
class Traces:
    """Where to look for the person; `cursor` is how far a step that reads a whole table is.

    `digests` are those of identities (and of the profile), `profiles` ids in Personalization,
    `records` ids in the CRM, `correlations` ids of requests that brought messages.
    """

    people: frozenset[int]
    digests: frozenset[str] = field(repr=False)
    profiles: frozenset[str] = field(default=frozenset(), repr=False)
    records: frozenset[str] = field(default=frozenset(), repr=False)
    correlations: frozenset[str] = frozenset()
    cursor: tuple = ()

    def dump(self) -> bytes:
        names = ("people", "digests", "profiles", "records", "correlations", "cursor")
        return orjson.dumps({name: list(getattr(self, name)) for name in names})

    @classmethod
    def load(cls, raw: bytes) -> "Traces":
        values = orjson.loads(raw)
        cursor = tuple(values.pop("cursor"))
        return cls(**{name: frozenset(some) for name, some in values.items()}, cursor=cursor)


@dataclass(frozen=True)
class Erasure:
    """One erasure. `removed` counts rows by table; `code` and `detail` say what it waits for."""

    id: int
    tenant: str
    dataset: str
    step: Step
    removed: Mapping[str, int]
    upstream: Upstream
    failures: int
    requested_at: float
    finished_at: float | None
    code: str | None
    detail: str | None

    @property
    def is_over(self) -> bool:
        return self.step == Step.OVER


@dataclass(frozen=True)
class HeldErasure:
    """An erasure that the caller works on; `attempt` is its fencing token."""

    erasure: Erasure
    attempt: int
    traces: Traces


class LostErasure(Exception):
    """Raised when another process has taken an erasure over: write nothing more about it."""


class Erasures:
    """Keeps erasures. Every method is one transaction and may raise StorageUnavailable."""

    def __init__(
        self,
        database: Database,
        tombstones: Tombstones,
        clock: Callable[[], float] | None = None,
    ):
        self._database = database
        self._tombstones = tombstones
        self._clock = clock

    def begin(
        self,
        connection: Connection,
        tenant: str,
        dataset: str,
        digest: str,
        origin: str,
        tables: Collection[str],
    ) -> int:
        """Return the erasure of whoever has this digest, a new one unless there is one already.

        From the end of the caller's transaction, which holds nothing yet, nobody finds the
        person, and nothing can be added about them. `tables` are what will be counted.
        """
        self._tombstones.wait_for_others(connection)
        known = self._tombstones.erasure_of(connection, digest)
        if known is not None:
            return known
        removed = dict.fromkeys(tables, 0)
        traces, gone = _unknown_from_now_on(connection, tenant, dataset, digest)
        removed["identities"] = gone
        now = store_time(connection, self._clock)
        values = {
            "tenant": tenant,
            "dataset": dataset,
            "origin": origin,
            "step": ORDER[0],
            "traces": traces.dump(),
            "removed": orjson.dumps(removed),
            "upstream": Upstream.PENDING if traces.profiles else Upstream.UNKNOWN,
            "attempts": 0,
            "failures": 0,
            "wake_at": now,
            "requested_at": now,
        }
        added = connection.execute(insert(erasures).values(values)).inserted_primary_key[0]
        self._tombstones.add(connection, tenant, dataset, traces.digests, added)
        return added

    def get(self, tenant: str, erasure_id: int) -> Erasure:
        """Return an erasure. Raises: NotFound, also for one of another tenant."""
        with self._database.reading() as connection:
            return self._get(connection, tenant, erasure_id)

    def newest(self, tenant: str, limit: int) -> list[Erasure]:
        """Return erasures, the newest first."""
        query = select(erasures).where(erasures.c.tenant == tenant)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(erasures.c.id.desc()).limit(limit))
            return [_erasure(row) for row in rows]

    def due(self, tenants: Collection[str]) -> list[Erasure]:
        """Return erasures that wait for somebody to work on them, the oldest first."""
        with self._database.reading() as connection:
            now = store_time(connection, self._clock)
            query = select(erasures).where(
                erasures.c.finished_at.is_(None),
                erasures.c.wake_at <= now,
                erasures.c.tenant.in_(list(tenants)),
            )
            return [_erasure(row) for row in connection.execute(query.order_by(erasures.c.id))]

    def take(self, erasure: Erasure, *, at_once: bool = False) -> HeldErasure | None:
        """Give the erasure to the caller; None when another has it, or it is over.

        `at_once` also takes one that waits for its next try.
        """

        def work(connection: Connection) -> HeldErasure | None:
            now = store_time(connection, self._clock)
            is_due = erasures.c.wake_at <= now
            if at_once:
                is_due = is_due | erasures.c.code.is_not(None)
            mine = update(erasures).where(
                erasures.c.id == erasure.id, erasures.c.finished_at.is_(None), is_due
            )
            attempt = erasures.c.attempts + 1
            row = connection.execute(
                mine.values(
                    attempts=attempt, wake_at=now + LEASE_SECONDS, code=None, detail=None
                ).returning(erasures)
            ).one_or_none()
            return row and HeldErasure(_erasure(row), row.attempts, Traces.load(row.traces))

        return self._database.write(work)

    def advance(
        self,
        held: HeldErasure,
        work: Callable[[Connection, Traces], tuple[Mapping[str, int], Traces]],
    ) -> tuple[HeldErasure, bool]:
        """Do one piece of `work`, which returns what it removed by table and the traces left.

        Returns the erasure as it is then, and whether anything was removed or read.
        Raises: LostErasure, and then nothing was done.
        """

        def piece(connection: Connection) -> tuple[HeldErasure, bool]:
            removed, traces = work(connection, held.traces)
            total = Counter(held.erasure.removed)
            total.update(removed)
            more = bool(any(removed.values()) or traces.cursor != held.traces.cursor)
            row = self._note(connection, held, removed=orjson.dumps(total), traces=traces.dump())
            return HeldErasure(_erasure(row), held.attempt, traces), more

        return self._database.write(piece)

    def go_on(self, held: HeldErasure, **values) -> HeldErasure:
        """Begin the next step. Raises: LostErasure."""
        following = ORDER[ORDER.index(held.erasure.step) + 1]

        def work(connection: Connection) -> HeldErasure:
            end = {}
            if following == Step.OVER:
                end = {"finished_at": store_time(connection, self._clock), "traces": None}
            row = self._note(connection, held, step=following, failures=0, **(values | end))
            return HeldErasure(_erasure(row), held.attempt, held.traces)

        return self._database.write(work)

    def wait(self, held: HeldErasure, seconds: float, code: str, detail: str, **values) -> Erasure:
        """Let the erasure wait, and say for what. Raises: LostErasure."""

        def work(connection: Connection) -> Erasure:
            due = store_time(connection, self._clock) + seconds
            told = {"code": code, "detail": detail[:MOST_DETAIL], "wake_at": due}
            return _erasure(self._note(connection, held, **(told | values)))

        return self._database.write(work)

    def lift(self, tenant: str, digest: str) -> int | None:
        """Take away the tombstones of whoever had this digest, and return how many.

        None when there are none. Raises: ErasureRunning.
        """

        def work(connection: Connection) -> int | None:
            found = self._tombstones.erasure_of(connection, digest)
            if found is None:
                return None
            if not self._get(connection, tenant, found).is_over:
                raise ErasureRunning()
            return self._tombstones.lift(connection, found)

        return self._database.write(work)

    def forget_lifted(self, before: float, limit: int) -> int:
        """Delete up to `limit` erasures that ended before then and have no tombstone any more."""
        stands = select(tombstones.c.erasure_id).where(tombstones.c.erasure_id == erasures.c.id)
        old = (
            select(erasures.c.id)
            .where(erasures.c.finished_at < before, ~stands.exists())
            .limit(limit)
        )
        gone = delete(erasures).where(erasures.c.id.in_(old))
        return self._database.write(lambda connection: connection.execute(gone).rowcount)

    @staticmethod
    def _get(connection: Connection, tenant: str, erasure_id: int) -> Erasure:
        query = select(erasures).where(erasures.c.id == erasure_id, erasures.c.tenant == tenant)
        row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFound(f"There is no erasure {erasure_id}.")
        return _erasure(row)

    def _note(self, connection: Connection, held: HeldErasure, **values):
        now = store_time(connection, self._clock)
        still_ours = update(erasures).where(
            erasures.c.id == held.erasure.id,
            erasures.c.attempts == held.attempt,
            erasures.c.finished_at.is_(None),
        )
        row = connection.execute(
            still_ours.values({"wake_at": now + LEASE_SECONDS} | values).returning(erasures)
        ).one_or_none()
        if row is None:
            raise LostErasure
        return row


def _unknown_from_now_on(connection, tenant: str, dataset: str, digest: str) -> tuple[Traces, int]:
    """Let nobody find the person any more; return where to look for them, and how many identities.

    The person's row stays till the end, empty: on SQLite its number would be given out again.
    """
    owner = select(identities.c.person_id).where(identities.c.digest == digest)
    person_id = connection.execute(owner).scalar_one_or_none()
    if person_id is None:
        return Traces(frozenset(), frozenset({digest})), 0
    held = select(people.c.id, people.c.upstream_id).where(people.c.id == person_id)
    row = connection.execute(held.with_for_update()).one()
    theirs = identities.c.person_id == row.id
    digests = set(connection.execute(select(identities.c.digest).where(theirs)).scalars())
    profiles = frozenset({row.upstream_id} - {None})
    connection.execute(delete(identities).where(theirs))
    now_empty = update(people).where(people.c.id == row.id)
    connection.execute(now_empty.values(upstream_id=None, proven_at=None, stated_at=0.0))
    named = {profile_digest(tenant, dataset, each) for each in profiles}
    return Traces(frozenset({row.id}), frozenset(digests | named), profiles), len(digests)


def _erasure(row) -> Erasure:
    return Erasure(
        id=row.id,
        tenant=row.tenant,
        dataset=row.dataset,
        step=Step(row.step),
        removed=orjson.loads(row.removed),
        upstream=Upstream(row.upstream),
        failures=row.failures,
        requested_at=row.requested_at,
        finished_at=row.finished_at,
        code=row.code,
        detail=row.detail,
    )
