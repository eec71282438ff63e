"""The field's words as frozen values. No input or output happens here."""

from dataclasses import dataclass, field
from enum import StrEnum

CASE_SENSITIVE_IDENTITY_TYPES = frozenset({"sfcrmContactId", "sfcrmLeadId", "sfcrmAccountId"})
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
