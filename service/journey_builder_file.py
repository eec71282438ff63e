"""Reads the section `journey_builder` of a tenant."""

import re
from collections.abc import Iterable, Mapping

from service.egress_file import read_egress
from service.file_tables import Table, secret, secret_behind, upstream_url
from service.journey_builder import JourneyBuilder, RestAccess
from service.segment_exports_file import read_segment_exports
from service.tenant import Tenant

SHORTEST_KEY = 32
"""In bytes: what HS256 asks for (RFC 7518, 3.2)."""
STACK_HOST = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
LOOPBACK_HOST = re.compile(r"(127\.0\.0\.1|localhost):[0-9]{1,5}")
ACTIVITY_KEYS = ("public_url", "stack_hosts", "signing_keys")
"""What our activities need; who only exports segments may leave all of them out."""
REST_KEYS = (
    "auth_url", "rest_url", "account_id", "client_id", "client_secret", "requests_per_second",
    "egress",
)  # fmt: skip
MOST_REQUESTS_PER_SECOND = 1_000


def read_journey_builder(
    tenant: Table, environment: Mapping[str, str], allow_http: bool
) -> JourneyBuilder | None:
    """Return the tenant's section, None where it has none; problems are noted on `tenant`."""
    values = tenant.get("journey_builder", dict, None)
    if values is None:
        return None
    table = Table(f"{tenant.path}.journey_builder", values, tenant.problems)
    exports_only = "segment_exports" in values and not values.keys() & set(ACTIVITY_KEYS)
    needed = {"required": not exports_only}
    read = JourneyBuilder(
        public_url=upstream_url(table, "public_url", allow_http, **needed),
        frame_origins=_frame_origins(table, allow_http, **needed),
        signing_keys=_signing_keys(table, environment, **needed),
        lifecycle_must_be_signed=table.get("lifecycle_must_be_signed", bool, False),
        only_known_people=table.get("only_known_people", bool, False),
        rest=_rest(table, environment, allow_http),
        segment_exports=read_segment_exports(table),
    )
    table.refuse_unknown()
    return read


def refuse_shared_signing_keys(tenants: Iterable[Tenant], problems: list[str]) -> None:
    """Note keys that two tenants share: a call signed for one would open the other."""
    owners: dict[str, str] = {}
    for tenant in tenants:
        for key in tenant.journey_builder.signing_keys if tenant.journey_builder else ():
            owner = owners.setdefault(key, tenant.name)
            if owner != tenant.name:
                where = f"tenants.{tenant.name}.journey_builder.signing_keys"
                problems.append(f"{where}: tenant {owner} has the same key.")


def _frame_origins(table: Table, allow_http: bool, *, required: bool) -> tuple[str, ...]:
    origins = []
    for host in table.strings("stack_hosts", required=required):
        if STACK_HOST.fullmatch(host):
            origins.append(f"https://{host}")
        elif allow_http and LOOPBACK_HOST.fullmatch(host):
            origins.append(f"http://{host}")
        else:
            table.wrong("stack_hosts", f"{host!r} is not a host such as mc.s50.exacttarget.com")
    return tuple(origins)


def _signing_keys(
    table: Table, environment: Mapping[str, str], *, required: bool
) -> tuple[str, ...]:
    references = table.strings("signing_keys", required=required)
    found = (secret_behind(table, "signing_keys", each, environment) for each in references)
    ring = tuple(key for key in found if key)
    for place, key in enumerate(ring, start=1):
        if len(key.encode("utf-8")) < SHORTEST_KEY:
            table.wrong("signing_keys", f"key {place} is shorter than {SHORTEST_KEY} bytes")
    if not references and "signing_keys" in table.values:
        table.wrong("signing_keys", "must hold at least one key")
    return ring


def _rest(table: Table, environment: Mapping[str, str], allow_http: bool) -> RestAccess | None:
    """Return the API integration: all of its keys, or none of them."""
    if not table.values.keys() & set(REST_KEYS):
        return None
    return RestAccess(
        auth_url=upstream_url(table, "auth_url", allow_http),
        rest_url=upstream_url(table, "rest_url", allow_http),
        account_id=table.get("account_id", str, "", required=True),
        client_id=secret(table, "client_id", environment, required=True) or "",
        client_secret=secret(table, "client_secret", environment, required=True) or "",
        requests_per_second=_requests_per_second(table),
        egress=read_egress(table, environment),
    )


def _requests_per_second(table: Table) -> float:
    default = RestAccess.requests_per_second
    rate = table.get("requests_per_second", (int, float), default)
    if not 0 < rate <= MOST_REQUESTS_PER_SECOND:
        table.wrong("requests_per_second", f"must be above 0, at most {MOST_REQUESTS_PER_SECOND}")
        return default
    return rate
