"""Queries answered page by page.

Source: REST API Developer Guide, "Query", "Query More Results".
"""

import secrets
import threading

from simulator.crm.database import Database
from simulator.crm.errors import OrgError
from simulator.crm.schema import Schema
from simulator.crm.soql.parser import parse
from simulator.crm.soql.sql import Statement, to_sql
from simulator.crm.values import shown

LARGEST_BATCH, SMALLEST_BATCH = 2_000, 200
OPEN_CURSORS = 10  # the oldest is closed when another is opened


class Queries:
    """Runs SOQL and remembers what is left of long answers."""

    def __init__(self, schema: Schema, database: Database, clock):
        self._schema, self._database, self._clock = schema, database, clock
        self._lock = threading.Lock()
        self._cursors: dict[str, list[dict]] = {}

    def run(self, text: str, version: str, batch: int, *, with_deleted: bool = False) -> dict:
        """Return the first page of an answer; raises OrgError."""
        query = parse(text)
        statement = to_sql(query, self._schema, self._clock.now(), with_deleted=with_deleted)
        rows = self._database.rows(statement.sql, statement.parameters)
        if query.is_count:
            return {"totalSize": rows[0][0], "done": True, "records": []}
        name = self._schema.queried(query.object_name).name
        return self._page([_record(name, statement, row, version) for row in rows], version, batch)

    def more(self, locator: str, version: str, batch: int) -> dict:
        """Return the next page of an answer; raises OrgError."""
        cursor_id, _, start = locator.rpartition("-")
        with self._lock:
            records = self._cursors.get(cursor_id)
        if records is None or not start.isdigit():
            raise OrgError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return self._slice(cursor_id, records, int(start), version, batch)

    def _page(self, records: list[dict], version: str, batch: int) -> dict:
        if len(records) <= batch:
            return {"totalSize": len(records), "done": True, "records": records}
        cursor_id = f"01g{secrets.token_hex(6)}AAA"
        with self._lock:
            while len(self._cursors) >= OPEN_CURSORS:
                del self._cursors[next(iter(self._cursors))]
            self._cursors[cursor_id] = records
        return self._slice(cursor_id, records, 0, version, batch)

    def _slice(self, cursor_id: str, records, start: int, version: str, batch: int) -> dict:
        end = start + batch
        page = {"totalSize": len(records), "done": end >= len(records)}
        if not page["done"]:
            page["nextRecordsUrl"] = f"/services/data/v{version}/query/{cursor_id}-{end}"
        return page | {"records": records[start:end]}


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
