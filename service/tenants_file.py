"""Reads the tenants file (TOML) into frozen values, collecting every problem it finds."""

import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from service.data_sharing_file import read_crm, read_data_sharing, refuse_shared_feeds
from service.egress_file import read_egress
from service.file_tables import Table, crontab_line, secret, upstream_url
from service.journey_builder_file import read_journey_builder, refuse_shared_signing_keys
from service.privacy_file import read_privacy
from service.segment_exports_file import check_segment_exports
from service.tenant import CacheTimes, Dataset, PeopleSchedule, PersonalizationAccount, Tenant

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
HOST = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?")
ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")
MOST_RETENTION_DAYS = 3_650
ATTRIBUTE_TYPES = frozenset({"string", "number", "boolean", "date"})
MOST_DAYS = 3_650
CLEARING = {"null": None, "empty": ""}
CLICK_NAMES = ("Click", "Clickthrough")


def read_tenants(
    document: dict, environment: Mapping[str, str], allow_http: bool, problems: list[str]
) -> dict[str, Tenant]:
    """Return the tenants of the parsed file by name; problems are appended, nothing is raised."""
    root = Table("tenants file", document, problems)
    tenants = root.get("tenants", dict, {}, required=True)
    root.refuse_unknown()
    read = {
        name: _tenant(name, values, environment, allow_http, problems)
        for name, values in tenants.items()
    }
    _refuse_shared_orgs(read, problems)
    refuse_shared_signing_keys(read.values(), problems)
    refuse_shared_feeds(read.values(), problems)
    check_segment_exports(read.values(), problems)
    return read


def _tenant(name: str, values, environment, allow_http: bool, problems: list[str]) -> Tenant:
    table = Table(f"tenants.{name}", values, problems)
    if not NAME.fullmatch(name):
        table.wrong(None, "the name may hold letters, digits, - and _ only")
    org_id = table.get("org_id", str, "", required=True)
    if org_id and not re.fullmatch(r"00D[A-Za-z0-9]{12}([A-Za-z0-9]{3})?", org_id):
        table.wrong("org_id", "must be the org's 15 or 18 character id, beginning with 00D")
    account = table.get("personalization", dict, {}, required=True)
    datasets = table.get("datasets", dict, {}, required=True)
    read_datasets = {
        key: _dataset(f"{table.path}.datasets.{key}", key, each, environment, problems)
        for key, each in datasets.items()
    }
    crm = read_crm(table, environment, allow_http)
    tenant = Tenant(
        name=name,
        org_id=org_id,
        time_zone=_time_zone(table),
        personalization=_account(table.path, account, environment, allow_http, problems),
        datasets=read_datasets,
        cache=_cache_times(table, problems),
        stat_click_name=table.one_of("stat_click_name", CLICK_NAMES),
        clears_with=CLEARING[table.one_of("clears_with", tuple(CLEARING))],
        journey_builder=read_journey_builder(table, environment, allow_http),
        crm=crm,
        data_sharing=read_data_sharing(table, environment, read_datasets, crm),
        privacy=read_privacy(table),
        written=table.values,
    )
    table.refuse_unknown()
    return tenant


def _account(path, values, environment, allow_http, problems) -> PersonalizationAccount:
    table = Table(f"{path}.personalization", values, problems)
    account = PersonalizationAccount(
        url=upstream_url(table, "url", allow_http),
        api_key_id=secret(table, "api_key_id", environment, required=True) or "",
        api_key_secret=secret(table, "api_key_secret", environment, required=True) or "",
        create_profiles_on_read=table.get("create_profiles_on_read", bool, False),
        allow_debug=table.get("allow_debug", bool, False),
        egress=read_egress(table, environment),
    )
    table.refuse_unknown()
    return account


def _dataset(path: str, name: str, values, environment, problems) -> Dataset:
    table = Table(path, values, problems)
    if not NAME.fullmatch(name):
        table.wrong(None, "the name may hold letters, digits, - and _ only")
    dataset = Dataset(
        name=name,
        label=table.get("label", str, name),
        identity_types=table.strings("identity_types", required=True),
        catalog_types=table.strings("catalog_types"),
        user_attributes=_attributes(table, "user_attributes"),
        profile_object_types=_profile_objects(table, problems),
        link_hosts=_hosts(table),
        read_action=table.get("read_action", str, Dataset.read_action),
        application=table.get("application", str, Dataset.application),
        content_zones=table.strings("content_zones"),
        currency=_currency(table),
        write_key=secret(table, "write_key", environment),
        allowed_origins=_origins(table),
        retention_days=_retention_days(table),
        decline_hides_days=_days(table, "decline_hides_days", Dataset.decline_hides_days),
        export_rows_per_month=table.get("export_rows_per_month", int),
        segment_names=_segment_names(table),
        people_import=_people_import(table, problems),
        show_query_strings=table.get("show_query_strings", bool, Dataset.show_query_strings),
    )
    table.refuse_unknown()
    return dataset


def _cache_times(tenant: Table, problems: list[str]) -> CacheTimes:
    table = Table(f"{tenant.path}.cache", tenant.get("cache", dict, {}), problems)
    times = {}
    for key in CacheTimes.__dataclass_fields__:
        times[key] = table.get(key, (int, float), getattr(CacheTimes, key))
        if times[key] < 0:
            table.wrong(key, "must not be negative")
    table.refuse_unknown()
    return CacheTimes(**times)


def _days(table: Table, key: str, default: float) -> float:
    days = table.get(key, (int, float), default)
    if not 0 <= days <= MOST_DAYS:
        table.wrong(key, f"must be a number of days from 0 to {MOST_DAYS}")
        return default
    return days


def _time_zone(table: Table) -> str:
    name = table.get("time_zone", str, "UTC")
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        table.wrong("time_zone", f"{name!r} is not a time zone of the IANA database")
        return "UTC"
    return name


def _attributes(table: Table, key: str) -> dict[str, str]:
    attributes = table.get(key, dict, {})
    for name, kind in attributes.items():
        if kind not in ATTRIBUTE_TYPES:
            table.wrong(f"{key}.{name}", f"must be one of {', '.join(sorted(ATTRIBUTE_TYPES))}")
    return attributes


def _profile_objects(table: Table, problems: list[str]) -> dict[str, dict[str, str]]:
    kinds = table.get("profile_object_types", dict, {})
    path = f"{table.path}.profile_object_types"
    return {
        name: _attributes(Table(path, {name: attributes}, problems), name)
        for name, attributes in kinds.items()
    }


def _segment_names(table: Table) -> dict[str, str]:
    names = table.get("segment_names", dict, {})
    if not all(isinstance(name, str) and name for name in names.values()):
        table.wrong("segment_names", "must map ids of segments to names")
        return {}
    return names


def _people_import(dataset: Table, problems: list[str]) -> PeopleSchedule:
    values = dataset.get("people_import", dict, {})
    table = Table(f"{dataset.path}.people_import", values, problems)
    read = PeopleSchedule(
        everybody=crontab_line(table, "everybody"),
        recent=crontab_line(table, "recent"),
        segment=table.get("segment", str, None) or None,
    )
    if bool(read.recent) != bool(read.segment):
        table.wrong(None, "recent and segment are set together, or neither")
    table.refuse_unknown()
    return read


def _hosts(table: Table) -> tuple[str, ...]:
    hosts = table.strings("link_hosts")
    for host in hosts:
        if not HOST.fullmatch(host):
            table.wrong("link_hosts", f"{host!r} is not a host name; *. may stand in front")
    return hosts


def _origins(table: Table) -> tuple[str, ...]:
    """Return sites as browsers name them: scheme, host and perhaps port; `*` is any site."""
    origins = table.strings("allowed_origins")
    for origin in origins:
        if origin != "*" and not ORIGIN.fullmatch(origin):
            table.wrong(
                "allowed_origins",
                f"{origin!r} is not an origin such as https://shop.example, without path, in "
                "small letters",
            )
    return origins


def _retention_days(table: Table) -> int:
    days = table.get("retention_days", int, Dataset.retention_days)
    if not 1 <= days <= MOST_RETENTION_DAYS:
        table.wrong("retention_days", f"must be from 1 to {MOST_RETENTION_DAYS}")
        return Dataset.retention_days
    return days


def _currency(table: Table) -> str | None:
    code = table.get("currency", str)
    if code is not None and not re.fullmatch(r"[A-Z]{3}", code):
        table.wrong("currency", "must be three capital letters (ISO 4217), such as GBP")
        return None
    return code


def _refuse_shared_orgs(tenants: dict[str, Tenant], problems: list[str]) -> None:
    owners: dict[str, str] = {}
    for tenant in tenants.values():
        other = owners.setdefault(tenant.org_id[:15], tenant.name)
        if tenant.org_id and other != tenant.name:
            problems.append(f"tenants.{tenant.name}.org_id: belongs to tenant {other} already.")
