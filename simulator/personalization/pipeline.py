"""What one event does: lands on a person, is recorded, counts, and brings campaigns back."""

import secrets
from dataclasses import dataclass

from simulator.personalization.campaigns import Choices, Context, choose_campaigns
from simulator.personalization.commerce import note_commerce
from simulator.personalization.dataset import Dataset
from simulator.personalization.events import Event, InvalidEvent
from simulator.personalization.identity import claimed_identities, find_person, resolve_person
from simulator.personalization.payloads import campaign_response
from simulator.personalization.profiles import Profile
from simulator.personalization.segments import refresh_memberships

SUCCESS, BUSY, INVALID_EVENT = 0, 3, 5  # errorCode of a reply
CASTS = {"string": str, "number": (int, float), "boolean": bool, "date": (str, int)}


@dataclass(frozen=True)
class Reception:
    """The circumstances of an event: where it came in, when, and the account's switches."""

    dataset: Dataset
    event: Event
    is_authenticated: bool
    now_ms: int
    switches: object

    @property
    def is_trusted(self) -> bool:
        """Whether its attributes count as authenticated."""
        return self.is_authenticated and self.event.channel in self.dataset.trusted_channels

    @property
    def honours_identity(self) -> bool:
        """Identities count on the trusted channels of authevent, and for Web on the open route."""
        return self.is_trusted if self.is_authenticated else self.event.channel == "Web"


def take_event(reception: Reception) -> dict:
    """Process an event and return the reply; raises InvalidEvent."""
    event, dataset = reception.event, reception.dataset
    identities = _identities(reception)
    if event.flags.get("doNotTrack"):
        return _untracked(reception, identities)
    profile = resolve_person(dataset, event, identities, reception.now_ms, reception.is_trusted)
    _record(reception, profile)
    return _reply(reception, profile, _choose(reception, profile))


def _identities(reception: Reception) -> dict[str, str]:
    event = reception.event
    mode = reception.switches["authEventIdentity"] if reception.is_authenticated else "multi"
    claimed = claimed_identities(reception.dataset, event, mode)
    if not (claimed or event.anonymous_id or event.user_id):
        raise InvalidEvent("an event needs a user: an identity or an anonymous id")
    return claimed if reception.honours_identity else {}


def _untracked(reception: Reception, identities: dict[str, str]) -> dict:
    profile = find_person(reception.dataset, reception.event, identities)
    if profile is None or not reception.switches["doNotTrackCampaigns"]:
        return envelope()
    return _reply(reception, profile, _choose(reception, profile))


def _record(reception: Reception, profile: Profile) -> None:
    event, now_ms = reception.event, reception.event.time or reception.now_ms
    _keep_attributes(reception, profile)
    _keep_objects(reception, profile)
    if not event.flags.get("nonInteractive"):
        profile.note_visit(now_ms)
    profile.last_activity = max(profile.last_activity, now_ms)
    profile.events.append(_logged(event, now_ms))
    profile.count_action(event.action, now_ms)
    note_commerce(profile, event, now_ms)
    for stat in event.campaign_stats:
        key = stat.get("experienceId"), stat.get("stat"), bool(stat.get("control"))
        reception.dataset.stats[key] += 1
    refresh_memberships(profile, reception.dataset.segments, now_ms)


def _keep_attributes(reception: Reception, profile: Profile) -> None:
    dataset = reception.dataset
    for name, value in reception.event.attributes.items():
        if name in dataset.identity_types and dataset.identity_types[name].is_unique:
            continue
        kind = CASTS.get(dataset.attributes.get(name))
        if value is None and kind is not None and reception.switches["nullClears"]:
            profile.attributes.pop(name, None)
        elif kind is None or not isinstance(value, kind):
            dataset.dropped[f"attribute {name}"] += 1
        else:
            profile.set_attribute(name, value, reception.now_ms, reception.is_trusted)


def _keep_objects(reception: Reception, profile: Profile) -> None:
    dataset = reception.dataset
    for object_type, objects in reception.event.profile_objects.items():
        strict = dataset.strict_profile_objects and not reception.is_trusted
        known = dataset.profile_object_types.get(object_type)
        if known is None or strict or not isinstance(objects, list):
            dataset.dropped[f"profile object {object_type}"] += 1
            continue
        usable = [_known_part(given, known) for given in objects if _has_id(given)]
        profile.set_objects(object_type, usable, reception.now_ms)


def _has_id(given) -> bool:
    return (
        isinstance(given, dict) and isinstance(given.get("id"), str) and 0 < len(given["id"]) <= 30
    )


def _known_part(given: dict, known: dict[str, str]) -> dict:
    attributes = {k: v for k, v in (given.get("attributes") or {}).items() if k in known}
    related = given.get("relatedCatalogObjects") or {}
    return {"id": given["id"], "attributes": attributes, "relatedCatalogObjects": related}


def _logged(event: Event, now_ms: int) -> dict:
    return {
        "id": secrets.token_hex(12),
        "time": now_ms,
        "action": event.action,
        "itemAction": event.item_action,
        "items": [{"type": item_type, "id": item_id} for item_type, item_id in event.items],
        "channel": event.channel,
        "application": event.application,
        "nonInteractive": bool(event.flags.get("nonInteractive")),
        "campaignStats": list(event.campaign_stats),
        "url": event.source.get("url"),
    }


def _choose(reception: Reception, profile: Profile) -> Choices:
    event, switches = reception.event, reception.switches
    trusted_here = reception.is_trusted or not reception.is_authenticated
    if event.flags.get("noCampaigns") or switches["emptyCampaigns"] or not trusted_here:
        return Choices()
    return choose_campaigns(
        _context(reception, profile),
        force_control=switches["controlGroup"],
        tests_need_published=switches["testMessagesNeedPublished"],
    )


def _context(reception: Reception, profile: Profile) -> Context:
    return Context(
        dataset=reception.dataset,
        profile=profile,
        event=reception.event,
        is_authenticated=reception.is_authenticated,
        now_ms=reception.now_ms,
    )


def _reply(reception: Reception, profile: Profile, choices: Choices) -> dict:
    context = _context(reception, profile)
    reply = envelope() | {
        "resolvedUserId": profile.id,
        "campaignResponses": [
            campaign_response(choice, context, reception.switches) for choice in choices.returned
        ],
    }
    if not reception.is_authenticated:
        return reply | {
            "persistedUserId": {"entityId": profile.id, "accountId": None},
            "compiledCampaignTemplates": [],
        }
    if reception.event.explanations:
        reply["campaignExplanations"] = choices.explanations
        reply["eventDetails"] = reception.event.raw
    return reply


def envelope(error_code: int = SUCCESS) -> dict:
    """Return a reply without campaigns; `error_code` as documented (0, 3 busy, 5 invalid)."""
    return {"id": secrets.token_hex(12), "errorCode": error_code, "campaignResponses": []}
