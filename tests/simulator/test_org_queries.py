"""SOQL as the org answers it."""

import re

import pytest

from simulator.crm.users import USER_ID

ADA = "0035g0000000001AAA"


def test_fields_come_in_their_own_spelling_and_parents_as_records(org):
    answer = org.query(
        f"select id, EMAIL, account.name, Owner.Name FROM contact WHERE Id = '{ADA}'"
    )
    assert answer["totalSize"] == 1
    assert answer["done"] is True
    url = "/services/data/v65.0/sobjects"
    assert answer["records"] == [
        {
            "attributes": {"type": "Contact", "url": f"{url}/Contact/{ADA}"},
            "Id": ADA,
            "Email": "ada.ashdown@example.com",
            "Account": {
                "attributes": {"type": "Account", "url": f"{url}/Account/0015g0000000001AAA"},
                "Name": "Thistle & Thread Gifts",
            },
            "Owner": {
                "attributes": {"type": "User", "url": f"{url}/User/0055g0000000001AAA"},
                "Name": "Robin Reeve",
            },
        }
    ]


def test_a_missing_parent_is_null(org):
    (record,) = org.query(f"SELECT Id, ReportsTo.Name FROM Contact WHERE Id = '{ADA}'")["records"]
    assert record["ReportsTo"] is None
    (record,) = org.query(f"SELECT Account.Parent.Name FROM Contact WHERE Id = '{ADA}'")["records"]
    assert record["Account"]["Parent"] is None


def test_count_counts_without_records(org):
    answer = org.query("SELECT COUNT() FROM Account")
    assert (answer["totalSize"], answer["records"]) == (12, [])


CONDITIONS = {
    "text ignores case": ("Email = 'ADA.ASHDOWN@example.com'", ["Ada Ashdown"]),
    "like ignores case": ("Name LIKE 'ada a%'", ["Ada Ashdown"]),
    "underscore is one character": ("Email LIKE 'ad_.ash%'", ["Ada Ashdown"]),
    "short ids": ("Id = '0035g0000000001'", ["Ada Ashdown"]),
    "in": ("LastName IN ('ashdown', 'Okafor')", ["Ada Ashdown", "Boris Okafor", "Chiara Okafor",
                                                  "Zoltan Ashdown"]),
    "and with not": ("LastName = 'Okafor' AND NOT FirstName = 'Boris'", ["Chiara Okafor"]),
    "or in parentheses": ("LastName = 'Okafor' AND (FirstName = 'x' OR FirstName = 'Boris')",
                          ["Boris Okafor"]),
    "null": ("Email = null", ["Mateo Jessop"]),
    "an empty text is null": ("Email = ''", ["Mateo Jessop"]),
    "a null is unlike every value": ("Email != 'x' AND LastName = 'Jessop'",
                                     ["Liam Jessop", "Mateo Jessop"]),
    "not in finds nulls": ("Email NOT IN ('x') AND FirstName = 'Mateo'", ["Mateo Jessop"]),
    "not like finds nulls": ("(NOT Email LIKE 'liam%') AND LastName = 'Jessop'", ["Mateo Jessop"]),
    "parents": ("Account.Name = 'old mill bookshop' AND FirstName = 'Lena'", ["Lena Carver"]),
    "booleans": ("HasOptedOutOfEmail = false AND FirstName = 'Boris'", ["Boris Okafor"]),
    "in user mode": ("FirstName = 'Boris' WITH USER_MODE", ["Boris Okafor"]),
    "today": ("CreatedDate = TODAY AND FirstName = 'Boris'", ["Boris Okafor"]),
    "days before": ("CreatedDate < TODAY", []),
    "last days": ("CreatedDate = LAST_N_DAYS:3 AND FirstName = 'Boris'", ["Boris Okafor"]),
    "moments": ("CreatedDate > 2020-01-01T00:00:00Z AND FirstName = 'Boris'", ["Boris Okafor"]),
}  # fmt: skip


@pytest.mark.parametrize(("where", "names"), CONDITIONS.values(), ids=CONDITIONS)
def test_conditions_find(org, where, names):
    assert org.values(f"SELECT Name FROM Contact WHERE {where} ORDER BY Name") == names


def test_quotes_and_wildcards_can_be_escaped(org):
    for name in ("O'Brien", "100% Wool", "Back\\slash"):
        assert org.ask("POST", "/sobjects/Account", json={"Name": name}).status_code == 201
    assert org.values(r"SELECT Name FROM Account WHERE Name = 'O\'Brien'") == ["O'Brien"]
    assert org.values(r"SELECT Name FROM Account WHERE Name LIKE '%\%%'") == ["100% Wool"]
    assert org.values(r"SELECT Name FROM Account WHERE Name LIKE 'back\\%'") == ["Back\\slash"]


def test_order_puts_nulls_first_unless_told(org):
    first = "SELECT Email FROM Contact WHERE LastName = 'Jessop' ORDER BY Email"
    assert org.values(first) == [None, "liam.jessop@example.org"]
    assert org.values(f"{first} NULLS LAST") == ["liam.jessop@example.org", None]


def test_limit_and_offset_cut(org):
    names = org.values("SELECT Name FROM Account ORDER BY Name")
    assert names == sorted(names, key=str.lower)
    assert org.values("SELECT Name FROM Account ORDER BY Name LIMIT 2 OFFSET 3") == names[3:5]
    assert org.values("SELECT Name FROM Account ORDER BY Name DESC LIMIT 1") == names[-1:]


def test_long_answers_come_in_pages(org, running_org):
    account = running_org.org.schema.objects["Account"]
    for number in range(450):
        running_org.org.records.create(account, {"Name": f"Bulk {number:03d}"}, USER_ID)
    options = {"Sforce-Query-Options": "batchSize=200"}
    soql = "SELECT Name FROM Account WHERE Name LIKE 'Bulk%' ORDER BY Name"
    page = org.query(soql, **options)
    names = []
    while True:
        assert page["totalSize"] == 450
        names += [record["Name"] for record in page["records"]]
        if page["done"]:
            break
        url = org.url + page["nextRecordsUrl"]
        page = org.session.get(url, headers=options, timeout=5).json()
    assert names == [f"Bulk {number:03d}" for number in range(450)]
    assert len(page["records"]) == 50
    assert org.ask("GET", "/query/01gnever-200").json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"


REFUSALS = {
    "unknown field": ("SELECT Foo FROM Contact", "INVALID_FIELD", "No such column 'Foo'"),
    "unknown parent": ("SELECT Foo.Name FROM Contact", "INVALID_FIELD", "relationship 'Foo'"),
    "unknown object": ("SELECT Id FROM Foo", "INVALID_TYPE", "'Foo' is not supported"),
    "twice the same": ("SELECT Id, id FROM Contact", "INVALID_FIELD", "duplicate field"),
    "unfinished": ("SELECT Id FROM Contact WHERE", "MALFORMED_QUERY", "<EOF>"),
    "no comma": ("SELECT Id Name FROM Contact", "MALFORMED_QUERY", "'Name'"),
    "open quote": ("SELECT Id FROM Contact WHERE Name = 'x", "MALFORMED_QUERY", "unexpected token"),
    "stray sign": ("SELECT Id FROM Contact;", "MALFORMED_QUERY", "';'"),
    "bind variable": ("SELECT Id FROM Contact WHERE Id = :x", "MALFORMED_QUERY", "':'"),
    "mixed words": ("SELECT Id FROM Contact WHERE Name='a' OR Name='b' AND Name='c'",
                    "MALFORMED_QUERY", "'AND'"),
    "child query": ("SELECT (SELECT Id FROM Contacts) FROM Account", "MALFORMED_QUERY", "'('"),
    "group by": ("SELECT Name FROM Account GROUP BY Name", "MALFORMED_QUERY", "'GROUP'"),
    "function": ("SELECT MAX(Name) FROM Account", "MALFORMED_QUERY", "'('"),
    "alias": ("SELECT Id FROM Contact c", "MALFORMED_QUERY", "'c'"),
    "number for text": ("SELECT Id FROM Contact WHERE Email = 5", "INVALID_FIELD", "in quotes"),
    "text for a flag": ("SELECT Id FROM Contact WHERE IsDeleted = 'no'", "INVALID_FIELD",
                        "boolean"),
    "long text": ("SELECT Id FROM Contact WHERE Description = 'x'", "INVALID_FIELD",
                  "can not be filtered"),
    "no id": ("SELECT Id FROM Contact WHERE Id = 'x'", "INVALID_QUERY_FILTER_OPERATOR",
              "invalid ID"),
    "id with a wrong checksum": (f"SELECT Id FROM Contact WHERE Id = '{ADA[:15]}AAB'",
                                 "INVALID_QUERY_FILTER_OPERATOR", "invalid ID"),
    "like for a flag": ("SELECT Id FROM Contact WHERE IsDeleted LIKE 'x'",
                        "INVALID_QUERY_FILTER_OPERATOR", "LIKE"),
    "far offset": ("SELECT Id FROM Contact OFFSET 2001", "MALFORMED_QUERY", "2000"),
    "nothing": ("", "MALFORMED_QUERY", "null"),
}  # fmt: skip


@pytest.mark.parametrize(("soql", "code", "words"), REFUSALS.values(), ids=REFUSALS)
def test_what_is_wrong_or_not_supported_is_refused_with_its_reason(org, soql, code, words):
    status, found_code, message = org.refusal(soql)
    assert (status, found_code) == (400, code)
    assert words in message


def test_deleted_records_are_found_by_query_all_alone(org):
    org.ask("DELETE", f"/sobjects/Contact/{ADA}")
    soql = f"SELECT IsDeleted FROM Contact WHERE Id = '{ADA}'"
    assert org.values(soql) == []
    answer = org.ask("GET", "/queryAll", params={"q": soql}).json()
    assert answer["records"][0]["IsDeleted"] is True


def test_times_are_in_utc_with_milliseconds(org):
    (created,) = org.values(f"SELECT CreatedDate FROM Contact WHERE Id = '{ADA}'")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000", created)
