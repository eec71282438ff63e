"""The account's HTTP routes, and how to start it.

Every route is documented in the Personalization developer guide, except
`/internal/datasetSummaries` (seen in a public client) and those below `/_simulator/`, our own.
"""

import gzip
from datetime import datetime

from flask import Flask, Response, current_app, jsonify, request
from werkzeug.http import http_date

from simulator.call_log import LoggedCalls
from simulator.clock import Clock
from simulator.controls import control_routes
from simulator.http_server import RunningServer
from simulator.personalization import event_routes, people_routes
from simulator.personalization.account import Account
from simulator.personalization.seed import seed_shop
from simulator.personalization.simulator_routes import inspection_routes
from simulator.personalization.tokens import Refused
from simulator.wire_faults import FaultyWire

GZIP_FROM_BYTES = 500


class RunningAccount(RunningServer):
    """A listening account; `account` is its state, for tests in the same process."""

    def __init__(self, account: Account, port: int):
        self.account = account
        super().__init__(create_app(account), port=port)


def start_account(port: int = 0, *, now: datetime | None = None) -> RunningAccount:
    """Start an account seeded with the simulated shop, on a free port when `port` is 0.

    `now` sets the account's clock, and thereby the days of the purchases.
    """
    return RunningAccount(Account(seed_shop, Clock(now)), port)


def create_app(account: Account):
    """Return the WSGI application of an account: routes, call log and faults."""
    app = Flask(__name__)
    app.json.sort_keys = False
    app.account = account
    app.register_blueprint(event_routes.routes)
    app.register_blueprint(people_routes.routes)
    app.register_blueprint(inspection_routes())
    app.register_blueprint(
        control_routes(
            account.calls, account.faults, account.switches, account.clock, account.reset
        )
    )
    app.register_error_handler(Refused, _refuse)
    app.after_request(_finish)
    app.wsgi_app = FaultyWire(app.wsgi_app, account.faults)
    app.wsgi_app = LoggedCalls(app.wsgi_app, account.calls, app.url_map, account.clock)
    return app


def _refuse(refusal: Refused):
    status = current_app.account.switches["statusMap"][refusal.kind]
    response = jsonify(error=str(refusal))
    response.status_code = status
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="Personalization"'
    return response


def _finish(response: Response) -> Response:
    """Answer as the platform does: nothing may be stored, long answers are packed."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Date"] = http_date(current_app.account.clock.now())
    body_size = response.calculate_content_length() or 0
    if "gzip" in request.headers.get("Accept-Encoding", "") and body_size > GZIP_FROM_BYTES:
        response.set_data(gzip.compress(response.get_data(), compresslevel=1, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
    return response
