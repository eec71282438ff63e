"""One row of a profile update: what is wrong with it is named to the field."""

import pytest

from service.tenant import Dataset
from service.usecases.profile_update_rows import RowRefused, read_row

RETAIL = Dataset(
    name="retail",
    label="Retail",
    identity_types=("emailAddress", "sfcrmContactId"),
    user_attributes={
        "jobTitle": "string",
        "points": "number",
        "newsletter": "boolean",
        "birthday": "date",
    },
    profile_object_types={
        "Case": {"status": "string", "priority": "number"} | {f"a{n}": "string" for n in range(11)}
    },
)
IDENTITY = {"type": "emailAddress", "value": "ada@example.com"}


def row(**more) -> dict:
    return {"recordId": "003", "identities": [IDENTITY]} | more


def case(**more) -> dict:
    return {"type": "Case", "id": "500-1"} | more


def refusal(given) -> tuple[str, str]:
    with pytest.raises(RowRefused) as caught:
        read_row(RETAIL, given)
    assert caught.value.message
    return caught.value.code, caught.value.field


def test_every_type_takes_its_own_values():
    given = {
        "jobTitle": "Bürgermeisterin 🏛",
        "points": -1.5,
        "newsletter": False,
        "birthday": "1990-02-28",
    }
    assert read_row(RETAIL, row(attributes=given)).attributes == given


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("jobTitle", 3),
        ("jobTitle", True),
        ("jobTitle", ["x"]),
        ("points", "3"),
        ("points", True),
        ("points", 10**400),
        ("newsletter", "true"),
        ("newsletter", 1),
        ("birthday", "28.2.1990"),
        ("birthday", "1990-02-30"),
        ("birthday", 631152000000),
        ("birthday", "2026-W01-1"),
    ],
)
def test_a_value_of_another_type_is_refused(name, value):
    assert refusal(row(attributes={name: value})) == ("WRONG_TYPE", f"attributes.{name}")


@pytest.mark.parametrize("moment", ["2026-11-21T10:00:00Z", "2026-11-21T10:00:00+01:00"])
def test_a_date_may_have_a_time(moment):
    assert read_row(RETAIL, row(attributes={"birthday": moment})).attributes


def test_blanks_are_left_out_unless_the_row_wants_them_cleared():
    blank = {"jobTitle": None, "points": None, "newsletter": True}
    assert read_row(RETAIL, row(attributes=blank)).attributes == {"newsletter": True}
    cleared = read_row(RETAIL, row(attributes=blank | {"jobTitle": ""}, blankPolicy="clear"))
    assert cleared.attributes == {"jobTitle": None, "points": None, "newsletter": True}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, ("INVALID_ROW", "")),
        ("row", ("INVALID_ROW", "")),
        ({}, ("NO_IDENTITY", "identities")),
        (row(identities=None), ("NO_IDENTITY", "identities")),
        (row(identities=[]), ("NO_IDENTITY", "identities")),
        (row(identities={"type": "x"}), ("NO_IDENTITY", "identities")),
        (row(identities=[None]), ("INVALID_IDENTITY", "identities[0]")),
        (
            row(identities=[{"type": "emailAddress", "value": None}]),
            ("INVALID_IDENTITY", "identities[0].value"),
        ),
        (
            row(identities=[{"type": "emailAddress", "value": "  "}]),
            ("INVALID_IDENTITY", "identities[0].value"),
        ),
        (
            row(identities=[{"type": None, "value": "x"}]),
            ("UNKNOWN_IDENTITY_TYPE", "identities[0].type"),
        ),
        (
            row(identities=[{"type": ["x"], "value": "x"}]),
            ("UNKNOWN_IDENTITY_TYPE", "identities[0].type"),
        ),
        (row(identities=[IDENTITY, IDENTITY]), ("INVALID_IDENTITY", "identities[1].type")),
        (row(identities=[IDENTITY] * 11), ("TOO_MANY_IDENTITIES", "identities")),
        (row(recordId=5), ("INVALID_VALUE", "recordId")),
        (row(key="with space"), ("INVALID_KEY", "key")),
        (row(key=5), ("INVALID_KEY", "key")),
        (row(blankPolicy="erase"), ("INVALID_VALUE", "blankPolicy")),
        (row(blankPolicy=[]), ("INVALID_VALUE", "blankPolicy")),
        (row(attribute={}), ("UNKNOWN_FIELD", "attribute")),
        (row(attributes=[]), ("INVALID_VALUE", "attributes")),
        (row(attributes={"shoeSize": 44}), ("UNKNOWN_ATTRIBUTE", "attributes.shoeSize")),
        (row(attributes={"emailAddress": "x"}), ("UNKNOWN_ATTRIBUTE", "attributes.emailAddress")),
        (row(attributes={"jobTitle": "é" * 513}), ("VALUE_TOO_LONG", "attributes.jobTitle")),
        (row(attributes={"jobTitle": "a\x00b"}), ("INVALID_VALUE", "attributes.jobTitle")),
        (row(profileObjects={}), ("INVALID_VALUE", "profileObjects")),
        (row(profileObjects=[None]), ("INVALID_OBJECT", "profileObjects[0]")),
        (row(profileObjects=[{"type": "Case"}]), ("INVALID_OBJECT", "profileObjects[0]")),
        (
            row(profileObjects=[case(type="Order")]),
            ("UNKNOWN_PROFILE_OBJECT_TYPE", "profileObjects[0].type"),
        ),
        (
            row(profileObjects=[case(type=None)]),
            ("UNKNOWN_PROFILE_OBJECT_TYPE", "profileObjects[0].type"),
        ),
        (row(profileObjects=[case(id=None)]), ("INVALID_OBJECT", "profileObjects[0].id")),
        (row(profileObjects=[case(id="a b")]), ("INVALID_OBJECT", "profileObjects[0].id")),
        (row(profileObjects=[case(id="a" * 31)]), ("INVALID_OBJECT", "profileObjects[0].id")),
        (row(profileObjects=[case(), case()]), ("INVALID_OBJECT", "profileObjects[1].id")),
        (row(profileObjects=[case(name="x")]), ("UNKNOWN_FIELD", "profileObjects[0].name")),
        (
            row(profileObjects=[case(attributes={"status": 1})]),
            ("WRONG_TYPE", "profileObjects[0].attributes.status"),
        ),
        (
            row(profileObjects=[case(attributes={f"a{n}": "x" for n in range(11)})]),
            ("TOO_MANY_ATTRIBUTES", "profileObjects[0].attributes"),
        ),
        (
            row(profileObjects=[case(id=str(n)) for n in range(101)]),
            ("TOO_MANY_OBJECTS", "profileObjects"),
        ),
    ],
)
def test_what_is_wrong_is_named_to_the_field(given, expected):
    assert refusal(given) == expected


def test_as_much_as_the_limits_allow_is_accepted():
    objects = [
        case(id=str(n), attributes={f"a{m}": "x" * 1_024 for m in range(10)}) for n in range(100)
    ]
    assert len(read_row(RETAIL, row(profileObjects=objects)).profile_objects) == 100
