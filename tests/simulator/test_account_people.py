"""Tokens, and the documented reads and deletion of people."""

import base64
import csv
import io

import pytest
import requests

from simulator.personalization.seed import known_people
from tests.simulator.callers import KEY, look

EXPORT = "/api/dataset/retail/users.json"


def lookup(person) -> str:
    return f"/api/dataset/retail/user/{person['profileId']}"


REFUSALS = {
    "no token": (None, 401, 401),
    "wrong secret": (("demo-key", "wrong"), 401, 401),
    "unknown key": (("nobody", "demo-secret"), 401, 401),
    "disabled": (("demo-disabled", "demo-secret"), 403, 403),
    "may not send events": (("demo-api-only", "demo-secret"), 403, 200),
    "may not use the API": (("demo-events-only", "demo-secret"), 200, 403),
    "another dataset": (("demo-wholesale", "demo-secret"), 403, 403),
    "another address": (("demo-elsewhere", "demo-secret"), 403, 403),
}


@pytest.mark.parametrize(("auth", "event", "read"), REFUSALS.values(), ids=REFUSALS)
def test_tokens_open_what_their_boxes_say(account, people, auth, event, read):
    before = account.profiles()
    assert account.event(auth=auth, email="new@example.com").status_code == event
    assert account.profiles() == before + (event == 200)
    assert account.get(EXPORT, auth=auth, params={"pageSize": 1}).status_code == read
    assert account.get(lookup(people["usual"]), auth=auth).status_code == read


@pytest.mark.parametrize("stray", ["!", " ", "\u00a0"])
def test_credentials_must_be_strict_base64(account, stray):
    url = f"{account.url}/api2/authevent/retail"
    packed = base64.b64encode(":".join(KEY).encode()).decode()
    for credentials, status in ((packed, 200), (packed[:8] + stray + packed[8:], 401)):
        headers = {"Authorization": f"Basic {credentials}".encode("latin-1")}
        assert requests.post(url, json=look(), headers=headers, timeout=5).status_code == status


def test_an_unknown_dataset_is_not_found(account):
    assert account.event(dataset="nowhere").status_code == 404
    assert account.get("/api/dataset/nowhere/users.json").status_code == 404


def test_statuses_of_refusals_can_be_chosen(account):
    account.tell(
        "faults", statusMap={"unauthenticated": 403, "forbidden": 401, "unknownDataset": 400}
    )
    assert account.event(auth=None).status_code == 403
    assert account.event(dataset="nowhere").status_code == 400


def test_a_look_up_returns_the_profile_and_changes_nothing(account, people):
    ada = people["usual"]
    before = account.profile(ada["profileId"])
    found = account.get(lookup(ada)).json()
    attributes = {a["name"]: a["value"] for a in found["attributes"]}
    assert attributes["emailAddress"] == ada["email"]
    assert found["segmentMembership"][0]["id"] == "Sg2Sp"
    assert found["orderHistory"]
    assert account.profile(ada["profileId"]) == before


def test_a_look_up_finds_nobody_by_email(account, people):
    assert account.get(f"/api/dataset/retail/user/{people['usual']['email']}").status_code == 404
    account.tell("faults", lookupMissing=200)
    answer = account.get("/api/dataset/retail/user/nobody")
    assert (answer.status_code, answer.json()) == (200, {})


def test_a_look_up_may_be_flat_and_may_hold_daily_stats(account, people):
    account.tell("faults", lookupShape="flat", lookupHasDailyStats=True)
    found = account.get(lookup(people["usual"])).json()
    assert found["emailAddress"] == people["usual"]["email"]
    assert 0 <= found["engagementScore"] <= 1
    assert found["segments"] == ["Spent 250 or more"]
    assert found["dailyStats"][0]["action"] == "Purchase"


def test_a_look_up_may_need_no_permission(account, people):
    events_only = ("demo-events-only", "demo-secret")
    account.tell("faults", lookupNeedsApiPermission=False)
    assert account.get(lookup(people["usual"]), auth=events_only).status_code == 200
    assert account.get(EXPORT, auth=events_only).status_code == 403


def pages(account, size: int, **params) -> list[list[dict]]:
    found = []
    while True:
        page = account.get(EXPORT, params={"pageSize": size, "page": len(found), **params}).json()
        if not page:
            return found
        found.append(page)


def test_the_export_is_read_page_by_page_until_an_empty_one(account):
    sizes = [len(page) for page in pages(account, 20)]
    assert sizes == [20, 20, len(known_people()) - 40]
    names = [row["name"] for page in pages(account, 20) for row in page]
    assert len(set(names)) == len(known_people())


def test_without_a_page_size_the_export_is_one_page(account):
    assert len(account.get(EXPORT).json()) == len(known_people())


def test_an_export_row_has_the_documented_keys(account, people):
    (ada,) = [
        row for page in pages(account, 50) for row in page
        if row["name"] == people["usual"]["profileId"]
    ]  # fmt: skip
    assert ada["attributes"]["emailAddress"] == people["usual"]["email"]
    assert ada["attributes"]["sfcrmContactId"] == people["usual"]["record_id"]
    assert ada.keys() == {
        "name", "displayName", "engagementScore", "engagementPercentChange", "firstActivity",
        "lastActivity", "totalActions", "attributes", "accountName", "segmentJoined",
        "segmentInputValues",
    }  # fmt: skip


def test_the_export_can_be_filtered_by_a_segments_name_or_id(account):
    by_name = [r for page in pages(account, 50, filter="Spent 250 or more") for r in page]
    by_id = [r for page in pages(account, 50, filter="Sg2Sp") for r in page]
    assert by_name == by_id
    assert 0 < len(by_id) < len(known_people())
    assert all(row["segmentJoined"] for row in by_id)
    assert pages(account, 50, filter="no such segment") == []


def test_the_export_may_repeat_rows_and_have_a_short_page(account):
    account.tell("faults", exportDuplicates=True)
    first, second, *_ = pages(account, 20)
    assert second[0] == first[-1]
    account.tell("faults", exportDuplicates=None, exportShortPage=True)
    sizes = [len(page) for page in pages(account, 20)]
    assert sizes[0] == 19
    assert sum(sizes) == len(known_people())


def test_the_export_exists_as_csv(account, people):
    text = account.get("/api/dataset/retail/users.csv").text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert people["usual"]["email"] in {row["emailAddress"] for row in rows}


def delete(account, names: list[str], auth=KEY) -> requests.Response:
    content = "\n".join(["name", *names])
    url = f"{account.url}/api/dataset/retail/users/delete"
    return requests.post(url, files={"file": ("users.csv", content)}, auth=auth, timeout=5)


def test_deletion_is_immediate_and_says_how_many(account, people):
    names = [people["usual"]["profileId"], people["another"]["profileId"], "nobody"]
    assert delete(account, names).text == "Deleted 2 users (3 requested)"
    assert delete(account, names).text == "Deleted 0 users (3 requested)"
    assert account.profiles() == len(known_people()) - 2
    assert account.event().json()["resolvedUserId"] != people["usual"]["profileId"]


def test_deletion_needs_a_file_with_its_header_line(account):
    url = f"{account.url}/api/dataset/retail/users/delete"
    assert requests.post(url, auth=KEY, timeout=5).status_code == 400
    assert requests.post(url, files={"file": "id\nx"}, auth=KEY, timeout=5).status_code == 400
    assert delete(account, [], auth=None).status_code == 401


def test_trends_count_views_and_purchases_of_the_last_minutes(account):
    # The account's past runs up to now: "unseen" is an item that nobody has looked at in it.
    trends = "/api/dataset/retail/social/smartTrends/Product"
    view = {"itemAction": "View Item", "catalog": {"Product": {"_id": "unseen"}}}
    account.event(look() | view)
    now = account.get(trends, auth=None, params={"itemIds": "unseen,x", "lookbackMins": 5}).json()
    assert now == {
        "unseen": {"visitViews": 1, "purchases": 0},
        "x": {"visitViews": 0, "purchases": 0},
    }
    account.tell("clock", advanceSeconds=600)
    later = account.get(trends, auth=None, params={"itemIds": "unseen", "lookbackMins": 5}).json()
    assert later["unseen"]["visitViews"] == 0


def test_the_undocumented_summary_names_the_datasets(account):
    assert account.get("/internal/datasetSummaries").json() == [
        {"name": "retail", "label": "Retail"},
        {"name": "wholesale", "label": "Wholesale"},
        {"name": "bank", "label": "Bank"},
    ]
    assert account.get("/internal/datasetSummaries", auth=None).status_code == 401
