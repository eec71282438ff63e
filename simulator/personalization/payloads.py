"""Campaign responses, in every shape in which admins' templates are known to answer."""

from simulator.personalization.campaigns import Choice, Context
from simulator.personalization.templates import boxed
from simulator.shop.promotions import PLACEHOLDER


def campaign_response(choice: Choice, context: Context, switches) -> dict:
    """Return one element of `campaignResponses`."""
    campaign, experience = choice.campaign, choice.experience
    payload = (
        _control(choice, switches) if choice.is_control else _payload(choice, context, switches)
    )
    response = {
        "type": switches["campaignType"],
        "campaignId": campaign.id,
        "campaignName": campaign.name,
        "campaignType": campaign.type,
        "experienceId": experience.id,
        "experienceName": experience.name,
        "experienceSourceCode": "",
        "state": campaign.state,
        "campaignJavascriptContent": None,
        "userGroup": "Control" if choice.is_control else "Default",
        "templateNames": [campaign.template_name],
        "payload": payload,
    }
    if switches["itemShape"] == "dataMap" and not choice.is_control:
        return _classic(response, experience.config.get("datafield"))
    return response


def _payload(choice: Choice, context: Context, switches) -> dict:
    """Return the configured fields, what the template's run returned, and the three ids."""
    experience = choice.experience
    payload = {**experience.config, **experience.template(context, experience.config)}
    whole = _whole(context.dataset.catalog)
    reshape = whole if switches["itemShape"] == "whole" else SHAPES.get(switches["itemShape"])
    datafield = payload.get("datafield")
    if reshape and isinstance(payload.get(datafield), list):
        payload = reshape(payload, datafield)
    return payload | _ids(choice, "Test")


def _control(choice: Choice, switches) -> dict:
    kept = choice.experience.config if switches["controlPayload"] == "datafield" else {}
    return kept | _ids(choice, "Control")


def _ids(choice: Choice, group: str) -> dict:
    return {
        "campaign": choice.campaign.id,
        "experience": choice.experience.id,
        "userGroup": group,
    }


def _whole(catalog: dict):
    """Return a reshaper that gives catalog items as they are, `margin` too: a customer's own."""

    def reshape(payload: dict, datafield: str) -> dict:
        items = catalog[payload.get("itemType", "Promotion")]
        rest = {name: value for name, value in payload.items() if name != "itemType"}
        return rest | {datafield: [boxed(items[item["id"]]) for item in payload[datafield]]}

    return reshape


def _flat_item(item: dict) -> dict:
    picture = next((asset["imageUrl"] for asset in item.get("assets", [])), None)
    unboxed = {name: box["value"] for name, box in item["attributes"].items()}
    return {"_id": item["id"], **({"imageUrl": picture} if picture else {}), **unboxed}


def _flat(payload: dict, datafield: str) -> dict:
    return payload | {datafield: [_flat_item(item) for item in payload[datafield]]}


def _under(key: str):
    """Return a reshaper that moves the items under `key`, the Datafield only being named."""

    def reshape(payload: dict, datafield: str) -> dict:
        rest = {name: value for name, value in payload.items() if name != datafield}
        return rest | {key: payload[datafield]}

    return reshape


def _wrapper(payload: dict, datafield: str) -> dict:
    is_promotion = any("assets" in item for item in payload[datafield])
    key, item_type = ("promotions", "Promotion") if is_promotion else ("products", "Product")
    return _under(key)(payload, datafield) | {"itemType": item_type}


def _single(payload: dict, datafield: str) -> dict:
    items = payload[datafield]
    if not items:
        return payload
    if "assets" in items[0]:
        return _under("promotion")(payload | {datafield: items[0]}, datafield)
    return payload | {datafield: items[0]}


def _non_image(payload: dict, datafield: str) -> dict:
    asset = {"type": "ExternalImage", "imageUrl": PLACEHOLDER, "contentZones": ["crm_offers"]}
    call = {"ctaText": {"value": "Call the customer"}, "imageUrl": {"value": PLACEHOLDER}}
    items = [
        item | {"attributes": item["attributes"] | call, "assets": [asset]}
        for item in payload[datafield]
    ]
    return payload | {datafield: items}


SHAPES = {
    "flat": _flat,
    "promotion": _under("promotions"),
    "single": _single,
    "wrapper": _wrapper,
    "nonImage": _non_image,
}


def _classic(response: dict, datafield: str | None) -> dict:
    """Return the form of campaigns made before templates."""
    payload = response.pop("payload")
    items = payload.get(datafield) or []
    messages = [
        {
            "type": "evg_md",
            "targetName": datafield,
            "campaignState": response["state"],
            "promotedItemKeys": [f"p:{item['id']}" for item in items],
            "dataMap": {datafield: [{"type": "p"} | _flat_item(item) for item in items]},
        }
    ]
    return response | {"type": "c", "serverSideMessages": messages if datafield else []}
