"""Records who saw whom, where the tenants file asks for it; and lists it for administrators."""

import functools
import re

import orjson
from flask import Response, current_app, g, request
from marshmallow import Schema, fields, validate

from service.api.authentication import needs
from service.api.bodies import READ_BODY_BYTES, ApiBlueprint
from service.api.wire import PRIVATE, IdentitySchema, text
from service.model import Identity
from service.privacy import Audit
from service.storage.audit_log import AuditFilter, Sight, told_of

USER_HEADER = "X-Personalization-User"
USER_ID = re.compile(r"005[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?")
MOST_ENTRIES = 500

blueprint = ApiBlueprint("audit", __name__, description="Who saw whom")


def records(component: str):
    """Decorate a read: an entry is on disk before its answer goes out.

    What fails shows nobody, and leaves no entry. Raises: StorageUnavailable.
    """

    def decorate(view):
        @functools.wraps(view)
        def recorded(body: dict):
            dataset, people = body["dataset"], _people(body)
            detail = body.get("component") or body.get("datafield")
            answer = view(body)
            tenant = g.caller.tenant
            if tenant.privacy.audit != Audit.OFF and people:
                sight = Sight(
                    tenant=tenant.name,
                    client_id=g.caller.client_id,
                    user_id=_user(),
                    component=component,
                    detail=detail,
                    dataset=dataset,
                    keeps_identity=tenant.privacy.audit == Audit.IDENTITY,
                )
                _log().record(sight, people)
            return answer

        return recorded

    return decorate


class AuditRequest(Schema):
    """Which entries; the newest first."""

    since = fields.AwareDateTime(load_default=None)
    until = fields.AwareDateTime(load_default=None)
    user = text(18, load_default=None)
    component = text(32, load_default=None)
    dataset = text(64, load_default=None)
    identity = fields.Nested(IdentitySchema, load_default=None)
    before = fields.Integer(strict=True, load_default=None, validate=validate.Range(min=1))
    limit = fields.Integer(
        strict=True, load_default=100, validate=validate.Range(min=1, max=MOST_ENTRIES)
    )


class EntrySchema(Schema):
    """One look at one person; `user` is what the org said of itself."""

    id = fields.Integer(required=True)
    at = fields.DateTime(required=True)
    client = fields.String(required=True)
    user = fields.String(required=True, allow_none=True)
    component = fields.String(required=True)
    detail = fields.String(required=True, allow_none=True)
    dataset = fields.String(required=True)
    person = fields.String(required=True, metadata={"description": "keyed digest"})
    identity = fields.Nested(IdentitySchema, required=True, allow_none=True)


class AuditResponse(Schema):
    """A page; `next` is where to ask on with `before`, null at the end."""

    entries = fields.List(fields.Nested(EntrySchema), required=True)
    next = fields.Integer(required=True, allow_none=True)


@blueprint.post("/v1/audit")
@needs("admin")
@blueprint.arguments(AuditRequest)
@blueprint.response(200, AuditResponse)
@blueprint.problems(400, 401, 403, 413, 415, 422, 500, 503)
def audit(body: dict):
    """List who saw whom; identities stand in the body, never in an address."""
    found = _log().entries(
        g.caller.tenant.name,
        AuditFilter(
            since=body["since"] and body["since"].timestamp(),
            until=body["until"] and body["until"].timestamp(),
            user_id=body["user"],
            component=body["component"],
            dataset=body["dataset"],
            identity=body["identity"] and Identity(**body["identity"]),
        ),
        body["limit"],
        body["before"],
    )
    is_full = len(found) == body["limit"]
    page = {"entries": [told_of(e) for e in found], "next": found[-1].id if is_full else None}
    return Response(orjson.dumps(page), mimetype="application/json", headers=PRIVATE)


@blueprint.before_request
def _cap_body() -> None:
    request.max_content_length = READ_BODY_BYTES


def _log():
    return current_app.extensions["p13n_parts"].audit_log


def _people(body: dict) -> tuple[Identity, ...]:
    """Return whom a question names: one person or several; a blank value is nobody."""
    named = [body["identity"]] if body.get("identity") else body.get("identities", [])
    return tuple(Identity(**each) for each in named if each["value"].strip())


def _user() -> str | None:
    """Return the user's id that Apex passed on; anything else is nobody. It opens nothing."""
    given = request.headers.get(USER_HEADER, "")
    return given if USER_ID.fullmatch(given) else None
