"""How often products were viewed and bought lately."""

from simulator.personalization.dataset import Dataset


def trends(dataset: Dataset, product_ids: list[str], since_ms: int) -> dict[str, dict]:
    """Return `{product id: {visitViews, purchases}}` since a moment; visits are not told apart."""
    counts = {product_id: {"visitViews": 0, "purchases": 0} for product_id in product_ids}
    for profile in dataset.profiles:
        for product_id in _viewed(profile, since_ms):
            if product_id in counts:
                counts[product_id]["visitViews"] += 1
        for product_id in _purchased(profile, since_ms):
            if product_id in counts:
                counts[product_id]["purchases"] += 1
    return counts


def _viewed(profile, since_ms: int):
    for event in profile.events:
        if event["time"] >= since_ms and (event["itemAction"] or "").startswith("View Item"):
            yield from (item["id"] for item in event["items"])


def _purchased(profile, since_ms: int):
    for order in profile.orders:
        if order["purchaseDate"] >= since_ms:
            yield from (line["_id"] for line in order["lineItems"])
