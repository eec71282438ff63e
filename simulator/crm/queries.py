"""Queries answered page by page.

Source: REST API Developer Guide, "Query", "Query More Results".
"""

import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from simulator.crm.database import Database
from simulator.crm.errors import OrgError
from simulator.crm.schema import Schema
from simulator.crm.soql.parser import parse
from simulator.crm.soql.sql import Statement, to_sql
from simulator.crm.values import as_text, shown

LARGEST_BATCH, SMALLEST_BATCH = 2_000, 200
OPEN_CURSORS = 10  # the oldest is closed when another is opened


class Queries:
    """Runs SOQL and remembers what is left of long answers."""

    def __init__(self, database: Database, clock):
        self._database, self._clock = database, clock
        self._lock = threading.Lock()
        self._cursors: dict[str, Found] = {}

    def run(
        self, text: str, schema: Schema, version: str, batch: int, *, with_deleted: bool = False
    ) -> dict:
        """Return the first page of an answer; raises OrgError. `schema` is what the user sees."""
        found = self.find(text, schema, with_deleted=with_deleted)
        if found.statement.is_count:
            return {"totalSize": found.rows[0][0], "done": True, "records": []}
        return self._page(found, version, batch)

    def statement(self, text: str, schema: Schema, *, with_deleted: bool = False) -> Statement:
        """Return what would be run for a query; raises OrgError when it cannot be."""
        return to_sql(parse(text), schema, self._clock.now(), with_deleted=with_deleted)

    def find(self, text: str, schema: Schema, *, with_deleted: bool = False) -> "Found":
        """Return what a query finds, not yet made into records; raises OrgError."""
        statement = self.statement(text, schema, with_deleted=with_deleted)
        return Found(statement, self._database.rows(statement.sql, statement.parameters))

    def more(self, locator: str, version: str, batch: int) -> dict:
        """Return the next page of an answer; raises OrgError."""
        cursor_id, _, start = locator.rpartition("-")
        with self._lock:
            found = self._cursors.get(cursor_id)
        if found is None or not start.isdigit():
            raise OrgError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return self._slice(cursor_id, found, int(start), version, batch)

    def _page(self, found: "Found", version: str, batch: int) -> dict:
        if len(found.rows) <= batch:
            return self._slice("", found, 0, version, batch)
        cursor_id = f"01g{secrets.token_hex(6)}AAA"
        with self._lock:
            while len(self._cursors) >= OPEN_CURSORS:
                del self._cursors[next(iter(self._cursors))]
            self._cursors[cursor_id] = found
        return self._slice(cursor_id, found, 0, version, batch)

    def _slice(self, cursor_id: str, found: "Found", start: int, version: str, batch: int) -> dict:
        end = start + batch
        page = {"totalSize": len(found.rows), "done": end >= len(found.rows)}
        if not page["done"]:
            page["nextRecordsUrl"] = f"/services/data/v{version}/query/{cursor_id}-{end}"
        return page | {"records": found.records(start, end, version)}


@dataclass(frozen=True)
class Found:
    """The rows that a query found; they become records only when they are shown."""

    statement: Statement
    rows: list[tuple]

    def records(self, start: int, end: int, version: str) -> list[dict]:
        """Return some of the rows as the REST API shows records."""
        statement = self.statement
        name = statement.object_name
        return [_record(name, statement, row, version) for row in self.rows[start:end]]

    def header(self) -> list[str]:
        """Return the names of the cells that `texts` yields."""
        return [".".join(column.path) for column in self.statement.columns]

    def texts(self, start: int, end: int) -> Iterator[list[str]]:
        """Yield some of the rows as the cells of a CSV file."""
        skipped = len(self.statement.parents)
        for row in self.rows[start:end]:
            pairs = zip(self.statement.columns, row[skipped:], strict=True)
            yield [as_text(column.field, value) for column, value in pairs]


def batch_size(header: str) -> int:
    """Return the page size that `Sforce-Query-Options: batchSize=N` asks for."""
    name, _, number = header.partition("=")
    if name.strip().lower() != "batchsize" or not number.strip().isdigit():
        return LARGEST_BATCH
    return max(SMALLEST_BATCH, min(LARGEST_BATCH, int(number)))


def _record(object_name: str, statement: Statement, row: tuple, version: str) -> dict:
    parent_ids = dict(zip(statement.parents, row, strict=False))
    values = row[len(statement.parents) :]
    record = {"attributes": _attributes(object_name, None, version)}
    for column, value in zip(statement.columns, values, strict=True):
        holder = record
        for depth in range(1, len(column.path)):
            holder = _parent(holder, column.path[:depth], parent_ids, statement, version)
            if holder is None:
                break
        if holder is not None:
            holder[column.path[-1]] = shown(column.field, value)
    _set_url(record, object_name, version)
    return record


def _parent(holder: dict, path: tuple[str, ...], parent_ids, statement, version) -> dict | None:
    """Return the nested record of a relationship, made at its first use; None without a parent."""
    name, parent_id = path[-1], parent_ids[path]
    if name not in holder:
        attributes = _attributes(statement.parents[path], parent_id, version)
        holder[name] = {"attributes": attributes} if parent_id else None
    return holder[name]


def _attributes(object_name: str, record_id: str | None, version: str) -> dict:
    url = f"/services/data/v{version}/sobjects/{object_name}"
    return {"type": object_name, "url": f"{url}/{record_id}" if record_id else url}


def _set_url(record: dict, object_name: str, version: str) -> None:
    if "Id" in record:
        record["attributes"] = _attributes(object_name, record["Id"], version)
