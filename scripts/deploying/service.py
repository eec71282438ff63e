"""The service as the org will meet it: does it answer, and does it know the org's clients?"""

import base64
import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field

from scripts.deploying.sf import StepFailed

SECONDS = 10
HERE = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Client:
    """What `p13n client add` printed: the org signs in with it."""

    id: str
    secret: str = field(repr=False)


def checked_url(url: str) -> str:
    """Return the service's address without a slash at its end; raises StepFailed."""
    parts = urllib.parse.urlsplit(url)
    is_here = parts.scheme == "http" and parts.hostname in HERE
    is_safe = bool(parts.hostname) and (parts.scheme == "https" or is_here)
    has_more = parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc
    if is_safe and not has_more:
        return url.rstrip("/")
    raise StepFailed(
        f"{url!r} is no address of a service.",
        "Name it as https://p13n.example.com, nothing behind.",
    )


def check_ready(url: str) -> None:
    """Ask whether the service can work; raises StepFailed."""
    status, body = _ask(urllib.request.Request(f"{url}/health/ready"), url)
    if status != 200:
        raise StepFailed(
            f"The service at {url} answers {status}: it is not ready. {_message(body)}".strip(),
            "Ask it why: p13n doctor, and the log of p13n serve.",
        )


def scopes_of(url: str, client: Client) -> set[str]:
    """Return what a client may do, by signing in as the org will; raises StepFailed."""
    form = urllib.parse.urlencode({"grant_type": "client_credentials"}).encode()
    request = urllib.request.Request(f"{url}/oauth/token", data=form, method="POST")
    pair = base64.b64encode(f"{client.id}:{client.secret}".encode()).decode()
    request.add_header("Authorization", f"Basic {pair}")
    status, body = _ask(request, url)
    if status == 401:
        raise StepFailed(
            f"The service does not know the client {client.id} with this secret.",
            "Make a new one where the service runs: p13n client add TENANT --json",
        )
    granted = body.get("scope") if isinstance(body, dict) else None
    if status != 200 or not isinstance(granted, str):
        raise StepFailed(
            f"{url}/oauth/token answers {status}, and not as our service does.",
            "Is another program at this address? Look at the proxy in front of the service.",
        )
    return set(granted.split())


def _ask(request: urllib.request.Request, url: str) -> tuple[int, object]:
    try:
        with _OPENER.open(request, timeout=SECONDS) as answer:
            return answer.status, _read(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, _read(refused)
    except (OSError, urllib.error.URLError) as trouble:
        why = getattr(trouble, "reason", None) or trouble
        raise StepFailed(
            f"The service at {url} cannot be reached from here: {why}.",
            "Does it run, is its certificate one that Salesforce trusts, is the address right?",
        ) from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments):
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)


def _read(answer) -> object:
    try:
        return json.loads(answer.read(100_000))
    except ValueError:
        return None


def _message(body: object) -> str:
    said = body.get("detail") or body.get("title") if isinstance(body, dict) else None
    return str(said)[:200] if said else ""
