"""Looks at the Salesforce org that data is shared with: its API, its edition, its permissions.

Sources: Salesforce help, "Prerequisites and Considerations for Salesforce CRM Integration"
(Enterprise edition or higher); Object Reference, "Organization"; REST API Developer Guide,
"Limits".
"""

from collections.abc import Iterable, Mapping, Sequence

from service.errors import UpstreamFault
from service.storage.runs import Run, State
from service.tenant import Tenant
from service.upstream.crm import Crm
from service.usecases.doctor_checks import WRONG_CERTIFICATE, WRONG_PROXY, Check, amber, green, red
from service.usecases.sharing_preflight import Finding

EDITIONS = ("Enterprise Edition", "Performance Edition", "Unlimited Edition", "Developer Edition")
ORGANIZATION = "SELECT Id, OrganizationType, IsSandbox FROM Organization"
BATCHES = "DailyBulkApiBatches"
ACTIONS = {
    "CRM_REFUSED_CREDENTIALS": "Compare client_id and client_secret (or username and private_key) "
    "of the section crm with the External Client App; its flow must be on and have a user to run "
    "as.",
    "CRM_FORBIDDEN": "Enterprise edition or higher has the API; our user needs API Enabled, which "
    "the permission set Personalization Data Sharing gives.",
    "CRM_OTHER_INSTANCE": "Set instance_url to the org's My Domain address.",
    "CRM_CERTIFICATE_REFUSED": WRONG_CERTIFICATE,
    "CRM_PROXY_FAILED": WRONG_PROXY,
    "API_LIMIT": "Wait, or see Setup > System Overview for who uses the org's API calls.",
}
OTHERWISE = "Check instance_url, and whether this machine reaches it."


def org_checks(tenant: Tenant, crm: Crm) -> Iterable[Check]:
    """Yield what an org must have for data sharing; nothing more once it cannot be asked.

    Costs a sign-in and two calls. Raises nothing: a fault is a check.
    """
    try:
        organization = _organization(crm)
        limits = crm.limits()
    except UpstreamFault as fault:
        yield red("ORG_API", None, fault.detail, ACTIONS.get(fault.code, OTHERWISE))
        return
    yield green("ORG_API", None, "We sign in to the org, and it lets our user call the API.")
    yield edition(organization)
    yield org_id(organization, tenant.org_id)
    yield bulk_api(limits)


def _organization(crm: Crm) -> Mapping:
    try:
        rows = crm.queries([ORGANIZATION])[0]
    except UpstreamFault as fault:
        if fault.code != "CRM_REFUSED":
            raise
        rows = []  # the object is hidden from our user
    return rows[0] if rows else {}


def edition(organization: Mapping) -> Check:
    """Judge the edition; an org may have bought the API for a lower one."""
    name = organization.get("OrganizationType")
    if not name:
        said = "The org's edition is not visible to our user."
        action = "Compare it yourself: Setup > Company Information, Enterprise or higher."
        return amber("ORG_EDITION", None, said, action)
    kind = "sandbox" if organization.get("IsSandbox") else "org"
    if name in EDITIONS:
        return green("ORG_EDITION", None, f"The {kind} is of the {name}.")
    said = f"The {kind} is of the {name}; data sharing is meant for Enterprise Edition or higher."
    action = "Ask Salesforce for the API with your edition, or upgrade it."
    return amber("ORG_EDITION", None, said, action)


def org_id(organization: Mapping, configured: str) -> Check:
    """Judge whether this is the org that the tenants file names; ids are alike in 15 letters."""
    found = str(organization.get("Id") or "")
    if not found or found[:15] == configured[:15]:
        return green("ORG_ID", None, f"The tenants file names the org {configured}.")
    said = f"We sign in to the org {found}, but org_id of this tenant is {configured}."
    action = "Correct org_id, or instance_url of the section crm: two orgs must not be mixed."
    return red("ORG_ID", None, said, action)


def bulk_api(limits: Mapping) -> Check:
    """Judge whether rows can be written in bulk: an org without it has no batches to give."""
    if not limits:
        said = "Whether the Bulk API is on cannot be seen."
        action = "Give our user View Setup and Configuration."
        return amber("ORG_BULK_API", None, said, action)
    most = (limits.get(BATCHES) or {}).get("Max") or 0
    left = (limits.get(BATCHES) or {}).get("Remaining") or 0
    if most:
        return green("ORG_BULK_API", None, f"The Bulk API is on; {left} of {most} batches left.")
    said = "The org allows no batch of the Bulk API."
    action = "Enterprise edition or higher has it; ask Salesforce to switch it on."
    return red("ORG_BULK_API", None, said, action)


def preflight(findings: Sequence[Finding]) -> Iterable[Check]:
    """Yield what stands in the way of sharing, one check for each."""
    if not findings:
        yield green("DATA_SHARING", None, "Nothing stands in the way of sharing.")
    for each in findings:
        judge = red if each.is_fatal else amber
        about = ".".join(filter(None, (each.object_name, each.field))) or None
        action = "Set it right in the org or in the section data_sharing, then share again."
        yield judge(f"DATA_SHARING_{each.code}", about, each.message, action)


def latest_run(direction: str, run: Run | None) -> Check:
    """Judge how the latest run of one direction ended."""
    code, name = "DATA_SHARING_RUN", direction
    if run is None:
        action = "Wait for the night, or: p13n share plan TENANT, then p13n share run TENANT"
        return amber(code, name, "Nothing was shared yet.", action)
    if run.state == State.FAILED:
        action = "See the reason, then share again: p13n share run TENANT"
        return red(code, name, run.detail or f"Run {run.id} failed.", action)
    if run.state == State.STOPPED:
        action = "Put it right, then go on: p13n share resume TENANT"
        return amber(code, name, run.detail or f"Run {run.id} stopped.", action)
    refused = run.counts.get("rejected", 0) + run.counts.get("failed", 0)
    if refused:
        action = "Read the reasons on the Setup page, or: p13n share status TENANT"
        return amber(code, name, f"Run {run.id} could not write {refused} rows.", action)
    return green(code, name, f"Run {run.id}: {run.state}.")


def night(occasion: str, has_begun: bool) -> Check:
    """Judge whether a worker has taken up the latest night that was due."""
    code, name = "DATA_SHARING_NIGHT", occasion
    if has_begun:
        return green(code, name, "A worker has taken up what is scheduled.")
    said = "What is scheduled was not taken up: no worker runs."
    return red(code, name, said, "Start one: p13n worker. It makes up for the last twelve hours.")
