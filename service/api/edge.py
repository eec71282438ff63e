"""What every request passes: a correlation id, basic sanity, headers, one log line, a count."""

import re
import secrets
import time

import structlog
from flask import Flask, Response, g, request

from service.errors import CallerMistake
from service.metrics import REQUESTS, SECONDS

CORRELATION_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
log = structlog.get_logger()


class MissingHost(CallerMistake):
    """Raised for a request without Host, which HTTP/1.1 forbids and gunicorn lets through."""

    code = "BAD_REQUEST"
    default_detail = "The request has no Host."


def install(app: Flask) -> None:
    """Hang the edge on `app`."""
    app.before_request(_open)
    app.after_request(_close)


def _open() -> None:
    given = request.headers.get("X-Correlation-Id", "")
    known = CORRELATION_ID.fullmatch(given)
    g.correlation_id = given if known else f"r-{secrets.token_hex(8)}"
    g.started = time.perf_counter()
    if not request.headers.get("Host"):
        raise MissingHost()


def _close(response: Response) -> Response:
    response.headers["X-Correlation-Id"] = g.correlation_id
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("Cache-Control", "no-store")
    route = request.url_rule.rule if request.url_rule else "unknown"
    seconds = time.perf_counter() - g.started
    REQUESTS.labels(route, response.status_code).inc()
    SECONDS.labels(route).observe(seconds)
    _log(route, response, seconds)
    return response


def _log(route: str, response: Response, seconds: float) -> None:
    """One line a request: the route's pattern, never its values; nothing of bodies."""
    caller = g.get("caller")
    log.info(
        "request",
        method=request.method if request.url_rule else "?",
        route=route,
        status=response.status_code,
        ms=round(seconds * 1000, 1),
        tenant=caller.tenant.name if caller else None,
        client=caller.client_id if caller else None,
        cache=response.headers.get("Cache-Status"),
        correlation_id=g.correlation_id,
    )
