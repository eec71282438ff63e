"""Feed files for Personalization: users, and members of manual segments.

Names and columns are documented and must match exactly; nothing in them is escaped for
spreadsheets. Sources: Salesforce help, "ETL File Requirements", "User Data Feed", "Manual
Segment Data Feed".
"""

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from service.model import Identity

MOST_IDENTITIES = 5
STAMP = "%Y-%m-%d_%H-%M-%S"


def stamp(epoch_seconds: float) -> str:
    """Return the moment as file names have it."""
    return datetime.fromtimestamp(epoch_seconds, UTC).strftime(STAMP)


def user_feed_name(moment: str) -> str:
    return f"user-{moment}.csv"


def segment_feed_name(moment: str) -> str:
    return f"segment-delta-{moment}.csv"


def write_user_feed(
    path: Path,
    identity_types: Sequence[str],
    attributes: Sequence[str],
    people: Iterable[tuple[Identity, dict]],
) -> int:
    """Write one row a person, named by the one identity that is proven; return how many.

    A blank cell keeps the old value, so a value that is to be cleared has no place here.
    """
    named = [f"attribute:{kind}" for kind in identity_types[:MOST_IDENTITIES]]
    header = [*named, *(f"attribute:{name}" for name in attributes)]
    rows = (
        [
            *(who.value if who.type == kind else "" for kind in identity_types[:MOST_IDENTITIES]),
            *(_cell(values.get(name)) for name in attributes),
        ]
        for who, values in people
    )
    return _write(path, header, rows)


def write_segment_feed(
    path: Path,
    identity_types: Sequence[str],
    changes: Iterable[tuple[Identity, str, bool]],
) -> int:
    """Write who joins a manual segment (True) and who leaves it; return how many rows."""
    kinds = identity_types[:MOST_IDENTITIES]
    header = [*(f"attribute:{kind}" for kind in kinds), "segmentId", "updateType"]
    rows = (
        [
            *(who.value if who.type == kind else "" for kind in kinds),
            segment,
            "Add" if joins else "Remove",
        ]
        for who, segment, joins in changes
    )
    return _write(path, header, rows)


def _write(path: Path, header: list[str], rows: Iterable[list]) -> int:
    number = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(header)
        for number, row in enumerate(rows, 1):  # noqa: B007 - the count is the answer
            writer.writerow(row)
    return number


def _cell(value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
