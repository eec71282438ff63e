"""Whose call is it? Journey Builder signs bodies: a compact JWS, HS256, of the JSON within.

The whole body is the token; it never expires, so what keeps a recorded call from counting twice
is the ledger of steps. Source: Marketing Cloud Engagement guide, "Encode Custom Activities Using
a JWT".
"""

import jwt
from flask import current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from service.errors import (
    BodyTooLarge,
    CallerMistake,
    InvalidJson,
    MissingBody,
    NotFound,
    SignatureRefused,
)
from service.metrics import REFUSED_JOURNEY_CALLS
from service.strict_json import NotStrictJson, loads
from service.tenant import Tenant

MOST_BYTES = 256 * 1024
ALGORITHM = "HS256"
_JWS = jwt.PyJWS()


def journey_tenant(name: str) -> Tenant:
    """Return the tenant of this name that has a Journey Builder. Raises: NotFound."""
    tenant = current_app.extensions["p13n_parts"].settings.tenants.get(name)
    if tenant is None or tenant.journey_builder is None:
        raise NotFound()
    return tenant


def signed_call(name: str) -> tuple[Tenant, dict]:
    """Return tenant and body of a call that must be signed.

    Raises: SignatureRefused, the same for every reason, unknown tenants and long bodies included.
    """
    try:
        tenant = journey_tenant(name)
        return tenant, _object_in(_verified(tenant, _raw_body()))
    except (NotFound, CallerMistake) as mistake:
        raise _refused(mistake.code) from None


def lifecycle_call(name: str) -> tuple[Tenant, dict]:
    """Return tenant and body of a call that was seen unsigned in the real world, too.

    A signature that is there must be right. Raises: NotFound, SignatureRefused, BodyTooLarge,
    MissingBody, InvalidJson.
    """
    tenant = journey_tenant(name)
    body = _raw_body()
    if body.lstrip()[:1] == b"{":
        if tenant.journey_builder.lifecycle_must_be_signed:
            raise _refused("UNSIGNED")
        return tenant, _object_in(body)
    if not body.strip():
        raise MissingBody()
    return tenant, _object_in(_verified(tenant, body))


def _raw_body() -> bytes:
    request.max_content_length = MOST_BYTES
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise BodyTooLarge() from None


def _verified(tenant: Tenant, body: bytes) -> bytes:
    """Return what was signed. Raises: SignatureRefused."""
    for key in tenant.journey_builder.signing_keys:
        try:
            return _JWS.decode_complete(body.strip(), key, algorithms=[ALGORITHM])["payload"]
        except jwt.InvalidSignatureError:
            continue
        except (jwt.PyJWTError, ValueError):
            raise _refused("INVALID_TOKEN") from None
    raise _refused("WRONG_KEY")


def _object_in(body: bytes) -> dict:
    try:
        value = loads(body)
    except NotStrictJson as trouble:
        raise InvalidJson(f"The body is not strict JSON: {trouble}.") from None
    if not isinstance(value, dict):
        raise InvalidJson("The body must be a JSON object.")
    return value


def _refused(why: str) -> SignatureRefused:
    if why != SignatureRefused.code:  # counted where it was found
        REFUSED_JOURNEY_CALLS.labels(why).inc()
    return SignatureRefused()
