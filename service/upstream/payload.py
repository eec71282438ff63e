"""Reads campaign responses, whatever the admin did to the template.

Accepted: boxed attributes (`{"price": {"value": 1.0}}`) and flat ones; an array or a single
object; under the Datafield itself, under a usual wrapper name with a config field naming the
Datafield, or in a classic campaign's `serverSideMessages[].dataMap`. `type` is never looked
at: pages and replies disagree about it. Attributes pass by allow-list; `margin` is never on it.
Source: Personalization guide, "Event API Responses"; templates as customers edit them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from service.metrics import DROPPED_ITEMS, DROPPED_LINKS
from service.model import CampaignResponse, Item, UserGroup
from service.tenant import Dataset
from service.upstream.links import https_host, safe_link

WRAPPERS = ("items", "promotions", "promotion", "products", "product", "blogs", "articles")
NOT_DATAFIELDS = frozenset(
    {"contentZones", "templateNames", "profile", "campaign", "experience", "userGroup", "margin"}
)
CTA_ATTRIBUTES = ("ctaText", "callToActionText", "callToAction", "cta")
PLACEHOLDERS = ("placeholder", "1x1", "pixel", "spacer", "transparent", "blank")
"""Marks in the file name of an asset that only exists because the vendor requires one."""

REFERENCE = frozenset({"id", "label", "itemType", "type"})
"""Keys of a field in which an admin chose an item or a recipe: configured, not offered."""

MAX_ID, MAX_NAME, MAX_TEXT, MAX_ITEMS, MAX_HOST = 200, 300, 2_000, 100, 253


class RefusalKind(StrEnum):
    """Why something of a payload is not shown; what a link belongs to is shown without it."""

    NO_ID = "noId"
    NO_ITEM = "noItem"
    TOO_MANY = "tooMany"
    LINK = "link"


@dataclass(frozen=True)
class Refusal:
    """One thing of a payload that is not shown. `host` is that of a link, "" when it has none."""

    datafield: str
    kind: RefusalKind
    host: str = ""


def read_campaigns(
    responses: Iterable[dict],
    dataset: Dataset,
    zones: tuple[str, ...],
    tenant: str,
    on_refused: Callable[[Refusal], None] = lambda refusal: None,
) -> tuple[CampaignResponse, ...]:
    """Return the campaigns of one reply in reply order; what cannot be read is counted."""
    reader = _Reader(dataset, zones, tenant, on_refused)
    return tuple(reader.campaign(response) for response in responses)


class _Reader:
    """Reads one reply for one dataset; `zones` are the content zones that were asked for."""

    def __init__(
        self,
        dataset: Dataset,
        zones: tuple[str, ...],
        tenant: str,
        on_refused: Callable[[Refusal], None],
    ):
        self._dataset, self._zones, self._tenant = dataset, set(zones), tenant
        self._on_refused = on_refused

    def campaign(self, response: dict) -> CampaignResponse:
        payload = response.get("payload")
        payload = payload if isinstance(payload, dict) else {}
        origin = {
            "campaign_id": _text(response.get("campaignId") or payload.get("campaign"), MAX_ID),
            "campaign_name": _text(response.get("campaignName"), MAX_NAME),
            "experience_id": _text(
                response.get("experienceId") or payload.get("experience"), MAX_ID
            ),
            "user_group": _user_group(response, payload),
        }
        values = _values_by_datafield(payload, response)
        return CampaignResponse(
            campaign_id=origin["campaign_id"] or "",
            campaign_name=origin["campaign_name"] or "",
            experience_id=origin["experience_id"] or "",
            user_group=origin["user_group"],
            items_by_datafield={
                datafield: tuple(self._items(value, payload, datafield, origin))
                for datafield, value in values.items()
            },
        )

    def _items(self, value, payload: dict, datafield: str, origin: dict) -> Iterator[Item]:
        default_type = _item_type(payload, datafield)
        for place, raw in enumerate(value if isinstance(value, list) else [value]):
            if place >= MAX_ITEMS:
                self._refuse_item(datafield, RefusalKind.TOO_MANY)
            elif not isinstance(raw, dict):
                self._refuse_item(datafield, RefusalKind.NO_ITEM)
            elif item := self._item(raw, datafield, default_type, origin):
                yield item
            else:
                self._refuse_item(datafield, RefusalKind.NO_ID)

    def _refuse_item(self, datafield: str, kind: RefusalKind) -> None:
        DROPPED_ITEMS.labels(self._tenant).inc()
        self._on_refused(Refusal(datafield, kind))

    def _item(self, raw: dict, datafield: str, default_type: str, origin: dict) -> Item | None:
        attributes = raw.get("attributes")
        attributes = attributes if isinstance(attributes, dict) else {}

        def read(name: str):
            return _unboxed(attributes[name] if name in attributes else raw.get(name))

        item_id = _text(_unboxed(raw.get("id", raw.get("_id"))), MAX_ID)
        if not item_id:
            return None
        return Item(
            item_type=_text(raw.get("itemType"), MAX_ID)
            or ("Promotion" if "assets" in raw else default_type),
            id=item_id,
            name=_text(read("name"), MAX_NAME),
            description=_text(read("description"), MAX_TEXT),
            url=self._link(read("url"), datafield),
            image_url=self._link(self._picture(raw, read("imageUrl")), datafield),
            price=_number(read("price")),
            currency=_text(read("currency"), 3) or self._dataset.currency,
            rating=_rating(read("rating")),
            cta_text=next(filter(None, (_text(read(n), MAX_NAME) for n in CTA_ATTRIBUTES)), None),
            **origin,
        )

    def _picture(self, raw: dict, image_url):
        """Prefer the asset made for the zone that was asked for; placeholders are no picture."""
        assets = raw.get("assets")
        assets = [a for a in assets if isinstance(a, dict)] if isinstance(assets, list) else []
        assets.sort(key=lambda asset: not self._zones & _zones_of(asset))
        urls = [_unboxed(asset.get("imageUrl")) for asset in assets] or [image_url]
        return next((url for url in urls if url and not _is_placeholder(url)), None)

    def _link(self, value, datafield: str) -> str | None:
        link = safe_link(value, self._dataset.link_hosts)
        if value and not link:
            DROPPED_LINKS.labels(self._tenant).inc()
            host = https_host(value) or ""
            self._on_refused(Refusal(datafield, RefusalKind.LINK, host[:MAX_HOST]))
        return link


def _values_by_datafield(payload: dict, response: dict) -> dict:
    """Return what stands under each Datafield, by the first of three rules that fits."""
    found = {
        key: value
        for key, value in payload.items()
        if key not in NOT_DATAFIELDS and _holds_items(value)
    }
    named = payload.get("datafield") or payload.get("dataField")
    if isinstance(named, str) and named and named not in found:
        wrapper = next((key for key in WRAPPERS if key in found), None)
        only = next(iter(found)) if len(found) == 1 else None
        if wrapper or only:
            found[named] = found.pop(wrapper or only)
    for key, value in _classic(response):
        found.setdefault(key, value)
    return {key[:MAX_ID]: value for key, value in found.items()}


def _classic(response: dict) -> Iterator[tuple[str, object]]:
    messages = response.get("serverSideMessages")
    for message in messages if isinstance(messages, list) else []:
        data_map = message.get("dataMap") if isinstance(message, dict) else None
        for key, value in data_map.items() if isinstance(data_map, dict) else ():
            if _holds_items(value):
                yield key, value


def _holds_items(value) -> bool:
    if isinstance(value, list):
        return not value or any(_is_item(each) for each in value)
    return _is_item(value)


def _is_item(value) -> bool:
    if not isinstance(value, dict) or ("label" in value and value.keys() <= REFERENCE):
        return False
    return "id" in value or "_id" in value


def _item_type(payload: dict, datafield: str) -> str:
    named = _text(payload.get("itemType"), MAX_ID)
    if named:
        return named
    is_promotion = "promotion" in payload or "promotions" in payload or "promo" in datafield.lower()
    return "Promotion" if is_promotion else "Product"


def _user_group(response: dict, payload: dict) -> UserGroup:
    """The outer group decides; a payload alone says Test where the outer one says Default."""
    group = response.get("userGroup", payload.get("userGroup"))
    return UserGroup.CONTROL if group == UserGroup.CONTROL else UserGroup.DEFAULT


def _unboxed(value):
    return value.get("value") if isinstance(value, dict) else value


def _text(value, max_length: int) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip()[:max_length] or None


def _number(value) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < 1e12 else None  # also refuses the NaN and inf of a text


def _rating(value) -> float | None:
    stars = _number(value)
    return stars if stars is not None and 0 <= stars <= 5 else None


def _zones_of(asset: dict) -> set[str]:
    zones = asset.get("contentZones")
    return {zone for zone in zones if isinstance(zone, str)} if isinstance(zones, list) else set()


def _is_placeholder(url) -> bool:
    file_name = str(url).rsplit("/", 1)[-1].lower()
    return any(mark in file_name for mark in PLACEHOLDERS)
