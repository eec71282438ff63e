"""How the demo's tenant shares data with the simulated org: a part of its tenants file."""

from simulator.crm.sessions import SHARING_CLIENT_ID, SHARING_CLIENT_SECRET

PEOPLE = {
    "Engagement": "engagementScore",
    "Engagement_Trend": "engagementTrend",
    "Segments": "segments",
    "First_Activity": "firstActivity",
    "Last_Activity": "lastActivity",
    "Top_Affinity": "topAffinity",
    "Link": "link",
}
"""What is pushed to contacts and leads, by the middle of the package's field names."""

OF_PERSONS = ("topAffinity", "link")
"""What an account has not: there is no such thing as the link of many people."""

SECRETS = {
    "ACME_CRM_CLIENT_ID": SHARING_CLIENT_ID,
    "ACME_CRM_CLIENT_SECRET": SHARING_CLIENT_SECRET,
}

SECTION = """
[tenants.acme.crm]
instance_url = "{org_url}"
client_id = "env:ACME_CRM_CLIENT_ID"
client_secret = "env:ACME_CRM_CLIENT_SECRET"

[tenants.acme.data_sharing]
dataset = "retail"
schedule = "0 4 * * *"
time_zone = "Europe/London"
share_leads = true
segments = ["Spent 250 or more", "Never bought"]
profile_link = "https://acme.us-1.evergage.com/profile/{{id}}"
"""


def sharing_section(org_url: str) -> str:
    """Return the sections `crm` and `data_sharing` of the tenant acme."""
    accounts = {name: word for name, word in PEOPLE.items() if word not in OF_PERSONS}
    tables = (_push("contact", PEOPLE), _push("lead", PEOPLE), _push("account", accounts))
    return "\n".join((SECTION.format(org_url=org_url), *tables))


def _push(object_name: str, words: dict[str, str]) -> str:
    fields = (f'Personalization_{name}__c = "{word}"' for name, word in words.items())
    return "\n".join((f"[tenants.acme.data_sharing.push.{object_name}]", *fields))
