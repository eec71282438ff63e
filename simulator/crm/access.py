"""What a user may see and change: profile, permission sets, and switches that take fields away.

The model is small on purpose. A profile either edits everything that is not guarded (a rep) or
reads it only, by the API (the integration user); permission sets of our package add to it. Sharing
of single records is not modelled.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from simulator.crm.package_metadata import PermissionSet, permission_sets
from simulator.crm.schema import Field


@dataclass(frozen=True)
class Access:
    """The sum of a user's rights. `hidden` and `read_only` hold `Object.Field` names."""

    grants: PermissionSet
    edits_all_objects: bool
    hidden: frozenset[str] = frozenset()
    read_only: frozenset[str] = frozenset()

    def may_read(self, object_name: str) -> bool:
        return object_name not in self.hidden

    def may_edit(self, object_name: str) -> bool:
        granted = self.edits_all_objects or object_name in self.grants.editable_objects
        return granted and object_name not in self.read_only

    def of_field(self, object_name: str, field: Field) -> tuple[bool, bool]:
        """Return whether the user may read and may edit a field."""
        name = f"{object_name}.{field.name}"
        readable, editable = True, field.updateable or field.createable
        if field.guarded:
            readable = name in self.grants.readable_fields
            editable = name in self.grants.editable_fields
        return readable and name not in self.hidden, editable and name not in self.read_only

    def has(self, permission: str) -> bool:
        """Return whether the user has a user permission such as `ViewSetup`."""
        granted = permission in self.grants.permissions or permission == "ApiEnabled"
        return (granted or self.edits_all_objects) and permission not in self.hidden


def access_of(profile_edits: bool, set_names: Iterable[str], hidden, read_only) -> Access:
    """Return the rights that come of a profile and permission sets; unknown sets raise KeyError."""
    sets = [permission_sets()[name] for name in set_names]
    grants = PermissionSet(
        *(
            frozenset().union(*(getattr(each, part) for each in sets))
            for part in PermissionSet.__dataclass_fields__
        )
    )
    return Access(grants, profile_edits, frozenset(hidden), frozenset(read_only))
