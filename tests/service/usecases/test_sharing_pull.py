"""What the CRM tells: proven people only, only what is new, as events or as a feed."""

import csv
import io
import re
from datetime import datetime, timedelta

import orjson
import pytest

from service.model import Identity
from service.storage.outbox_messages import State
from service.storage.people import ProvenPerson
from tests.real_sshd import RealSshd

ON_BOTH_ENGINES = (
    "test_an_unknown_person_is_remembered_and_tried_again_once_known",
    "test_many_changes_go_as_the_documented_feed_and_clears_as_events",
    "test_what_we_pushed_ourselves_does_not_come_back",
)


MAPPING = """[tenants.acme.data_sharing.pull.contact]
Title = "jobTitle"
Interests__c = "interests"
Loyalty_Points__c = "points"
Birthdate = "birthday"
"""


def feed(folder, from_rows: int = 1) -> str:
    return f"""[tenants.acme.data_sharing.feed]
kind = "folder"
path = "{folder}"
from_rows = {from_rows}
"""


def prove(stage, **identities) -> None:
    known = tuple(Identity(kind, value) for kind, value in identities.items())
    stage.parts.people.learn("acme", "retail", [ProvenPerson(known)])


def events(stage) -> list[dict]:
    """Return what waits in the outbox: identity and attributes of each message."""
    with stage.parts.database.reading() as connection:
        rows = connection.exec_driver_sql("select kind, payload from outbox order by id").all()
    assert all(kind == "crm-attributes" for kind, _payload in rows)
    found = [orjson.loads(bytes(payload)) for _kind, payload in rows]
    return [
        {"identities": each["identities"], "attributes": each["parts"][0]["attributes"]}
        for each in found
    ]


def attributes(stage) -> list[dict]:
    return [each["attributes"] for each in events(stage)]


@pytest.fixture
def pulling(stage):
    stage.configure(more=MAPPING, push="")
    return stage


def test_a_proven_persons_fields_become_attributes_of_their_types(pulling):
    prove(pulling, emailAddress="kim@share.example")
    pulling.record(
        Email="kim@share.example",
        Title="Head of Tests",
        Interests__c="Garden;Gifts",
        Loyalty_Points__c=7,
        Birthdate="1980-02-29",
    )
    run = pulling.pull()
    assert (run.state, run.counts["events"]) == ("done", 1)
    [told] = events(pulling)
    assert told["identities"] == [{"type": "emailAddress", "value": "kim@share.example"}]
    assert told["attributes"] == {
        "jobTitle": "Head of Tests",
        "interests": "Garden;Gifts",
        "points": 7,
        "birthday": "1980-02-29",
    }


@pytest.mark.parametrize("bulk_from", [10_000, 0])
def test_every_type_of_field_is_pulled_by_query_and_in_bulk(stage, monkeypatch, bulk_from):
    from service.usecases import sharing_pull

    monkeypatch.setattr(sharing_pull, "BULK_FROM_ROWS", bulk_from)
    more = """[tenants.acme.data_sharing.pull.contact]
DoNotCall = "doNotCall"
LeadSource = "jobTitle"
Interests__c = "interests"
Loyalty_Points__c = "points"
CreatedDate = "birthday"
Portal_Id__c = "portalId"
"""
    stage.configure(more=more, push="")
    prove(stage, emailAddress="kim@share.example")
    stage.record(
        Email="kim@share.example",
        DoNotCall=True,
        LeadSource="Web",
        Interests__c="Garden;Gifts",
        Loyalty_Points__c=1234567,
        Portal_Id__c="007",
    )
    stage.pull()
    [told] = attributes(stage)
    assert re.match(r"\d{4}-\d\d-\d\dT", told.pop("birthday"))
    assert told == {
        "doNotCall": True,
        "jobTitle": "Web",
        "interests": "Garden;Gifts",
        "points": 1_234_567,
        "portalId": "007",
    }
    assert stage.pull().counts.get("events", 0) == 0


def test_only_the_identity_that_is_proven_is_sent(pulling):
    contact = pulling.record(Email="kim@share.example", Title="T")
    prove(pulling, sfcrmContactId=contact[:15])
    pulling.pull()
    [told] = events(pulling)
    assert told["identities"] == [{"type": "sfcrmContactId", "value": contact[:15]}]


def test_an_unknown_person_is_remembered_and_tried_again_once_known(pulling):
    pulling.record(Email="kim@share.example", Title="T")
    run = pulling.pull()
    assert run.counts["unknownPeople"] >= 1 and events(pulling) == []
    prove(pulling, emailAddress="kim@share.example")
    pulling.pull()
    assert attributes(pulling) == [{"jobTitle": "T"}]
    pulling.pull()
    assert len(events(pulling)) == 1


def test_what_we_pushed_ourselves_does_not_come_back(stage):
    stage.configure(more=MAPPING)
    prove(stage, emailAddress="kim@share.example")
    contact = stage.record(Email="kim@share.example", Title="T")
    stage.user("u1", emailAddress="kim@share.example")
    stage.pull()
    assert stage.push().counts["pushed"] == 1
    run = stage.pull()
    assert (run.counts.get("events", 0), run.counts["unchanged"]) == (0, 1)
    stage.change(contact, Title="New")
    stage.pull()
    assert attributes(stage) == [{"jobTitle": "T"}, {"jobTitle": "New"}]


def test_from_the_watermark_on_only_what_changed_is_read(pulling):
    prove(pulling, emailAddress="kim@share.example")
    pulling.record(Email="kim@share.example", Title="T")
    pulling.pull()
    before = len(queries(pulling))
    pulling.pull()
    [soql] = queries(pulling)[before:]
    since = re.search(r"SystemModstamp >= (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)", soql)[1]
    watermark = pulling.sharing._pulled.watermark("acme", "Contact")
    back = datetime.fromisoformat(watermark) - datetime.fromisoformat(since)
    assert timedelta(minutes=10) <= back < timedelta(minutes=10, seconds=1)


def queries(stage) -> list[str]:
    from urllib.parse import parse_qs

    calls = stage.org.org.calls.view()["calls"]
    return [
        parse_qs(call["query"])["q"][0] if isinstance(call["query"], str) else call["query"]["q"]
        for call in calls
        if call["path"].rstrip("/").endswith("/query")
    ]


def test_the_first_run_has_a_window_and_filters_hold_together(stage):
    window = "[tenants.acme.data_sharing.filter.contact]\nmodified_within_days = 2\n"
    stage.configure(more=MAPPING + window + "created_within_days = 180\n", push="")
    stage.pull()
    [soql] = queries(stage)
    assert "LastModifiedDate >= " in soql and " AND CreatedDate >= " in soql


@pytest.mark.parametrize(("blank", "told"), [("clear", [{"jobTitle": None}]), ("skip", [])])
def test_what_becomes_blank_clears_the_attribute_when_the_rule_says_so(stage, blank, told):
    stage.configure(more=MAPPING, push="", options=f'blank = "{blank}"')
    prove(stage, emailAddress="kim@share.example")
    contact = stage.record(Email="kim@share.example", Title="T")
    stage.pull()
    stage.change(contact, Title=None)
    stage.pull()
    assert attributes(stage) == [{"jobTitle": "T"}, *told]


def test_what_is_delivered_is_quiet_and_not_shown_in_the_stream(pulling):
    from service.storage.outbox_messages import Claimed
    from service.usecases.outgoing_events import outgoing

    prove(pulling, emailAddress="kim@share.example")
    pulling.record(Email="kim@share.example", Title="T")
    pulling.pull()
    [message] = pulling.parts.outbox.claim(1, 30)
    assert isinstance(message, Claimed)
    ready = outgoing(pulling.tenant, pulling.tenant.dataset("retail"), message)
    assert ready.shown == () and ready.body["flags"]["nonInteractive"] is True
    assert ready.body["action"] == "CRM Data Update"
    user = {"emailAddress": "kim@share.example", "jobTitle": "T"}
    assert ready.body["user"]["attributes"] == user


def test_many_changes_go_as_the_documented_feed_and_clears_as_events(stage, tmp_path):
    folder = tmp_path / "inbound"
    options = 'blank = "clear"'
    stage.configure(more=MAPPING + feed(folder, from_rows=2), push="", options=options)
    contacts = []
    for n in range(3):
        prove(stage, emailAddress=f"p{n}@share.example")
        contacts.append(stage.record(Email=f"p{n}@share.example", Title=f"=T{n}, é"))
    assert stage.pull().counts["feedRows"] == 3
    [file] = list(folder.iterdir())
    assert re.fullmatch(r"user-\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.csv", file.name)
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"), newline="")))
    assert list(rows[0]) == [
        "attribute:sfcrmContactId",
        "attribute:emailAddress",
        "attribute:birthday",
        "attribute:interests",
        "attribute:jobTitle",
        "attribute:points",
    ]
    titles = {row["attribute:emailAddress"]: row["attribute:jobTitle"] for row in rows}
    assert titles["p1@share.example"] == "=T1, é"  # byte-exact: it is for a machine
    assert events(stage) == []
    stage.change(contacts[0], Title=None, Loyalty_Points__c=3)
    stage.change(contacts[1], Title="New")
    stage.pull()
    assert attributes(stage) == [{"jobTitle": None}]
    newest = sorted(folder.iterdir())[-1].read_text(encoding="utf-8").splitlines()
    assert len(newest) == 3


def test_account_values_go_to_every_proven_user_of_its_contacts(stage):
    more = '[tenants.acme.data_sharing.pull.account]\nIndustry = "interests"\n'
    stage.configure(more=more, push="")
    account = stage.record("Account", Name="Acme", Industry="Toys")
    for n in range(2):
        prove(stage, emailAddress=f"p{n}@share.example")
        stage.record(Email=f"p{n}@share.example", AccountId=account)
    stage.pull()
    assert attributes(stage) == [{"interests": "Toys"}] * 2
    stage.change(account, "Account", Industry="Games")
    stage.pull()
    assert attributes(stage)[2:] == [{"interests": "Games"}] * 2


def test_crm_values_put_people_into_manual_segments_and_take_them_out(stage, tmp_path):
    folder = tmp_path / "inbound"
    rule = """[[tenants.acme.data_sharing.manual_segments]]
object = "contact"
field = "Interests__c"
value = "Garden"
segment = "gardeners"
"""
    stage.configure(more=rule + feed(folder), push="")
    prove(stage, emailAddress="kim@share.example")
    contact = stage.record(Email="kim@share.example", Interests__c="Garden;Gifts")
    stage.pull()
    stage.change(contact, Interests__c="Gifts")
    for each in folder.iterdir():
        assert re.fullmatch(r"segment-delta-\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.csv", each.name)
        text = each.read_text().splitlines()
        each.unlink()
    assert text == [
        "attribute:sfcrmContactId,attribute:emailAddress,segmentId,updateType",
        ",kim@share.example,gardeners,Add",
    ]
    assert stage.pull().counts["segmentChanges"] == 1
    [file] = list(folder.iterdir())
    assert file.read_text().splitlines()[1] == ",kim@share.example,gardeners,Remove"


def test_a_value_that_does_not_fit_is_told_and_the_others_go(stage):
    more = '[tenants.acme.data_sharing.pull.contact]\nTitle = "points"\nNope__c = "jobTitle"\n'
    stage.configure(more=more, push="")
    for n, title in enumerate(("12", "many")):
        prove(stage, emailAddress=f"p{n}@share.example")
        stage.record(Email=f"p{n}@share.example", Title=title)
    run = stage.pull()
    assert attributes(stage) == [{"points": 12}]
    told = {(row.code, row.field) for row in stage.rows(run)}
    assert told == {("FIELD_NOT_VISIBLE", "Nope__c"), ("WRONG_TYPE", "Title")}
    assert run.counts["rejected"] == 2


def test_many_records_are_read_by_a_bulk_query_page_by_page(pulling, monkeypatch):
    from service.usecases import sharing_pull

    monkeypatch.setattr(sharing_pull, "BULK_FROM_ROWS", 5)
    monkeypatch.setattr(sharing_pull, "BULK_PAGE_ROWS", 20)
    for n in range(12):
        prove(pulling, emailAddress=f"p{n}@share.example")
        pulling.record(
            Email=f"p{n}@share.example", Title='a "b", c\nd', Loyalty_Points__c=n, Interests__c=None
        )
    assert pulling.pull().counts["events"] == 12
    found = sorted(attributes(pulling), key=lambda each: each["points"])
    assert found[3] == {"jobTitle": 'a "b", c\nd', "points": 3}


LEADS = """[tenants.acme.data_sharing.pull.contact]
Title = "jobTitle"
[tenants.acme.data_sharing.pull.lead]
Title = "jobTitle"
"""


def test_a_contact_beats_a_lead_in_what_is_pulled(stage):
    stage.configure(more=LEADS, push="", options="share_leads = true")
    for name in ("kim", "lee"):
        prove(stage, emailAddress=f"{name}@share.example")
        stage.record("Lead", Email=f"{name}@share.example", Title=f"Lead {name}")
    stage.record(Email="kim@share.example", Title="Contact kim")
    stage.delete(stage.record(Email="lee@share.example", Title="Contact lee"))
    run = stage.pull()
    titles = sorted(each["jobTitle"] for each in attributes(stage))
    assert titles == ["Contact kim", "Lead lee"]
    [row] = stage.rows(run)
    assert (row.object_name, row.status, row.code) == ("Lead", "skipped", "CONTACT_FIRST")


def test_a_contact_that_is_not_pulled_beats_a_lead_all_the_same(stage):
    leads = LEADS.partition("[tenants.acme.data_sharing.pull.lead]")
    stage.configure(more=leads[1] + leads[2], push="", options="share_leads = true")
    prove(stage, emailAddress="kim@share.example")
    stage.record("Lead", Email="kim@share.example", Title="Lead kim")
    stage.record(Email="kim@share.example")
    stage.pull()
    assert attributes(stage) == []


def test_of_two_contacts_with_one_e_mail_none_speaks_until_one_is_gone(pulling):
    prove(pulling, emailAddress="kim@share.example")
    first = pulling.record(Email="kim@share.example", Title="First")
    second = pulling.record(Email="Kim@Share.example", Title="Second")
    for _ in range(2):
        run = pulling.pull()
        told = {row.record_id: (row.status, row.code) for row in pulling.rows(run)}
        assert told == dict.fromkeys((first, second), ("rejected", "AMBIGUOUS"))
        assert attributes(pulling) == [] and run.counts["rejected"] == 2
    pulling.delete(first)
    pulling.pull()
    assert attributes(pulling) == [{"jobTitle": "Second"}]


def test_rivals_are_looked_for_on_later_pages_too(pulling, monkeypatch):
    from service.usecases import sharing_pull

    monkeypatch.setattr(sharing_pull, "BULK_FROM_ROWS", 1)
    monkeypatch.setattr(sharing_pull, "BULK_PAGE_ROWS", 100)
    prove(pulling, emailAddress="kim@share.example")
    for n in range(200):
        pulling.record(Email=f"nobody{n}@share.example")
    for title in ("First", "Second"):
        pulling.record(Email="kim@share.example", Title=title)
    assert pulling.pull().counts["rejected"] == 2 and attributes(pulling) == []


def test_who_is_deleted_or_converted_while_unknown_is_not_told_of(stage):
    stage.configure(more=LEADS, push="", options="share_leads = true")
    contact = stage.record(Email="kim@share.example", Title="Gone")
    lead = stage.record("Lead", Email="lee@share.example", Title="Converted")
    stage.pull()
    stage.delete(contact)
    stage.convert(lead, stage.record(Email="elsewhere@share.example"))
    for name in ("kim", "lee"):
        prove(stage, emailAddress=f"{name}@share.example")
    stage.pull()
    assert attributes(stage) == []


def test_a_pull_of_proven_people_costs_one_more_call_for_a_thousand(pulling):
    for n in range(3):
        prove(pulling, emailAddress=f"p{n}@share.example")
        pulling.record(Email=f"p{n}@share.example", Title="T")
    sign_in_describes_and_query = 4
    assert pulling.pull().counts["apiCalls"] == sign_in_describes_and_query + 1


PULL_STEPS = ("pull page staged", "pull staged", "way chosen", "events accepted", "pull remembered")


@pytest.mark.parametrize("step", PULL_STEPS)
def test_killed_and_resumed_a_pull_tells_everything_once(pulling, step):
    from tests.service.killed_share import die_at

    for n in range(3):
        prove(pulling, emailAddress=f"p{n}@share.example")
        pulling.record(Email=f"p{n}@share.example", Title=f"T{n}")
    die_at(step, pulling.environment, "pull")
    run = pulling.resume()
    assert run.state == "done"
    assert sorted(each["jobTitle"] for each in attributes(pulling)) == ["T0", "T1", "T2"]
    assert pulling.pull().counts.get("events", 0) == 0


def test_killed_while_its_bulk_query_runs_a_pull_goes_on_with_that_query(pulling, monkeypatch):
    from service.usecases import sharing_pull
    from tests.service.killed_share import die_at

    for n in range(3):
        prove(pulling, emailAddress=f"p{n}@share.example")
        pulling.record(Email=f"p{n}@share.example", Title=f"T{n}")
    die_at("query created", pulling.environment, "pull", bulk_from=1)
    monkeypatch.setattr(sharing_pull, "BULK_FROM_ROWS", 1)
    assert pulling.resume().state == "done"
    assert sorted(each["jobTitle"] for each in attributes(pulling)) == ["T0", "T1", "T2"]
    assert len(pulling.org.org.bulk_v2.all()) == 1


@pytest.mark.parametrize("step", ["feed written", "feed sent"])
def test_a_feed_is_whole_and_there_once_whenever_its_writer_dies(stage, tmp_path, step):
    from tests.service.killed_share import die_at

    folder = tmp_path / "inbound"
    stage.configure(more=MAPPING + feed(folder), push="")
    prove(stage, emailAddress="kim@share.example")
    stage.record(Email="kim@share.example", Title="T")
    die_at(step, stage.environment, "pull")
    assert stage.resume().state == "done"
    [file] = list(folder.iterdir())
    assert len(file.read_text().splitlines()) == 2


@pytest.fixture(scope="session")
def sshd():
    with RealSshd() as server:
        yield server


@pytest.fixture
def inbound(sshd, tmp_path):
    """A folder on the server for one test: names of feeds differ by the second only."""
    folder = sshd.inbound / tmp_path.name
    folder.mkdir()
    return folder


def sftp_feed(server, host_key: str, folder) -> str:
    return f"""[tenants.acme.data_sharing.feed]
kind = "sftp"
host = "127.0.0.1"
port = {server.port}
username = "{server.user}"
private_key = "file:{server.private_key}"
host_key = "{host_key}"
path = "{folder}"
from_rows = 1
"""


def test_a_feed_goes_over_sftp_to_a_server_whose_key_is_known(stage, sshd, inbound):
    stage.configure(more=MAPPING + sftp_feed(sshd, sshd.host_key, inbound), push="")
    prove(stage, emailAddress="kim@share.example")
    stage.record(Email="kim@share.example", Title="Übersetzerin")
    run = stage.pull()
    assert (run.state, run.code) == ("done", None)
    [file] = inbound.iterdir()
    assert "Übersetzerin" in file.read_text(encoding="utf-8") and file.suffix == ".csv"


def test_a_server_with_another_key_gets_nothing_and_the_watermark_stays(stage, sshd, inbound):
    stage.configure(more=MAPPING + sftp_feed(sshd, sshd.other_key, inbound), push="")
    prove(stage, emailAddress="kim@share.example")
    stage.record(Email="kim@share.example", Title="T")
    run = stage.pull()
    assert (run.state, run.code) == ("stopped", "FEED_UNAVAILABLE")
    assert list(inbound.iterdir()) == []
    assert stage.sharing._pulled.watermark("acme", "Contact") is None
    stage.configure(more=MAPPING + sftp_feed(sshd, sshd.host_key, inbound), push="")
    assert stage.resume().state == "done"
    assert len(list(inbound.iterdir())) == 1
    assert stage.sharing._pulled.watermark("acme", "Contact") is not None


def test_a_new_pull_after_a_feed_that_failed_tells_everything(stage, tmp_path):
    blocked = tmp_path / "inbound"
    blocked.write_text("a file where the folder should be")
    stage.configure(more=MAPPING + feed(blocked), push="")
    prove(stage, emailAddress="kim@share.example")
    stage.record(Email="kim@share.example", Title="T")
    assert stage.pull().code == "FEED_UNAVAILABLE"
    blocked.unlink()
    assert stage.pull().counts["feedRows"] == 1


def test_a_pull_stops_at_the_api_limit_and_resume_finishes_it(pulling):
    prove(pulling, emailAddress="kim@share.example")
    pulling.record(Email="kim@share.example", Title="T")
    pulling.fault(requestLimit=True, route="/query", times=1)
    run = pulling.pull()
    assert (run.state, run.code) == ("stopped", "API_LIMIT")
    assert pulling.resume().state == "done" and attributes(pulling) == [{"jobTitle": "T"}]


def test_a_value_of_thirty_kilobytes_is_told_and_the_other_people_are_told_of(stage):
    stage.configure(more='[tenants.acme.data_sharing.pull.contact]\nDescription = "jobTitle"\n',
                    push="")  # fmt: skip
    for name, text in (("kim", "x" * 30_000), ("lee", "short")):
        prove(stage, emailAddress=f"{name}@share.example")
        stage.record(Email=f"{name}@share.example", Description=text)
    run = stage.pull()
    assert attributes(stage) == [{"jobTitle": "short"}]
    assert [(row.code, row.field) for row in stage.rows(run)] == [("VALUE_TOO_LONG", "Description")]


def test_an_accepted_change_is_delivered_like_any_other_message(pulling):
    prove(pulling, emailAddress="kim@share.example")
    pulling.record(Email="kim@share.example", Title="T")
    pulling.pull()
    [letter] = pulling.parts.outbox.letters((State.READY,))
    assert letter.kind == "crm-attributes"
