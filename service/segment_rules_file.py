"""Reads `manual_segments` of a tenant's data sharing: what puts people into manual segments."""

import re
from collections import Counter

from service.data_sharing import CampaignRule, SegmentRule
from service.file_tables import Table

FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")
CAMPAIGN = re.compile(r"701[A-Za-z0-9]{12}([A-Za-z0-9]{3})?")


def read_segment_rules(
    sharing: Table, share_leads: bool
) -> tuple[tuple[SegmentRule, ...], tuple[CampaignRule, ...]]:
    """Return the rules over fields of records, and those over members of campaigns."""
    rules: list[SegmentRule | CampaignRule] = []
    for place, values in enumerate(sharing.get("manual_segments", list, [])):
        table = Table(f"{sharing.path}.manual_segments[{place}]", values, sharing.problems)
        read = _campaign_rule if "campaign" in table.values else _field_rule
        rules.append(read(table, share_leads))
        table.refuse_unknown()
    fields = tuple(rule for rule in rules if isinstance(rule, SegmentRule))
    campaigns = tuple(rule for rule in rules if isinstance(rule, CampaignRule))
    uses = Counter([rule.segment for rule in campaigns] + [*{rule.segment for rule in fields}])
    for segment in sorted({r.segment for r in campaigns if r.segment and uses[r.segment] > 1}):
        message = f"{segment!r} is fed by a campaign, so by nothing else: who left one would be out"
        sharing.wrong("manual_segments", message)
    return fields, campaigns


def _field_rule(table: Table, share_leads: bool) -> SegmentRule:
    rule = SegmentRule(
        segment=table.get("segment", str, "", required=True),
        object_name=table.one_of("object", ("contact", "lead")).capitalize(),
        field=table.get("field", str, "", required=True),
        value=table.get("value", str, "", required=True),
    )
    if not FIELD.fullmatch(rule.field):
        table.wrong("field", f"{rule.field!r} is not the API name of a field")
    if rule.object_name == "Lead" and not share_leads:
        table.wrong("object", "lead needs share_leads = true")
    return rule


def _campaign_rule(table: Table, share_leads: bool) -> CampaignRule:
    rule = CampaignRule(
        segment=table.get("segment", str, "", required=True),
        campaign=table.get("campaign", str, ""),
        statuses=table.strings("status"),
        with_leads=share_leads,
    )
    if not CAMPAIGN.fullmatch(rule.campaign):
        table.wrong("campaign", "must be the campaign's 15 or 18 character id, beginning with 701")
    return rule
