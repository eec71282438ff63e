"""Gives people their permission sets and the group for reps. What somebody has is left alone."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from scripts.deploying.sf import Cli, Refused, StepFailed

REP_GROUP = "Personalization_Rep"
ADMIN_SETS = (
    "Personalization_Admin",
    "Personalization_Administration_Access",
    "Personalization_Service_Access",
)
FLOW_SETS = ("Personalization_Flow_Builder", "Personalization_Service_Access")
SHARING_SETS = ("Personalization_Data_Sharing",)
USERNAME = re.compile(r"[\w.+\-]+@[\w.\-]+")


@dataclass(frozen=True)
class Grant:
    """A permission set for somebody, or with `is_group` a permission set group."""

    username: str
    name: str
    is_group: bool = False


def grants(
    admins: Iterable[str], reps: Iterable[str], flow_users: Iterable[str], sharing: Iterable[str]
) -> list[Grant]:
    """Return who is to have what, each once; raises StepFailed for what is no username."""
    wanted = [Grant(user, name) for user in admins for name in ADMIN_SETS]
    wanted += [Grant(user, REP_GROUP, True) for user in reps]
    wanted += [Grant(user, name) for user in flow_users for name in FLOW_SETS]
    wanted += [Grant(user, name) for user in sharing for name in SHARING_SETS]
    for grant in wanted:
        if not USERNAME.fullmatch(grant.username):
            raise StepFailed(
                f"{grant.username!r} is no username.", "A username looks like an e-mail address."
            )
    return list(dict.fromkeys(wanted))


class Access:
    """Who has what in one org; reads all of it first, then gives what is missing."""

    def __init__(self, cli: Cli, wanted: list[Grant]):
        self._cli = cli
        self._users = self._ids("User", "Username", {g.username for g in wanted}, "IsActive = true")
        sets = {grant.name for grant in wanted if not grant.is_group}
        groups = {grant.name for grant in wanted if grant.is_group}
        self._targets = {
            False: self._ids("PermissionSet", "Name", sets, "NamespacePrefix = null"),
            True: self._ids(
                "PermissionSetGroup", "DeveloperName", groups, "NamespacePrefix = null"
            ),
        }
        self._wanted = wanted
        self._held = self._assignments()

    def absent_users(self) -> list[str]:
        """Return usernames that no active user has."""
        return sorted({g.username for g in self._wanted} - self._users.keys())

    def absent_targets(self) -> list[str]:
        """Return sets and groups that the org does not have (before the first deployment)."""
        return sorted(
            {g.name for g in self._wanted} - {*self._targets[False], *self._targets[True]}
        )

    def missing(self) -> list[Grant]:
        """Return what somebody does not have yet."""
        return [grant for grant in self._wanted if self._pair(grant) not in self._held]

    def give(self, grant: Grant) -> None:
        """Assign one set or group; raises StepFailed."""
        user, target = self._pair(grant)
        column = "PermissionSetGroupId" if grant.is_group else "PermissionSetId"
        try:
            self._cli.create("PermissionSetAssignment", {"AssigneeId": user, column: target})
        except Refused as refused:
            raise StepFailed(
                f"{grant.name} could not be assigned to {grant.username}: {refused.message}",
                "Does this user's licence allow it? Are you allowed to assign permission sets?",
            ) from None

    def _pair(self, grant: Grant) -> tuple[str | None, str | None]:
        return self._users.get(grant.username), self._targets[grant.is_group].get(grant.name)

    def _ids(self, sobject: str, column: str, names: set[str], condition: str) -> dict[str, str]:
        if not names:
            return {}
        listed = ", ".join(f"'{name}'" for name in sorted(names))
        found = self._query(
            f"SELECT Id, {column} FROM {sobject} WHERE {column} IN ({listed}) AND {condition}"
        )
        known = {record[column].lower(): record["Id"] for record in found}
        return {name: known[name.lower()] for name in names if name.lower() in known}

    def _assignments(self) -> set[tuple[str, str]]:
        if not self._users:
            return set()
        listed = ", ".join(f"'{each}'" for each in sorted(self._users.values()))
        found = self._query(
            "SELECT AssigneeId, PermissionSetId, PermissionSetGroupId FROM PermissionSetAssignment "
            f"WHERE AssigneeId IN ({listed})"
        )
        return {
            (record["AssigneeId"], record.get("PermissionSetGroupId") or record["PermissionSetId"])
            for record in found
        }

    def _query(self, soql: str) -> list[dict]:
        try:
            return self._cli.query(soql)
        except Refused as refused:
            raise StepFailed(
                f"The org did not say who has which permission sets: {refused.message}",
                "Sign in as a user who may view setup and assign permission sets.",
            ) from None
