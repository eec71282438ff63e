"""Which objects and fields the org has, read from `objects/*.json`."""

import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from simulator.crm.errors import OrgError, invalid_field

OBJECTS = Path(__file__).parent / "objects"
TEXT_TYPES = {"string", "textarea", "email", "phone", "url", "picklist"}
NUMBER_TYPES = {"int", "double", "currency", "percent"}
LONGEST_FILTERABLE = 255


@dataclass(frozen=True)
class Field:
    """One field, with the properties of a describe that matter here.

    `calculated_from` names the fields whose values, joined by blanks, make this one.
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
    nillable: bool = True
    createable: bool = True
    updateable: bool = True

    @property
    def is_text(self) -> bool:
        return self.type in TEXT_TYPES

    @property
    def is_id(self) -> bool:
        return self.type in ("id", "reference")

    @property
    def is_filterable(self) -> bool:
        """Long text areas may be read, but neither filtered nor sorted by."""
        return not (self.type == "textarea" and self.length > LONGEST_FILTERABLE)

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
    _by_name: dict[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        object.__setattr__(self, "_by_name", {f.name.lower(): f for f in self.fields})

    def field(self, name: str) -> Field:
        """Return a field; raises OrgError INVALID_FIELD."""
        found = self._by_name.get(name.lower())
        if found is None:
            raise invalid_field(f"No such column '{name}' on entity '{self.name}'")
        return found

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

    def queried(self, name: str) -> ObjectType:
        """Return the object after FROM; raises OrgError INVALID_TYPE."""
        found = self.object(name)
        if found is None:
            raise OrgError(400, "INVALID_TYPE", f"sObject type '{name}' is not supported.")
        return found


@lru_cache(maxsize=1)
def standard_schema() -> Schema:
    """Return the objects described next to this module."""
    return Schema(tuple(_object(json.loads(p.read_text())) for p in sorted(OBJECTS.glob("*.json"))))


def _object(described: dict) -> ObjectType:
    return ObjectType(
        name=described["name"],
        label=described["label"],
        label_plural=described["labelPlural"],
        key_prefix=described["keyPrefix"],
        name_field=described["nameField"],
        fields=tuple(_field(each) for each in described["fields"]),
    )


def _field(described: dict) -> Field:
    return Field(
        name=described["name"],
        label=described["label"],
        type=described["type"],
        length=described.get("length", 0),
        reference_to=tuple(described.get("referenceTo", ())),
        relationship_name=described.get("relationshipName"),
        picklist_values=tuple(described.get("picklistValues", ())),
        default_value=described.get("defaultValue"),
        calculated_from=tuple(described.get("calculatedFrom", ())),
        nillable=described.get("nillable", True),
        createable=described.get("createable", True),
        updateable=described.get("updateable", True),
    )
