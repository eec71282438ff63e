"""Joins the parts of the diagnosis; a branch of `joining.join`."""

import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, multiprocess

from service.api.journey_files import POSTMONGER
from service.deadline import Deadline
from service.storage.clients import Clients
from service.storage.database import Database
from service.storage.facts import Facts
from service.storage.outbox import Outbox
from service.storage.response_cache import ResponseCache
from service.storage.schema import require_current
from service.tenant import Tenant
from service.upstream.crm import Crm
from service.upstream.hurried import Hurried
from service.upstream.personalization_probe import PersonalizationProbe
from service.upstream.transport import Transport
from service.usecases.data_sharing import DataSharing
from service.usecases.doctor import Doctor, House
from service.usecases.segment_export import SegmentExports
from service.usecases.user_export import UserExport

MAX_BYTES = 64 * 1024
"""What our own answers are smaller than."""


def join_doctor(
    *,
    secret_keys: Sequence[str],
    data_dir: Path,
    uses_redis: bool,
    database: Database,
    cache: ResponseCache,
    outbox: Outbox,
    transport: Transport,
    user_export: UserExport,
    data_sharing: DataSharing,
    segment_exports: SegmentExports,
) -> Doctor:
    """Return what examines tenants; in `data_dir` the processes of this machine count."""

    def probe(tenant: Tenant) -> PersonalizationProbe:
        return PersonalizationProbe(tenant, transport.via(tenant.personalization.egress))

    def crm(tenant: Tenant, deadline: Deadline) -> Crm:
        hurried = Hurried(transport.via(tenant.crm.egress), deadline)
        return Crm(tenant.name, tenant.crm, hurried, pause=lambda _seconds: None)

    def ask_address(url: str, deadline: Deadline) -> int:
        return transport.call("GET", url, deadline=deadline, max_bytes=MAX_BYTES).status

    house = House(
        secret_keys=secret_keys,
        store_engine="SQLite" if database.is_sqlite else "PostgreSQL",
        cache_engine="Redis" if uses_redis else "SQLite",
        has_journey_page=POSTMONGER.is_file(),
        ask_address=ask_address,
        require_store=lambda: require_current(database),
        examine_cache=cache.examine,
        free_bytes=lambda: shutil.disk_usage(data_dir).free,
        cache_answers=lambda tenant: cache_answers(tenant, data_dir / "metrics"),
    )
    return Doctor(
        house=house,
        facts=Facts(database),
        clients=Clients(database),
        outbox=outbox,
        probe=probe,
        crm=crm,
        user_export=user_export,
        data_sharing=data_sharing,
        segment_exports=segment_exports,
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
