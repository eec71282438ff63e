"""The campaigns' server-side templates: what they put into a payload.

A template gets the context and its configured fields and returns fields that win over them, as
`run(context)` of a real one does. Those that stand in personalization-templates/ return here
exactly what the real ones return; tests/templates compares them.
"""

from collections.abc import Iterable

from simulator.personalization.campaigns import Context
from simulator.personalization.dataset import CatalogItem
from simulator.personalization.recipes import bought_together

OF_ITEMS = ("name", "description", "url", "imageUrl", "price", "currency", "rating")
OF_PROMOTIONS = (
    *("name", "description", "url", "price", "currency"),
    *("ctaText", "callToActionText", "callToAction", "cta"),
)
"""The attributes that our templates let through."""


def recommendations(context: Context, config: dict) -> dict:
    """Return what personalization-templates/next-best-recommendation returns."""
    choice = config["recommendations"]
    catalog = context.dataset.catalog[choice["itemType"]]
    ids = bought_together(context.profile, context.dataset.profiles, choice["maxResults"])
    return {
        "datafield": config["datafield"],
        "itemType": choice["itemType"],
        config["datafield"]: [shown(catalog[i], OF_ITEMS) for i in ids if i in catalog],
    }


def promotions(context: Context, config: dict) -> dict:
    """Return what personalization-templates/next-best-promotion returns."""
    catalog = context.dataset.catalog["Promotion"]
    suitable = [item for item in catalog.values() if _suits(item, context)]
    items = [shown(item, OF_PROMOTIONS) for item in suitable[: config["maxResults"]]]
    return {
        "datafield": config["datafield"],
        "assetContentZoneOrTag": config["assetContentZoneOrTag"],
        "fallback": None,
        config["datafield"]: items,
    }


def banner(context: Context, config: dict) -> dict:
    """Return the first promotion that suits; what a rep should do is nothing for a website."""
    catalog = context.dataset.catalog["Promotion"]
    shown = [item for item in catalog.values() if not item.attributes["actionName"]]
    suitable = [item for item in shown if _suits(item, context)]
    return {config["datafield"]: [boxed(item) for item in suitable[: config["maxResults"]]]}


def profile_summary(context: Context, config: dict) -> dict:
    """Return what personalization-templates/profile returns: what an admin exposes on purpose."""
    names = {segment.id: segment.name for segment in context.dataset.segments}
    wanted = _listed(config["segmentIds"])
    return {
        "profile": {
            "attributes": {n: context.profile.value(n) for n in _listed(config["attributeNames"])},
            "segments": [
                {"id": i, "name": names[i]}
                for i in context.profile.segments
                if not wanted or i in wanted
            ],
        }
    }


def shown(item: CatalogItem, names: Iterable[str]) -> dict:
    """Return an item as our templates reduce it: boxed, the named attributes alone."""
    attributes = {n: {"value": item.attributes[n]} for n in names if n in item.attributes}
    payload = {"id": item.id, "attributes": attributes}
    return payload | {"assets": [dict(asset) for asset in item.assets]} if item.assets else payload


def boxed(item: CatalogItem) -> dict:
    """Return an item as the platform writes it: every attribute boxed, all of them, margin too."""
    attributes = {name: {"value": value} for name, value in item.attributes.items()}
    payload = {"id": item.id, "attributes": attributes}
    if item.assets:
        return {**payload, "assets": [dict(asset) for asset in item.assets]}
    return {
        "id": item.id,
        "location": None,
        "attributes": attributes,
        "dimensions": item.dimensions,
        "categories": [{"id": category} for category in item.categories],
        "skus": {},
    }


def _suits(promotion: CatalogItem, context: Context) -> bool:
    action, colour = promotion.attributes["afterAction"], promotion.attributes["schoolColour"]
    if action is not None:
        is_theirs = colour in (None, context.profile.value("schoolColour"))
        return is_theirs and action in context.profile.actions
    wanted = promotion.dimensions.get("Category", [])
    spent = promotion.attributes.get("minimumSpent")
    if spent is not None:
        return context.profile.spent() >= spent
    return not wanted or any(category in wanted for category in _bought_categories(context))


def _bought_categories(context: Context) -> set[str]:
    catalog = context.dataset.catalog["Product"]
    bought = [catalog[i] for i in context.profile.bought() if i in catalog]
    return {category for item in bought for category in item.categories}


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
