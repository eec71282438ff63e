"""The field's words as frozen values. No input or output happens here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

ANONYMOUS_ID = "anonymousId"
"""The identity type of a browser that nobody has signed in to."""

CASE_SENSITIVE_IDENTITY_TYPES = frozenset(
    {"sfcrmContactId", "sfcrmLeadId", "sfcrmAccountId", ANONYMOUS_ID}
)
"""Personalization compares these as they are, all others in lower case.
Source: Salesforce help, "Built-In Identity Types"."""


@dataclass(frozen=True)
class Identity:
    """One value that names a person, such as an e-mail address. Never logged in clear."""

    type: str
    value: str = field(repr=False)

    @property
    def comparable(self) -> str:
        """The value as Personalization compares it."""
        return self.value if self.type in CASE_SENSITIVE_IDENTITY_TYPES else self.value.lower()


@dataclass(frozen=True)
class Item:
    """What a next-best component shows. All but `item_type` and `id` may be None.

    `price` is in `currency` (ISO 4217, None when the catalog does not say); `rating` counts
    stars from 0 to 5; `url` and `image_url` are https on an allow-listed host.
    """

    item_type: str
    id: str
    name: str | None = None
    description: str | None = None
    url: str | None = None
    image_url: str | None = None
    price: float | None = None
    currency: str | None = None
    rating: float | None = None
    cta_text: str | None = None
    campaign_id: str | None = None
    campaign_name: str | None = None
    experience_id: str | None = None
    user_group: str | None = None


class UserGroup(StrEnum):
    """Which half of the experiment a person is in, as the outer campaign response spells it."""

    DEFAULT = "Default"
    CONTROL = "Control"


@dataclass(frozen=True)
class CampaignResponse:
    """One server-side campaign's answer for one person, reduced to what may be shown.

    `items_by_datafield` maps each Datafield the payload serves to its items, in reply order.
    """

    campaign_id: str
    campaign_name: str
    experience_id: str
    user_group: UserGroup
    items_by_datafield: dict[str, tuple[Item, ...]]


@dataclass(frozen=True)
class Reason:
    """Why a component has nothing to show: a stable code, its parameters, and English."""

    code: str
    message: str
    parameters: dict = field(default_factory=dict)


class EventKind(StrEnum):
    """What sort of thing happened, as coarse as the icons of the event stream."""

    PAGE = "page"
    ACTION = "action"
    CATALOG = "catalog"
    CART = "cart"
    ORDER = "order"
    CAMPAIGN = "campaign"


class EventSource(StrEnum):
    """Who told us of an event. Only what the site's tee tells is unauthenticated."""

    SITE = "site"
    IMPORT = "import"
    FLOW = "flow"
    JOURNEY = "journey"
    REP = "rep"
    SERVER = "server"

    @property
    def is_authenticated(self) -> bool:
        return self is not EventSource.SITE


PURCHASE = "Purchase"
TAKE_BACK_ACTIONS = frozenset({"Cancel", "Return"})
"""Item actions whose lines take an earlier purchase line of the same item back."""


@dataclass(frozen=True)
class EventItem:
    """One catalog object of an event, or one line of its cart or order.

    `related` maps a catalog object type to the ids this item belongs to, each as it came
    (`A|B|C` is a category path); what the event does not say is what an earlier event said of
    the same item. `inventory_status` ("inStock", "outOfStock", None when the event does not say)
    is as of the event. `taken_back` marks a purchase line that a cancellation undid: it no
    longer counts as a purchase.
    """

    type: str
    id: str
    name: str | None = None
    quantity: float = 1
    price: float | None = None
    currency: str | None = None
    inventory_status: str | None = None
    inventory_count: int | None = None
    related: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    labels: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Names of related objects, by (type, id), as far as the event gives them. Not stored here."""
    taken_back: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether the event itself says what earlier events might add."""
        return bool(self.name and self.related)


@dataclass(frozen=True)
class Event:
    """Something a person did, in the words of both event namespaces.

    `name` is what the stream shows, `item_action` one of Personalization's item actions (such
    as "View Item", "Purchase") or None; `url` is http or https; `details` holds what only a
    drill-in shows (pageType, contentZones, userAgent, ...). `time_ms` is epoch milliseconds.
    """

    time_ms: int
    kind: EventKind
    name: str
    source: EventSource
    event_id: str | None = None
    item_action: str | None = None
    items: tuple[EventItem, ...] = ()
    order_id: str | None = None
    url: str | None = None
    channel: str | None = None
    application: str | None = None
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Arrival:
    """An event and whom it speaks of: at least one identity, an anonymous id among them or not."""

    event: Event
    identities: tuple[Identity, ...]
