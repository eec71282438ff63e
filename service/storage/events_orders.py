"""Order lines, and which of them a cancellation took back.

A line of a cancellation takes back one earlier purchase line of the same person and item: the
latest that still stands. One that finds none takes nothing, so nothing falls below zero. The
match is made anew whenever a line of that person and item comes or moves, so neither the
order of arrival nor a merge changes the outcome.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from operator import attrgetter

from sqlalchemy import Connection, bindparam, func, insert, select, tuple_, update

from service.storage.events_dirty import PersonDay
from service.storage.tables import order_lines

ITEMS_PER_QUERY = 500

PersonItem = tuple[int, str, str]
"""A person's internal id, an item's type and id."""

_PERSON_ITEM_COLUMNS = order_lines.c.person_id, order_lines.c.item_type, order_lines.c.item_id
_PERSON_ITEM = tuple_(*_PERSON_ITEM_COLUMNS)


@dataclass(frozen=True)
class OrderLine:
    """One line of a purchase or of a cancellation (`takes_back`), by its place in an event."""

    event_number: int
    line: int
    person_id: int
    item_type: str
    item_id: str
    time_ms: int
    day: str
    takes_back: bool

    @property
    def person_item(self) -> PersonItem:
        return self.person_id, self.item_type, self.item_id


def add_lines(
    connection: Connection, tenant: str, dataset: str, lines: Collection[OrderLine]
) -> set[PersonDay]:
    """Keep `lines` and match them; return the days of purchases that changed their standing."""
    if not lines:
        return set()
    scope = {"tenant": tenant, "dataset": dataset, "matched": 0}
    rows = [asdict(line) | scope | {"takes_back": int(line.takes_back)} for line in lines]
    connection.execute(insert(order_lines), rows)
    return rematch(connection, {line.person_item for line in lines})


def rematch(connection: Connection, items: Collection[PersonItem]) -> set[PersonDay]:
    """Match all lines of `items` anew; return the days of purchases that changed their standing."""
    changed: set[PersonDay] = set()
    for part in _parts(items):
        cancelled = _items_with_cancellations(connection, part)
        for lines in _lines_by_item(connection, cancelled).values():
            changed |= _rematch_item(connection, lines)
    return changed


def items_of(connection: Connection, people: Collection[int]) -> set[PersonItem]:
    """Return every item that `people` have order lines of."""
    query = select(*_PERSON_ITEM_COLUMNS).where(order_lines.c.person_id.in_(people)).distinct()
    return {tuple(row) for row in connection.execute(query)}


def taken_back(connection: Connection, event_numbers: Collection[int]) -> set[tuple[int, int]]:
    """Return (event number, line) of those lines of these events that a cancellation undid."""
    query = select(order_lines.c.event_number, order_lines.c.line).where(
        order_lines.c.event_number.in_(event_numbers),
        order_lines.c.takes_back == 0,
        order_lines.c.matched == 1,
    )
    return {tuple(row) for row in connection.execute(query)} if event_numbers else set()


def orders_standing(
    connection: Connection,
    tenant: str,
    dataset: str,
    person_id: int,
    first_ms: int,
    last_ms: int,
) -> int:
    """Return how many purchases of this span, both ends included, have a line that stands."""
    query = select(func.count(order_lines.c.event_number.distinct())).where(
        order_lines.c.person_id == person_id,
        order_lines.c.tenant == tenant,
        order_lines.c.dataset == dataset,
        order_lines.c.takes_back == 0,
        order_lines.c.matched == 0,
        order_lines.c.time_ms.between(first_ms, last_ms),
    )
    return connection.execute(query).scalar_one()


def matched_lines(lines: Iterable) -> set[tuple[int, int]]:
    """Return (event number, line) of all that found a partner; `lines` are of one person's item."""
    matched, standing = set(), []
    for line in sorted(lines, key=attrgetter("time_ms", "takes_back", "event_number", "line")):
        if not line.takes_back:
            standing.append(line)
        elif standing:
            undone = standing.pop()
            matched |= {(each.event_number, each.line) for each in (line, undone)}
    return matched


def _items_with_cancellations(connection, items: Collection[PersonItem]) -> set[PersonItem]:
    query = select(*_PERSON_ITEM_COLUMNS).where(
        _PERSON_ITEM.in_(items), order_lines.c.takes_back == 1
    )
    return {tuple(row) for row in connection.execute(query)}


def _lines_by_item(connection, items: Collection[PersonItem]) -> dict[PersonItem, list]:
    found = defaultdict(list)
    if items:
        for row in connection.execute(select(order_lines).where(_PERSON_ITEM.in_(items))):
            found[row.person_id, row.item_type, row.item_id].append(row)
    return found


def _rematch_item(connection: Connection, lines: list) -> set[PersonDay]:
    matched = matched_lines(lines)
    changed = [row for row in lines if row.matched != ((row.event_number, row.line) in matched)]
    if not changed:
        return set()
    flip = update(order_lines).where(
        order_lines.c.event_number == bindparam("event"), order_lines.c.line == bindparam("place")
    )
    connection.execute(
        flip.values(matched=bindparam("now")),
        [{"event": row.event_number, "place": row.line, "now": 1 - row.matched} for row in changed],
    )
    return {(row.person_id, row.day) for row in changed if not row.takes_back}


def _parts(items: Collection[PersonItem]) -> Iterator[list[PersonItem]]:
    ordered = sorted(items)
    for start in range(0, len(ordered), ITEMS_PER_QUERY):
        yield ordered[start : start + ITEMS_PER_QUERY]
