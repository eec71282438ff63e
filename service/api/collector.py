"""`POST /collect/{tenant}/{dataset}`: events from the site's tee, from browsers of anybody.

What decides first costs least: a call without the dataset's write key is turned away before
its body is parsed and before any store is asked, and tenant, dataset or key being wrong look
the same.
"""

import hmac
import json
import math
import re
import secrets

from flask import Response, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from service.api.addresses import address_digest
from service.api.bodies import ApiBlueprint
from service.errors import (
    BodyTooLarge,
    Fault,
    FieldError,
    InvalidJson,
    InvalidRequest,
    MissingBody,
    OriginNotAllowed,
    TooManyRequests,
    UnsupportedMediaType,
    WriteKeyRefused,
)
from service.metrics import REFUSED_COLLECTS
from service.storage.rate_limits import Rate
from service.strict_json import NotStrictJson, loads
from service.tenant import Dataset, Tenant

MOST_BYTES = 256 * 1024
MOST_EVENTS = 100
KEY_HEADER = "X-Write-Key"
MEDIA_TYPES = ("application/json", "text/plain")
PREFLIGHT_SECONDS = 86_400

BY_ADDRESS = Rate(per_second=50, burst=200)
"""Of one address: many visitors may share one."""
BY_KEY = Rate(per_second=2_000, burst=4_000)
"""Of one dataset."""

_KEY_IN_BODY = re.compile(rb'"writeKey"\s*:\s*("(?:[^"\\\x00-\x1f]|\\.){1,512}")')
_NOBODYS_KEY = secrets.token_urlsafe(32)

blueprint = ApiBlueprint("collector", __name__, description="Events from the site's tee")


@blueprint.post("/collect/<tenant>/<dataset>")
@blueprint.doc(security=[])
@blueprint.response(204)
@blueprint.problems(400, 403, 413, 415, 422, 429, 503)
def collect(tenant: str, dataset: str):
    """Take one event or up to 100; 204 once what is good of them is on disk."""
    try:
        return _collect(tenant, dataset)
    except Fault as fault:
        REFUSED_COLLECTS.labels(fault.code).inc()
        raise


@blueprint.after_request
def _share_with_site(response: Response) -> Response:
    """Let the site's pages send events and read the answer, refusals included (CORS)."""
    response.headers["Vary"] = "Origin"
    found = _target(**request.view_args) if request.view_args else None
    origin = request.headers.get("Origin")
    if found and _is_allowed(found[1], origin):
        response.headers["Access-Control-Allow-Origin"] = origin
        if request.method == "OPTIONS":  # the browser asks before it sends
            response.headers["Access-Control-Allow-Methods"] = "POST"
            response.headers["Access-Control-Allow-Headers"] = f"Content-Type, {KEY_HEADER}"
            response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    return response


def _collect(tenant_name: str, dataset_name: str) -> Response:
    if request.mimetype not in MEDIA_TYPES:
        raise UnsupportedMediaType("Send events as application/json or text/plain.")
    body = _body()
    tenant, dataset = _require_key(_target(tenant_name, dataset_name), body)
    if not _is_allowed(dataset, request.headers.get("Origin")):
        raise OriginNotAllowed()
    _require_rate(tenant, dataset)
    collector = current_app.extensions["p13n_collector"]
    collected = collector.collect(tenant, dataset, _events(body))
    if not collected.is_good:
        raise _nothing_kept(collected.refused)
    return Response(status=204)


def _target(tenant: str, dataset: str) -> tuple[Tenant, Dataset] | None:
    """Return tenant and dataset if they exist and take events."""
    found = current_app.extensions["p13n_parts"].settings.tenants.get(tenant)
    known = found.datasets.get(dataset) if found else None
    return (found, known) if known and known.write_key else None


def _body() -> bytes:
    request.max_content_length = MOST_BYTES
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise BodyTooLarge() from None
    if not body.strip():
        raise MissingBody()
    return body


def _require_key(target: tuple[Tenant, Dataset] | None, body: bytes) -> tuple[Tenant, Dataset]:
    offered = request.headers.get(KEY_HEADER) or _key_in(body)
    wanted = target[1].write_key if target else _NOBODYS_KEY
    fits = hmac.compare_digest(offered.encode(errors="surrogatepass"), wanted.encode())
    if not fits or target is None:
        raise WriteKeyRefused()
    return target


def _key_in(body: bytes) -> str:
    """Return the first write key that stands in the body, without parsing the body."""
    found = _KEY_IN_BODY.search(body)
    try:
        return json.loads(found[1]) if found else ""
    except ValueError:
        return ""


def _is_allowed(dataset: Dataset, origin: str | None) -> bool:
    return origin is not None and (
        origin in dataset.allowed_origins or "*" in dataset.allowed_origins
    )


def _require_rate(tenant: Tenant, dataset: Dataset) -> None:
    limits = current_app.extensions["p13n_rate_limits"]
    wait = limits.wait_for(f"address:{address_digest()}", BY_ADDRESS) or limits.wait_for(
        f"key:{tenant.name}:{dataset.name}", BY_KEY
    )
    if wait:
        raise TooManyRequests(retry_after=max(1, math.ceil(wait)))


def _events(body: bytes) -> list:
    """Return the events of `{events: [...]}`, of a bare list, or the one that is the body."""
    try:
        parsed = loads(body)
    except NotStrictJson as trouble:
        raise InvalidJson(f"The body is not strict JSON: {trouble}.") from None
    events = parsed
    if isinstance(parsed, dict):
        events = parsed.get("events", [{k: v for k, v in parsed.items() if k != "writeKey"}])
    if not isinstance(events, list) or not events:
        raise InvalidRequest(errors=[FieldError("events", "Must be a list of events.")])
    if len(events) > MOST_EVENTS:
        raise InvalidRequest(errors=[FieldError("events", f"At most {MOST_EVENTS} in one call.")])
    return events


def _nothing_kept(refused: dict) -> InvalidRequest:
    errors = [FieldError("events", f"{reason}: {times}") for reason, times in refused.items()]
    return InvalidRequest("None of the events can be stored.", errors=errors)
