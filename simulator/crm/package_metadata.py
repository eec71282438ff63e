"""What our package adds to the org, read from the metadata that an admin deploys.

Source: Metadata API Developer Guide, "CustomField", "PermissionSet".
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

PACKAGE = Path(__file__).resolve().parents[2] / "force-app" / "main" / "default"
NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"
TYPES = {
    "Checkbox": "boolean",
    "Currency": "currency",
    "Date": "date",
    "DateTime": "datetime",
    "Email": "email",
    "LongTextArea": "textarea",
    "Lookup": "reference",
    "Number": "double",
    "Percent": "percent",
    "Phone": "phone",
    "Picklist": "picklist",
    "Text": "string",
    "TextArea": "textarea",
    "Url": "url",
}
"""Metadata type to the type that a describe names."""

LENGTHS = {"Picklist": 255, "TextArea": 255, "Url": 255, "Email": 80, "Phone": 40, "Lookup": 18}


@dataclass(frozen=True)
class PermissionSet:
    """What a permission set grants: names of objects, `Object.Field`s and permissions."""

    readable_objects: frozenset[str] = frozenset()
    editable_objects: frozenset[str] = frozenset()
    readable_fields: frozenset[str] = frozenset()
    editable_fields: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    custom_permissions: frozenset[str] = frozenset()


def package_fields(object_name: str) -> list[dict]:
    """Return the fields that the package adds to an object, described as in `objects/*.json`."""
    folder = PACKAGE / "objects" / object_name / "fields"
    return [_field(_root(path)) for path in sorted(folder.glob("*.field-meta.xml"))]


@lru_cache(maxsize=1)
def permission_sets() -> dict[str, PermissionSet]:
    """Return the package's permission sets by name."""
    suffix = ".permissionset-meta.xml"
    files = sorted((PACKAGE / "permissionsets").glob(f"*{suffix}"))
    return {path.name.removesuffix(suffix): _permission_set(_root(path)) for path in files}


def _root(path: Path) -> ElementTree.Element:
    return ElementTree.parse(path).getroot()


def _text(element: ElementTree.Element, name: str, default: str = "") -> str:
    return (element.findtext(NAMESPACE + name) or default).strip()


def _field(meta: ElementTree.Element) -> dict:
    kind = _text(meta, "type")
    if kind not in TYPES:
        raise ValueError(f"{_text(meta, 'fullName')}: fields of type {kind} are not simulated")
    name = _text(meta, "fullName")
    return _lookup(meta, name) | {
        "name": name,
        "label": _text(meta, "label"),
        "type": TYPES[kind],
        "length": int(_text(meta, "length", str(LENGTHS.get(kind, 0)))),
        "precision": int(_text(meta, "precision", "0")),
        "scale": int(_text(meta, "scale", "0")),
        "externalId": _text(meta, "externalId") == "true",
        "unique": _text(meta, "unique") == "true",
        "caseSensitive": _text(meta, "caseSensitive") == "true",
        "nillable": kind != "Checkbox",
        "picklistValues": [_text(each, "fullName") for each in meta.iter(NAMESPACE + "value")],
        "guarded": True,
    }


def _lookup(meta: ElementTree.Element, name: str) -> dict:
    if _text(meta, "type") != "Lookup":
        return {}
    relationship = f"{name.removesuffix('__c')}__r"
    return {"referenceTo": [_text(meta, "referenceTo")], "relationshipName": relationship}


def _permission_set(meta: ElementTree.Element) -> PermissionSet:
    def granted(part: str, name: str, right: str) -> frozenset[str]:
        elements = meta.findall(NAMESPACE + part)
        return frozenset(_text(each, name) for each in elements if _text(each, right) == "true")

    return PermissionSet(
        readable_objects=granted("objectPermissions", "object", "allowRead"),
        editable_objects=granted("objectPermissions", "object", "allowEdit"),
        readable_fields=granted("fieldPermissions", "field", "readable"),
        editable_fields=granted("fieldPermissions", "field", "editable"),
        permissions=granted("userPermissions", "name", "enabled"),
        custom_permissions=granted("customPermissions", "name", "enabled"),
    )
