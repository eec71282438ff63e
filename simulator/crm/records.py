"""Single records: read, created, changed, deleted, with the org's refusals.

Not modelled: sharing, field-level security, validation rules, triggers, duplicate rules.
Source: REST API Developer Guide, "sObject Rows"; SOAP API, "ExceptionCode".
"""

from simulator.clock import Clock
from simulator.crm.database import Database
from simulator.crm.errors import OrgError, not_found
from simulator.crm.schema import ObjectType, Schema
from simulator.crm.soql.sql import datetime_text
from simulator.crm.values import shown, stored
from simulator.record_ids import normalized, record_id


class Records:
    """The records of one org; `user_id` is who creates and changes them."""

    def __init__(self, schema: Schema, database: Database, clock: Clock, user_id: str):
        self._schema, self._database, self._clock = schema, database, clock
        self._user_id = user_id

    def read(self, described: ObjectType, given_id: str, names: list[str] | None = None) -> dict:
        """Return fields of a record, all by default; raises OrgError."""
        record = self._existing(described, given_id)
        fields = [described.field(name) for name in names] if names else described.fields
        return {field.name: shown(field, record[field.name]) for field in fields}

    def create(self, described: ObjectType, values: dict) -> str:
        """Add a record and return its id; raises OrgError."""
        columns = self._checked(described, values, is_new=True)
        missing = [f.name for f in described.fields if f.is_required and not columns.get(f.name)]
        if missing:
            message = f"Required fields are missing: [{', '.join(missing)}]"
            raise OrgError(400, "REQUIRED_FIELD_MISSING", message, tuple(missing))
        number = self._database.next_number(described.name)
        new_id = record_id(described.key_prefix, number)
        self.insert_as_given(described, {"Id": new_id} | columns)
        return new_id

    def insert_as_given(self, described: ObjectType, columns: dict) -> None:
        """Add a record with its id, filling defaults, the full name and who made it when."""
        now = datetime_text(self._clock.now())
        made = {
            "OwnerId": self._user_id,
            "CreatedDate": now,
            "CreatedById": self._user_id,
            "LastModifiedDate": now,
            "LastModifiedById": self._user_id,
            "SystemModstamp": now,
        }
        known = {field.name for field in described.fields}
        row = _defaults(described) | {k: v for k, v in made.items() if k in known} | columns
        self._database.insert(described, row | _calculated(described, row))

    def change(self, described: ObjectType, given_id: str, values: dict) -> None:
        """Set fields of a record; raises OrgError."""
        with self._database.lock:
            record = self._existing(described, given_id)
            columns = self._checked(described, values, is_new=False)
            now = datetime_text(self._clock.now())
            columns |= {"LastModifiedDate": now, "SystemModstamp": now}
            columns |= _calculated(described, record | columns)
            self._database.update(described, record["Id"], columns)

    def delete(self, described: ObjectType, given_id: str) -> None:
        """Move a record to the recycle bin: `queryAll` still finds it."""
        with self._database.lock:
            record = self._existing(described, given_id)
            now = datetime_text(self._clock.now())
            self._database.update(described, record["Id"], {"IsDeleted": 1, "SystemModstamp": now})

    def _existing(self, described: ObjectType, given_id: str) -> dict:
        wanted = normalized(given_id)
        if wanted is None:
            message = f"Provided external ID field does not exist or is not accessible: {given_id}"
            raise not_found(message)
        record = self._database.record(described, wanted)
        if record is None:
            raise not_found()
        if record.get("IsDeleted"):
            raise OrgError(404, "ENTITY_IS_DELETED", "entity is deleted")
        return record

    def _checked(self, described: ObjectType, values: dict, *, is_new: bool) -> dict:
        columns = {}
        for name, value in values.items():
            if name == "attributes":
                continue  # clients send a record back as they got it
            field = described.field(name)
            if not (field.createable if is_new else field.updateable):
                message = f"Unable to create/update fields: {field.name}. Please check the security"
                raise OrgError(
                    400, "INVALID_FIELD_FOR_INSERT_UPDATE", f"{message} settings", (field.name,)
                )
            columns[field.name] = stored(field, value)
            if field.type == "reference" and columns[field.name]:
                self._check_reference(field, columns[field.name])
        return columns

    def _check_reference(self, field, record_id_18: str) -> None:
        targets = [self._schema.object(name) for name in field.reference_to]
        if not any(each and self._database.record(each, record_id_18) for each in targets):
            message = f"invalid cross reference id: {record_id_18}"
            raise OrgError(400, "INVALID_CROSS_REFERENCE_KEY", message, (field.name,))


def _defaults(described: ObjectType) -> dict:
    flags = {field.name: 0 for field in described.fields if field.type == "boolean"}
    chosen = {f.name: f.default_value for f in described.fields if f.default_value is not None}
    return flags | chosen


def _calculated(described: ObjectType, row: dict) -> dict:
    return {
        field.name: " ".join(row[part] for part in field.calculated_from if row.get(part))
        for field in described.fields
        if field.calculated_from
    }
