"""Single records: read, created, changed, deleted, with the org's refusals.

What a user may not see is not in the object that callers pass (`Users.schema`).
Not modelled: sharing, validation rules, triggers, duplicate rules.
Source: REST API Developer Guide, "sObject Rows"; SOAP API, "ExceptionCode".
"""

from collections.abc import Sequence
from datetime import datetime

from simulator.clock import Clock
from simulator.crm.database import Database, folded
from simulator.crm.errors import OrgError, not_found
from simulator.crm.row_faults import RowFaults
from simulator.crm.schema import ObjectType, Schema
from simulator.crm.soql.sql import datetime_text
from simulator.crm.values import shown, stored
from simulator.record_ids import normalized, record_id

CONVERTED_FIELDS = ("FirstName", "LastName", "Email", "Phone", "Title")


class Records:
    """The records of one org. `by` is always the id of the user who writes."""

    def __init__(self, schema: Schema, database: Database, clock: Clock, faults: RowFaults):
        self._schema, self._database, self._clock = schema, database, clock
        self._faults = faults
        self.lock = database.lock
        self.at_once = database.all_or_nothing

    def read(self, described: ObjectType, given_id: str, names: list[str] | None = None) -> dict:
        """Return fields of a record, all by default; raises OrgError."""
        fields = [described.field(name) for name in names] if names else described.fields
        record = self._existing(described, given_id, [field.name for field in fields])
        return {field.name: shown(field, record[field.name]) for field in fields}

    def create(self, described: ObjectType, values: dict, by: str, read_value=stored) -> str:
        """Add a record and return its id; raises OrgError."""
        if not described.createable:
            raise _insufficient_access(described)
        with self.lock:
            columns = self._checked(described, values, read_value)
            missing = [
                f.name for f in described.fields if f.is_required and not columns.get(f.name)
            ]
            if missing:
                message = f"Required fields are missing: [{', '.join(missing)}]"
                raise OrgError(400, "REQUIRED_FIELD_MISSING", message, tuple(missing))
            number = self._database.next_number(described.name)
            new_id = record_id(described.key_prefix, number)
            columns |= _numbered(described, number)
            self.insert_as_given(described.name, {"Id": new_id} | columns, by)
        return new_id

    def insert_as_given(self, object_name: str, columns: dict, by: str) -> None:
        """Add a record with its id, filling defaults, the full name and who made it when."""
        described = self._schema.objects[object_name]
        self._database.insert(described, self.filled(described, columns, by))

    def filled(self, described: ObjectType, columns: dict, by: str) -> dict:
        """Return all that a new record's row holds."""
        now = datetime_text(self._clock.now())
        made = {
            "OwnerId": by,
            "CreatedDate": now,
            "CreatedById": by,
            "LastModifiedDate": now,
            "LastModifiedById": by,
            "SystemModstamp": now,
        }
        known = {field.name for field in described.fields}
        row = _defaults(described) | {k: v for k, v in made.items() if k in known} | columns
        return row | _calculated(described, row)

    def change(
        self, described: ObjectType, given_id: str, values: dict, by: str, read_value=stored
    ) -> str:
        """Set fields of a record and return its id; raises OrgError."""
        if not described.updateable:
            raise _insufficient_access(described)
        with self._database.lock:
            whole = self._schema.objects[described.name]
            record = self._existing(whole, given_id, whole.needed_to_change)
            if record.get("IsConverted"):
                message = "cannot reference converted lead"
                raise OrgError(400, "CANNOT_UPDATE_CONVERTED_LEAD", message)
            columns = self._checked(described, values, read_value, record["Id"])
            self._faults.check(record, whole.parents)
            columns |= _calculated(whole, record | columns, columns.keys())
            self.touch(described, record["Id"], columns, by)
            return record["Id"]

    def id_by(self, described: ObjectType, field_name: str, values: dict) -> str | None:
        """Return the id of the record with the value's external id, None without one."""
        field = described.field(field_name)
        given = {name.lower(): value for name, value in values.items()}.get(field.name.lower())
        if given in (None, ""):
            raise OrgError(400, "MISSING_ARGUMENT", f"{field.name} not specified")
        column = f'folded("{field.name}")' if field.compares_folded else f'"{field.name}"'
        value = folded(given) if field.compares_folded else given
        found = self._database.rows(
            f'SELECT "Id" FROM "{described.name}" WHERE {column} = ? AND "IsDeleted" = 0', [value]
        )
        if len(found) > 1:
            message = f"{field.name}: more than one record found for external id field"
            raise OrgError(300, "DUPLICATE_EXTERNAL_ID", message, (field.name,))
        return found[0][0] if found else None

    def touch(self, described: ObjectType, record_id_18: str, columns: dict, by: str) -> None:
        """Write columns as they are, and note who changed the record when."""
        now = datetime_text(self._clock.now())
        stamps = {"LastModifiedDate": now, "LastModifiedById": by, "SystemModstamp": now}
        self._database.update(described, record_id_18, columns | stamps)

    def delete(self, described: ObjectType, given_id: str, by: str) -> None:
        """Move a record to the recycle bin: `queryAll` still finds it."""
        if not described.deletable:
            raise _insufficient_access(described)
        with self._database.lock:
            record = self._existing(described, given_id, ["Id"])
            self.touch(described, record["Id"], {"IsDeleted": 1}, by)

    def convert(self, lead_id: str, contact_id: str | None, by: str) -> dict:
        """Convert a lead into a contact, a new one unless an id is given; return all three ids."""
        leads, contacts = self._schema.objects["Lead"], self._schema.objects["Contact"]
        with self._database.lock:
            lead = self._existing(leads, lead_id, ["Id", "Company", *CONVERTED_FIELDS])
            if contact_id is None:
                account = self.create(
                    self._schema.objects["Account"], {"Name": lead["Company"]}, by
                )
                copied = {name: lead[name] for name in CONVERTED_FIELDS if lead[name]}
                contact_id = self.create(contacts, copied | {"AccountId": account}, by)
            contact = self._existing(contacts, contact_id, ["Id", "AccountId"])
            columns = {
                "IsConverted": 1,
                "ConvertedDate": self._clock.now().date().isoformat(),
                "ConvertedContactId": contact["Id"],
                "ConvertedAccountId": contact["AccountId"],
                "Status": "Closed - Converted",
            }
            self.touch(leads, lead["Id"], columns, by)
        return {"lead": lead["Id"], "contact": contact["Id"], "account": contact["AccountId"]}

    def changes(self, described: ObjectType, kind: str, begin: datetime, end: datetime) -> dict:
        """Return what was `updated` or `deleted` from `begin` to `end`, as the org reports it."""
        wanted = kind == "deleted"
        found = self._database.rows(
            f'SELECT "Id", "SystemModstamp" FROM "{described.name}" WHERE "IsDeleted" = ?'
            ' AND "SystemModstamp" >= ? AND "SystemModstamp" < ? ORDER BY "SystemModstamp"',
            [int(wanted), datetime_text(begin), datetime_text(end)],
        )
        covered = datetime_text(min(end, self._clock.now()))
        if not wanted:
            return {"ids": [each for each, _ in found], "latestDateCovered": covered}
        deleted = [{"id": each, "deletedDate": moment} for each, moment in found]
        return {
            "deletedRecords": deleted,
            "earliestDateAvailable": datetime_text(begin),
            "latestDateCovered": covered,
        }

    def _existing(self, described: ObjectType, given_id: str, names: Sequence[str]) -> dict:
        wanted = normalized(given_id)
        if wanted is None:
            message = f"Provided external ID field does not exist or is not accessible: {given_id}"
            raise not_found(message)
        wanted_names = [*names, "IsDeleted"] if described.has("IsDeleted") else names
        record = self._database.record(described.name, wanted, wanted_names)
        if record is None:
            raise not_found()
        if record.get("IsDeleted"):
            raise OrgError(404, "ENTITY_IS_DELETED", "entity is deleted")
        return record

    def _checked(self, described: ObjectType, values: dict, read_value, own_id=None) -> dict:
        """Return values as columns; raises OrgError. A new record has no id yet."""
        columns = {}
        for name, value in values.items():
            if name == "attributes":
                continue  # clients send a record back as they got it
            field = described.field(name)
            if not (field.createable if own_id is None else field.updateable):
                message = f"Unable to create/update fields: {field.name}. Please check the security"
                raise OrgError(
                    400, "INVALID_FIELD_FOR_INSERT_UPDATE", f"{message} settings", (field.name,)
                )
            columns[field.name] = read_value(field, value)
            if field.type == "reference" and columns[field.name]:
                self._check_reference(field, columns[field.name])
            if field.unique and columns[field.name]:
                self._check_unique(described, field, columns[field.name], own_id)
        return columns

    def _check_unique(self, described: ObjectType, field, value, own_id: str | None) -> None:
        same = self.id_by(described, field.name, {field.name: value})
        if same not in (None, own_id):
            message = f"duplicate value found: {field.name} duplicates value on record with id"
            raise OrgError(400, "DUPLICATE_VALUE", f"{message}: {same}")

    def _check_reference(self, field, record_id_18: str) -> None:
        targets = [self._schema.object(name) for name in field.reference_to]
        found = (
            each and self._database.record(each.name, record_id_18, ["Id"]) for each in targets
        )
        if not any(found):
            message = f"invalid cross reference id: {record_id_18}"
            raise OrgError(400, "INVALID_CROSS_REFERENCE_KEY", message, (field.name,))


def _numbered(described: ObjectType, number: int) -> dict:
    numbered = [field for field in described.fields if field.numbered_as]
    return {field.name: _number_text(field.numbered_as, number) for field in numbered}


def _number_text(numbered_as: str, number: int) -> str:
    """Return `OR-000007` for `OR-{000000}` and 7."""
    before, _, rest = numbered_as.partition("{")
    zeros, _, after = rest.partition("}")
    return f"{before}{number:0{len(zeros)}d}{after}"


def _insufficient_access(described: ObjectType) -> OrgError:
    code = "INSUFFICIENT_ACCESS_OR_READONLY"
    return OrgError(403, code, f"entity type {described.name} cannot be changed by this user")


def _defaults(described: ObjectType) -> dict:
    flags = {field.name: 0 for field in described.fields if field.type == "boolean"}
    chosen = {f.name: f.default_value for f in described.fields if f.default_value is not None}
    return flags | chosen


def _calculated(described: ObjectType, row: dict, changed=None) -> dict:
    """Return the fields that are made of others, those alone whose parts changed."""
    return {
        field.name: field.made_from(row)
        for field in described.calculated
        if changed is None or not changed.isdisjoint(field.made_of)
    }
