"""Joins the parts of the diagnosis; a branch of `app.join`."""

from collections import Counter
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, multiprocess

from service.storage.clients import Clients
from service.storage.database import Database
from service.storage.facts import Facts
from service.storage.outbox import Outbox
from service.tenant import Tenant
from service.upstream.personalization_probe import PersonalizationProbe
from service.upstream.transport import Transport
from service.usecases.data_sharing import DataSharing
from service.usecases.doctor import Doctor
from service.usecases.segment_export import SegmentExports
from service.usecases.user_export import UserExport


def join_doctor(
    *,
    database: Database,
    outbox: Outbox,
    transport: Transport,
    user_export: UserExport,
    data_sharing: DataSharing,
    segment_exports: SegmentExports,
    metrics_folder: Path,
) -> Doctor:
    """Return what examines tenants; in `metrics_folder` the processes of this machine count."""

    def probe(tenant: Tenant) -> PersonalizationProbe:
        return PersonalizationProbe(tenant, transport)

    return Doctor(
        facts=Facts(database),
        clients=Clients(database),
        outbox=outbox,
        probe=probe,
        user_export=user_export,
        data_sharing=data_sharing,
        segment_exports=segment_exports,
        cache_answers=lambda tenant: cache_answers(tenant, metrics_folder),
    )


def cache_answers(tenant: str, metrics_folder: Path) -> Counter:
    """Return how often the cache answered a tenant, by state, in all processes of this machine."""
    registry = REGISTRY
    if any(metrics_folder.glob("counter_*.db")):
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry, path=str(metrics_folder))
    found: Counter = Counter()
    for metric in registry.collect():
        for sample in metric.samples:
            is_ours = sample.name == "p13n_cache_answers_total"
            if is_ours and sample.labels.get("tenant") == tenant:
                found[sample.labels["state"]] += sample.value
    return found
