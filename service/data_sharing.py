"""What a tenant configured about sharing data with its CRM, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from service.egress import Egress

OBJECTS = ("Contact", "Lead", "Account")
ID_ATTRIBUTES = {
    "Contact": "sfcrmContactId",
    "Lead": "sfcrmLeadId",
    "Account": "sfcrmAccountId",
}
"""User attributes that hold a record's Salesforce id."""

SEGMENTS, LINK, TOP_AFFINITY = "segments", "link", "topAffinity"
NUMBERS = ("engagementScore", "engagementTrend")
TIMES = ("firstActivity", "lastActivity")
WORDS = (*NUMBERS, *TIMES, SEGMENTS, LINK, TOP_AFFINITY)
"""What can be pushed besides `attributes.<name>`."""
ATTRIBUTE = "attributes."
AGGREGATES = ("sum", "max", "min", "union")


@dataclass(frozen=True)
class CrmConnection:
    """How we sign in to the org: client credentials, or a JWT signed with `private_key`."""

    instance_url: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    username: str | None = None
    private_key: str | None = field(default=None, repr=False)
    audience: str = "login"
    api_version: str = "62.0"
    egress: Egress | None = None


@dataclass(frozen=True)
class MatchField:
    """A pair that names the same person when both values are identical."""

    field: str
    attribute: str


@dataclass(frozen=True)
class PushField:
    """A CRM field and what is written to it; `take` combines an account's users."""

    field: str
    value: str
    take: str | None = None


@dataclass(frozen=True)
class PullField:
    """A CRM field and the user attribute it feeds."""

    field: str
    attribute: str


@dataclass(frozen=True)
class ObjectSharing:
    """What is shared of one object."""

    name: str
    match: tuple[MatchField, ...] = ()
    push: tuple[PushField, ...] = ()
    pull: tuple[PullField, ...] = ()
    created_within_days: int | None = None
    modified_within_days: int | None = None


@dataclass(frozen=True)
class SegmentRule:
    """Puts the people of records into a manual segment.

    `value` is compared with the field's text, or with each of a multi-select's values.
    """

    segment: str
    object_name: str
    field: str
    value: str


@dataclass(frozen=True)
class CampaignRule:
    """Puts the members of a CRM campaign into a manual segment: those in `statuses`, else all.

    `with_leads`: leads are shared, too.
    """

    segment: str
    campaign: str
    statuses: tuple[str, ...] = ()
    with_leads: bool = False

    @property
    def watermark(self) -> str:
        """Return the name of what was read for this rule: another rule begins anew."""
        kinds = "all" if self.with_leads else "contacts"
        told = "\n".join((self.segment, self.campaign[:15], kinds, *sorted(self.statuses)))
        return f"cm{blake2b(told.encode(), digest_size=7).hexdigest()}"


@dataclass(frozen=True)
class Feed:
    """Where bulk feeds for Personalization go: a folder, or a folder on an SFTP server."""

    kind: str
    path: str
    from_rows: int = 2_000
    host: str | None = None
    port: int = 22
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    private_key: str | None = field(default=None, repr=False)
    host_key: str | None = None
    egress: Egress | None = None


@dataclass(frozen=True)
class DataSharing:
    """Everything about the night of one tenant.

    `blank`: "skip" leaves a CRM field alone when there is nothing to write, "clear" empties it.
    `api_reserve` is how many of the org's API calls are never touched. The brake stops a run
    that would change more than `max_change_percent` of the matched records. `first_run_records`
    is how many records of an object the very first run writes, 0 for all. With `export_segment`
    runs read its members alone, and everybody once in `full_export_days`.
    """

    dataset: str
    schedule: str | None
    time_zone: str
    objects: Mapping[str, ObjectSharing]
    share_leads: bool = False
    blank: str = "skip"
    only_designated_match_fields: bool = False
    match_names: bool = False
    account_through_contact: bool = True
    segments: tuple[str, ...] = ()
    export_segment: str | None = None
    full_export_days: int = 7
    profile_link: str | None = None
    top_affinity_type: str | None = None
    max_change_percent: float = 80
    first_run_records: int = 0
    api_reserve: int = 1_000
    batch_rows: int = 10_000
    job_minutes: float = 240
    segment_rules: tuple[SegmentRule, ...] = ()
    campaign_rules: tuple[CampaignRule, ...] = ()
    feed: Feed | None = None

    def pushed_objects(self) -> tuple[ObjectSharing, ...]:
        """Return what is written to, contacts first: they beat leads and lead to accounts."""
        return tuple(self.objects[name] for name in OBJECTS if self.objects[name].push)

    def pulls(self) -> bool:
        """Return whether anything is to be read from the CRM."""
        return bool(self.pulled_objects() or self.campaign_rules)

    def feeds_segments(self) -> bool:
        """Return whether anything puts people into manual segments."""
        return bool(self.segment_rules or self.campaign_rules)

    def pulled_objects(self) -> tuple[str, ...]:
        """Return what is read: contacts stand for their accounts as well."""
        wanted = {rule.object_name for rule in self.segment_rules}
        wanted |= {name for name, each in self.objects.items() if each.pull}
        if "Account" in wanted:
            wanted.add("Contact")
        return tuple(name for name in ("Contact", "Lead") if name in wanted)
