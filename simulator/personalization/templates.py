"""The campaigns' server-side templates: what they put into a payload.

A template gets the context and its configured fields and returns fields that win over them, as
`run(context)` of a real one does.
"""

from simulator.personalization.campaigns import Context
from simulator.personalization.dataset import CatalogItem
from simulator.personalization.recipes import bought_together


def recommendations(context: Context, config: dict) -> dict:
    """Return items of the recipe under the configured Datafield."""
    catalog = context.dataset.catalog["Product"]
    ids = bought_together(context.profile, context.dataset.profiles, config["maxResults"])
    return {config["datafield"]: [boxed(catalog[i]) for i in ids if i in catalog]}


def promotions(context: Context, config: dict) -> dict:
    """Return the promotions that suit what the person bought, at most `maxResults`."""
    catalog = context.dataset.catalog["Promotion"]
    suitable = [item for item in catalog.values() if _suits(item, context)]
    return {config["datafield"]: [boxed(item) for item in suitable[: config["maxResults"]]]}


def banner(context: Context, config: dict) -> dict:
    """Return the first promotion that suits; what a rep should do is nothing for a website."""
    catalog = context.dataset.catalog["Promotion"]
    shown = [item for item in catalog.values() if not item.attributes["actionName"]]
    suitable = [item for item in shown if _suits(item, context)]
    return {config["datafield"]: [boxed(item) for item in suitable[: config["maxResults"]]]}


def profile_summary(context: Context, config: dict) -> dict:
    """Return segments and chosen attributes: what an admin may expose on purpose."""
    names = {segment.id: segment.name for segment in context.dataset.segments}
    return {
        "profile": {
            "attributes": {name: context.profile.value(name) for name in config["attributes"]},
            "segments": [{"id": i, "name": names[i]} for i in context.profile.segments],
        }
    }


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
