"""Turns everything that can go wrong into application/problem+json (RFC 9457)."""

import orjson
import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from service.errors import (
    BodyTooLarge,
    CallerMistake,
    Fault,
    FieldError,
    InternalError,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    Unauthenticated,
)

log = structlog.get_logger()


def install(app: Flask) -> None:
    """Answer every fault of `app` as a problem document."""
    app.register_error_handler(Fault, problem)
    app.register_error_handler(HTTPException, lambda trouble: problem(_fault_for(trouble)))
    app.register_error_handler(Exception, _unforeseen)


def problem(fault: Fault) -> Response:
    """Return the problem document of `fault`; nothing of the request is repeated but its path."""
    body = {
        "type": "about:blank",
        "title": fault.title,
        "status": fault.status,
        "code": fault.code,
        "detail": fault.detail,
        "instance": request.path,
        "correlationId": g.get("correlation_id"),
    }
    if fault.errors:
        body["errors"] = [{"field": e.field, "message": e.message} for e in fault.errors]
    response = Response(
        orjson.dumps(body), status=fault.status, mimetype="application/problem+json"
    )
    if fault.retry_after is not None:
        response.headers["Retry-After"] = str(fault.retry_after)
    if isinstance(fault, Unauthenticated):
        response.headers["WWW-Authenticate"] = 'Bearer realm="p13n"'
    return response


def _fault_for(trouble: HTTPException) -> Fault:
    """Translate what the framework raises by itself."""
    if isinstance(trouble, RequestEntityTooLarge):
        return BodyTooLarge()
    match trouble.code:
        case 404:
            return NotFound()
        case 405:
            return MethodNotAllowed()
        case 422:
            return InvalidRequest(errors=_field_errors(getattr(trouble, "data", {})))
        case code if code is not None and code < 500:
            return CallerMistakeOfStatus(code, trouble.name)
    return InternalError()


class CallerMistakeOfStatus(CallerMistake):
    """Raised for the framework's rarer refusals, such as 414 or 431."""

    code = "BAD_REQUEST"

    def __init__(self, status: int, title: str):
        super().__init__("The request cannot be understood.")
        self.status, self.title = status, title


def _field_errors(data: dict) -> list[FieldError]:
    """Flatten marshmallow's nested messages to dotted paths."""
    by_location = data.get("messages") or {}
    return [
        FieldError(path, message)
        for messages in by_location.values()
        for path, message in _flattened("", messages)
    ]


def _flattened(path: str, messages):
    if isinstance(messages, dict):
        for key, inner in messages.items():
            name = "" if key == "_schema" else str(key)[:80]
            yield from _flattened(f"{path}.{name}".strip("."), inner)
    elif isinstance(messages, list):
        for message in messages:
            yield path, str(message)
    else:
        yield path, str(messages)


def _unforeseen(trouble: Exception) -> Response:
    log.error("unforeseen", correlation_id=g.get("correlation_id"), exc_info=trouble)
    return problem(InternalError())
