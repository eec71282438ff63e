"""What a pull would tell Personalization, as rows of a plan, and whether it still would.

What Personalization holds now is not asked for: every row of its export is licensed.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import orjson

from service.data_sharing import DataSharing
from service.storage.runs_rows import RunRow, Status, source_of
from service.storage.staging import Staging
from service.usecases.sharing_matching import ladder
from service.usecases.sharing_records import NOBODY

SEGMENT = "segment "
"""Before the name of a manual segment: true for who joins it, false for who leaves."""
ROWS_PER_STEP = 1_000


def planned_rows(staging: Staging, sharing: DataSharing) -> Iterator[dict]:
    """Yield a row for each record that would tell something of its person."""
    rungs = {
        (name, kind): rung
        for name, wanted in sharing.objects.items()
        for rung, _field, kind in reversed(ladder(sharing, wanted))
    }
    after = ("", "")
    while rows := staging.pulled(after, ROWS_PER_STEP):
        after = rows[-1][:2]
        for row in rows:
            if told := told_of(row):
                kind = orjson.loads(row[3])[0]
                yield {
                    "object": row[0],
                    "record_id": row[1],
                    "source_id": source_of(row[2]),
                    "rung": rungs.get((row[0], kind)),
                    "status": Status.PLANNED,
                    "message": f"its person is named by {kind}",
                    "after": orjson.dumps(told).decode("utf-8"),
                }


def told_of(row: Sequence | None) -> dict:
    """Return what a staged row tells of its person: attributes and manual segments."""
    if row is None or row[2] == NOBODY:
        return {}
    moved = orjson.loads(row[7])
    segments = dict.fromkeys(moved["add"], True) | dict.fromkeys(moved["remove"], False)
    return orjson.loads(row[4] or "{}") | {f"{SEGMENT}{s}": j for s, j in segments.items()}


def changed_since(rows: Iterable[RunRow], staged: Mapping[str, Sequence]) -> Iterator[RunRow]:
    """Yield planned rows whose records would tell something else now, or nothing."""
    yield from (row for row in rows if told_of(staged.get(row.record_id)) != row.after)


def counts_of(rows: Iterable[RunRow]) -> dict[str, int]:
    """Count planned rows by object, and by what they tell."""
    counts: Counter = Counter()
    for row in rows:
        counts["toChange"] += 1
        counts[f"{row.object_name}.toChange"] += 1
        counts.update(f"{row.object_name}.{name}" for name in row.after or ())
    return dict(counts)
