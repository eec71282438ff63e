"""Who signs in to the org, and with which rights."""

import threading
from dataclasses import dataclass

from simulator.crm.access import Access, access_of
from simulator.crm.schema import Schema

USER_ID = "0055g0000000001AAA"  # who runs the demo, and owns its records
SHARING_USER_ID = "0055g0000000002AAA"


@dataclass(frozen=True)
class User:
    """Somebody with a session. `edits_all_objects` is what the profile gives."""

    id: str
    username: str
    edits_all_objects: bool
    permission_sets: tuple[str, ...]


USERS = (
    User(
        USER_ID,
        "robin.rep@shop.example",
        True,
        ("Personalization_Viewer", "Personalization_Admin", "Personalization_Flow_Builder"),
    ),
    User(SHARING_USER_ID, "data.sharing@shop.example", False, ("Personalization_Data_Sharing",)),
)


class Users:
    """The users, and the schema as each of them meets it; `switches` may take rights away."""

    def __init__(self, schema: Schema, switches):
        self._schema, self._switches = schema, switches
        self._lock = threading.Lock()
        self._seen: dict[tuple, Schema] = {}
        self._by_id = {user.id: user for user in USERS}
        self._by_name = {user.username: user for user in USERS}

    def by_id(self, user_id: str) -> User:
        return self._by_id[user_id]

    def named(self, username: str) -> User | None:
        """Return the user of a username, None when there is none."""
        return self._by_name.get(username)

    def access(self, user: User) -> Access:
        """Return the user's rights at this moment."""
        name = user.username
        sets = self._switches["permissionSets"].get(name, user.permission_sets)
        hidden = self._switches["hidden"].get(name, ())
        read_only = self._switches["readOnly"].get(name, ())
        return access_of(user.edits_all_objects, sets, hidden, read_only)

    def schema(self, user: User) -> Schema:
        """Return the org's objects and fields as the user meets them."""
        access = self.access(user)
        key = (user.id, access.grants, access.hidden, access.read_only)
        with self._lock:
            if key not in self._seen:
                self._seen[key] = self._schema.seen_by(access)
            return self._seen[key]
