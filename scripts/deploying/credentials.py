"""Fills the principals of our external credentials by Connect REST.

Source: Connect REST API Developer Guide, "Named Credential" resource and "Credential Input". The
org never gives a secret back, so a principal that is filled is left alone unless it shall be
filled again.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from scripts.deploying.service import Client
from scripts.deploying.sf import API_VERSION, Cli, Refused, StepFailed

PATH = f"/services/data/v{API_VERSION}/named-credentials/credential"
RIGHTS = "Sign in as a user who may customize the application and manage named credentials."


@dataclass(frozen=True)
class Principal:
    """Who Apex signs in as through an external credential, and what that client must be allowed."""

    external_credential: str
    name: str
    scopes: frozenset[str]
    made_by: str

    def __str__(self):
        return f"{self.external_credential} / {self.name}"


PRINCIPALS = (
    Principal(
        "Personalization_Service", "Org", frozenset({"read", "write"}), "p13n client add TENANT"
    ),
    Principal(
        "Personalization_Administration",
        "Admin",
        frozenset({"read", "admin"}),
        "p13n client add TENANT --scopes read,admin",
    ),
)


def is_filled(cli: Cli, principal: Principal) -> bool:
    """Ask whether the org holds id and secret of a principal already; raises StepFailed."""
    asked = {
        "externalCredential": principal.external_credential,
        "principalName": principal.name,
        "principalType": "NamedPrincipal",
    }
    status, body = _rest(cli, "GET", f"{PATH}?{urlencode(asked)}")
    if status in (400, 404):  # no such credential yet, or nothing in it
        return False
    if status != 200 or not isinstance(body, dict):
        raise _refused(principal, "read", status, body)
    return body.get("authenticationStatus") == "Configured"


def fill(cli: Cli, principal: Principal, client: Client, *, again: bool) -> None:
    """Put a client's id and secret into a principal; raises StepFailed."""
    body = {
        "externalCredential": principal.external_credential,
        "principalName": principal.name,
        "principalType": "NamedPrincipal",
        "authenticationProtocol": "OAuth",
        "credentials": {
            "clientId": {"value": client.id, "encrypted": False},
            "clientSecret": {"value": client.secret, "encrypted": True},
        },
    }
    status, answer = _rest(cli, "PUT" if again else "POST", PATH, body)
    if status not in (200, 201):
        raise _refused(principal, "filled", status, answer)


def _rest(cli: Cli, method: str, path: str, body: object = None) -> tuple[int, object]:
    try:
        return cli.rest(method, path, body)
    except Refused as refused:
        raise StepFailed(f"The org did not answer: {refused.message}", RIGHTS) from None


def _refused(principal: Principal, what: str, status: int, body: object) -> StepFailed:
    first = body[0] if isinstance(body, list) and body and isinstance(body[0], dict) else {}
    said = f"{first.get('errorCode', '')} {first.get('message', '')}".strip() or "no reason given"
    advice = RIGHTS
    if status == 404:
        advice = "Is the package deployed to this org? Look in Setup > Named Credentials."
    return StepFailed(f"{principal} could not be {what} ({status}): {said}.", advice)
