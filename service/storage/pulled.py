"""What the CRM told of each record so far, and up to which moment it was read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import select

from service.storage.database import Database
from service.storage.runs import Run, Runs
from service.storage.runs_tables import share_pulled, share_watermarks
from service.storage.upserts import insert_or_update

IDS_PER_QUERY = 500
OBJECTS = ("Contact", "Lead", "CampaignMember")
"""Whose records may be remembered."""


@dataclass(frozen=True)
class Told:
    """What is remembered of one record.

    `filled` are the attributes that had a value, `segments` the manual segments its person is
    in because of it, `waiting` digests of identities that nobody has proven yet, `person_id`
    whose record it is, `of_record` the contact or lead whose membership it is.
    """

    object_name: str
    record_id: str
    digest: str | None = None
    filled: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    person_id: int | None = None
    of_record: str | None = None


class Pulled:
    """Reads and writes what is remembered of one tenant at a time."""

    def __init__(self, database: Database, runs: Runs):
        self._database = database
        self._runs = runs

    def told(self, tenant: str, object_name: str, ids: Sequence[str]) -> dict[str, Told]:
        """Return what is remembered of records, by id."""
        found = {}
        with self._database.reading() as connection:
            for start in range(0, len(ids), IDS_PER_QUERY):
                query = select(share_pulled).where(
                    share_pulled.c.tenant == tenant,
                    share_pulled.c.object == object_name,
                    share_pulled.c.record_id.in_(ids[start : start + IDS_PER_QUERY]),
                )
                found |= {row.record_id: _told(row) for row in connection.execute(query)}
        return found

    def of_record(self, tenant: str, wanted: str) -> list[Told]:
        """Return what is remembered of a record, by 15 or 18 characters of its id."""
        query = select(share_pulled).where(
            share_pulled.c.tenant == tenant,
            share_pulled.c.object.in_(OBJECTS),
            share_pulled.c.record_id.startswith(wanted[:15], autoescape=True),
        )
        with self._database.reading() as connection:
            return [_told(row) for row in connection.execute(query)]

    def waiting(self, tenant: str, object_name: str, after: str, limit: int) -> list[Told]:
        """Return records above `after` whose person was not proven when they were read."""
        query = (
            select(share_pulled)
            .where(
                share_pulled.c.tenant == tenant,
                share_pulled.c.object == object_name,
                share_pulled.c.record_id > after,
                share_pulled.c.waiting.is_not(None),
            )
            .order_by(share_pulled.c.record_id)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [_told(row) for row in connection.execute(query)]

    def remember(self, run: Run, told: Sequence[Told]) -> None:
        """Put what is remembered of records in the place of what was."""
        rows = [
            {
                "tenant": run.tenant,
                "object": each.object_name,
                "record_id": each.record_id,
                "digest": each.digest,
                "filled": _json(each.filled),
                "segments": _json(each.segments),
                "waiting": _json(each.waiting),
                "person_id": each.person_id,
                "of_record": each.of_record,
            }
            for each in told
        ]

        def work(connection) -> None:
            self._runs.note_in(connection, run)
            insert_or_update(connection, share_pulled, rows)

        if rows:
            self._database.write(work)

    def watermark(self, tenant: str, object_name: str) -> str | None:
        """Return the SystemModstamp up to which an object was read; None before the first time."""
        query = select(share_watermarks.c.modstamp).where(
            share_watermarks.c.tenant == tenant, share_watermarks.c.object == object_name
        )
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one_or_none()

    def move_watermarks(self, run: Run, modstamps: Mapping[str, str]) -> None:
        """Note up to when objects were read: what was read until then is durable elsewhere."""
        rows = [
            {"tenant": run.tenant, "object": name, "modstamp": modstamp}
            for name, modstamp in modstamps.items()
            if modstamp
        ]

        def work(connection) -> None:
            self._runs.note_in(connection, run)
            insert_or_update(connection, share_watermarks, rows)

        if rows:
            self._database.write(work)


def _told(row) -> Told:
    return Told(
        row.object,
        row.record_id,
        row.digest,
        *(tuple(orjson.loads(text)) if text else () for text in (row.filled, row.segments)),
        waiting=tuple(orjson.loads(row.waiting)) if row.waiting else (),
        of_record=row.of_record,
    )


def _json(values: tuple[str, ...]) -> str | None:
    return orjson.dumps(values).decode("utf-8") if values else None
