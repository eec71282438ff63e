"""What every API call passes before its work: session, rights, allowance, length of the address."""

from flask import current_app, g, request

from simulator.crm.bulk.jobs import BulkRefusal
from simulator.crm.errors import OrgError
from simulator.crm.org import Org


def org() -> Org:
    """Return the org that is answering."""
    return current_app.org


def enter_rest() -> None:
    """Let a REST call with an open session pass, counted; raises OrgError.

    A subrequest of a composite comes in as its caller and is not counted again.
    """
    if request.endpoint == "data.versions":
        return
    user = request.environ.get("simulator.user")
    if user is None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        user = _enter(token if scheme.lower() in ("bearer", "oauth") else "")
    g.user, g.schema = user, org().users.schema(user)


def enter_bulk() -> None:
    """Let a Bulk API 1.0 call with an open session pass, counted; raises BulkRefusal."""
    token = request.headers.get("X-SFDC-Session")
    if token is None:
        token = request.headers.get("Authorization", "").partition(" ")[2]
    try:
        user = _enter(token)
    except OrgError as refusal:
        raise _as_bulk(refusal) from refusal
    g.user, g.schema = user, org().users.schema(user)


def _enter(token: str):
    _check_length()
    faults = request.environ.get("simulator.faults", {})
    if "sessionExpired" in faults:
        org().sessions.end_all()
    if "jobAborted" in faults:
        org().bulk.abort_all()
        org().bulk_v2.abort_all()
    user = org().users.by_id(org().sessions.user_id(token))
    if not org().users.access(user).has("ApiEnabled"):
        message = "The REST API is not enabled for this Organization."
        raise OrgError(403, "API_DISABLED_FOR_ORG", message)
    if "requestLimit" in faults or not org().limits.take("DailyApiRequests"):
        raise OrgError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
    return user


def _check_length() -> None:
    limit = org().switches["uriLimit"]
    if limit is None:
        return
    address = len(request.environ["simulator.uri"])
    headers = sum(len(name) + len(value) + 4 for name, value in request.headers)
    if address > limit:
        raise OrgError(414, "URI_TOO_LONG", "URI Too Long")
    if address + headers > limit:
        raise OrgError(431, "REQUEST_HEADER_FIELDS_TOO_LARGE", "Request Header Fields Too Large")


def _as_bulk(refusal: OrgError) -> BulkRefusal:
    if refusal.code == "INVALID_SESSION_ID":
        return BulkRefusal(400, "InvalidSessionId", "Invalid session id")
    if refusal.code == "REQUEST_LIMIT_EXCEEDED":
        code = org().switches["requestLimitInBulk"]
        return BulkRefusal(400 if code == "ExceededQuota" else 403, code, str(refusal))
    return BulkRefusal(refusal.status, refusal.code, str(refusal))


def limit_info() -> str:
    """Return the header that tells a caller what of the allowance is used."""
    used, maximum = org().limits.usage("DailyApiRequests")
    return f"api-usage={used}/{maximum}"
