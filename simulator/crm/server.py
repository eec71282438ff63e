"""The org's HTTP routes, and how to start it."""

from datetime import datetime

from flask import Flask, g, jsonify
from werkzeug.exceptions import HTTPException

from simulator.call_log import LoggedCalls
from simulator.controls import control_routes
from simulator.crm import (
    composite_routes,
    credential_routes,
    data_routes,
    oauth_routes,
    simulator_routes,
)
from simulator.crm.bulk import routes_v1, routes_v2
from simulator.crm.entry import limit_info
from simulator.crm.errors import OrgError, not_found
from simulator.crm.fast_json import FastJson
from simulator.crm.org import Org
from simulator.crm.seed import seed_shop
from simulator.http_server import RunningServer
from simulator.wire_faults import FaultyWire

ROUTES = (
    data_routes,
    composite_routes,
    oauth_routes,
    credential_routes,
    routes_v1,
    routes_v2,
    simulator_routes,
)


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
    app.json = FastJson(app)
    app.url_map.strict_slashes = False
    app.org = org
    for module in ROUTES:
        app.register_blueprint(module.routes)
    app.register_blueprint(
        control_routes(org.calls, org.faults, org.switches, org.clock, org.reset)
    )
    app.register_error_handler(OrgError, _refuse)
    app.register_error_handler(HTTPException, _refuse_http)
    app.after_request(_tell_limits)
    app.wsgi_app = FaultyWire(app.wsgi_app, org.faults)
    app.wsgi_app = LoggedCalls(app.wsgi_app, org.calls, app.url_map, org.clock)
    return app


def _tell_limits(response):
    if "user" in g:
        response.headers["Sforce-Limit-Info"] = limit_info()
    return response


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
