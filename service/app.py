"""create_app(): the web application over the joined parts."""

import os

from flask import Flask
from flask_smorest import Api

from service.api import (
    affinities,
    audit,
    campaign_stats,
    collector,
    data_sharing,
    datasets,
    dead_letters,
    diagnosis,
    doctor,
    edge,
    erasures,
    event_stream,
    hottest_people,
    journey_activity,
    journey_pages,
    next_best,
    operations,
    problems,
    profile_updates,
    segment_exports,
    settings,
    tee,
    tokens,
)
from service.api.authentication import Tokens
from service.api.outbox_gauges import OutboxGauges
from service.api.segment_gauges import SegmentGauges
from service.joining import join
from service.settings import Settings
from service.storage import schema
from service.storage.request_keys import RequestKeys
from service.usecases.dead_letters import DeadLetters

ROOMS = (
    tokens,
    next_best,
    affinities,
    event_stream,
    hottest_people,
    campaign_stats,
    profile_updates,
    dead_letters,
    segment_exports,
    doctor,
    diagnosis,
    settings,
    data_sharing,
    erasures,
    audit,
    datasets,
    journey_activity,
    journey_pages,
    tee,
    collector,
    operations,
)
OPENAPI = {
    "API_TITLE": "Personalization for Salesforce: backing service",
    "API_VERSION": "1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/",
    "OPENAPI_JSON_PATH": "openapi.json",
    "API_SPEC_OPTIONS": {
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "clientCredentials": {"type": "http", "scheme": "basic"},
            }
        },
        "security": [{"bearer": []}],
    },
}


def create_app(settings: Settings) -> Flask:
    """Return the web application for `settings`."""
    parts = join(settings)
    app = Flask(__name__, static_folder=None)
    app.config.update(
        OPENAPI,
        METRICS_TOKEN=settings.metrics_token,
        METRICS_OF_ALL_PROCESSES="PROMETHEUS_MULTIPROC_DIR" in os.environ,
    )
    app.extensions.update(
        p13n_clients=parts.clients,
        p13n_tokens=Tokens(settings.secret_keys, parts.clients, settings.tenants),
        p13n_next_best=parts.next_best,
        p13n_affinities=parts.affinities,
        p13n_event_stream=parts.event_stream,
        p13n_hottest_people=parts.hottest_people,
        p13n_campaign_stats=parts.campaign_stats,
        p13n_profile_updates=parts.profile_updates,
        p13n_journey_activity=parts.journey_activity,
        p13n_journey_split=parts.journey_split,
        p13n_journey_lifecycle=parts.journey_lifecycle,
        p13n_segment_exports=parts.segment_exports,
        p13n_dead_letters=DeadLetters(parts.outbox),
        p13n_outbox_gauges=OutboxGauges(parts.outbox).text,
        p13n_segment_gauges=SegmentGauges(parts.segment_exports).text,
        p13n_collector=parts.collector,
        p13n_rate_limits=parts.rate_limits,
        p13n_require_store=lambda: schema.require_current(parts.database),
        p13n_request_keys=RequestKeys(parts.database),
        p13n_parts=parts,
    )
    edge.install(app)
    api = Api(app)
    for room in ROOMS:
        api.register_blueprint(room.blueprint)
    problems.install(app)
    return app
