"""How full the outbox is, read from the store whenever somebody asks for the metrics."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from service.errors import StorageUnavailable
from service.storage.outbox import Outbox


class OutboxGauges:
    """A collector of prometheus-client."""

    def __init__(self, outbox: Outbox):
        self._outbox = outbox

    def text(self) -> bytes:
        """Return the gauges as exposition text; nothing when the store does not answer."""
        registry = CollectorRegistry(auto_describe=False)
        try:
            registry.register(self)
            return generate_latest(registry)
        except StorageUnavailable:
            return b""

    def describe(self) -> list:
        """Return nothing: registering must not read the store."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield depth, age of the oldest, and what needs a person."""
        labels = ["tenant", "kind"]
        depth = GaugeMetricFamily("p13n_outbox_depth", "Messages that wait", labels=labels)
        age = GaugeMetricFamily(
            "p13n_outbox_oldest_seconds", "Age of the oldest message that waits", labels=labels
        )
        apart = GaugeMetricFamily(
            "p13n_outbox_set_apart", "Dead and unconfirmed messages", labels=["tenant", "state"]
        )
        now = self._outbox.now()
        for each in self._outbox.depths():
            depth.add_metric([each.tenant, each.kind], each.waiting)
            age.add_metric([each.tenant, each.kind], max(0.0, now - each.oldest_accepted_at))
        for tenant, state, number in self._outbox.counts():
            apart.add_metric([tenant, state], number)
        yield from (depth, age, apart)
