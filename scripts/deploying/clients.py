"""Where the org's clients come from: what `p13n client add --json` printed, or somebody."""

import getpass
import json
from collections.abc import Callable
from typing import TextIO

from scripts.deploying.credentials import PRINCIPALS, Principal
from scripts.deploying.service import Client
from scripts.deploying.sf import StepFailed


def piped(stream: TextIO) -> Callable[[Principal], Client | None]:
    """Read one or more JSON objects, each behind the other; who may administer is for Admin."""
    text, clients = stream.read().lstrip(), {}
    while text:
        try:
            found, length = json.JSONDecoder().raw_decode(text)
            client = Client(found["clientId"], found["clientSecret"])
            scopes = set(found.get("scopes") or ())
        except (ValueError, KeyError, TypeError, AttributeError):
            raise StepFailed(
                "What came on stdin is not what p13n client add --json prints.",
                "Pipe it in as it is: { p13n client add acme --json; p13n client add acme "
                "--scopes read,admin --json; } | scripts/deploy --clients - ...",
            ) from None
        text = text[length:].lstrip()
        for principal in PRINCIPALS:
            if principal.scopes <= scopes:
                clients[principal] = client
    return clients.get


def typed(principal: Principal) -> Client | None:
    """Ask somebody at a terminal; what they type as the secret is not shown."""
    print(f"A client for {principal} ({principal.made_by}):")
    client_id = input("  clientId: ").strip()
    secret = getpass.getpass("  clientSecret (not shown): ").strip() if client_id else ""
    return Client(client_id, secret) if secret else None


def nobody(_principal: Principal) -> None:
    """There is neither a pipe nor a terminal."""
