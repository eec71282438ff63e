"""Signing in, and who one is."""

import time

from flask import Blueprint, g, jsonify, request

from simulator.crm.entry import enter_rest, org
from simulator.crm.org import ORG_ID
from simulator.crm.sessions import JWT_GRANT, GrantRefused
from simulator.record_ids import record_id

routes = Blueprint("oauth", __name__, url_prefix="/services/oauth2")


@routes.post("/token")
def token():
    """Return an access token for client credentials, or for a signed JWT."""
    try:
        access_token, user_id = _granted()
    except GrantRefused as refusal:
        return jsonify(error=refusal.code, error_description=str(refusal)), 400
    base = request.host_url.rstrip("/")
    return jsonify(
        access_token=access_token,
        instance_url=base,
        id=f"{base}/id/{ORG_ID}/{user_id}",
        token_type="Bearer",
        scope="api",
        issued_at=str(int(time.time() * 1000)),
        api_instance_url=base,
    )


def _granted() -> tuple[str, str]:
    """Return token and user of the grant that the form asks for; raises GrantRefused."""
    form, given = request.form, request.authorization
    grant = form.get("grant_type", "")
    if grant == JWT_GRANT:
        return org().sessions.grant_by_jwt(form.get("assertion", ""))
    if grant != "client_credentials":
        raise GrantRefused("unsupported_grant_type", "grant type not supported")
    if given and given.type == "basic":
        return org().sessions.grant(given.username, given.password)
    return org().sessions.grant(form.get("client_id", ""), form.get("client_secret", ""))


@routes.get("/userinfo")
def userinfo():
    """Return the user whose session it is, with the ids of their custom permissions by name."""
    enter_rest()
    granted = org().users.access(g.user).grants.custom_permissions
    user = org().records.read(org().schema.objects["User"], g.user.id)
    return jsonify(
        user_id=g.user.id,
        organization_id=ORG_ID,
        preferred_username=user["Username"],
        name=user["Name"],
        email=user["Email"],
        custom_permissions={
            name: record_id("0CP", place) for place, name in enumerate(sorted(granted), start=1)
        },
    )
