"""What admins filled into external credentials, by Connect REST.

The org never gives a secret back; only the platform itself, on a callout, may use it.
Source: Connect REST API Developer Guide, "Credential Input", "Named Credentials Resources".
"""

import threading

from simulator.crm.errors import OrgError, not_found

REQUIRED = ("externalCredential", "principalName", "principalType", "authenticationProtocol")
VALUES = {
    "principalType": ("AwsStsPrincipal", "NamedPrincipal", "PerUserPrincipal"),
    "authenticationProtocol": ("AwsSv4", "Basic", "Custom", "Jwt", "OAuth"),
}


class Credentials:
    """Stored principals by external credential and principal name."""

    def __init__(self):
        self._lock = threading.Lock()
        self._stored: dict[tuple[str, str], dict] = {}

    def store(self, given: dict) -> dict:
        """Keep a principal's values and return what may be shown; raises OrgError.

        Both POST and PUT come here: whether the org refuses the one for a principal that exists,
        or the other for one that does not, is not documented.
        """
        missing = [name for name in REQUIRED if not isinstance(given.get(name), str)]
        values = given.get("credentials")
        if missing or not isinstance(values, dict):
            wanted = ", ".join(missing or ["credentials"])
            raise OrgError(
                400, "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{wanted}]"
            )
        for name, known in VALUES.items():
            if given[name] not in known:
                raise OrgError(400, "INVALID_INPUT", f"{name} must be one of {', '.join(known)}")
        if not all(
            isinstance(v, dict) and isinstance(v.get("value"), str) for v in values.values()
        ):
            raise OrgError(400, "INVALID_INPUT", "Each credential needs a value")
        with self._lock:
            self._stored[given["externalCredential"], given["principalName"]] = given
        return self._shown(given)

    def show(self, external_credential: str, principal: str) -> dict:
        """Return a principal without its secrets; raises OrgError."""
        return self._shown(self._found(external_credential, principal))

    def secrets(self, external_credential: str, principal: str) -> dict[str, str]:
        """Return the values as the platform uses them on a callout; raises OrgError."""
        values = self._found(external_credential, principal)["credentials"]
        return {name: value["value"] for name, value in values.items()}

    def delete(self, external_credential: str, principal: str) -> None:
        """Forget a principal's values; raises OrgError."""
        self._found(external_credential, principal)
        with self._lock:
            self._stored.pop((external_credential, principal), None)

    def _found(self, external_credential: str, principal: str) -> dict:
        with self._lock:
            found = self._stored.get((external_credential, principal))
        if found is None:
            raise not_found(f"No credential for {principal} of {external_credential}")
        return found

    @staticmethod
    def _shown(given: dict) -> dict:
        hidden = {
            name: {"encrypted": True} if value.get("encrypted") else value
            for name, value in given["credentials"].items()
        }
        return given | {"credentials": hidden, "authenticationStatus": "Configured"}
