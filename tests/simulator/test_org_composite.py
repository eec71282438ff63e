"""Composite calls, collections, allowances, and what a user may see."""

from urllib.parse import quote

import requests

from simulator.record_ids import record_id

ADA = record_id("003", 1)
FIELD = "Personalization_Engagement__c"
USER = "data.sharing@shop.example"


def subrequest(number: int, soql: str, *, raw=False) -> dict:
    text = soql if raw else quote(soql, safe="")
    url = f"/services/data/v65.0/query/?q={text}"
    return {"method": "GET", "referenceId": f"q{number}", "url": url}


def composite(org, *subrequests) -> requests.Response:
    body = {"allOrNone": False, "compositeRequest": list(subrequests)}
    return org.ask("POST", "/composite", json=body)


def test_a_composite_answers_each_part_and_counts_as_one_call(org):
    good = "SELECT Id, Email FROM Contact WHERE Email IN ('ADA.ashdown@example.com')"
    before = org.tell("limits", {}).json()["DailyApiRequests"]["Remaining"]
    answer = composite(org, subrequest(0, good), subrequest(1, "SELECT Nope FROM Contact"))
    assert answer.status_code == 200
    first, second = answer.json()["compositeResponse"]
    assert (first["httpStatusCode"], first["referenceId"], first["httpHeaders"]) == (200, "q0", {})
    assert [r["Email"] for r in first["body"]["records"]] == ["ada.ashdown@example.com"]
    assert (second["httpStatusCode"], second["referenceId"]) == (400, "q1")
    assert second["body"][0]["errorCode"] == "INVALID_FIELD"
    assert org.tell("limits", {}).json()["DailyApiRequests"]["Remaining"] == before - 1


def test_a_thousand_candidates_fit_one_composite_as_do_raw_blanks_and_plus_signs(org):
    made = {"LastName": "Plus", "Email": "plus+one@example.com"}
    assert org.ask("POST", "/sobjects/Contact", json=made).status_code == 201
    emails = [f"somebody.{n}@a-long-domain.example" for n in range(999)] + [made["Email"]]
    parts = []
    for number in range(5):
        chunk = ",".join(f"'{email}'" for email in emails[number * 200 : (number + 1) * 200])
        parts.append(subrequest(number, f"SELECT Id, Email FROM Contact WHERE Email IN ({chunk})"))
    found = composite(org, *parts).json()["compositeResponse"]
    assert [each["body"]["totalSize"] for each in found] == [0, 0, 0, 0, 1]
    raw = f"SELECT Id FROM Contact WHERE Id = '{ADA}'"
    (answer,) = composite(org, subrequest(0, raw, raw=True)).json()["compositeResponse"]
    assert answer["body"]["totalSize"] == 1


def test_a_composite_holds_25_parts_and_5_queries(org):
    soql = "SELECT Id FROM Account LIMIT 1"
    assert composite(org, *(subrequest(n, soql) for n in range(6))).status_code == 400
    describe = {"method": "GET", "url": "/services/data/v65.0/sobjects/Contact/describe"}
    parts = [describe | {"referenceId": f"d{n}"} for n in range(26)]
    assert composite(org, *parts[:25]).status_code == 200
    assert composite(org, *parts).status_code == 400


def test_long_addresses_can_be_refused(org):
    soql = "SELECT Id FROM Contact WHERE LastName IN (" + ",".join(["'Ashdown'"] * 2_000) + ")"
    assert org.ask("GET", "/query", params={"q": soql}).status_code == 200
    org.fault(uriLimit=16_384, subrequestUriLimit=16_000)
    assert org.ask("GET", "/query", params={"q": soql}).status_code == 414
    padded = "SELECT Id FROM Contact" + " " * 8_050
    assert org.ask("GET", "/query", params={"q": padded}).status_code == 200
    wide = org.ask("GET", "/query", params={"q": padded}, headers={"X-Wide": "x" * 9_000})
    assert wide.status_code == 431
    (answer,) = composite(org, subrequest(0, soql)).json()["compositeResponse"]
    assert answer["httpStatusCode"] == 414


def test_every_answer_tells_the_usage_and_an_empty_allowance_refuses(org):
    org.tell("limits", {"DailyApiRequests": {"max": 5000, "remaining": 2}})
    answers = [org.ask("GET", "/sobjects") for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 403]
    usage = [each.headers.get("Sforce-Limit-Info") for each in answers]
    assert usage[:2] == ["api-usage=4999/5000", "api-usage=5000/5000"]
    assert answers[2].json()[0]["errorCode"] == "REQUEST_LIMIT_EXCEEDED"
    org.tell("clock", {"advanceSeconds": 24 * 3600})
    left = org.ask("GET", "/limits").json()["DailyApiRequests"]
    assert left == {"Max": 5000, "Remaining": 4999}


def test_the_limit_can_strike_at_a_chosen_call(org):
    org.fault(requestLimit=True, route="/query", after=1, times=1)
    codes = [org.ask("GET", "/query", params={"q": "SELECT Id FROM Lead"}) for _ in range(3)]
    assert [each.status_code for each in codes] == [200, 403, 200]


def describe(caller, name="Contact") -> dict:
    return {f["name"]: f for f in caller.ask("GET", f"/sobjects/{name}/describe").json()["fields"]}


def test_the_integration_user_edits_the_package_fields_by_its_permission_set_alone(org, sharing):
    assert describe(sharing)[FIELD]["updateable"] is True
    assert describe(org)[FIELD]["updateable"] is False  # the rep's set lets read only
    org.fault(permissionSets={USER: []})
    assert FIELD not in describe(sharing)
    about = sharing.ask("GET", "/sobjects/Contact").json()["objectDescribe"]
    assert about["updateable"] is False
    assert sharing.refusal(f"SELECT {FIELD} FROM Contact")[1] == "INVALID_FIELD"
    assert FIELD in describe(org)


def test_any_field_object_or_right_can_be_taken_from_a_user(org, sharing):
    org.fault(
        hidden={USER: ["Contact.Title", "Lead", "ViewSetup"]}, readOnly={USER: [f"Contact.{FIELD}"]}
    )
    fields = describe(sharing)
    assert "Title" not in fields
    assert fields[FIELD]["updateable"] is False
    assert sharing.ask("GET", "/sobjects/Lead/describe").status_code == 404
    assert sharing.refusal("SELECT Id FROM Lead")[1] == "INVALID_TYPE"
    assert sharing.ask("GET", "/limits").status_code == 403
    assert "Title" in describe(org)
    org.fault(hidden={USER: ["ApiEnabled"]})
    assert sharing.ask("GET", "/sobjects").json()[0]["errorCode"] == "API_DISABLED_FOR_ORG"


def test_the_describe_tells_what_a_mapping_must_know(sharing):
    fields = describe(sharing)
    told = {
        name: tuple(fields[name][key] for key in ("type", "length", "filterable", "caseSensitive"))
        for name in ("Email", "Portal_Id__c", "Personalization_Segments__c", "Interests__c")
    }
    assert told == {
        "Email": ("email", 80, True, False),
        "Portal_Id__c": ("string", 40, True, True),
        "Personalization_Segments__c": ("textarea", 32768, False, False),
        "Interests__c": ("multipicklist", 4099, True, False),
    }
    assert (fields[FIELD]["precision"], fields[FIELD]["scale"]) == (7, 2)
    assert fields["Name"]["updateable"] is False
    assert fields["LastName"]["nillable"] is False


def test_case_sensitive_fields_and_other_alphabets_compare_as_the_org_does(org):
    for name, portal in (("Müller", "Ab1"), ("MÜLLER", "aB1")):
        org.ask("POST", "/sobjects/Contact", json={"LastName": name, "Portal_Id__c": portal})
    assert org.values("SELECT LastName FROM Contact WHERE Name = 'müller' ORDER BY LastName") == [
        "MÜLLER",
        "Müller",
    ]
    assert org.values("SELECT LastName FROM Contact WHERE Portal_Id__c = 'aB1'") == ["MÜLLER"]


def test_multi_select_picklists_are_searched_by_what_they_include(org):
    org.ask("PATCH", f"/sobjects/Contact/{ADA}", json={"Interests__c": "Candles;Garden"})
    where = "FROM Contact WHERE Interests__c INCLUDES"
    assert org.values(f"SELECT Id {where} ('Kitchen', 'garden')") == [ADA]
    assert org.values(f"SELECT Id {where} ('Candles;Kitchen')") == []
    assert org.values(f"SELECT Id {where} ('Candles;Garden')") == [ADA]


def rows(*pairs) -> list[dict]:
    return [{"attributes": {"type": "Contact"}, "id": i, "Title": t} for i, t in pairs]


def test_a_collection_changes_records_one_by_one(org):
    other = record_id("003", 2)
    body = {"records": rows((ADA, "Boss"), (other, "x" * 200)), "allOrNone": False}
    good, bad = org.ask("PATCH", "/composite/sobjects", json=body).json()
    assert good == {"id": ADA, "success": True, "errors": []}
    assert bad["errors"][0]["statusCode"] == "STRING_TOO_LONG"
    body |= {"allOrNone": True, "records": rows((ADA, "Nobody"), (other, "x" * 200))}
    undone, _ = org.ask("PATCH", "/composite/sobjects", json=body).json()
    assert undone["errors"][0]["statusCode"] == "ALL_OR_NONE_OPERATION_ROLLED_BACK"
    found = org.ask(
        "POST", "/composite/sobjects/Contact", json={"ids": [ADA, "003x"], "fields": ["Title"]}
    ).json()
    assert [each and each["Title"] for each in found] == ["Boss", None]
    body = {"records": rows(*[(ADA, "Boss")] * 201)}
    assert org.ask("PATCH", "/composite/sobjects", json=body).status_code == 400


def test_what_changed_since_is_told_with_how_far_that_reaches(org):
    org.tell("clock", {"now": "2026-11-28T10:00:00Z"})
    org.ask("PATCH", f"/sobjects/Contact/{ADA}", json={"Title": "Boss"})
    gone = record_id("003", 2)
    org.ask("DELETE", f"/sobjects/Contact/{gone}")
    span = {"start": "2026-11-28T09:59:00+00:00", "end": "2026-11-28T10:05:00+00:00"}
    updated = org.ask("GET", "/sobjects/Contact/updated/", params=span).json()
    assert updated["ids"] == [ADA]
    assert updated["latestDateCovered"] < "2026-11-28T10:05"
    deleted = org.ask("GET", "/sobjects/Contact/deleted/", params=span).json()["deletedRecords"]
    assert [each["id"] for each in deleted] == [gone]


def test_many_records_are_loaded_and_searched_by_index(org, running_org):
    lines = "\n".join(
        f'{{"LastName":"Many","Email":"many{n}@example.com","AccountId":"{record_id("001", 1)}"}}'
        for n in range(2_000)
    )
    answer = org.session.post(f"{org.url}/_simulator/load/Contact", data=lines, timeout=30)
    assert answer.json() == {"loaded": 2_000}
    (record,) = org.query("SELECT Id, Name, OwnerId FROM Contact WHERE Email='MANY7@example.com'")[
        "records"
    ]
    assert (record["Name"], record["OwnerId"]) == ("Many", "0055g0000000001AAA")
    condition = (
        "folded(t0.\"Email\") IN ('a','b') OR t0.\"Id\" IN ('c') OR folded(t0.\"Name\") = 'd'"
    )
    plan = running_org.org.database.rows(
        f'EXPLAIN QUERY PLAN SELECT * FROM "Contact" t0 WHERE t0."IsDeleted" = 0 AND ({condition})'
    )
    assert not any("SCAN" in step[-1] for step in plan), plan


def test_the_orgs_own_cpu_and_memory_are_told(org):
    before = org.session.get(f"{org.url}/_simulator/usage", timeout=5).json()
    assert before["cpuSeconds"] > 0
    assert before["peakBytes"] > 10_000_000
