"""The org's HTTP routes, and how to start it."""

from datetime import datetime

from flask import Blueprint, Flask, jsonify
from werkzeug.exceptions import HTTPException

from simulator.call_log import LoggedCalls
from simulator.controls import control_routes
from simulator.crm import credential_routes, data_routes, oauth_routes
from simulator.crm.data_routes import org as answering_org
from simulator.crm.errors import OrgError, not_found
from simulator.crm.org import Org
from simulator.crm.seed import seed_shop
from simulator.http_server import RunningServer
from simulator.wire_faults import FaultyWire


class RunningOrg(RunningServer):
    """A listening org; `org` is its state, for tests in the same process."""

    def __init__(self, org: Org, port: int):
        self.org = org
        super().__init__(create_app(org), port=port)

    def stop(self) -> None:
        """Stop listening and forget the records."""
        super().stop()
        self.org.database.close()


def start_org(port: int = 0, *, now: datetime | None = None) -> RunningOrg:
    """Start an org seeded with the simulated shop's people, on a free port when `port` is 0."""
    return RunningOrg(Org(seed_shop, now), port)


def create_app(org: Org):
    """Return the WSGI application of an org: routes, call log and faults."""
    app = Flask(__name__)
    app.json.sort_keys = False
    app.url_map.strict_slashes = False
    app.org = org
    for routes in (data_routes.routes, oauth_routes.routes, credential_routes.routes):
        app.register_blueprint(routes)
    app.register_blueprint(_inspection_routes())
    app.register_blueprint(
        control_routes(org.calls, org.faults, org.switches, org.clock, org.reset)
    )
    app.register_error_handler(OrgError, _refuse)
    app.register_error_handler(HTTPException, _refuse_http)
    app.wsgi_app = FaultyWire(app.wsgi_app, org.faults)
    app.wsgi_app = LoggedCalls(app.wsgi_app, org.calls, app.url_map, org.clock)
    return app


def _inspection_routes() -> Blueprint:
    routes = Blueprint("inspection", __name__, url_prefix="/_simulator")

    @routes.get("/credentials/<external_credential>/<principal>")
    def credential(external_credential: str, principal: str):
        """What the platform itself would use on a callout; no REST client ever sees it."""
        return jsonify(answering_org().credentials.secrets(external_credential, principal))

    @routes.delete("/sessions")
    def end_sessions():
        answering_org().sessions.end_all()
        return "", 204

    return routes


def _refuse(refusal: OrgError):
    return jsonify(refusal.body()), refusal.status


def _refuse_http(fault: HTTPException):
    """Answer what the router refuses in the org's shape."""
    if fault.code == 405:
        message = "HTTP Method not allowed. Allowed are HEAD,GET,POST,PATCH,DELETE"
        return _refuse(OrgError(405, "METHOD_NOT_ALLOWED", message))
    if fault.code == 404:
        return _refuse(not_found())
    return _refuse(OrgError(fault.code, "BAD_REQUEST", fault.description or fault.name))
