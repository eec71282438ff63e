"""The sections crm and data_sharing of the tenants file: read as a whole, every fault listed."""

import re
from pathlib import Path

import pytest

from service.errors import InvalidSettings
from service.settings import read_settings

HEAD = """\
[tenants.acme]
org_id = "00D000000000001EAA"
[tenants.acme.personalization]
url = "https://acme.evergage.com"
api_key_id = "env:KEY"
api_key_secret = "env:KEY"
[tenants.acme.datasets.retail]
identity_types = ["emailAddress", "sfcrmContactId"]
catalog_types = ["Category"]
user_attributes = { jobTitle = "string", department = "string" }
"""
CRM = """[tenants.acme.crm]
instance_url = "https://acme.my.salesforce.com"
client_id = "env:KEY"
client_secret = "env:KEY"
"""
DESIGN = """[tenants.acme.data_sharing]
dataset = "retail"
schedule = "0 4 * * *"
time_zone = "Europe/Berlin"
share_leads = false
blank = "skip"
only_designated_match_fields = false
segments = ["VIP"]
[tenants.acme.data_sharing.match]
contact = [{ field = "Email", attribute = "emailAddress" }]
account = [{ field = "Name", attribute = "accountName" }]
[tenants.acme.data_sharing.push.contact]
Personalization_Engagement__c = "engagementScore"
Personalization_Segments__c = "segments"
Personalization_Last_Activity__c = "lastActivity"
[tenants.acme.data_sharing.pull.contact]
Title = "jobTitle"
[tenants.acme.data_sharing.feed]
kind = "folder"
path = "/tmp/feed"
"""


def read(tmp_path, text: str):
    file = tmp_path / "tenants.toml"
    file.write_text(HEAD + text)
    environment = {"KEY": "x", "P13N_TENANTS": str(file), "P13N_SECRET_KEY": "x" * 40}
    return read_settings(environment).tenants["acme"]


def faults(tmp_path, text: str) -> str:
    with pytest.raises(InvalidSettings) as trouble:
        read(tmp_path, text)
    return "\n".join(trouble.value.problems)


def test_what_the_documentation_shows_is_read(tmp_path):
    tenant = read(tmp_path, CRM + DESIGN)
    sharing = tenant.data_sharing
    assert tenant.crm.instance_url == "https://acme.my.salesforce.com"
    assert (sharing.schedule, sharing.time_zone) == ("0 4 * * *", "Europe/Berlin")
    assert [each.name for each in sharing.pushed_objects()] == ["Contact"]
    assert sharing.objects["Account"].match[0].attribute == "accountName"
    assert sharing.feed.from_rows == 2_000


def test_the_example_of_the_documentation_has_no_fault(tmp_path):
    page = (Path(__file__).parents[2] / "docs/data-sharing.md").read_text(encoding="utf-8")
    example = page.split("```toml\n")[1].split("```")[0].replace("env:ACME_CRM", "env:KEY #")
    example = re.sub(r'"env:KEY #[A-Z_]+"', '"env:KEY"', example)
    tenant = read(tmp_path, example)
    assert tenant.data_sharing.segment_rules[0].segment == "gold-customers"
    assert tenant.data_sharing.campaign_rules[0].statuses == ("Responded",)


def test_a_tenant_without_the_sections_shares_nothing(tmp_path):
    tenant = read(tmp_path, "")
    assert tenant.crm is None and tenant.data_sharing is None


def test_all_faults_are_listed_at_once(tmp_path):
    text = """[tenants.acme.crm]
instance_url = "https://acme.example.com"
auth = "jwt"
client_id = "env:MISSING"
[tenants.acme.data_sharing]
dataset = "wholesale"
schedule = "every night"
time_zone = "Mars/Olympus"
blank = "perhaps"
max_change_percent = 200
misspelt = 1
[tenants.acme.data_sharing.match]
contact = [{ field = "Bad Field", attribute = "nobody" }]
[tenants.acme.data_sharing.push.contact]
A__c = "nonsense"
B__c = "segments"
C__c = "link"
[tenants.acme.data_sharing.push.lead]
D__c = "engagementScore"
[tenants.acme.data_sharing.push.account]
E__c = "attributes.jobTitle"
[tenants.acme.data_sharing.pull.contact]
Title = "unknown"
[tenants.acme.data_sharing.feed]
kind = "sftp"
"""
    found = faults(tmp_path, text)
    for part in (
        "crm.instance_url",
        "crm.username: is missing",
        "crm.private_key: is missing",
        "MISSING is not set",
        "'wholesale' is not one of this tenant's datasets",
        "data_sharing.schedule",
        "'Mars/Olympus' is not a time zone",
        "blank: must be one of skip, clear",
        "max_change_percent: must be from 0 to 100",
        "misspelt: is not a known setting",
        "'Bad Field' is not the API name",
        "'nonsense' is nothing that can be pushed",
        "B__c: needs segments",
        "C__c: needs profile_link",
        "share_leads: must be true for push.lead",
        "E__c: needs take",
        "feed.host: is missing",
        "feed.host_key: is missing",
    ):
        assert part in found, part


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[tenants.acme.data_sharing.pull.contact]\nPersonalization_Engagement__c = "jobTitle"',
         "is pushed, too"),
        ('[tenants.acme.data_sharing.pull.lead]\nTitle = "jobTitle"', "share_leads"),
        ('[tenants.acme.data_sharing.pull.contact]\nTitle = "emailAddress"', "user_attributes"),
        ('[[tenants.acme.data_sharing.manual_segments]]\nobject = "contact"\nfield = "Title"\n'
         'value = "x"\nsegment = "s"', "needs feed"),
        ('[[tenants.acme.data_sharing.manual_segments]]\ncampaign = "Spring"\nsegment = "s"',
         "campaign: must be the campaign's 15 or 18 character id"),
        ('[[tenants.acme.data_sharing.manual_segments]]\ncampaign = "701000000000001AAA"\n'
         'segment = "s"\n[[tenants.acme.data_sharing.manual_segments]]\nobject = "contact"\n'
         'field = "Title"\nvalue = "x"\nsegment = "s"', "is fed by a campaign"),
        ('[tenants.acme.data_sharing.pull.contact]\npersonalization_engagement__c = "jobTitle"',
         "is pushed, too"),
        ("A__c = 5", "5 is nothing that can be pushed"),
        ('a__c = "lastActivity"\nA__c = "lastActivity"', "a__c: stands there twice"),
        ('[tenants.acme.data_sharing.push.account]\n'
         'A__c = { value = "engagementScore", tkae = "max" }', "A__c.tkae: is not a known setting"),
        ('[tenants.acme.data_sharing.pull.account]\nIndustry = "jobTitle"\n'
         '[tenants.acme.data_sharing.pull.contact]\nTitle = "jobTitle"',
         "pull.contact: jobTitle is fed by two fields"),
        ('[tenants.acme.data_sharing.filter.lead]\nmodified_within_days = 2', "for filter.lead"),
        ('[tenants.acme.data_sharing.filter.account]\nmodified_within_days = 2', "has no effect"),
        ('[tenants.acme.data_sharing.feed]\nkind = "sftp"\nport = 70000', "port: must be from 1"),
        ('[tenants.acme.data_sharing.feed]\nhost_key = "ssh-ed25519 AAAA"', "host_key: must be"),
        ('[tenants.acme.data_sharing.push.campaign]\nTitle = "link"',
         "must be contact, lead or account"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused(tmp_path, text, fault):
    base = """[tenants.acme.data_sharing]
dataset = "retail"
[tenants.acme.data_sharing.push.contact]
Personalization_Engagement__c = "engagementScore"
"""
    assert fault in faults(tmp_path, CRM + base + text)


def test_a_fault_is_listed_once_however_often_it_is_met(tmp_path):
    told = faults(tmp_path, f'{CRM}[tenants.acme.data_sharing]\ndataset = "retail"\npush = []')
    assert told.count("data_sharing.push: must be a table") == 1


def test_two_tenants_with_one_feed_folder_are_refused(tmp_path):
    acme = CRM + DESIGN
    other = (HEAD + acme).replace("acme.", "other.").replace("acme]", "other]")
    other = other.replace("0001EAA", "0002EAA")
    told = faults(tmp_path, acme + other.replace("/tmp/feed", "/tmp/x/../feed"))
    assert "tenants.other.data_sharing.feed.path: is the folder of tenant acme already" in told
    assert read(tmp_path, acme + other.replace("/tmp/feed", "/tmp/other")).data_sharing.feed


def test_sharing_needs_to_know_the_org(tmp_path):
    assert "needs the section crm" in faults(tmp_path, DESIGN)
