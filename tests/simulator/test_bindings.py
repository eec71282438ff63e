"""Data bindings as the simulated engine fills them in."""

import pytest

from simulator.journey_builder.bindings import path_of, render

VALUES = {
    ("Event", "DEAudience-1", "First Name"): "Ada",
    ("Contact", "Key"): "K-100",
    ("Contact", "Attribute", "My set", "City.Code"): "YRK",
    ("Interaction", "REST-1", "status"): "OK",
    ("Event", "DEAudience-1", "Count"): 0,
}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ('{{Event.DEAudience-1."First Name"}}', "Ada"),
        ("{{Contact.Key}}", "K-100"),
        ('{{Contact.Attribute."My set"."City.Code"}}', "YRK"),
        ("{{Interaction.REST-1.status}}", "OK"),
        ("{{Event.DEAudience-1.Count}}", "0"),
        ("Hello {{Contact.Key}} and {{Contact.Key}}", "Hello K-100 and K-100"),
        ("{{contact.key}}", "{{contact.key}}"),
        ("{{Contact.Nothing}}", "{{Contact.Nothing}}"),
        ("no binding", "no binding"),
    ],
)
def test_a_binding_takes_the_value_of_exactly_its_path(text, filled):
    assert render(text, VALUES, "text") == filled


def test_what_has_no_value_may_become_nothing():
    assert render("{{Contact.Nothing}}", VALUES, "empty") == ""


def test_bindings_are_found_wherever_texts_stand():
    given = [{"identities": [{"type": "x", "value": "{{Contact.Key}}"}], "n": 3, "t": None}]
    assert render(given, VALUES, "text") == [
        {"identities": [{"type": "x", "value": "K-100"}], "n": 3, "t": None}
    ]


def test_quoted_names_keep_their_periods_and_blanks():
    assert path_of('Event.key."a.b c"') == ("Event", "key", "a.b c")
