"""A tenant's Journey Builder, as an operator configured it.

Sources: Marketing Cloud Engagement guide, "Custom Activity Configuration", "Encode Custom
Activities Using a JWT", "Access Token for Server-to-Server Integrations".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from service.egress import Egress
from service.segment_exports import SegmentExport


@dataclass(frozen=True)
class RestAccess:
    """The installed package's API integration. `auth_url` and `rest_url` have no path.

    `account_id` is the business unit (MID). `requests_per_second` is how often we call at most,
    on an average, all processes together.
    """

    auth_url: str
    rest_url: str
    account_id: str
    client_id: str
    client_secret: str = field(repr=False)
    requests_per_second: float = 10
    egress: Egress | None = None


@dataclass(frozen=True)
class JourneyBuilder:
    """Who may show our activities, whose calls we believe, and how we call back.

    `public_url` is where Journey Builder finds this service, without a path. `frame_origins` may
    frame our pages. `signing_keys` is a ring, newest first. `lifecycle_must_be_signed`: refuse
    save, validate, publish, unpublish and stop without a signature, which real ones were seen
    without. `only_known_people`: an activity makes no profile of somebody nobody has proven to
    exist. `rest` is None where the tenant gave us no API integration.
    """

    public_url: str
    frame_origins: tuple[str, ...]
    signing_keys: tuple[str, ...] = field(repr=False)
    lifecycle_must_be_signed: bool = False
    only_known_people: bool = False
    rest: RestAccess | None = None
    segment_exports: Mapping[str, SegmentExport] = field(default_factory=dict)
