"""Events of people, and what is derived from them: the store behind affinities and stream.

Appending marks the touched days dirty in the same transaction; who reads affinities counts
dirty days anew first, so what is read is always exact.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from sqlalchemy import Connection

from service.deadline import Deadline
from service.model import Arrival, EventKind
from service.storage import (
    events_activity,
    events_days,
    events_group,
    events_labels,
    events_orders,
    events_pages,
    events_purge,
    events_unmatched,
)
from service.storage.database import Database
from service.storage.events_activity import Activity, OwnActs
from service.storage.events_append import Append, Appended, Committed, commit_appends
from service.storage.events_days import Amounts, DayRow
from service.storage.events_group import GroupCursor, GroupPage
from service.storage.events_labels import ObjectKey
from service.storage.events_pages import EventPage, Scope
from service.storage.events_stored import Cursor, StoredEvent
from service.storage.events_unmatched import UnmatchedCancellation
from service.storage.group_commit import GroupCommit
from service.storage.precedence import Precedence
from service.storage.tombstones import Erased, nobody
from service.tenant import Dataset, Tenant

__all__ = [
    "Activity",
    "Amounts",
    "Appended",
    "Cursor",
    "DayRow",
    "EventPage",
    "EventStore",
    "GroupCursor",
    "GroupPage",
    "OwnActs",
    "StoredEvent",
    "UnmatchedCancellation",
]

EVENTS_PER_READ = 500
MOST_UNMATCHED = 1_000


class EventStore:
    """Keeps and reads the events of every tenant. Every method may raise StorageUnavailable."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float] = time.time,
        on_void: Callable[[str, str], None] = lambda tenant, digest: None,
        among_erased: Erased = nobody,
    ):
        self._database = database
        self._clock = clock
        self._on_void = on_void
        self._among_erased = among_erased
        self._precedence = Precedence()
        self._group = GroupCommit(self._commit_group, database.turns, weigh=len)

    def give_way(self) -> None:
        """Let a batch that is being written finish; for callers with much to read before `append`.

        Only on SQLite: with PostgreSQL it is the server that works while a batch is written.
        """
        if self._database.is_sqlite:
            self._precedence.give_way()

    def append(self, tenant: Tenant, dataset: Dataset, arrivals: Sequence[Arrival]) -> Appended:
        """Store `arrivals`, all or none; when this returns they are on disk."""
        return self._group.run(Append.of(tenant, dataset, arrivals))

    def append_and(
        self,
        tenant: Tenant,
        dataset: Dataset,
        arrivals: Sequence[Arrival],
        also: Callable[[Connection, Appended], None],
    ) -> Appended:
        """Store `arrivals` and whatever `also` writes, in one transaction of their own."""
        job = Append.of(tenant, dataset, arrivals)

        def work(connection: Connection) -> Committed:
            committed = self._commit(connection, [job])
            also(connection, committed.results[0])
            return committed

        return self._told(self._database.write(work))[0]

    def close(self) -> None:
        """Finish what is being written."""
        self._group.close()

    def page(
        self,
        tenant: str,
        dataset: str,
        person_id: int,
        *,
        limit: int,
        before: Cursor | None = None,
        after: Cursor | None = None,
        hidden: Collection[str] = frozenset(),
    ) -> EventPage:
        """Return a page of the stream, newest first.

        Without cursors the newest events; `before` pages into the past by time; `after` brings
        what has arrived since, late events among it, the nearest to the cursor if there is more
        than `limit`. `hidden` holds kinds, item actions and names that are left out.
        """
        scope = Scope(tenant, dataset, person_id)
        with self._database.reading() as connection:
            if after is not None:
                return events_pages.arrived_after(connection, scope, limit, after, hidden)
            return events_pages.newest(connection, scope, limit, before, hidden)

    def page_of(
        self,
        tenant: str,
        dataset: str,
        people: Collection[int],
        deadline: Deadline,
        *,
        limit: int,
        before: Cursor | None = None,
        after: GroupCursor | None = None,
        hidden: Collection[str] = frozenset(),
    ) -> GroupPage:
        """Return a page of what these people did, as `page` does for one.

        Raises: StorageUnavailable when `deadline` passes first.
        """
        scopes = [Scope(tenant, dataset, person) for person in people]
        with self._database.reading() as connection:
            if after is not None:
                return events_group.arrived_after_of(
                    connection, scopes, limit, after, hidden, deadline
                )
            return events_group.newest_of(connection, scopes, limit, before, hidden, deadline)

    def has_any(
        self, tenant: str, dataset: str, people: Collection[int], hidden: Collection[str]
    ) -> bool:
        """Tell whether there is any event of these people that is not hidden."""
        scopes = [Scope(tenant, dataset, person) for person in people]
        with self._database.reading() as connection:
            return events_group.has_any(connection, scopes, hidden)

    def activity_of(
        self,
        tenant: str,
        dataset: str,
        people: Collection[int],
        own: OwnActs,
        span_ms: tuple[int, int],
        deadline: Deadline,
    ) -> list[Activity]:
        """Return of those of `people` who ever did anything when they did, and how often in a span.

        The span's end (epoch ms) is the end of everything. Raises: StorageUnavailable when
        `deadline` passes first.
        """
        scopes = [Scope(tenant, dataset, person) for person in people]
        with self._database.reading() as connection:
            return events_activity.activity_of(connection, scopes, own, *span_ms, deadline)

    def events_between(
        self,
        tenant: str,
        dataset: str,
        person_id: int,
        first_ms: int,
        last_ms: int,
        kinds: Collection[EventKind] = (),
    ) -> Iterator[StoredEvent]:
        """Yield the person's events of this span, both ends included, oldest first.

        `kinds` leaves out all others. Purchase lines that a cancellation undid, even one that
        lies outside the span, say so: `event.items[n].taken_back`.
        """
        scope = Scope(tenant, dataset, person_id)
        place = (first_ms, -1)
        while True:
            with self._database.reading() as connection:
                part = events_pages.between(
                    connection, scope, place, last_ms, EVENTS_PER_READ, kinds
                )
            yield from part
            if len(part) < EVENTS_PER_READ:
                return
            place = (part[-1].time_ms, part[-1].id)

    def orders_standing(
        self, tenant: str, dataset: str, person_id: int, first_ms: int, last_ms: int
    ) -> int:
        """Return how many orders of this span have a line that nobody took back."""
        with self._database.reading() as connection:
            return events_orders.orders_standing(
                connection, tenant, dataset, person_id, first_ms, last_ms
            )

    def labels(
        self, tenant: str, dataset: str, objects: Collection[ObjectKey]
    ) -> dict[ObjectKey, str]:
        """Return what events called those of `objects` (type, id) that they named at all."""
        with self._database.reading() as connection:
            return events_labels.labels_of(connection, tenant, dataset, objects)

    def dirty_days(self, tenant: str, dataset: str, person_id: int) -> list[tuple[str, int]]:
        """Return (day, version) of every day that has to be counted anew, oldest first."""
        with self._database.reading() as connection:
            return events_days.dirty(connection, tenant, dataset, person_id)

    def replace_day(
        self,
        tenant: str,
        dataset: str,
        person_id: int,
        day: str,
        version: int,
        rows: Iterable[DayRow],
    ) -> bool:
        """Keep what was counted of `day` and clear its mark; False if it got dirty anew since."""
        rows = list(rows)
        return self._database.write(
            lambda connection: events_days.replace_day(
                connection, tenant, dataset, person_id, day, version, rows
            )
        )

    def replace_days(
        self,
        tenant: str,
        dataset: str,
        person_id: int,
        counted: Iterable[tuple[str, int, Iterable[DayRow]]],
    ) -> None:
        """Do `replace_day` for several (day, version, rows) in one transaction."""
        days = [(day, version, list(rows)) for day, version, rows in counted]

        def work(connection: Connection) -> None:
            for counted_day in days:
                events_days.replace_day(connection, tenant, dataset, person_id, *counted_day)

        self._database.write(work)

    def dirty_among(
        self, tenant: str, dataset: str, people: Collection[int], first_day: str | None
    ) -> set[int]:
        """Return those of `people` with a day to be counted anew, from `first_day` on."""
        with self._database.reading() as connection:
            return events_days.dirty_among(connection, tenant, dataset, people, first_day)

    def amounts(
        self,
        tenant: str,
        dataset: str,
        people: Collection[int],
        first_day: str | None,
        last_day: str,
    ) -> list[Amounts]:
        """Return the sums of every catalog object over these days (ends included) and people."""
        with self._database.reading() as connection:
            return events_days.amounts(connection, tenant, dataset, people, first_day, last_day)

    def unmatched_cancellations(self, tenant: str, dataset: str) -> list[UnmatchedCancellation]:
        """Return cancelled lines that took nothing back, oldest first, at most MOST_UNMATCHED."""
        with self._database.reading() as connection:
            return events_unmatched.unmatched_cancellations(
                connection, tenant, dataset, MOST_UNMATCHED
            )

    def purge(self, tenant: str, dataset: str, before_ms: int, step: int = 500) -> int:
        """Delete the oldest events before `before_ms`, at most `step`; return how many.

        Call it at a local midnight's time: days are kept or forgotten as a whole.
        """
        return self._database.write(
            lambda connection: events_purge.purge(connection, tenant, dataset, before_ms, step)
        )

    def _commit_group(self, jobs: Sequence[Append]) -> tuple[Appended, ...]:
        """Commit what has queued up; the group has waited for the turn."""

        def work(connection: Connection) -> Committed:
            with self._precedence.taken():  # not while COMMIT waits for the disk
                return self._commit(connection, jobs)

        return self._told(self._database.write_in_turn(work))

    def _commit(self, connection: Connection, jobs: Sequence[Append]) -> Committed:
        return commit_appends(connection, jobs, self._clock(), self._among_erased)

    def _told(self, committed: Committed) -> tuple[Appended, ...]:
        for tenant, digest in committed.voided:
            self._on_void(tenant, digest)
        return committed.results
