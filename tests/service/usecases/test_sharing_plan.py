"""What a plan says: who matched on which rung, who did not and why, and what it will cost."""

import time

import pytest

from service.model import Arrival, Event, EventItem, EventKind, EventSource, Identity
from service.storage.people import ProvenPerson
from service.usecases.sharing_lookup import Query
from service.usecases.sharing_matching import Key
from tests.service.sharing_stage import PUSH

ON_BOTH_ENGINES = (
    "test_an_account_takes_its_users_values_by_name_by_id_or_through_a_contact",
    "test_the_top_affinity_is_that_of_all_events_whether_anybody_has_looked_or_not",
)


def email(name: str) -> str:
    return f"{name}@share.example"


def told(stage, run) -> dict:
    return {(row.object_name, row.source_id): row for row in stage.rows(run)}


def test_a_plan_names_before_and_after_and_writes_nothing(stage):
    contact = stage.record(Email=email("kim"), Personalization_Engagement__c=12.5)
    stage.user("u1", emailAddress=email("kim"), row={"engagementScore": 0.34567})
    run = stage.plan()
    [row] = stage.rows(run)
    assert (run.state, row.record_id, row.rung, row.status) == ("planned", contact, 3, "planned")
    assert row.before == {"Personalization_Engagement__c": 12.5}
    assert row.after == {"Personalization_Engagement__c": 34.57}
    assert stage.field(contact, "Personalization_Engagement__c") == 12.5
    assert stage.jobs() == []


def test_the_top_affinity_is_that_of_all_events_whether_anybody_has_looked_or_not(stage):
    stage.configure(push='Personalization_Top_Affinity__c = "topAffinity"')
    kim = Identity("emailAddress", email("kim"))
    stage.record(Email=email("kim"))
    stage.user("u1", emailAddress=email("kim"))
    dataset = stage.tenant.dataset("retail")
    for category in ("Toys", "Kitchen", "Kitchen"):
        stage.parts.events.append(stage.tenant, dataset, [viewed(kim, category)])
    [row] = stage.rows(stage.plan())
    assert row.after == {"Personalization_Top_Affinity__c": "Kitchen"}


def viewed(who: Identity, category: str) -> Arrival:
    item = EventItem("Product", "p1", related={"Category": (category,)})
    happened = {"item_action": "View Item", "items": (item,)}
    now_ms = int(time.time() * 1000)
    event = Event(now_ms, EventKind.CATALOG, "View Item", EventSource.IMPORT, **happened)
    return Arrival(event, (who,))


def test_the_highest_rung_wins(stage):
    match = 'contact = [{ field = "Portal_Id__c", attribute = "portalId" }]'
    stage.configure(more=f"[tenants.acme.data_sharing.match]\n{match}")
    by_id = stage.record(Email=email("first"))
    by_portal = stage.record(Email=email("second"), Portal_Id__c="P-1")
    stage.user("u1", sfcrmContactId=by_id[:15], portalId="P-1", emailAddress=email("second"))
    stage.user("u2", portalId="P-1", emailAddress=email("first"))
    rows = told(stage, stage.plan())
    assert (rows["Contact", "u1"].record_id, rows["Contact", "u1"].rung) == (by_id, 1)
    assert (rows["Contact", "u2"].record_id, rows["Contact", "u2"].rung) == (by_portal, 2)


def test_any_of_several_match_fields_will_do_and_two_that_disagree_are_ambiguous(stage):
    match = """[tenants.acme.data_sharing.match]
contact = [{ field = "Portal_Id__c", attribute = "portalId" },
           { field = "Email", attribute = "emailAddress" }]"""
    stage.configure(options="only_designated_match_fields = true", more=match)
    by_portal = stage.record(Portal_Id__c="P-1")
    by_email = stage.record(Email=email("kim"))
    stage.user("u1", portalId="P-1", emailAddress=email("nobody"))
    stage.user("u2", portalId="P-9", emailAddress=email("kim"))
    stage.user("u3", portalId="P-1", emailAddress=email("kim"))
    rows = told(stage, stage.plan())
    assert (rows["Contact", "u1"].record_id, rows["Contact", "u1"].rung) == (by_portal, 2)
    assert (rows["Contact", "u2"].record_id, rows["Contact", "u2"].rung) == (by_email, 2)
    assert rows["Contact", "u3"].code == "AMBIGUOUS"


def test_only_designated_match_fields_switch_e_mail_off(stage):
    match = '[tenants.acme.data_sharing.match]\ncontact = [{ field = "Portal_Id__c", ' \
            'attribute = "portalId" }]'  # fmt: skip
    stage.record(Email=email("kim"))
    stage.user("u1", emailAddress=email("kim"))
    stage.configure(more=match)
    assert len(stage.rows(stage.plan())) == 1
    stage.configure(options="only_designated_match_fields = true", more=match)
    assert stage.rows(stage.plan()) == []


def test_a_namesake_gets_nothing_unless_names_are_switched_on(stage):
    stage.record(FirstName="Kim", LastName="Doe")
    stage.user("u1", row={"displayName": "Kim Doe"})
    assert stage.rows(stage.plan()) == []
    stage.configure(options="match_names = true")
    assert [row.rung for row in stage.rows(stage.plan())] == [3]


def test_a_hit_that_differs_in_case_only_is_told_and_not_written(stage):
    contact = stage.record(Email="Kim@Share.example")
    stage.user("u1", emailAddress=email("kim"))
    run = stage.push()
    [row] = stage.rows(run)
    assert (row.status, row.code, row.record_id) == ("skipped", "CASE_DIFFERS", contact)
    assert stage.field(contact, "Personalization_Engagement__c") is None


def test_two_contacts_with_one_e_mail_are_ambiguous(stage):
    ids = sorted(stage.record(Email=email("kim")) for _ in range(2))
    stage.user("u1", emailAddress=email("kim"))
    [row] = stage.rows(stage.push())
    assert (row.status, row.code, row.rung) == ("rejected", "AMBIGUOUS", 3)
    assert all(each in row.message for each in ids)


def test_of_several_users_of_one_contact_the_newest_wins(stage):
    contact = stage.record(Email=email("kim"))
    stage.user("old", emailAddress=email("kim"), row={"lastActivity": 1, "engagementScore": 0.1})
    stage.user("new", emailAddress=email("kim"), row={"lastActivity": 2, "engagementScore": 0.2})
    run = stage.push()
    assert stage.field(contact, "Personalization_Engagement__c") == 20
    assert ("Contact", "old", "skipped", "NEWER_USER") in stage.codes(run)


def test_a_contact_beats_a_lead_and_says_so(stage):
    more = '[tenants.acme.data_sharing.push.lead]\nPersonalization_Engagement__c="engagementScore"'
    stage.configure(options="share_leads = true", more=more)
    contact = stage.record(Email=email("kim"))
    lead = stage.record("Lead", Email=email("kim"))
    alone = stage.record("Lead", Email=email("lee"))
    stage.user("u1", emailAddress=email("kim"))
    stage.user("u2", emailAddress=email("lee"))
    run = stage.push()
    rows = told(stage, run)
    assert rows["Contact", "u1"].record_id == contact
    assert (rows["Lead", "u1"].record_id, rows["Lead", "u1"].code) == (lead, "CONTACT_FIRST")
    assert stage.field(lead, "Personalization_Engagement__c", "Lead") is None
    assert stage.field(alone, "Personalization_Engagement__c", "Lead") == 50


def test_who_is_one_of_two_contacts_is_no_lead(stage):
    more = '[tenants.acme.data_sharing.push.lead]\nPersonalization_Engagement__c="engagementScore"'
    stage.configure(options="share_leads = true", more=more)
    ids = sorted(stage.record(Email=email("kim")) for _ in range(2))
    lead = stage.record("Lead", Email=email("kim"))
    stage.user("u1", emailAddress=email("kim"))
    rows = told(stage, stage.push())
    assert rows["Contact", "u1"].code == "AMBIGUOUS"
    assert (
        rows["Lead", "u1"].code == "CONTACT_FIRST" and ", ".join(ids) in rows["Lead", "u1"].message
    )
    assert stage.field(lead, "Personalization_Engagement__c", "Lead") is None


def test_a_converted_lead_stands_for_its_contact(stage):
    more = '[tenants.acme.data_sharing.push.lead]\nPersonalization_Engagement__c="engagementScore"'
    stage.configure(options="share_leads = true", more=more)
    contact = stage.record(Email=email("elsewhere"))
    lead = stage.record("Lead", Email=email("kim"))
    stage.convert(lead, contact)
    stage.user("u1", emailAddress=email("kim"))
    run = stage.push()
    assert ("Lead", "u1", "skipped", "LEAD_CONVERTED") in stage.codes(run)
    assert stage.field(contact, "Personalization_Engagement__c") == 50


def test_a_merged_record_stands_for_its_master_and_a_deleted_one_for_nobody(stage):
    master, merged, deleted = (stage.record(Email=email(str(n))) for n in range(3))
    stage.merge(master, merged)
    stage.delete(deleted)
    stage.user("u1", sfcrmContactId=merged)
    stage.user("u2", sfcrmContactId=deleted)
    rows = told(stage, stage.push())
    assert list(rows) == [("Contact", "u1")]
    assert rows["Contact", "u1"].record_id == master


def test_an_account_takes_its_users_values_by_name_by_id_or_through_a_contact(stage):
    more = """[tenants.acme.data_sharing.push.account]
Personalization_Engagement__c = { value = "engagementScore", take = "max" }
Personalization_First_Activity__c = "firstActivity"
Personalization_Top_Affinity__c = { value = "attributes.interests", take = "union" }
"""
    stage.configure(more=more)
    acme = stage.record("Account", Name="Share Acme")
    by_id = stage.record("Account", Name="Share By Id")
    stage.record("Account", Name="share case")
    stage.record(Email=email("kim"), AccountId=acme)
    first = {"firstActivity": 1_600_000_000_000}
    stage.user("u1", emailAddress=email("kim"), interests="b", row={"engagementScore": 0.2})
    stage.user("u2", interests="a", row={"accountName": "Share Acme", **first})
    stage.user("u3", sfcrmAccountId=by_id, row={"engagementScore": 0.7})
    stage.user("u4", row={"accountName": "Share Case"})
    run = stage.push()
    value = lambda name, record: stage.field(record, name, "Account")  # noqa: E731
    assert value("Personalization_Engagement__c", acme) == 50
    assert value("Personalization_First_Activity__c", acme).startswith("2020-09-13")
    assert value("Personalization_Top_Affinity__c", acme) == "a; b"
    assert value("Personalization_Engagement__c", by_id) == 70
    assert ("Account", "u4", "skipped", "CASE_DIFFERS") in stage.codes(run)


def test_the_account_of_ones_contact_counts_only_where_that_is_wanted(stage):
    more = '[tenants.acme.data_sharing.push.account]\n' \
           'Personalization_Engagement__c = "engagementScore"'  # fmt: skip
    account = stage.record("Account", Name="Share Acme")
    stage.record(Email=email("kim"), AccountId=account)
    stage.user("u1", emailAddress=email("kim"))
    stage.configure(options="account_through_contact = false", more=more)
    assert [row.object_name for row in stage.rows(stage.plan())] == ["Contact"]
    stage.configure(more=more)
    assert [row.object_name for row in stage.rows(stage.plan())] == ["Contact", "Account"]


def test_segments_are_sorted_joined_and_cut_at_the_fields_length(stage):
    push = 'Personalization_Segments__c = "segments"\nPersonalization_Top_Affinity__c = "segments"'
    names = ["VIP", "Abroad", *(f"Long {n:03d} {'x' * 20}" for n in range(20))]
    stage.configure(push=push, options=f"segments = {names}")
    contact = stage.record(Email=email("kim"))
    stage.user("u1", emailAddress=email("kim"))
    stage.export.segments = {name: ["u1"] for name in names}
    stage.push()
    whole = "; ".join(sorted(names))
    assert stage.field(contact, "Personalization_Segments__c") == whole
    cut = stage.field(contact, "Personalization_Top_Affinity__c")
    assert whole.startswith(cut) and 220 < len(cut) <= 255 and not cut.endswith(";")


def test_values_take_the_form_of_their_fields(stage):
    stage.configure(
        push="""Personalization_Last_Activity__c = "lastActivity"
Personalization_First_Activity__c = "firstActivity"
Personalization_Engagement_Trend__c = "engagementTrend"
Birthdate = "attributes.birthday"
Interests__c = "attributes.interests"
Loyalty_Points__c = "attributes.points"
Personalization_Link__c = "link"
""",
        options='profile_link = "https://x.evergage.com/ui/#/users/{id}"',
    )
    contact = stage.record(Email=email("kim"))
    stage.user(
        "u 1",
        emailAddress=email("kim"),
        birthday="1980-02-29",
        interests="Garden|Gifts",
        points=12.4,
        row={"engagementPercentChange": -0.25},
    )
    assert stage.push().counts["pushed"] == 1
    assert stage.field(contact, "Personalization_Last_Activity__c").startswith("2023-11-14T22:21:4")
    assert stage.field(contact, "Personalization_First_Activity__c").startswith(
        "2023-11-14T22:13:2"
    )
    assert stage.field(contact, "Personalization_Engagement_Trend__c") == -0.25
    assert stage.field(contact, "Birthdate") == "1980-02-29"
    assert stage.field(contact, "Interests__c") == "Garden;Gifts"
    assert stage.field(contact, "Loyalty_Points__c") == 12
    assert stage.field(contact, "Personalization_Link__c").endswith("/users/u%201")


@pytest.mark.parametrize(("given", "left"), [(True, True), ("false", False), (None, False)])
def test_a_checkbox_takes_true_and_false_and_is_cleared_by_being_unchecked(stage, given, left):
    stage.configure(options='blank = "clear"', push='DoNotCall = "attributes.doNotCall"')
    contact = stage.record(Email=email("kim"), DoNotCall=not left)
    stage.user("u1", emailAddress=email("kim"), doNotCall=given)
    run = stage.push()
    [row] = stage.rows(run)
    assert (row.after, stage.field(contact, "DoNotCall")) == ({"DoNotCall": left}, left)
    assert stage.push().counts["pushed"] == 0


def test_a_field_that_must_have_a_value_is_never_cleared(stage):
    stage.configure(options='blank = "clear"', push=f'LastName = "attributes.jobTitle"\n{PUSH}')
    contact = stage.record(Email=email("kim"), LastName="Doe")
    stage.user("u1", emailAddress=email("kim"))
    assert stage.push().counts["pushed"] == 1 and stage.field(contact, "LastName") == "Doe"


@pytest.mark.parametrize(("blank", "left"), [("skip", 12.5), ("clear", None)])
def test_the_blank_rule_says_whether_nothing_empties_a_field(stage, blank, left):
    stage.configure(options=f'blank = "{blank}"')
    contact = stage.record(Email=email("kim"), Personalization_Engagement__c=12.5)
    stage.user("u1", emailAddress=email("kim"), row={"engagementScore": None})
    stage.push()
    assert stage.field(contact, "Personalization_Engagement__c") == left


def test_a_thousand_candidates_cost_one_call(stage):
    for n in range(1_500):
        stage.user(f"u{n:04d}", emailAddress=f"customer.number.{n:06d}@share.example")
    run = stage.plan()
    sign_in_describe_limits = 3
    assert run.counts["apiCalls"] == sign_in_describe_limits + 2


def test_long_values_make_queries_smaller_and_nobody_is_left_out(stage):
    long = "x" * 60
    contacts = {}
    for n in range(400):
        address = f"{long}{n:06d}@share.example"[:80]
        contacts[f"u{n}"] = address
        stage.user(f"u{n}", emailAddress=address)
    first, last = stage.record(Email=contacts["u0"]), stage.record(Email=contacts["u399"])
    assert {row.record_id for row in stage.rows(stage.plan())} == {first, last}


def test_a_query_is_full_by_bytes_or_by_candidates():
    short, long = Query("SELECT Id FROM Contact", ["Email"]), Query("SELECT Id", ["Name"])
    added = sum(short.add([Key(3, "Email", f"{n:030d}@x.org")]) for n in range(300))
    assert added == 200
    names = sum(long.add([Key(3, "Name", f"{n:03d}" + "ü" * 200)]) for n in range(300))
    assert names < 20 and len(long.soql()) < 16_000


def test_a_plus_or_a_quote_in_an_address_finds_its_record(stage):
    plus, quote = stage.record(Email="a+b@share.example"), stage.record(Email="o'x@share.example")
    stage.user("u1", emailAddress="a+b@share.example")
    stage.user("u2", emailAddress="o'x@share.example")
    assert {row.record_id for row in stage.rows(stage.plan())} == {plus, quote}


def test_a_plan_tells_how_many_licensed_rows_it_read_and_what_the_month_has_left(stage):
    stage.configure(push=f'{PUSH}\nPersonalization_Segments__c = "segments"',
                    options='segments = ["VIP"]')  # fmt: skip
    for n in range(3):
        stage.user(f"u{n}", emailAddress=email(str(n)))
    stage.export.segments = {"VIP": ["u1"]}
    stage.parts.people.learn("acme", "retail", [ProvenPerson((Identity("customerId", "c-1"),))])
    stage.plan()
    counts = stage.plan().counts
    assert (counts["exportRows"], counts["exportRowsUsed"]) == (4, 8)
    assert counts["exportRowsAllowed"] == 8  # of the one person whom we know


def test_with_an_export_segment_its_members_are_read_and_everybody_once_in_a_week(stage):
    more = '[tenants.acme.data_sharing.push.account]\n' \
           'Personalization_Engagement__c = "engagementScore"'  # fmt: skip
    stage.configure(options='export_segment = "Active"', more=more)
    account = stage.record("Account", Name="Share Acme")
    ids = [stage.record(Email=email(str(n)), AccountId=account) for n in range(3)]
    for n in range(3):
        stage.user(f"u{n}", emailAddress=email(str(n)), row={"engagementScore": 0.1})
    stage.export.segments = {"Active": ["u1"]}
    engagement = lambda: [stage.field(each, "Personalization_Engagement__c") for each in ids]  # noqa: E731
    assert stage.push().counts["exportRows"] == 3  # the first run reads everybody
    for row in stage.export.rows:
        row["engagementScore"] = 0.2
    run = stage.push()
    assert (run.counts["exportRows"], run.counts["wholeExport"]) == (1, 0)
    assert engagement() == [10, 20, 10]
    # an account is the sum of all its people, so it waits for the day when all are read
    assert stage.field(account, "Personalization_Engagement__c", "Account") == 10
    stage.sharing._clock = lambda: time.time() + 6.6 * 86_400
    weekly = stage.plan()
    assert weekly.counts["wholeExport"] == 1
    assert {row.record_id for row in stage.rows(weekly)} == {ids[0], ids[2], account}


def test_the_forecast_tells_calls_and_what_is_left(stage):
    for n in range(3):
        stage.record(Email=email(str(n)))
        stage.user(f"u{n}", emailAddress=email(str(n)))
    counts = stage.plan().counts
    assert counts["forecastBatches"] == 1 and counts["forecastCalls"] == 8
    assert counts["remainingCalls"] < 100_000 and counts["reservedCalls"] == 1_000
