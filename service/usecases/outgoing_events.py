"""Messages of the outbox as events: for Personalization, and for our own event stream.

Sources: Personalization guide, "Event API Options (Evergage)", "Einstein Decisions Server-Side
Template"; the body of a click log is assembled from the latter's prose (unverified).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson

from service.model import Event, EventItem, EventKind, EventSource, Identity
from service.storage.outbox_messages import Claimed
from service.tenant import Dataset, Tenant
from service.usecases.campaign_stats import KIND as STATS
from service.usecases.campaign_stats import RepAnswer, Stat
from service.usecases.journey_activity import KIND as JOURNEY_STEP
from service.usecases.profile_updates import FLOW_APPLICATION
from service.usecases.profile_updates import KIND as UPDATE
from service.usecases.sharing_deliveries import CRM_APPLICATION
from service.usecases.sharing_deliveries import KIND as PULLED

QUIET = {"noCampaigns": True, "nonInteractive": True}
"""Brings nothing back, and is no visit of the person."""

STAT_ACTIONS = {
    Stat.IMPRESSION: "CRM Offer Impression",
    Stat.CLICK: "CRM Offer Click",
    Stat.DISMISSAL: "CRM Offer Dismissal",
}
"""Constant, because Personalization keeps few distinct actions of a person."""

SHOWN_NAMES = {
    RepAnswer.DETAILS: "Offer Details",
    RepAnswer.ACCEPTED: "Offer Accepted",
    RepAnswer.DECLINED: "Offer Declined",
    Stat.CLICK: "Offer Click",
    Stat.DISMISSAL: "Offer Declined",
}
JOURNEY_APPLICATION = "Journey Builder"
CONTENT_KINDS = (UPDATE, JOURNEY_STEP)
"""Messages that set attributes and profile objects: the newest of a person's stays."""

CLICK_THROUGH = "Click Through"
DECIDED_TYPE = "Promotion"  # what Einstein Decisions chooses among


@dataclass(frozen=True)
class Outgoing:
    """One message, ready to go: the event's body, and what the person's stream will show.

    `voids_answers`: what is cached about the person is no longer true once it has gone out.
    """

    identities: tuple[Identity, ...]
    body: dict
    shown: tuple[Event, ...]
    voids_answers: bool


class UnreadableMessage(Exception):
    """Raised when a message is of a kind, or in a form, that this version does not know."""


def outgoing(
    tenant: Tenant, dataset: Dataset, message: Claimed, later: Iterable[bytes] = ()
) -> Outgoing:
    """Return what `message` becomes.

    `later` are payloads of younger messages that went out before it: what they have set stays.
    Raises: UnreadableMessage.
    """
    try:
        payload = orjson.loads(message.payload)
        identities = tuple(Identity(**each) for each in payload["identities"])
        compose = _COMPOSERS[message.kind]
        body, shown = compose(tenant, dataset, message, payload, [orjson.loads(x) for x in later])
    except (orjson.JSONDecodeError, LookupError, TypeError, ValueError) as trouble:
        raise UnreadableMessage(message.kind) from trouble
    user = body.setdefault("user", {})
    named = {each.type: each.value for each in identities}
    user["attributes"] = named | user.get("attributes", {})
    body["source"]["time"] = round(message.accepted_at * 1000)
    body["flags"] = QUIET
    is_uninvolved = payload["head"].get("stat") in (Stat.IMPRESSION, Stat.CLICK)
    return Outgoing(identities, body, shown, voids_answers=not is_uninvolved)


def _stats(tenant: Tenant, dataset: Dataset, message: Claimed, payload: dict, _later):
    stat, parts = Stat(payload["head"]["stat"]), payload["parts"]
    source = {"application": dataset.application}
    zones = dict.fromkeys(part["contentZone"] for part in parts if part["contentZone"])
    body = {
        "action": STAT_ACTIONS[stat],
        "source": source,
        "campaignStats": _campaign_stats(tenant, stat, parts),
    }
    if stat == Stat.CLICK and parts[0]["itemType"] == DECIDED_TYPE:
        body["itemAction"] = CLICK_THROUGH
        body["catalog"] = {DECIDED_TYPE: {"_id": parts[0]["itemId"]}}
        zones = zones or dict.fromkeys(dataset.content_zones)
    if zones:
        source["contentZones"] = list(zones)
    if stat == Stat.IMPRESSION:  # being shown is nothing that the person did
        return body, ()
    shown = (_answer_shown(dataset, message, stat, *numbered) for numbered in enumerate(parts))
    return body, tuple(shown)


def _campaign_stats(tenant: Tenant, stat: Stat, parts: list[dict]) -> list[dict]:
    """Return one element for each experience, with all its items."""
    name = tenant.stat_click_name if stat == Stat.CLICK else stat
    counted: dict[tuple, dict] = {}
    for part in parts:
        element = counted.setdefault(
            (part["experienceId"], part["control"]),
            {"experienceId": part["experienceId"], "stat": name, "control": part["control"]},
        )
        if part["itemType"] is not None:
            catalog = element.setdefault("catalog", {})
            catalog.setdefault(part["itemType"], []).append(part["itemId"])
    return list(counted.values())


def _answer_shown(dataset: Dataset, message: Claimed, stat: Stat, place: int, part: dict) -> Event:
    details = {name: part[name] for name in ("reason", "campaignId", "experienceId") if part[name]}
    item = part["itemType"] and EventItem(part["itemType"], part["itemId"])
    return Event(
        time_ms=round(message.accepted_at * 1000),
        kind=EventKind.CAMPAIGN,
        name=SHOWN_NAMES[part["answer"] or stat],
        source=EventSource.REP,
        event_id=f"outbox-{message.id}-{place}",
        items=(item,) if item else (),
        channel="Server",
        application=dataset.application,
        details=details,
    )


def _update(tenant: Tenant, _dataset: Dataset, message: Claimed, payload: dict, later):
    shown = _content_shown(message, payload, EventSource.FLOW, ("Server", FLOW_APPLICATION))
    return _content(tenant, payload, later, FLOW_APPLICATION), (shown,)


def _journey_step(tenant: Tenant, _dataset: Dataset, message: Claimed, payload: dict, later):
    whence = JOURNEY_APPLICATION, payload["head"].get("journey")
    shown = _content_shown(message, payload, EventSource.JOURNEY, whence)
    return _content(tenant, payload, later, JOURNEY_APPLICATION), (shown,)


def _content(tenant: Tenant, payload: dict, later: list[dict], application: str) -> dict:
    [part] = payload["parts"]
    attributes, objects = _not_overtaken(part, later)
    body = {
        "action": payload["head"]["action"],
        "source": {"application": application},
        "user": {"attributes": {k: _set_value(tenant, v) for k, v in attributes.items()}},
    }
    if objects:
        body["user"]["profileObjects"] = _by_type(objects)
    return body


def _set_value(tenant: Tenant, value: object) -> object:
    """Nobody has documented how an event clears an attribute: the tenants file says it."""
    return tenant.clears_with if value is None else value


def _not_overtaken(part: dict, later: list[dict]) -> tuple[dict, list[dict]]:
    """Leave out what younger messages have set already: the newest stays."""
    newer = [each for payload in later for each in payload["parts"]]
    set_since = {name for each in newer for name in each["attributes"]}
    replaced = {(o["type"], o["id"]) for each in newer for o in each["profileObjects"]}
    attributes = {k: v for k, v in part["attributes"].items() if k not in set_since}
    objects = [o for o in part["profileObjects"] if (o["type"], o["id"]) not in replaced]
    return attributes, objects


def _by_type(objects: list[dict]) -> Mapping[str, list[dict]]:
    grouped: dict[str, list[dict]] = {}
    for each in objects:
        grouped.setdefault(each["type"], []).append(
            {"id": each["id"], "attributes": each["attributes"]}
        )
    return grouped


def _content_shown(
    message: Claimed, payload: dict, source: EventSource, whence: tuple[str, str | None]
) -> Event:
    """Return what the stream shows; `whence` stands under the name: channel and application."""
    head, [part] = payload["head"], payload["parts"]
    details = {}
    if part["attributes"]:
        details["attributes"] = ", ".join(part["attributes"])
    if part["profileObjects"]:
        named = [f"{each['type']} {each['id']}" for each in part["profileObjects"]]
        details["profileObjects"] = ", ".join(named)
    return Event(
        time_ms=round(message.accepted_at * 1000),
        kind=EventKind.ACTION,
        name=head["action"],
        source=source,
        event_id=f"outbox-{message.id}",
        channel=whence[0],
        application=whence[1],
        details=details,
    )


def _pulled(tenant: Tenant, _dataset: Dataset, message: Claimed, payload: dict, later):
    """What the CRM says of a person is nothing that the person did: the stream does not show it."""
    return _content(tenant, payload, later, CRM_APPLICATION), ()


_COMPOSERS = {STATS: _stats, UPDATE: _update, JOURNEY_STEP: _journey_step, PULLED: _pulled}
