"""Health, metrics: what operators and their machines ask."""

import hmac

from flask import Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess
from prometheus_client import REGISTRY as PROCESS_REGISTRY

from service.api.bodies import ApiBlueprint
from service.errors import NotFound, StorageUnavailable

blueprint = ApiBlueprint("operations", __name__, description="Health and metrics")


@blueprint.get("/health/live")
def live():
    """Answer as long as the process can answer at all."""
    return {"status": "ok"}


@blueprint.get("/health/ready")
def ready():
    """Tell whether requests can be served: the state store must; the cache is named, not needed."""
    try:
        current_app.extensions["p13n_require_store"]()
    except StorageUnavailable as trouble:
        return {"status": "unavailable", "store": trouble.detail}, 503
    return {"status": "ok", "store": "ok"}


@blueprint.get("/metrics")
def metrics():
    """Return what we count, to this machine only or to whoever has the metrics token."""
    if not _may_read_metrics():
        raise NotFound()
    text = generate_latest(_registry()) + _gauges()
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def _gauges() -> bytes:
    """Return what is counted in the store at this moment."""
    gauges = ("p13n_outbox_gauges", "p13n_segment_gauges")
    return b"".join(current_app.extensions[name]() for name in gauges)


def _may_read_metrics() -> bool:
    token = current_app.config["METRICS_TOKEN"]
    if token:
        offered = request.headers.get("Authorization", "")
        return hmac.compare_digest(offered.encode(), f"Bearer {token}".encode())
    behind_proxy = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return request.remote_addr in ("127.0.0.1", "::1") and not behind_proxy


def _registry():
    """Return the counts of all processes where several write to one folder."""
    if current_app.config["METRICS_OF_ALL_PROCESSES"]:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
        return registry
    return PROCESS_REGISTRY
