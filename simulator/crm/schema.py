"""Which objects and fields the org has.

The platform's are in `objects/*.json`, those that the customer made in `customer_fields.json`, and
those that our package adds come from its own metadata.
"""

import json
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path

from simulator.crm.errors import OrgError, invalid_field
from simulator.crm.package_metadata import package_fields

OBJECTS = Path(__file__).parent / "objects"
CUSTOMER_FIELDS = Path(__file__).parent / "customer_fields.json"
TEXT_TYPES = {"string", "textarea", "email", "phone", "url", "picklist", "multipicklist"}
NUMBER_TYPES = {"int", "double", "currency", "percent"}
LONGEST_FILTERABLE = 255


@dataclass(frozen=True)
class Field:
    """One field, with the properties of a describe that matter here.

    `calculated_from` names the fields whose values, joined by blanks, make this one; `true_when` is
    a field, and those of its values that make this checkbox true; `numbered_as` is how
    the org numbers records in it, such as `OR-{000000}`.
    """

    name: str
    label: str
    type: str
    length: int = 0
    reference_to: tuple[str, ...] = ()
    relationship_name: str | None = None
    picklist_values: tuple[str, ...] = ()
    default_value: object = None
    calculated_from: tuple[str, ...] = ()
    true_when: tuple[str, ...] = ()
    numbered_as: str | None = None
    nillable: bool = True
    createable: bool = True
    updateable: bool = True
    precision: int = 0
    scale: int = 0
    external_id: bool = False
    unique: bool = False
    case_sensitive: bool = False
    restricted: bool = False
    guarded: bool = False  # shown only to users whom a permission set grants it

    @property
    def is_text(self) -> bool:
        return self.type in TEXT_TYPES

    @property
    def is_id(self) -> bool:
        return self.type in ("id", "reference")

    @property
    def made_of(self) -> tuple[str, ...]:
        """The fields that decide the value of one that the org fills by itself."""
        return self.calculated_from or self.true_when[:1]

    def made_from(self, row: dict):
        """Return the value that the org gives such a field, from the columns of its record."""
        if self.true_when:
            return int(row.get(self.true_when[0]) in self.true_when[1:])
        return " ".join(row[part] for part in self.calculated_from if row.get(part))

    @property
    def is_parent(self) -> bool:
        """Whether writing the record locks what it refers to: an account, not a user."""
        return self.type == "reference" and self.name in ("AccountId", "ParentId")

    @property
    def compares_folded(self) -> bool:
        """Whether values are compared without regard to case."""
        return self.is_text and not self.case_sensitive

    @property
    def is_filterable(self) -> bool:
        """Long text areas may be read, but neither filtered nor sorted by."""
        return not (self.type == "textarea" and self.length > LONGEST_FILTERABLE)

    @property
    def is_indexed(self) -> bool:
        """Whether searching by it is fast, as in the org."""
        return (
            self.type in ("reference", "email")
            or self.name in ("Name", "Company", "SystemModstamp")
            or self.external_id
            or self.unique
        )

    @property
    def is_required(self) -> bool:
        """Whether a new record must bring a value."""
        has_default = self.default_value is not None or self.type == "boolean"
        return self.createable and not (self.nillable or has_default or self.name == "OwnerId")


@dataclass(frozen=True)
class ObjectType:
    """One object. Names are found whatever their case, as in the org."""

    name: str
    label: str
    label_plural: str
    key_prefix: str
    name_field: str
    fields: tuple[Field, ...]
    createable: bool = True
    updateable: bool = True
    deletable: bool = True
    _by_name: dict[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        object.__setattr__(self, "_by_name", {f.name.lower(): f for f in self.fields})

    @cached_property
    def calculated(self) -> tuple[Field, ...]:
        """The fields that are made of others."""
        return tuple(each for each in self.fields if each.made_of)

    @cached_property
    def parents(self) -> tuple[str, ...]:
        """The fields whose records are locked while one of this object is written."""
        return tuple(each.name for each in self.fields if each.is_parent)

    @cached_property
    def needed_to_change(self) -> tuple[str, ...]:
        """What must be known of a record before it is changed."""
        flags = {each.name for each in self.fields} & {"IsDeleted", "IsConverted"}
        parts = {part for each in self.calculated for part in each.made_of}
        return ("Id", *sorted(flags | parts | set(self.parents)))

    def field(self, name: str) -> Field:
        """Return a field; raises OrgError INVALID_FIELD."""
        found = self._by_name.get(name.lower())
        if found is None:
            raise invalid_field(f"No such column '{name}' on entity '{self.name}'")
        return found

    def has(self, name: str) -> bool:
        """Return whether there is such a field."""
        return name.lower() in self._by_name

    def seen_by(self, access) -> "ObjectType | None":
        """Return the object as a user meets it: without invisible fields; None when it is hidden.

        `access` is an `access.Access`.
        """
        if not access.may_read(self.name):
            return None
        may_edit = access.may_edit(self.name)
        seen = []
        for each in self.fields:
            readable, editable = access.of_field(self.name, each)
            if readable:
                allowed = editable and may_edit
                seen.append(each if allowed else replace(each, createable=False, updateable=False))
        may_make = may_edit and access.edits_all_objects
        return replace(
            self,
            fields=tuple(seen),
            createable=may_make,
            updateable=may_edit,
            deletable=may_make,
        )

    def relationship(self, name: str) -> Field:
        """Return the reference field of a parent relationship; raises OrgError INVALID_FIELD."""
        for candidate in self.fields:
            if (candidate.relationship_name or "").lower() == name.lower():
                return candidate
        raise invalid_field(
            f"Didn't understand relationship '{name}' in field path of entity '{self.name}'"
        )


class Schema:
    """All objects of one org."""

    def __init__(self, objects: tuple[ObjectType, ...]):
        self.objects = {each.name: each for each in objects}
        self._by_name = {name.lower(): each for name, each in self.objects.items()}

    def object(self, name: str) -> ObjectType | None:
        """Return an object by its name in any case, None when the org has none."""
        return self._by_name.get(name.lower())

    def seen_by(self, access) -> "Schema":
        """Return the schema as a user meets it."""
        seen = (each.seen_by(access) for each in self.objects.values())
        return Schema(tuple(each for each in seen if each is not None))

    def queried(self, name: str) -> ObjectType:
        """Return the object after FROM; raises OrgError INVALID_TYPE."""
        found = self.object(name)
        if found is None:
            raise OrgError(400, "INVALID_TYPE", f"sObject type '{name}' is not supported.")
        return found


@lru_cache(maxsize=1)
def standard_schema() -> Schema:
    """Return all objects with all fields, before any user's rights."""
    described = [json.loads(path.read_text()) for path in sorted(OBJECTS.glob("*.json"))]
    added = json.loads(CUSTOMER_FIELDS.read_text())
    return Schema(tuple(_object(each, added.get(each["name"], [])) for each in described))


def _object(described: dict, added: list[dict]) -> ObjectType:
    fields = described["fields"] + added + package_fields(described["name"])
    return ObjectType(
        name=described["name"],
        label=described["label"],
        label_plural=described["labelPlural"],
        key_prefix=described["keyPrefix"],
        name_field=described["nameField"],
        fields=tuple(map(_field, fields)),
    )


def _field(described: dict) -> Field:
    """Return a field of a description: its camelCase keys are the describe's."""
    known = {_snake(key): value for key, value in described.items()}
    for name in ("reference_to", "picklist_values", "calculated_from", "true_when"):
        known[name] = tuple(known.get(name, ()))
    return Field(**known)


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name)
