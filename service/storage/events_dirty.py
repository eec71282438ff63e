"""Marks days whose affinities have to be counted anew before anybody sees them."""

import random
from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import Connection

from service.storage.tables import dirty_days
from service.storage.upserts import insert_or_update

PersonDay = tuple[int, str]
"""A person's internal id and a local day (ISO)."""


def mark_dirty(
    connection: Connection, tenant: str, dataset: str, days: Iterable[PersonDay]
) -> None:
    """Mark `days`; who counts one at this moment finds its version changed and counts again."""
    insert_or_update(
        connection,
        dirty_days,
        [
            {
                "tenant": tenant,
                "dataset": dataset,
                "person_id": person_id,
                "day": day,
                "version": random.getrandbits(62),
            }
            for person_id, day in set(days)
        ],
    )


def touched_by(person_id: int, day: str) -> tuple[PersonDay, PersonDay]:
    """Return the days an event of `day` can change: view time of the day before runs up to it."""
    before = date.fromisoformat(day) - timedelta(days=1)
    return (person_id, day), (person_id, before.isoformat())
