"""The numbers of events: each is above all that were given out, and visible, before it.

A stream that has seen number n asks for what is above n, so a number may never appear below
one that was shown already. On SQLite one transaction writes at a time. On PostgreSQL the
numbers of one person rise because whoever writes events of a person holds that person's row.
"""

from sqlalchemy import Connection

FROM_SEQUENCE = "select nextval('event_numbering') from generate_series(1, %s)"


def next_numbers(connection: Connection, count: int) -> list[int]:
    """Return `count` fresh numbers, rising."""
    if count == 0:
        return []
    if connection.dialect.name == "postgresql":
        return sorted(connection.exec_driver_sql(FROM_SEQUENCE, (count,)).scalars())
    connection.exec_driver_sql("update event_numbers set last = last + ?", (count,))
    last = connection.exec_driver_sql("select last from event_numbers").scalar_one()
    return list(range(last - count + 1, last + 1))
