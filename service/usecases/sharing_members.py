"""Members of CRM campaigns, whom a rule puts into manual segments.

A member is a contact or a lead. Who is taken off the campaign leaves the segment, and so does who
comes into a status that does not count: a member that is gone is told of apart, by its id alone,
so what is remembered of a member names its contact or lead.
Source: Object Reference, "CampaignMember"; REST API guide, "sObject Get Deleted".
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from service.crm_errors import CrmRefused
from service.data_sharing import CampaignRule, DataSharing
from service.model import Identity
from service.storage.pulled import Told
from service.tenant import Dataset
from service.upstream.crm import Crm
from service.usecases.sharing_incoming import identities_of, identity_fields, value_at
from service.usecases.sharing_lookup import records_by_id
from service.usecases.sharing_matching import ID
from service.usecases.sharing_preflight import Finding, check_visible
from service.usecases.sharing_records import LOOK_BACK, Reading, RecordReader, soql_time
from service.usecases.sharing_rivals import Reason

MEMBER = "CampaignMember"
OWN_FIELDS = ("CampaignId", "Status")
PREFIXES = {"Contact": "003", "Lead": "00Q"}
LONGEST_WINDOW = timedelta(days=29)
"""For deleted records; the org answers for 30 days."""
AHEAD = timedelta(minutes=1)
"""The org looks at whole minutes."""


@dataclass(frozen=True)
class Readable:
    """What of the campaigns' members our user sees: the fields that name a person, by object."""

    findings: list[Finding]
    identity: Mapping[str, tuple[tuple[str, str], ...]]


def check_members(crm: Crm, sharing: DataSharing, dataset: Dataset) -> Readable:
    """Say what stands in the way of reading the configured campaigns."""
    kinds = ("Contact", "Lead") if sharing.share_leads else ("Contact",)
    findings = check_visible(crm, MEMBER, [*OWN_FIELDS, *(f"{kind}Id" for kind in kinds)])
    if findings:
        return Readable(findings, {})
    identity = {}
    for kind in kinds:
        wanted = identity_fields(sharing, dataset, kind)
        found = check_visible(crm, kind, [field for field, _type in wanted])
        findings += found
        hidden = {each.field for each in found}
        is_hidden = any(each.is_fatal for each in found)
        identity[kind] = tuple(e for e in wanted if not is_hidden and e[0] not in hidden)
    return Readable(findings + _missing_campaigns(crm, sharing), identity)


def _missing_campaigns(crm: Crm, sharing: DataSharing) -> list[Finding]:
    from simple_salesforce.format import format_soql

    wanted = [rule.campaign for rule in sharing.campaign_rules]
    soql = format_soql("SELECT Id FROM Campaign WHERE Id IN {}", wanted)
    try:
        found = {r[ID][:15] for _total, page in crm.query_pages(soql) for r in page}
    except CrmRefused:
        found = set()
    return [
        Finding(
            "CAMPAIGN_NOT_VISIBLE",
            "Campaign",
            None,
            f"Campaign {each} is not there, or our user has no Read access to campaigns.",
        )
        for each in wanted
        if each[:15] not in found
    ]


class MemberReader(RecordReader):
    """Turns members of the configured campaigns into staged rows."""

    def __init__(self, reading: Reading):
        self.reading, self.name = reading, MEMBER
        self._sharing, self._mapping = reading.sharing, {}
        readable = check_members(reading.crm, reading.sharing, reading.dataset)
        self.findings, self._identity = readable.findings, readable.identity
        self.can_read = bool(readable.identity)
        named = [
            f"{kind}Id" if field == ID else f"{kind}.{field}"
            for kind, fields in self._identity.items()
            for field in (ID, *(field for field, _type in fields))
        ]
        self.fields = tuple(dict.fromkeys([ID, "SystemModstamp", *OWN_FIELDS, *named]))

    def queries(self) -> dict[str, str]:
        """Return what to read: a campaign that is added to the file is read from its beginning."""
        return {rule.watermark: self._soql_of(rule) for rule in self._sharing.campaign_rules}

    def _soql_of(self, rule: CampaignRule) -> str:
        conditions = [f"CampaignId = '{rule.campaign}'"]  # letters and digits, as the file's check
        if not rule.with_leads:
            conditions.append("ContactId != null")
        if since := self.reading.pulled.watermark(self.reading.run.tenant, rule.watermark):
            start = datetime.fromisoformat(since) - LOOK_BACK
            conditions.append(f"SystemModstamp >= {soql_time(start)}")
        fields, where = ",".join(self.fields), " AND ".join(conditions)
        return f"SELECT {fields} FROM {MEMBER} WHERE {where}"  # noqa: S608

    def take_gone(self) -> None:
        """Stage that who is no member any more leaves the segment."""
        reading = self.reading
        stamps = [
            reading.pulled.watermark(reading.run.tenant, rule.watermark)
            for rule in self._sharing.campaign_rules
        ]
        now = datetime.fromtimestamp(reading.clock(), UTC)
        start = now - LONGEST_WINDOW
        if all(stamps):
            start = max(start, min(map(datetime.fromisoformat, stamps)) - LOOK_BACK)
        ids = reading.crm.deleted(MEMBER, soql_time(start), soql_time(now + AHEAD))
        known = reading.pulled.told(reading.run.tenant, MEMBER, ids)
        gone = [each for each in known.values() if each.segments or each.waiting]
        if gone:
            self.take(list(self._gone(gone)))

    def _gone(self, gone: list[Told]) -> Iterator[dict]:
        """Yield members that are gone as members of no campaign, with their contact or lead."""
        people = {}
        for kind, fields in self._identity.items():
            ids = {t.of_record for t in gone if t.segments and _is_a(kind, t.of_record)}
            wanted = [ID, *(field for field, _type in fields)]
            found = records_by_id(self.reading.crm, kind, wanted, sorted(ids))
            people |= {r[ID]: {f"{kind}Id": r[ID], kind: r} for r in found}
        for told in gone:
            yield {ID: told.record_id} | people.get(told.of_record, {})

    def identities(self, record: Mapping) -> list[Identity]:
        """Return what may name the member, who is a contact before being a lead."""
        for kind, fields in self._identity.items():
            if record_id := record.get(f"{kind}Id"):
                person = {field: value_at(record, f"{kind}.{field}") for field, _type in fields}
                return identities_of(person | {ID: record_id}, fields)
        return []

    def of_record(self, record: Mapping) -> str | None:
        """Return the id of the member's contact or lead."""
        return next((record[f"{k}Id"] for k in self._identity if record.get(f"{k}Id")), None)

    def rivals(self, named: Mapping[str, Iterable[Identity]]) -> dict[str, Reason]:
        """A person may be a member several times."""
        return {}

    def segments(self, record: Mapping) -> tuple[str, ...]:
        """Return the manual segments that the member belongs to."""
        campaign, status = str(record.get("CampaignId"))[:15], str(record.get("Status")).casefold()
        found = {
            rule.segment
            for rule in self._sharing.campaign_rules
            if rule.campaign[:15] == campaign
            and (not rule.statuses or status in {each.casefold() for each in rule.statuses})
        }
        return tuple(sorted(found))


def _is_a(kind: str, record_id: str | None) -> bool:
    return bool(record_id) and record_id.startswith(PREFIXES[kind])
