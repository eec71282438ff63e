"""Rows written one by one, each with its own outcome: what collections and the Bulk API do."""

from collections.abc import Callable
from dataclasses import dataclass

from simulator.crm.errors import OrgError
from simulator.crm.records import Records
from simulator.crm.schema import ObjectType

CHUNK_ROWS = 200
MAX_DUPLICATES = 12
LIMIT_SENTENCE = (
    f"Maximum number of duplicate updates in one batch ({MAX_DUPLICATES} allowed)."
    " Attempt to update Id more than once in this Api call: "
)


@dataclass(frozen=True)
class RowResult:
    """What became of one row; `id` is null when it failed."""

    id: str | None
    created: bool = False
    error: OrgError | None = None

    @property
    def success(self) -> bool:
        return self.error is None


@dataclass(frozen=True)
class Writer:
    """Writes rows of one object as one user. `read_value` says how values are read."""

    records: Records
    described: ObjectType
    by: str
    read_value: Callable

    def write(self, operation: str, row: dict, external_id: str | None = None) -> RowResult:
        """Insert, update, upsert or delete one row."""
        try:
            return self._write(operation, row, external_id)
        except OrgError as refusal:
            return RowResult(None, error=as_row_error(refusal))

    def write_all(self, operation: str, rows: list[dict], external_id=None) -> list[RowResult]:
        """Write rows in chunks, as the org does; other callers come in between."""
        results = []
        for start in range(0, len(rows), CHUNK_ROWS):
            chunk = rows[start : start + CHUNK_ROWS]
            with self.records.at_once():
                results += self._write_chunk(operation, chunk, external_id)
        return results

    def _write_chunk(self, operation: str, rows: list[dict], external_id) -> list[RowResult]:
        seen: dict[str, int] = {}
        results = []
        for row in rows:
            given_id = str(_id_of(row) or "")[:15]
            seen[given_id] = seen.get(given_id, -1) + 1
            if given_id and seen[given_id] > MAX_DUPLICATES:
                refusal = OrgError(400, "LIMIT_EXCEEDED", LIMIT_SENTENCE + str(_id_of(row)))
                results.append(RowResult(None, error=refusal))
            else:
                results.append(self.write(operation, row, external_id))
        return results

    def _write(self, operation: str, row: dict, external_id: str | None) -> RowResult:
        given_id = _id_of(row)
        values = {name: value for name, value in row.items() if name.lower() != "id"}
        if operation == "upsert" and external_id and external_id.lower() != "id":
            given_id = self.records.id_by(self.described, external_id, row)
            operation = "update" if given_id else "insert"
        elif operation == "upsert":
            operation = "update" if given_id else "insert"
        if operation == "insert":
            if given_id:
                message = "cannot specify Id in an insert call"
                raise OrgError(400, "INVALID_FIELD_FOR_INSERT_UPDATE", message, ("Id",))
            return RowResult(self._create(values), created=True)
        if not given_id:
            raise OrgError(400, "MISSING_ARGUMENT", f"Id not specified in an {operation} call")
        if operation == "delete":
            return RowResult(self.records.delete(self.described, given_id, self.by))
        arguments = (self.described, given_id, values, self.by, self.read_value)
        return RowResult(self.records.change(*arguments))

    def _create(self, values: dict) -> str:
        return self.records.create(self.described, values, self.by, self.read_value)


def as_row_error(refusal: OrgError) -> OrgError:
    """Return a refusal as a row carries it: a record that is not there is a wrong reference."""
    if refusal.code == "NOT_FOUND":
        code, message = "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"
        return OrgError(400, code, message)
    return refusal


def _id_of(row: dict):
    return row.get("Id") or row.get("id") or row.get("ID")
