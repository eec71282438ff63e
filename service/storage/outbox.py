"""Writes on their way to the outside: accepted on disk, delivered later, never lost.

The same code on SQLite and PostgreSQL, for any number of workers. On SQLite what many callers
bring at once is committed together.
"""

from collections.abc import Callable, Collection, Sequence

from sqlalchemy import Connection

from service.errors import IdempotencyKeyReused
from service.storage import outbox_claims, outbox_letters, outbox_purge
from service.storage.database import Database
from service.storage.group_commit import GroupCommit
from service.storage.outbox_accepting import commit_acceptances, request_key_id
from service.storage.outbox_keys import forget_expired
from service.storage.outbox_letters import Depth
from service.storage.outbox_messages import (
    NEEDS_A_PERSON,
    Acceptance,
    Accepted,
    Claimed,
    Letter,
    State,
)
from service.storage.outbox_purge import Step
from service.storage.outbox_running import RunningKeys, hold_in_store
from service.storage.store_clock import store_time
from service.storage.tombstones import Erased, nobody

PURGE_STEP = 500


class Outbox:
    """Keeps messages. Every method is one transaction and may raise StorageUnavailable.

    `clock` gives epoch seconds; without one, time is the database server's, so that machines
    need not agree. `on_void` is told tenant and digest of identities whose cached answers are
    no longer true.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float] | None = None,
        on_void: Callable[[str, str], None] = lambda tenant, digest: None,
        among_erased: Erased = nobody,
    ):
        self._database = database
        self._clock = clock
        self._on_void = on_void
        self._among_erased = among_erased
        self._running = RunningKeys()
        self._group = GroupCommit(self._commit_group, database.turns, weigh=len)

    def accept(self, job: Acceptance) -> Accepted:
        """Put everything `job` brings on disk, or return the answer an earlier request got.

        Raises: IdempotencyKeyReused when the key belongs to another body;
                IdempotencyKeyInUse when the first request with this key is still running.
        """
        with self._running.held(request_key_id(job)):
            if self._database.is_sqlite:
                accepted = self._group.run(job)
            else:
                accepted = self._database.write(lambda connection: self._accept(connection, job))
        if accepted.is_refused:
            raise IdempotencyKeyReused()
        for tenant, digest in accepted.voided:
            self._on_void(tenant, digest)
        return accepted

    def claim(
        self, limit: int, lease_seconds: float, without: Collection[str] = ()
    ) -> list[Claimed]:
        """Give up to `limit` messages to the caller, who has `lease_seconds` for them.

        Messages of the tenants in `without` are left alone. Looking costs no write.
        """
        with self._database.reading() as connection:
            if not outbox_claims.waiting(connection, self._now(connection), 1, without):
                return []
        return self._database.write(
            lambda connection: outbox_claims.claim(
                connection, self._now(connection), limit, lease_seconds, without
            )
        )

    def mark_sending(self, held: Claimed) -> bool:
        """Note that a counter may be out from now on; False if the message is no longer ours."""
        return self._database.write(lambda c: outbox_claims.mark_sending(c, held))

    def acknowledge(self, connection: Connection, held: Claimed) -> bool:
        """Note, in the caller's transaction, that the message was delivered; False if not ours."""
        return outbox_claims.acknowledge(connection, held, self._now(connection))

    def put_back(
        self, held: Claimed, seconds: float, *, has_failed: bool, code: str, detail: str
    ) -> bool:
        """Let the message wait; a first failure begins its back-off. False if not ours."""

        def work(connection: Connection) -> bool:
            now = self._now(connection)
            since = held.failing_since or (now if has_failed else None)
            return outbox_claims.put_back(
                connection, held, now + seconds, failing_since=since, code=code, detail=detail
            )

        return self._database.write(work)

    def finish(self, held: Claimed, state: State, *, code: str, detail: str) -> bool:
        """Set the message apart as dead or unconfirmed; False if it is no longer ours."""
        return self._database.write(
            lambda connection: outbox_claims.finish(
                connection, held, state, self._now(connection), code=code, detail=detail
            )
        )

    def forget(self, held: Claimed) -> bool:
        """Delete a message that must not go out any more; False if it is no longer ours."""
        return self._database.write(lambda connection: outbox_claims.forget(connection, held))

    def digests_of(self, held: Claimed) -> list[str]:
        """Return the digests of all identities of the person whom the message is about."""
        with self._database.reading() as connection:
            return outbox_claims.digests_of(connection, held)

    def now(self) -> float:
        """Return the time by which messages are due."""
        with self._database.reading() as connection:
            return self._now(connection)

    def later_contents(self, held: Claimed, kinds: Collection[str]) -> list[bytes]:
        """Return the payloads of `kinds` that went out for the person though younger."""
        with self._database.reading() as connection:
            return outbox_claims.later_contents(connection, held, kinds)

    def letters(
        self,
        states: Collection[State] = NEEDS_A_PERSON,
        *,
        tenant: str | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> list[Letter]:
        """Return messages in these states by rising number, those above `after`."""
        with self._database.reading() as connection:
            return outbox_letters.letters(
                connection, states, tenant=tenant, after=after, limit=limit
            )

    def replay(self, ids: Sequence[int] | None, tenant: str | None = None) -> list[int]:
        """Let dead messages go out again, those of `ids` or all; return which."""
        return self._database.write(
            lambda connection: outbox_letters.replay(connection, self._now(connection), ids, tenant)
        )

    def drop(self, ids: Sequence[int] | None, tenant: str | None = None) -> list[int]:
        """Delete dead and unconfirmed messages for good, those of `ids` or all; return which."""
        return self._database.write(lambda c: outbox_letters.drop(c, ids, tenant))

    def depths(self) -> list[Depth]:
        """Return what waits, by tenant and kind."""
        with self._database.reading() as connection:
            return outbox_letters.depths(connection)

    def counts(self) -> list[tuple[str, str, int]]:
        """Return (tenant, state, number) of the messages that need a person."""
        with self._database.reading() as connection:
            return outbox_letters.counts(connection)

    def forget_done(self, after: int = 0) -> Step:
        """Do one step of throwing away what went out long ago, beyond the number `after`."""
        return outbox_purge.forget_done(self._database, self.now(), after, PURGE_STEP)

    def forget_declines(self, after: int = 0) -> Step:
        """Do one step of throwing away declines that are over, beyond the number `after`."""
        return outbox_purge.forget_declines(self._database, self.now(), after, PURGE_STEP)

    def forget_keys(self) -> int:
        """Throw away some keys whose time is over; return how many went."""
        return self._database.write(
            lambda connection: forget_expired(connection, self._now(connection), PURGE_STEP)
        )

    def close(self) -> None:
        """Finish what is being written."""
        self._group.close()

    def _commit_group(self, jobs: Sequence[Acceptance]) -> Sequence[Accepted]:
        with self._database.transaction() as connection:
            return self._commit(connection, jobs)

    def _accept(self, connection: Connection, job: Acceptance) -> Accepted:
        hold_in_store(connection, request_key_id(job))
        return self._commit(connection, [job])[0]

    def _commit(self, connection: Connection, jobs: Sequence[Acceptance]) -> Sequence[Accepted]:
        return commit_acceptances(connection, jobs, self._now(connection), self._among_erased)

    def _now(self, connection: Connection) -> float:
        return store_time(connection, self._clock)
