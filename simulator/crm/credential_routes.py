"""Connect REST: what an admin's tool calls to fill an external credential."""

from flask import Blueprint, jsonify, request

from simulator.crm.entry import enter_rest, org
from simulator.crm.errors import OrgError

routes = Blueprint(
    "credentials", __name__, url_prefix="/services/data/v<version>/named-credentials"
)
routes.before_request(enter_rest)


@routes.route("/credential", methods=["POST", "PUT"])
def store(version: str):
    """Keep the values of a principal."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise OrgError(400, "JSON_PARSER_ERROR", "The HTTP entity body must be a JSON object")
    status = 201 if request.method == "POST" else 200
    return jsonify(org().credentials.store(body)), status


@routes.get("/credential")
def show(version: str):
    """Return a principal without its secrets."""
    return jsonify(org().credentials.show(*_asked_for()))


@routes.delete("/credential")
def delete(version: str):
    """Forget the values of a principal."""
    org().credentials.delete(*_asked_for())
    return "", 204


def _asked_for() -> tuple[str, str]:
    args = request.args
    if "principalType" not in args:
        raise OrgError(400, "MISSING_ARGUMENT", "principalType is required")
    return args.get("externalCredential", ""), args.get("principalName", "")
