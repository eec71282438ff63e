"""Asks the org for candidates: 1,000 users a call, as five queries of one composite.

Queries are packed by bytes: Salesforce limits addresses, a subrequest's very probably too
(unverified), and long values fill one sooner. Source: REST API guide, "Composite"; SOQL guide.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from urllib.parse import quote_plus

from service.upstream.crm import QUERIES_PER_CALL, Crm
from service.usecases.sharing_matching import ID, Key, RecordIndex

MOST_CANDIDATES = 200
MOST_BYTES = 16_000
"""Of a query's address, percent-encoded. Source: observed limits of Salesforce's front ends."""
LONGEST_VALUE = 4_000
"""Characters of one text in WHERE. Source: SOQL and SOSL Reference, limits."""
PATH_BYTES = 60
SURELY_SHORT = 600
"""Characters that take less than half of a query however they are encoded."""
SAFE_BYTES = bytes(c for c in range(128) if quote_plus(chr(c)) in (chr(c), "+"))


class Query:
    """One query on its way to be full."""

    def __init__(self, start: str, fields: Iterable[str]):
        self._start = start
        self._values: dict[str, dict[str, None]] = {field: {} for field in fields}
        self._bytes = _start_bytes(start)
        self.candidates = 0

    def add(self, keys: Sequence[Key]) -> bool:
        """Take a candidate in; False when it does not fit any more."""
        new = [key for key in keys if key.value not in self._values[key.field]]
        more = sum(_encoded_length(key.value) for key in new)
        more += sum(24 + len(key.field) for key in new if not self._values[key.field])
        if self.candidates and (
            self.candidates >= MOST_CANDIDATES or self._bytes + more > MOST_BYTES
        ):
            return False
        for key in new:
            self._values[key.field][key.value] = None
        self._bytes += more
        self.candidates += 1
        return True

    def soql(self) -> str:
        from simple_salesforce.format import format_soql

        parts = [
            format_soql(f"{field} IN {{}}", list(values))
            for field, values in self._values.items()
            if values
        ]
        return f"{self._start} WHERE {' OR '.join(parts)}"


@cache
def _start_bytes(start: str) -> int:
    return PATH_BYTES + len(quote_plus(start)) + 8


def _encoded_length(value: str) -> int:
    """Return how many bytes a value takes in an address, with its quotes and a comma.

    Counted, not encoded: this is done for every user.
    """
    plain = value.encode("utf-8", "replace")
    unsafe = plain.translate(None, SAFE_BYTES)
    escaped = len(unsafe) - len(unsafe.translate(None, b"'\"\\"))
    return len(plain) + 2 * len(unsafe) + 3 * escaped + 9


class Lookup:
    """Collects candidates and hands them on, each with what was found for its query's call.

    `found` is called with (candidates, index) once their call is made; a candidate is whatever
    the caller gave with its keys.
    """

    def __init__(
        self,
        crm: Crm,
        object_name: str,
        fields: Iterable[str],
        key_fields: Iterable[str],
        found: Callable[[list[tuple[object, tuple[Key, ...]]], RecordIndex], None],
        lengths: dict[str, int] | None = None,
    ):
        self._crm = crm
        self._key_fields = tuple(dict.fromkeys(key_fields))
        self._start = f"SELECT {','.join(dict.fromkeys(fields))} FROM {object_name}"  # noqa: S608
        self._found = found
        known = lengths or {}
        self._lengths = {
            field: min(known.get(field) or LONGEST_VALUE, LONGEST_VALUE)
            for field in self._key_fields
        }
        self._queries: list[Query] = []
        self._waiting: list[tuple[object, tuple[Key, ...]]] = []

    @property
    def oldest(self) -> object | None:
        """Return the candidate that waits longest for its call to be full."""
        return self._waiting[0][0] if self._waiting else None

    def add(self, candidate: object, keys: tuple[Key, ...]) -> None:
        """Take a candidate; once five queries are full they are asked."""
        askable = tuple(key for key in keys if self._can_ask(key))
        if askable and not (self._queries and self._queries[-1].add(askable)):
            if len(self._queries) == QUERIES_PER_CALL:
                self.flush()
            self._queries.append(Query(self._start, self._key_fields))
            self._queries[-1].add(askable)
        self._waiting.append((candidate, askable))

    def flush(self) -> None:
        """Ask what is waiting."""
        waiting, queries = self._waiting, self._queries
        self._waiting, self._queries = [], []
        if not waiting:
            return
        index = RecordIndex(self._key_fields)
        if queries:
            soqls = [query.soql() for query in queries]
            for records in self._crm.queries(soqls, with_deleted=True):
                for record in records:
                    index.add(record)
        self._found(waiting, index)

    def _can_ask(self, key: Key) -> bool:
        """What is longer than the field cannot be in it; what is too long cannot be asked."""
        size = len(key.value)
        if key.field == ID or size > self._lengths[key.field]:
            return key.field == ID
        return size < SURELY_SHORT or _encoded_length(key.value) < MOST_BYTES // 2


def records_by_id(
    crm: Crm, object_name: str, fields: Iterable[str], ids: Iterable[str]
) -> Iterator[dict]:
    """Yield records by id, deleted ones as well; who is not there is left out."""
    gathered: list[dict] = []

    def keep(_waiting, index: RecordIndex) -> None:
        for candidate, keys in _waiting:
            match = index.match(keys)
            gathered.extend(dict(record) for record in match.records[:1] if candidate)

    lookup = Lookup(crm, object_name, fields, [ID], keep)
    for each in ids:
        lookup.add(each, (Key(1, ID, each),))
        if gathered:
            yield from gathered
            gathered.clear()
    lookup.flush()
    yield from gathered
