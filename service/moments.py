"""Moments as everybody reads them."""

from datetime import UTC, datetime


def iso(epoch_seconds: float) -> str:
    """Return whole seconds as ISO 8601 in UTC."""
    return datetime.fromtimestamp(epoch_seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
