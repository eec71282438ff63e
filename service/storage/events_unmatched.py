"""Cancellations that took nothing back: somebody should look why."""

from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, select, text

from service.storage.tables import events, order_lines


@dataclass(frozen=True)
class UnmatchedCancellation:
    """A cancelled line that nobody had bought before, as far as we know. `time_ms`: epoch ms."""

    order_id: str | None
    item_type: str
    item_id: str
    time_ms: int


def unmatched_cancellations(
    connection: Connection, tenant: str, dataset: str, limit: int
) -> list[UnmatchedCancellation]:
    """Return lines of cancellations that found no purchase to take back, oldest first."""
    lines = order_lines.c
    query = (
        select(lines.event_number, lines.item_type, lines.item_id, lines.time_ms, events.c.body)
        .join(events, events.c.id == lines.event_number)
        .where(
            lines.tenant == tenant,
            lines.dataset == dataset,
            # Spelt out, so that the partial index serves.
            text("order_lines.takes_back = 1 and order_lines.matched = 0"),
        )
        .order_by(lines.time_ms, lines.event_number, lines.line)
        .limit(limit)
    )
    return [
        UnmatchedCancellation(
            orjson.loads(bytes(row.body)).get("orderId"), row.item_type, row.item_id, row.time_ms
        )
        for row in connection.execute(query)
    ]
