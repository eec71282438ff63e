"""What stands in the way of sharing, named before the first batch: permissions, fields, calls."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from service.data_sharing import DataSharing, ObjectSharing
from service.upstream.crm import Crm, CrmObject
from service.usecases.sharing_matching import ID, ladder
from service.usecases.sharing_values import NUMBER_TYPES, TEXT_TYPES

STANDARD = {
    "Contact": ("IsDeleted", "MasterRecordId", "AccountId"),
    "Lead": ("IsDeleted", "MasterRecordId", "IsConverted", "ConvertedContactId"),
    "Account": ("IsDeleted", "MasterRecordId"),
}
"""Fields that are read besides the configured ones, where our user sees them."""
WRITABLE = NUMBER_TYPES | TEXT_TYPES | {"boolean", "date", "datetime", "multipicklist"}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: a stable code, what it is about, and a sentence.

    `is_fatal`: nothing of this object can be shared.
    """

    code: str
    object_name: str
    field: str | None
    message: str
    is_fatal: bool = False


@dataclass(frozen=True)
class Usable:
    """What of one object's configuration can be used, and how its fields are."""

    sharing: ObjectSharing
    described: CrmObject
    rungs: tuple[tuple[int, str, str], ...]

    @cached_property
    def form(self) -> str:
        """Return what decides, beside the values, what is sent: fields and how they are."""
        fields = self.described.fields
        told = (
            (p.field, p.value, fields[p.field].type, fields[p.field].length, fields[p.field].scale)
            for p in self.sharing.push
        )
        return repr(tuple(told))

    @cached_property
    def selected(self) -> tuple[str, ...]:
        """Return the fields that a query for candidates asks for."""
        extras = [f for f in STANDARD[self.sharing.name] if f in self.described.fields]
        keys = [field for _rung, field, _attribute in self.rungs]
        pushed = [each.field for each in self.sharing.push]
        return tuple(dict.fromkeys([ID, *keys, *extras, *pushed]))


def check_push(
    crm: Crm, sharing: DataSharing, names: Iterable[str]
) -> tuple[dict[str, Usable], list[Finding]]:
    """Return what can be used of each object, and everything that cannot. One call an object."""
    usable, findings = {}, []
    for name in names:
        described = crm.describe(name)
        found = list(_object_findings(name, described))
        findings += found
        if any(each.is_fatal for each in found):
            continue
        wanted = sharing.objects[name]
        pushes = [(each, _push_finding(described, each.field)) for each in wanted.push]
        rungs = [(each, _match_finding(described, each[1])) for each in ladder(sharing, wanted)]
        findings += [finding for _each, finding in (*pushes, *rungs) if finding]
        usable[name] = Usable(
            replace(wanted, push=tuple(each for each, finding in pushes if not finding)),
            described,
            tuple(each for each, finding in rungs if not finding),
        )
    return usable, findings


def check_visible(crm: Crm, name: str, fields: Iterable[str]) -> list[Finding]:
    """Say which fields our user does not see. One call."""
    described = crm.describe(name)
    if described is None:
        return [_missing_object(name)]
    return [_invisible(name, field) for field in fields if field not in described.fields]


def check_allowance(limits: Mapping, reserve: int) -> list[Finding]:
    """Say when the org's allowances are down to the reserve."""
    findings = []
    for name, least in (("DailyApiRequests", reserve), ("DailyBulkApiBatches", 0)):
        left = (limits.get(name) or {}).get("Remaining")
        if isinstance(left, int) and left <= least:
            message = f"Only {left} of {name} are left; the reserve is {least}."
            findings.append(Finding("API_LIMIT", "", None, message, is_fatal=True))
    if not limits:
        message = "The allowance cannot be seen: give our user View Setup and Configuration."
        findings.append(Finding("LIMITS_HIDDEN", "", None, message))
    return findings


def _object_findings(name: str, described: CrmObject | None):
    if described is None:
        yield _missing_object(name)
    elif not described.updateable:
        message = f"Our user may not edit {name}: assign Personalization Data Sharing."
        yield Finding("OBJECT_NOT_EDITABLE", name, None, message, is_fatal=True)


def _missing_object(name: str) -> Finding:
    message = f"Our user does not see {name}: it needs Read access to the object."
    return Finding("OBJECT_NOT_VISIBLE", name, None, message, is_fatal=True)


def _invisible(name: str, field: str) -> Finding:
    message = (
        f"{name}.{field} is not there, or not visible to our user: "
        "check its name, and the field-level security of our permission set."
    )
    return Finding("FIELD_NOT_VISIBLE", name, field, message)


def _push_finding(described: CrmObject, field: str) -> Finding | None:
    found = described.fields.get(field)
    if found is None:
        return _invisible(described.name, field)
    if not found.updateable:
        message = f"{described.name}.{field} is read-only for our user: field-level security."
        return Finding("FIELD_NOT_EDITABLE", described.name, field, message)
    if found.type not in WRITABLE:
        message = f"{described.name}.{field} is of type {found.type}, which cannot be written."
        return Finding("FIELD_TYPE", described.name, field, message)
    return None


def _match_finding(described: CrmObject, field: str) -> Finding | None:
    found = described.fields.get(field)
    if found is None:
        return _invisible(described.name, field)
    if not found.filterable:
        message = f"{described.name}.{field} cannot be searched, so it matches nobody."
        return Finding("FIELD_NOT_FILTERABLE", described.name, field, message)
    return None
