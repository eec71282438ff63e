"""What time it is for rows that are due, leased or late."""

import time
from collections.abc import Callable

from sqlalchemy import Connection


def store_time(connection: Connection, clock: Callable[[], float] | None) -> float:
    """Return epoch seconds by `clock`, or by the database server's so that machines agree."""
    if clock is not None:
        return clock()
    if connection.dialect.name == "postgresql":
        query = "select extract(epoch from clock_timestamp())"
        return float(connection.exec_driver_sql(query).scalar_one())
    return time.time()
