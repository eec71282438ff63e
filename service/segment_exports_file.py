"""Reads `segment_exports`, a part of a tenant's section `journey_builder`."""

import re
from collections.abc import Iterable, Mapping

from service.file_tables import Table
from service.segment_exports import (
    NATIVE_DATA,
    SPECIAL_VALUES,
    Reentry,
    SegmentExport,
    StartWith,
    Trigger,
)
from service.tenant import Dataset, Tenant

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
SEGMENT = re.compile(r"[A-Za-z0-9]{1,64}")
EVENT_DEFINITION_KEY = re.compile(r"[A-Za-z0-9_-]{1,200}")
MOST_MINUTES = 7 * 24 * 60


def read_segment_exports(journey_builder: Table) -> Mapping[str, SegmentExport]:
    """Return the exports by name; problems are noted on the table."""
    tables = journey_builder.get("segment_exports", dict, {})
    path = f"{journey_builder.path}.segment_exports"
    return {
        name: _export(name, Table(f"{path}.{name}", values, journey_builder.problems))
        for name, values in tables.items()
    }


def check_segment_exports(tenants: Iterable[Tenant], problems: list[str]) -> None:
    """Note what does not fit the rest of the file: datasets, identity types, attributes, access."""
    for tenant in tenants:
        exports = tenant.journey_builder.segment_exports if tenant.journey_builder else {}
        where = f"tenants.{tenant.name}.journey_builder"
        if exports and tenant.journey_builder.rest is None:
            problems.append(f"{where}: segment_exports need auth_url, rest_url and a client.")
        for export in exports.values():
            for problem in _misfits(tenant, export):
                problems.append(f"{where}.segment_exports.{export.name}.{problem}.")


def _export(name: str, table: Table) -> SegmentExport:
    if not NAME.fullmatch(name):
        table.wrong(None, "the name may hold letters, digits, - and _ only")
    segment = table.get("segment", str, "", required=True)
    if segment and not SEGMENT.fullmatch(segment):
        table.wrong("segment", "must be the segment's id: letters and digits, not its name")
    export = SegmentExport(
        name=name,
        dataset=table.get("dataset", str, "", required=True),
        segment=segment,
        segment_name=table.get("segment_name", str, segment),
        event_definition_key=_event_definition_key(table),
        contact_key=table.get("contact_key", str, "", required=True),
        email=table.get("email", str),
        data=_data(table),
        trigger=Trigger(table.one_of("on", tuple(Trigger))),
        reentry=Reentry(table.one_of("reentry", tuple(Reentry))),
        start_with=StartWith(table.one_of("start_with", tuple(StartWith))),
        max_per_person_per_day=_cap(table, "max_per_person_per_day"),
        max_per_day=_cap(table, "max_per_day"),
        max_per_minute=_cap(table, "max_per_minute"),
        kept_out_by=table.strings("kept_out_by", SegmentExport.kept_out_by),
        read_every_minutes=_minutes(table),
        files=table.get("files", str),
        at_once=table.get("at_once", bool, False),
    )
    if not export.read_every_minutes and not export.files:
        table.wrong("read_every_minutes", "is 0 and there are no files: nobody would ever enter")
    table.refuse_unknown()
    return export


def _event_definition_key(table: Table) -> str:
    key = table.get("event_definition_key", str, "", required=True)
    if "." in key:
        table.wrong("event_definition_key", "must not hold a period: Journey Builder refuses it")
    elif key and not EVENT_DEFINITION_KEY.fullmatch(key):
        table.wrong("event_definition_key", "must be 1 to 200 letters, digits, - and _")
    return key


def _data(table: Table) -> Mapping[str, str]:
    data = table.get("data", dict, NATIVE_DATA)
    for column, value in data.items():
        if not isinstance(value, str) or not value:
            table.wrong(f"data.{column}", "must be the name of an attribute")
        elif value.startswith("@") and value not in SPECIAL_VALUES:
            table.wrong(f"data.{column}", f"must be one of {', '.join(SPECIAL_VALUES)}")
    return {column: str(value) for column, value in data.items()}


def _cap(table: Table, key: str) -> int | None:
    cap = table.get(key, int)
    if cap is not None and cap < 1:
        table.wrong(key, "must be at least 1; leave it out for no cap")
        return None
    return cap


def _minutes(table: Table) -> float:
    minutes = table.get("read_every_minutes", (int, float), SegmentExport.read_every_minutes)
    if not 0 <= minutes <= MOST_MINUTES:
        table.wrong("read_every_minutes", f"must be from 0 (never) to {MOST_MINUTES}")
        return SegmentExport.read_every_minutes
    return minutes


def _misfits(tenant: Tenant, export: SegmentExport) -> Iterable[str]:
    dataset = tenant.datasets.get(export.dataset)
    if dataset is None:
        yield f"dataset: the tenant has no dataset {export.dataset!r}"
        return
    for key, kind in (("contact_key", export.contact_key), ("email", export.email)):
        if kind and kind not in dataset.identity_types:
            yield f"{key}: {kind!r} is not among the identity types of {dataset.name}"
    for column, value in export.data.items():
        if not value.startswith("@") and not _knows(dataset, value):
            yield (
                f"data.{column}: {value!r} is neither an identity type nor a user attribute of "
                f"{dataset.name}"
            )


def _knows(dataset: Dataset, attribute: str) -> bool:
    return attribute in dataset.identity_types or attribute in dataset.user_attributes
