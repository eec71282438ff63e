"""How many entries of segment exports wait, read from the store whenever metrics are asked for."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from service.errors import StorageUnavailable
from service.usecases.segment_export import SegmentExports


class SegmentGauges:
    """A collector of prometheus-client."""

    def __init__(self, exports: SegmentExports):
        self._exports = exports

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
        """Yield how many entries wait to be posted, and the age of the oldest."""
        labels = ["tenant", "export"]
        number = GaugeMetricFamily(
            "p13n_segment_entries_waiting", "Entries that wait to be posted", labels=labels
        )
        age = GaugeMetricFamily(
            "p13n_segment_entries_oldest_seconds", "Age of the oldest of them", labels=labels
        )
        now = self._exports.now()
        for each in self._exports.waiting():
            number.add_metric([each.tenant, each.export], each.number)
            age.add_metric([each.tenant, each.export], max(0.0, now - each.oldest_at))
        yield from (number, age)
