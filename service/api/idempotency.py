"""The header Idempotency-Key, which every write needs (draft-ietf-httpapi-idempotency-key-header).

A key lives seven days and belongs to one tenant and one route.
"""

import hashlib
import re
from collections.abc import Callable

from flask import Response, request

from service.errors import InvalidIdempotencyKey
from service.storage.outbox_messages import Accepted, RequestKey

BARE = re.compile(r"[\x21\x23-\x7e]+")
MOST_LETTERS = 255
QUOTED = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')

HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": (
        "New for each new request, the same when it is repeated; bare or quoted. Kept for "
        "7 days: a repetition gets the first answer, another body 422, a running one 409."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": 257},
}
"""For the OpenAPI document."""

WRITE_PROBLEMS = (400, 401, 403, 404, 409, 413, 415, 422, 500, 503)
"""What a write may answer instead of its answer."""


def request_key(fingerprint_of: Callable[[bytes], str] | None = None) -> RequestKey:
    """Return the key of this request with its route and the fingerprint of its body.

    `fingerprint_of` makes one that tells nothing of a body which names a person and little else.
    Raises: InvalidIdempotencyKey.
    """
    given = request.headers.getlist("Idempotency-Key")
    if len(given) != 1:
        raise InvalidIdempotencyKey()
    body = request.get_data(cache=True)
    fingerprint = fingerprint_of(body) if fingerprint_of else hashlib.sha256(body).hexdigest()
    return RequestKey(f"POST {request.url_rule.rule}", _unquoted(given[0].strip()), fingerprint)


def answered(accepted: Accepted, status: int) -> Response:
    """Return the answer, marked when an earlier request had got it already."""
    response = Response(accepted.answer, status=status, mimetype="application/json")
    if accepted.is_repeat:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def _unquoted(value: str) -> str:
    """Read a structured-field string (RFC 8941, 3.3.3), or take a bare key as it is."""
    if quoted := QUOTED.fullmatch(value):
        key = re.sub(r"\\(.)", r"\1", quoted.group(1))
    else:
        key = value if BARE.fullmatch(value) else ""
    if not 0 < len(key.strip()) <= MOST_LETTERS:
        raise InvalidIdempotencyKey()
    return key
