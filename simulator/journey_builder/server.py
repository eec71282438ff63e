"""The account's HTTP routes, and how to start it."""

from datetime import datetime

from flask import Blueprint, Flask, jsonify

from simulator.call_log import LoggedCalls
from simulator.controls import control_routes
from simulator.http_server import RunningServer
from simulator.journey_builder import canvas_routes, rest_routes
from simulator.journey_builder.marketing_cloud import Activities, MarketingCloud
from simulator.wire_faults import FaultyWire


class RunningMarketingCloud(RunningServer):
    """A listening account; `cloud` is its state, for tests in the same process."""

    def __init__(self, cloud: MarketingCloud, port: int):
        self.cloud = cloud
        super().__init__(create_app(cloud), port=port)

    def stop(self) -> None:
        super().stop()
        if self.cloud.engine:
            self.cloud.engine.close()


def start_marketing_cloud(
    port: int = 0, *, now: datetime | None = None, activities: Activities | None = None
) -> RunningMarketingCloud:
    """Start an account with the demo's event definitions, on a free port when `port` is 0.

    With `activities` it has a canvas, too, where journeys with them are configured and run.
    """
    return RunningMarketingCloud(MarketingCloud(now, activities), port)


def create_app(cloud: MarketingCloud):
    """Return the WSGI application of an account: routes, call log and faults."""
    app = Flask(__name__)
    app.json.sort_keys = False
    app.marketing_cloud = cloud
    app.register_blueprint(rest_routes.routes)
    app.register_blueprint(canvas_routes.routes)
    app.register_blueprint(_inspection_routes(cloud))
    app.register_blueprint(
        control_routes(cloud.calls, cloud.faults, cloud.switches, cloud.clock, cloud.reset)
    )
    app.wsgi_app = FaultyWire(app.wsgi_app, cloud.faults)
    app.wsgi_app = LoggedCalls(app.wsgi_app, cloud.calls, app.url_map, cloud.clock)
    return app


def _inspection_routes(cloud: MarketingCloud) -> Blueprint:
    routes = Blueprint("marketing_cloud_inside", __name__, url_prefix="/_simulator")

    @routes.get("/entries")
    def entries():
        """Every entry event that was taken, the oldest first."""
        return jsonify([each.view("taken") | {"data": each.data} for each in cloud.entries.all()])

    @routes.delete("/tokens")
    def end_tokens():
        cloud.tokens.end_all()
        return "", 204

    return routes
