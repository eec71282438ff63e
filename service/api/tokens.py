"""`POST /oauth/token`: OAuth 2.0 client credentials (RFC 6749, sections 4.4 and 2.3.1)."""

import hashlib
import math

import orjson
from flask import Response, current_app, request
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from service.api.addresses import address_digest
from service.api.authentication import LIFETIME_SECONDS
from service.errors import TooManyRequests
from service.metrics import REFUSED_TOKENS
from service.storage.rate_limits import Rate

MAX_FORM_BYTES = 4 * 1024

BY_ADDRESS = Rate(per_second=5, burst=100)
BY_CLIENT = Rate(per_second=1, burst=50)
"""The platform keeps a token for its ten minutes, so an honest org asks far less often."""

blueprint = Blueprint("oauth", __name__, description="Access tokens")


class AccessToken(Schema):
    """What RFC 6749 section 5.1 calls a successful response."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "seconds"})
    scope = fields.String(required=True, metadata={"description": "granted, space separated"})


@blueprint.post("/oauth/token")
@blueprint.response(200, AccessToken)
@blueprint.doc(
    requestBody={
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": ["client_credentials"]},
                        "client_id": {"type": "string"},
                        "client_secret": {"type": "string"},
                        "scope": {"type": "string"},
                    },
                }
            }
        },
    },
    security=[{"clientCredentials": []}, {}],
)
def token():
    """Exchange a client's id and secret (HTTP Basic or form) for a token of ten minutes."""
    request.max_content_length = MAX_FORM_BYTES
    if request.mimetype != "application/x-www-form-urlencoded":
        return _error(400, "invalid_request", "Send the form as x-www-form-urlencoded.")
    if any(len(values) != 1 for _name, values in request.form.lists()):
        return _error(400, "invalid_request", "A parameter stands twice.")
    if request.form.get("grant_type") != "client_credentials":
        return _error(400, "unsupported_grant_type", "Only client_credentials is supported.")
    _require_rate()
    client = _client()
    if client is None:
        REFUSED_TOKENS.labels("client").inc()
        return _error(401, "invalid_client", "Client id or secret is wrong, or was revoked.")
    scopes = tuple(request.form.get("scope", "").split()) or client.scopes
    if not set(scopes) <= set(client.scopes):
        return _error(400, "invalid_scope", f"This client may ask for: {' '.join(client.scopes)}.")
    access_token = current_app.extensions["p13n_tokens"].issue(client, scopes)
    return _answer(
        200,
        {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": LIFETIME_SECONDS,
            "scope": " ".join(scopes),
        },
    )


def _require_rate() -> None:
    """Slow down who guesses: by address, and by client id, so that others do not feel it."""
    limits = current_app.extensions["p13n_rate_limits"]
    wait = limits.wait_for(f"token-address:{address_digest()}", BY_ADDRESS)
    offered = request.authorization.username if request.authorization else None
    client_id = offered or request.form.get("client_id") or ""
    client = hashlib.sha256(client_id.encode(errors="surrogatepass")).hexdigest()[:32]
    wait = wait or limits.wait_for(f"token-client:{client}", BY_CLIENT)
    if wait:
        raise TooManyRequests(retry_after=max(1, math.ceil(wait)))


def _client():
    """Return the client whose credentials came, in exactly one of the two allowed places."""
    basic = request.authorization
    in_form = "client_id" in request.form or "client_secret" in request.form
    if basic is not None and basic.type == "basic" and not in_form:
        client_id, secret = basic.username, basic.password
    elif "Authorization" not in request.headers:
        client_id, secret = request.form.get("client_id"), request.form.get("client_secret")
    else:
        return None
    if not client_id or not secret:
        return None
    return current_app.extensions["p13n_clients"].signed_in(client_id, secret)


def _error(status: int, error: str, description: str) -> Response:
    response = _answer(status, {"error": error, "error_description": description})
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="p13n"'
    return response


def _answer(status: int, body: dict) -> Response:
    response = Response(orjson.dumps(body), status=status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
