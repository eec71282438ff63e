"""One dataset: what is predefined in it, its catalog, its people and its campaigns."""

from collections import Counter
from dataclasses import dataclass, field

from simulator.personalization.campaigns import Campaign
from simulator.personalization.profiles import IdentityType, Profiles
from simulator.personalization.segments import Segment


@dataclass(frozen=True)
class CatalogItem:
    """One catalog object. `assets` are pictures, which only promotions have."""

    item_type: str
    id: str
    attributes: dict
    dimensions: dict[str, list[str]] = field(default_factory=dict)
    categories: tuple[str, ...] = ()
    assets: tuple[dict, ...] = ()


@dataclass
class Dataset:
    """Configuration, catalog, people and campaigns; nothing crosses from one dataset to another.

    `attributes` maps the predefined user attributes to their types; what is not in it is dropped
    without an error and counted in `dropped`. `server_identity` is the identity type that
    `user.id` means on authenticated events.
    """

    name: str
    label: str
    identity_types: dict[str, IdentityType]
    attributes: dict[str, str]
    profile_object_types: dict[str, dict[str, str]]
    catalog: dict[str, dict[str, CatalogItem]]
    campaigns: list[Campaign] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    profiles: Profiles = field(init=False)
    trusted_channels: tuple[str, ...] = ("Server",)
    server_identity: str = "customerId"
    strict_profile_objects: bool = False
    dropped: Counter = field(default_factory=Counter)
    stats: Counter = field(default_factory=Counter)

    def __post_init__(self):
        self.profiles = Profiles(self.identity_types)
