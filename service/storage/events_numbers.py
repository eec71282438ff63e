"""The numbers of events: each is above all that were given out, and visible, before it.

A stream that has seen number n asks for what is above n, so a number may never appear below
one that was shown already. On SQLite one transaction writes at a time. On PostgreSQL the
numbers of one person rise because whoever writes events of a person holds that person's row.
"""

from sqlalchemy import Connection

from service.storage.driver import is_postgresql, rows

FROM_SEQUENCE = "select nextval('event_numbering') from generate_series(1, :count)"
FROM_ROW = "update event_numbers set last = last + :count returning last"


def next_numbers(connection: Connection, count: int) -> list[int]:
    """Return `count` fresh numbers, rising."""
    if count == 0:
        return []
    if is_postgresql(connection):
        return sorted(number for (number,) in rows(connection, FROM_SEQUENCE, {"count": count}))
    ((last,),) = rows(connection, FROM_ROW, {"count": count})
    return list(range(last - count + 1, last + 1))
