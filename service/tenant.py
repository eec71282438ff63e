"""What an operator configured, as frozen values: one tenant = one org and one account."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from service.data_sharing import CrmConnection, DataSharing
from service.egress import Egress
from service.errors import UnknownDataset
from service.journey_builder import JourneyBuilder
from service.privacy import Privacy


@dataclass(frozen=True)
class PersonalizationAccount:
    """Where a tenant's Personalization lives and how we sign in.

    `url` has no path; `create_profiles_on_read` allows reads to ask for people nobody has
    proven to exist, which makes Personalization create a billable profile for each;
    `allow_debug` lets a diagnosis ask for explanations, and force an experience for a preview.
    """

    url: str
    api_key_id: str
    api_key_secret: str = field(repr=False)
    create_profiles_on_read: bool = False
    allow_debug: bool = False
    egress: Egress | None = None


@dataclass(frozen=True)
class PeopleSchedule:
    """When a worker reads the user export for the people index: crontab lines, local time.

    `recent` reads the members of `segment` only, which cost less of the licence.
    """

    everybody: str | None = None
    recent: str | None = None
    segment: str | None = None


@dataclass(frozen=True)
class Dataset:
    """One dataset of a tenant: what pickers offer and what reads use.

    `link_hosts` are host names that items may link to, `*.` standing for any sub-domain;
    `read_action` is the action Personalization logs for each read; `currency` (ISO 4217) is that
    of prices whose catalog item names none; `show_query_strings` lets reps see addresses whole;
    `segment_names` maps ids of segments to names, which the user look-up may not tell;
    `export_rows_per_month` is how many rows of the user export the licence allows, None for 8 for
    each person we know.
    """

    name: str
    label: str
    identity_types: tuple[str, ...]
    catalog_types: tuple[str, ...] = ()
    user_attributes: Mapping[str, str] = field(default_factory=dict)
    profile_object_types: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    link_hosts: tuple[str, ...] = ()
    read_action: str = "CRM Record View"
    application: str = "Sales Cloud"
    content_zones: tuple[str, ...] = ()
    currency: str | None = None
    write_key: str | None = field(default=None, repr=False)
    allowed_origins: tuple[str, ...] = ()
    retention_days: int = 400
    decline_hides_days: float = 30
    show_query_strings: bool = False
    export_rows_per_month: int | None = None
    segment_names: Mapping[str, str] = field(default_factory=dict)
    people_import: PeopleSchedule = PeopleSchedule()


@dataclass(frozen=True)
class CacheTimes:
    """How long an answer about a person serves, in seconds from the moment it was fetched."""

    fresh_seconds: float = 60
    stale_while_revalidate_seconds: float = 600
    stale_if_error_seconds: float = 86_400
    negative_seconds: float = 15


@dataclass(frozen=True)
class Tenant:
    """One Salesforce org and its Personalization account. Tenants never meet.

    `stat_click_name` is how the account spells the stat of a click: vendor pages disagree.
    `clears_with` is the value that clears an attribute, None or an empty text: nobody says which.
    `written` is the tenant's table as it stands in the file, with references in place of secrets.
    """

    name: str
    org_id: str
    personalization: PersonalizationAccount
    datasets: Mapping[str, Dataset]
    time_zone: str = "UTC"
    cache: CacheTimes = CacheTimes()
    stat_click_name: str = "Click"
    clears_with: str | None = None
    journey_builder: JourneyBuilder | None = None
    crm: CrmConnection | None = None
    data_sharing: DataSharing | None = None
    privacy: Privacy = field(default_factory=Privacy)
    written: Mapping = field(default_factory=dict, repr=False, compare=False)

    def dataset(self, name: str) -> Dataset:
        """Return the dataset of this name. Raises: UnknownDataset, naming the known ones."""
        if name in self.datasets:
            return self.datasets[name]
        known = ", ".join(sorted(self.datasets)) or "none"
        raise UnknownDataset(f"Dataset {name[:80]!r} is not configured. Known: {known}.")
