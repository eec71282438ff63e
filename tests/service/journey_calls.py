"""Journey Builder's calls, as tests make them."""

import secrets

import jwt

from tests.conftest import JOURNEY_KEY

ACTIVITY = "/journey/acme/activity"
SPLIT = "/journey/acme/split"
JWT_HEADERS = {"Content-Type": "application/jwt"}


def signed(body: dict, key: str = JOURNEY_KEY, algorithm: str = "HS256") -> str:
    """Return `body` as Journey Builder sends it: the whole body is the token."""
    return jwt.encode(body, key, algorithm=algorithm)


def step(in_arguments, **more) -> dict:
    """Return the body of an execute, of a contact and step of its own unless `more` says so."""
    activity = secrets.token_hex(8)
    return {
        "inArguments": in_arguments,
        "outArguments": [],
        "activityObjectID": activity,
        "activityId": activity,
        "journeyId": "journey-1",
        "definitionInstanceId": secrets.token_hex(8),
        "activityInstanceId": secrets.token_hex(8),
        "keyValue": "K-100",
        "mode": 0,
    } | more


def uniform_bought(email: str, **more) -> dict:
    """Return in-arguments of the Back to School journey."""
    return {
        "dataset": "retail",
        "action": "Back to School: uniform bought",
        "identities": [{"type": "emailAddress", "value": email}],
        "attributes": {"jobTitle": "Parent"},
        "journey": "Back to School",
    } | more
