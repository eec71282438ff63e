"""Reads the sections `crm` and `data_sharing` of a tenant, noting every fault at once."""

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from service.data_sharing import (
    AGGREGATES,
    ATTRIBUTE,
    ID_ATTRIBUTES,
    LINK,
    NUMBERS,
    OBJECTS,
    SEGMENTS,
    WORDS,
    CrmConnection,
    DataSharing,
    MatchField,
    ObjectSharing,
    PullField,
    PushField,
)
from service.egress_file import read_egress
from service.feed_file import read_feed
from service.file_tables import Table, crontab_line, secret, upstream_url
from service.segment_rules_file import FIELD, read_segment_rules
from service.tenant import Dataset, Tenant

VERSION = re.compile(r"[0-9]{2,3}\.0")
MOST_ATTRIBUTES = 100
"""Of a dataset; more is refused by Personalization. Source: Salesforce help, "Limits"."""
MOST_FEED_ATTRIBUTES = 50
ROW_VALUES = ("accountName", "displayName")
"""What a row of the user export has beside its attributes."""
USUAL_TAKE = dict.fromkeys(NUMBERS, "max") | {
    "firstActivity": "min",
    "lastActivity": "max",
    SEGMENTS: "union",
}


def read_crm(tenant: Table, environment: Mapping[str, str], allow_http: bool):
    """Return how the org is reached, None where the tenant has no such section."""
    values = tenant.get("crm", dict, None)
    if values is None:
        return None
    table = Table(f"{tenant.path}.crm", values, tenant.problems)
    auth = table.one_of("auth", ("client_credentials", "jwt"))
    is_jwt = auth == "jwt"
    connection = CrmConnection(
        instance_url=_instance_url(table, allow_http),
        client_id=secret(table, "client_id", environment, required=True) or "",
        client_secret=secret(table, "client_secret", environment, required=not is_jwt),
        username=table.get("username", str, None, required=is_jwt),
        private_key=secret(table, "private_key", environment, required=is_jwt),
        audience=table.one_of("audience", ("login", "test")),
        api_version=table.get("api_version", str, CrmConnection.api_version),
        egress=read_egress(table, environment),
    )
    if not VERSION.fullmatch(connection.api_version):
        table.wrong("api_version", "must be a version such as 62.0")
    if is_jwt and connection.client_secret:
        table.wrong("client_secret", 'is not used with auth = "jwt"; leave it out')
    table.refuse_unknown()
    return connection


def _instance_url(table: Table, allow_http: bool) -> str:
    url = upstream_url(table, "instance_url", allow_http)
    host = url.partition("://")[2].partition(":")[0]
    is_salesforce = host.endswith((".salesforce.com", ".salesforce.mil"))
    if host and host not in ("127.0.0.1", "localhost") and not is_salesforce:
        table.wrong("instance_url", "must be the org's My Domain, https://....my.salesforce.com")
    return url


def read_data_sharing(
    tenant: Table,
    environment: Mapping[str, str],
    datasets: Mapping[str, Dataset],
    crm: CrmConnection | None,
) -> DataSharing | None:
    """Return the tenant's section, None where it has none; problems are noted on `tenant`."""
    values = tenant.get("data_sharing", dict, None)
    if values is None:
        return None
    table = Table(f"{tenant.path}.data_sharing", values, tenant.problems)
    if crm is None:
        table.wrong(None, "needs the section crm, which says how the org is reached")
    name = table.get("dataset", str, "", required=True)
    if name and name not in datasets:
        table.wrong("dataset", f"{name!r} is not one of this tenant's datasets")
    reader = _Reader(table, datasets.get(name), environment)
    read = reader.read(name)
    table.refuse_unknown()
    return read


def refuse_shared_feeds(tenants: Iterable[Tenant], problems: list[str]) -> None:
    """Note two tenants with one feed folder: one would take the other's people, or its file."""
    owners: dict[tuple, str] = {}
    for tenant in tenants:
        feed = tenant.data_sharing.feed if tenant.data_sharing else None
        if feed is not None:
            where = feed.host and (feed.host.lower(), feed.port, feed.username)
            other = owners.setdefault((where, os.path.normpath(feed.path)), tenant.name)
            if other != tenant.name:
                section = f"tenants.{tenant.name}.data_sharing.feed.path"
                problems.append(f"{section}: is the folder of tenant {other} already.")


class _Reader:
    """Reads the section for one dataset."""

    def __init__(self, table: Table, dataset: Dataset | None, environment):
        self._table = table
        self._dataset = dataset
        self._environment = environment
        self._has_segments = bool(table.values.get("segments"))
        self._has_link = bool(table.values.get("profile_link"))

    def read(self, dataset_name: str) -> DataSharing:
        table = self._table
        share_leads = table.get("share_leads", bool, False)
        objects = {name: self._object(name, share_leads) for name in OBJECTS}
        for section in ("match", "push", "pull", "filter"):
            self._refuse_other_objects(section)
        schedule, zone = self._schedule()
        segment_rules, campaign_rules = read_segment_rules(table, share_leads)
        read = DataSharing(
            dataset=dataset_name,
            schedule=schedule,
            time_zone=zone,
            objects=objects,
            share_leads=share_leads,
            blank=table.one_of("blank", ("skip", "clear")),
            only_designated_match_fields=table.get("only_designated_match_fields", bool, False),
            match_names=table.get("match_names", bool, False),
            account_through_contact=table.get("account_through_contact", bool, True),
            segments=table.strings("segments"),
            export_segment=table.get("export_segment", str, None) or None,
            full_export_days=self._number("full_export_days", 7, 1, 31),
            profile_link=self._profile_link(),
            top_affinity_type=self._top_affinity(),
            max_change_percent=self._number("max_change_percent", 80, 0, 100),
            first_run_records=self._number("first_run_records", 0, 0, 750_000),
            api_reserve=self._number("api_reserve", 1_000, 0, 10_000_000),
            batch_rows=self._number("batch_rows", 10_000, 1, 10_000),
            job_minutes=self._number("job_minutes", 240, 0.01, 1_440),
            segment_rules=segment_rules,
            campaign_rules=campaign_rules,
            feed=read_feed(table, self._environment),
        )
        self._check_pulls(read)
        return read

    def _schedule(self) -> tuple[str | None, str]:
        table = self._table
        zone = table.get("time_zone", str, "UTC")
        try:
            ZoneInfo(zone)
        except (ValueError, OSError, KeyError):
            table.wrong("time_zone", f"{zone!r} is not a time zone of the IANA database")
            zone = "UTC"
        return crontab_line(table, "schedule"), zone

    def _number(self, key: str, default, least, most):
        kind = int if isinstance(least, int) and isinstance(default, int) else (int, float)
        value = self._table.get(key, kind, default)
        if not least <= value <= most:
            self._table.wrong(key, f"must be from {least} to {most}")
            return default
        return value

    def _part(self, section: str, name: str) -> Table:
        whole = self._table.get(section, dict, {})
        path = f"{self._table.path}.{section}.{name.lower()}"
        return Table(path, whole.get(name.lower(), {}), self._table.problems)

    def _refuse_other_objects(self, section: str) -> None:
        whole = self._table.values.get(section, {})
        for key in whole if isinstance(whole, dict) else ():
            if key not in {name.lower() for name in OBJECTS}:
                self._table.wrong(f"{section}.{key}", "must be contact, lead or account")

    def _object(self, name: str, share_leads: bool) -> ObjectSharing:
        sections = [s for s in ("match", "push", "pull", "filter") if self._has(s, name)]
        if name == "Lead" and sections and not share_leads:
            wanted = ", ".join(f"{section}.lead" for section in sections)
            self._table.wrong("share_leads", f"must be true for {wanted} to have an effect")
        read = ObjectSharing(
            name=name,
            match=tuple(self._match(name)),
            push=tuple(self._push(name)),
            pull=tuple(self._pull(name)),
            **self._filter(name),
        )
        for section, pairs in (("push", read.push), ("pull", read.pull)):
            for field_name in _twice(each.field.lower() for each in pairs):
                self._part(section, name).wrong(field_name, "stands there twice, in two spellings")
        written = {each.field.lower() for each in read.push}
        for each in read.pull:
            if each.field.lower() in written:
                self._part("pull", name).wrong(each.field, "is pushed, too: it would echo")
        for each in read.match:
            if each.field.lower() in written:
                self._part("push", name).wrong(each.field, "is a match field and must not change")
        return read

    def _has(self, section: str, name: str) -> bool:
        whole = self._table.values.get(section)
        return isinstance(whole, dict) and bool(whole.get(name.lower()))

    def _match(self, name: str):
        whole = self._table.get("match", dict, {})
        pairs = whole.get(name.lower(), [])
        path = f"match.{name.lower()}"
        if not isinstance(pairs, list):
            self._table.wrong(path, "must be a list of { field, attribute }")
            return
        for place, values in enumerate(pairs):
            table = Table(f"{self._table.path}.{path}[{place}]", values, self._table.problems)
            pair = MatchField(
                table.get("field", str, "", required=True),
                table.get("attribute", str, "", required=True),
            )
            table.refuse_unknown()
            self._check_field(table, "field", pair.field)
            if pair.attribute and not self._is_known(pair.attribute):
                table.wrong("attribute", f"{pair.attribute!r} is nothing the dataset knows")
            yield pair

    def _push(self, name: str):
        table = self._part("push", name)
        for field_name, given in table.values.items():
            table.seen.add(field_name)
            self._check_field(table, field_name, field_name)
            values = given if isinstance(given, dict) else {"value": given}
            value, take = values.get("value"), values.get("take")
            for key in sorted(values.keys() - {"value", "take"}):
                table.wrong(f"{field_name}.{key}", "is not a known setting")
            if not self._is_word(table, field_name, value):
                continue
            if name != "Account":
                if take is not None:
                    table.wrong(field_name, "take is for accounts only")
            else:
                take = take or USUAL_TAKE.get(value)
                if take not in AGGREGATES:
                    wanted = ", ".join(AGGREGATES)
                    table.wrong(field_name, f"needs take, one of {wanted}: {{ value, take }}")
            yield PushField(field_name, value, take)

    def _is_word(self, table: Table, field_name: str, value: object) -> bool:
        if isinstance(value, str) and value in WORDS:
            if value == SEGMENTS and not self._has_segments:
                table.wrong(field_name, "needs segments, the list of those to look at")
            if value == LINK and not self._has_link:
                table.wrong(field_name, "needs profile_link, an address with {id} in it")
            return True
        name = str(value)
        if name.startswith(ATTRIBUTE) and self._is_known(name.removeprefix(ATTRIBUTE)):
            return True
        known = ", ".join((*WORDS, "attributes.<name>"))
        table.wrong(field_name, f"{value!r} is nothing that can be pushed ({known})")
        return False

    def _pull(self, name: str):
        table = self._part("pull", name)
        for field_name, attribute in table.values.items():
            self._check_field(table, field_name, field_name)
            declared = self._dataset.user_attributes if self._dataset else {}
            if not isinstance(attribute, str) or attribute not in declared:
                table.wrong(
                    field_name, f"{attribute!r} is not one of the dataset's user_attributes"
                )
            elif attribute in self._dataset.identity_types or attribute in ID_ATTRIBUTES.values():
                table.wrong(
                    field_name, f"{attribute} is an identity: pulling it could merge people"
                )
            else:
                yield PullField(field_name, attribute)

    def _filter(self, name: str) -> dict:
        table = self._part("filter", name)
        if name == "Account" and table.values:
            table.wrong(None, "has no effect: accounts are read with their contacts")
        days = {}
        for key in ("created_within_days", "modified_within_days"):
            days[key] = table.get(key, int, None)
            if days[key] is not None and not 1 <= days[key] <= 3_650:
                table.wrong(key, "must be from 1 to 3650")
        table.refuse_unknown()
        return days

    def _is_known(self, attribute: str) -> bool:
        if self._dataset is None:
            return True
        return (
            attribute in self._dataset.user_attributes
            or attribute in self._dataset.identity_types
            or attribute in ROW_VALUES
            or attribute in ID_ATTRIBUTES.values()
        )

    def _check_field(self, table: Table, key: str, name: object) -> None:
        if not isinstance(name, str) or not FIELD.fullmatch(name):
            table.wrong(key, f"{name!r} is not the API name of a field")

    def _profile_link(self) -> str | None:
        link = self._table.get("profile_link", str, None)
        if link is not None and (not link.startswith("https://") or "{id}" not in link):
            self._table.wrong("profile_link", "must begin with https:// and have {id} in it")
        return link

    def _top_affinity(self) -> str | None:
        types = self._dataset.catalog_types if self._dataset else ()
        kind = self._table.get("top_affinity_type", str, types[0] if types else None)
        if kind is not None and self._dataset is not None and kind not in types:
            self._table.wrong("top_affinity_type", f"{kind!r} is not one of its catalog_types")
        return kind

    def _check_pulls(self, read: DataSharing) -> None:
        for name, others in (("Contact", ("Contact", "Account")), ("Lead", ("Lead",))):
            fed = _twice(each.attribute for o in others for each in read.objects[o].pull)
            for attribute in fed:
                told = f"{attribute} is fed by two fields: one would undo the other"
                self._table.wrong(f"pull.{name.lower()}", told)
        attributes = {each.attribute for o in read.objects.values() for each in o.pull}
        if read.feeds_segments() and read.feed is None:
            self._table.wrong("manual_segments", "needs feed: segments go by file only")
        if self._dataset and len(self._dataset.user_attributes) > MOST_ATTRIBUTES:
            self._table.wrong("dataset", f"has more than {MOST_ATTRIBUTES} user_attributes")
        if read.feed is not None and len(attributes) > MOST_FEED_ATTRIBUTES:
            message = f"a feed carries at most {MOST_FEED_ATTRIBUTES} attributes"
            self._table.wrong("pull", message)


def _twice(names: Iterable[str]) -> list[str]:
    return sorted(name for name, number in Counter(names).items() if number > 1)
