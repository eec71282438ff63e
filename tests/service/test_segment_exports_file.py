"""The part segment_exports of the tenants file."""

import pytest

from service.file_tables import Table
from service.journey_builder_file import read_journey_builder
from service.segment_exports import NATIVE_DATA, Reentry, StartWith, Trigger
from service.segment_exports_file import check_segment_exports, read_segment_exports
from service.settings import read_settings
from tests.service.test_settings import problems_of

EXPORT = {
    "dataset": "retail",
    "segment": "Sg2Sp",
    "event_definition_key": "APIEvent-1",
    "contact_key": "customerId",
}


def read(values: dict):
    problems: list[str] = []
    table = Table("jb", {"segment_exports": {"big": values}}, problems)
    return read_segment_exports(table)["big"], "\n".join(problems)


def test_an_export_has_careful_defaults():
    export, problems = read(EXPORT)
    assert problems == ""
    assert (export.trigger, export.reentry) == (Trigger.JOIN, Reentry.NEVER)
    assert export.start_with == StartWith.NEW
    assert export.data == NATIVE_DATA
    assert export.kept_out_by == ("unsubscribed", "doNotTrack")


def test_a_period_in_the_event_definition_key_is_refused_with_the_reason():
    _export, problems = read(EXPORT | {"event_definition_key": "APIEvent.1"})
    assert "jb.segment_exports.big.event_definition_key: must not hold a period" in problems


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("event_definition_key", "k" * 201, "1 to 200 letters"),
        ("event_definition_key", "key/x", "1 to 200 letters"),
        ("segment", "Spent 250 or more", "the segment's id"),
        ("segment", "../../etc", "the segment's id"),
        ("on", "click", "one of join, leave"),
        ("reentry", "sometimes", "one of never, after_leave, any"),
        ("start_with", "all", "one of new, existing"),
        ("max_per_day", 0, "at least 1"),
        ("max_per_minute", True, "a whole number"),
        ("read_every_minutes", -1, "from 0 (never)"),
        ("read_every_minutes", 0, "nobody would ever enter"),
        ("data", {"FirstName": 3}, "the name of an attribute"),
        ("data", {"FirstName": "@name"}, "one of @contactKey"),
        ("frequency", 3, "not a known setting"),
    ],
)
def test_what_cannot_work_is_named(key, value, sentence):
    _export, problems = read(EXPORT | {key: value})
    assert sentence in problems


REST = """
[tenants.acme.journey_builder]
public_url = "https://p13n.example"
stack_hosts = ["mc.s50.exacttarget.com"]
signing_keys = ["env:P13N_SECRET_KEY"]
"""
BIG = """
[tenants.acme.journey_builder.segment_exports.big]
dataset = "{dataset}"
segment = "Sg2Sp"
event_definition_key = "APIEvent-1"
contact_key = "{contact_key}"
data = {{ Title = "{attribute}" }}
"""


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"dataset": "shop"}, "the tenant has no dataset 'shop'"),
        ({"contact_key": "phone"}, "'phone' is not among the identity types"),
        ({"attribute": "titel"}, "'titel' is neither an identity type nor a user attribute"),
        ({}, "segment_exports need auth_url"),
    ],
)
def test_what_does_not_fit_the_rest_of_the_file_is_named(tmp_path, environment, wrong, sentence):
    given = {"dataset": "retail", "contact_key": "customerId", "attribute": "jobTitle"} | wrong
    variables = environment()
    path = tmp_path / "tenants.toml"
    kept = path.read_text().split("[tenants.acme.journey_builder]")
    before, after = kept[0], "[tenants.other]" + path.read_text().split("[tenants.other]", 1)[1]
    path.write_text(before + REST + BIG.format(**given) + after)
    assert sentence in problems_of(variables)


def test_tenants_without_exports_have_nothing_to_check(environment):
    problems: list[str] = []
    check_segment_exports(read_settings(environment()).tenants.values(), problems)
    assert problems == []


def test_who_only_exports_segments_needs_none_of_what_activities_need():
    problems: list[str] = []
    section = {"segment_exports": {"big": EXPORT}}
    read_journey_builder(Table("t", {"journey_builder": section}, problems), {}, False)
    assert problems == []
    half = section | {"public_url": "https://p13n.example"}
    read_journey_builder(Table("t", {"journey_builder": half}, problems), {}, False)
    assert len(problems) == 2
