"""Signing in, and who one is."""

import time

from flask import Blueprint, jsonify, request

from simulator.crm.data_routes import check_session, org
from simulator.crm.org import ORG_ID, USER_ID
from simulator.crm.sessions import GrantRefused

routes = Blueprint("oauth", __name__, url_prefix="/services/oauth2")


@routes.post("/token")
def token():
    """Return an access token for client credentials, in the form body or by HTTP Basic."""
    form, given = request.form, request.authorization
    if given and given.type == "basic":
        client_id, secret = given.username, given.password
    else:
        client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
    try:
        access_token = org().sessions.grant(form.get("grant_type", ""), client_id, secret)
    except GrantRefused as refusal:
        return jsonify(error=refusal.code, error_description=str(refusal)), 400
    base = request.host_url.rstrip("/")
    return jsonify(
        access_token=access_token,
        instance_url=base,
        id=f"{base}/id/{ORG_ID}/{USER_ID}",
        token_type="Bearer",
        scope="api",
        issued_at=str(int(time.time() * 1000)),
        api_instance_url=base,
    )


@routes.get("/userinfo")
def userinfo():
    """Return the user whose session it is."""
    check_session()
    user = org().records.read(org().schema.objects["User"], USER_ID)
    return jsonify(
        user_id=USER_ID,
        organization_id=ORG_ID,
        preferred_username=user["Username"],
        name=user["Name"],
        email=user["Email"],
    )
