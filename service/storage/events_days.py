"""What is counted of a person's days, and which days have to be counted anew."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, and_, delete, func, insert, select

from service.storage.tables import affinity_days, dirty_days, object_labels


@dataclass(frozen=True)
class DayRow:
    """What one catalog object got from one person on one local day."""

    type: str
    object_id: str
    views: int = 0
    view_time_ms: int = 0
    purchases: int = 0


@dataclass(frozen=True)
class Amounts:
    """What one catalog object got in a range of days, of all who were asked for.

    `label` may be unknown.
    """

    type: str
    object_id: str
    label: str | None
    views: int
    view_time_ms: int
    purchases: int


def dirty(connection: Connection, tenant: str, dataset: str, person_id: int):
    """Return (day, version) of every day that has to be counted anew, oldest first."""
    query = select(dirty_days.c.day, dirty_days.c.version).where(
        *_of_person(dirty_days, tenant, dataset, person_id)
    )
    return [tuple(row) for row in connection.execute(query.order_by(dirty_days.c.day))]


def dirty_among(
    connection: Connection,
    tenant: str,
    dataset: str,
    people: Collection[int],
    first_day: str | None,
) -> set[int]:
    """Return those of `people` with a day to be counted anew, from `first_day` (None: any) on."""
    days = dirty_days.c
    query = select(days.person_id).where(
        days.person_id.in_(people),
        days.tenant == tenant,
        days.dataset == dataset,
        days.day >= (first_day or ""),
    )
    return set(connection.execute(query.distinct()).scalars())


def replace_day(
    connection: Connection,
    tenant: str,
    dataset: str,
    person_id: int,
    day: str,
    version: int,
    rows: Iterable[DayRow],
) -> bool:
    """Put `rows` in place of what was counted of `day`, unless it got dirty anew since."""
    cleared = connection.execute(
        delete(dirty_days).where(
            *_of_person(dirty_days, tenant, dataset, person_id),
            dirty_days.c.day == day,
            dirty_days.c.version == version,
        )
    )
    if cleared.rowcount != 1:
        return False
    of_day = _of_person(affinity_days, tenant, dataset, person_id)
    connection.execute(delete(affinity_days).where(*of_day, affinity_days.c.day == day))
    scope = {"tenant": tenant, "dataset": dataset, "person_id": person_id, "day": day}
    values = [scope | vars(row) for row in rows]
    if values:
        connection.execute(insert(affinity_days), values)
    return True


def amounts(
    connection: Connection,
    tenant: str,
    dataset: str,
    people: Collection[int],
    first_day: str | None,
    last_day: str,
) -> list[Amounts]:
    """Return the sums over days (ISO, ends included) and over all these people.

    With `first_day` None from the start.
    """
    days = affinity_days.c
    sums = (func.sum(days.views), func.sum(days.view_time_ms), func.sum(days.purchases))
    query = (
        select(days.type, days.object_id, *sums)
        .where(
            days.person_id.in_(people),
            days.tenant == tenant,
            days.dataset == dataset,
            days.day <= last_day,
        )
        .group_by(days.type, days.object_id)
    )
    if first_day is not None:
        query = query.where(days.day >= first_day)
    summed = query.subquery()
    labelled = select(object_labels.c.label, summed).select_from(
        summed.outerjoin(object_labels, _is_label(tenant, dataset, summed))
    )
    return [
        Amounts(kind, object_id, label, *(int(value) for value in values))
        for label, kind, object_id, *values in connection.execute(labelled)
    ]


def _of_person(table, tenant: str, dataset: str, person_id: int) -> tuple:
    return (
        table.c.person_id == person_id,
        table.c.tenant == tenant,
        table.c.dataset == dataset,
    )


def _is_label(tenant: str, dataset: str, summed):
    labels = object_labels.c
    return and_(
        labels.tenant == tenant,
        labels.dataset == dataset,
        labels.type == summed.c.type,
        labels.object_id == summed.c.object_id,
    )
