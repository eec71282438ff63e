"""Opportunities with their contact roles, and the records that lead to nobody."""

from datetime import timedelta

from simulator.crm.org import Org
from simulator.crm.users import USER_ID
from simulator.record_ids import record_id
from simulator.shop.people import COMPANIES, company_record_id, customers

STAGES = ("Prospecting", "Qualification", "Proposal/Price Quote", "Negotiation/Review")
CASE_WITHOUT_CONTACT = 201
"""One more than Flows are handed at once."""


def seed_deals(org: Org) -> None:
    """Add to an org that has its contacts: a deal for each company, the last without a contact."""
    insert = org.records.insert_as_given
    for number, company in enumerate(COMPANIES, start=1):
        today = org.clock.now().date()
        deal = {
            "Id": record_id("006", number),
            "Name": f"{company}: autumn range",
            "AccountId": company_record_id(company),
            "StageName": STAGES[number % len(STAGES)],
            "Amount": 1_200 + number * 350,
            "CloseDate": (today + timedelta(days=7 * number)).isoformat(),
            "Type": "Existing Business",
        }
        insert("Opportunity", deal, USER_ID)
        if number < len(COMPANIES):
            insert("OpportunityContactRole", _primary_role(number, company), USER_ID)
    insert("Case", _case_of_nobody(), USER_ID)


def _primary_role(number: int, company: str) -> dict:
    buyer = next(person for person in customers() if person.company == company)
    return {
        "Id": record_id("00K", number),
        "OpportunityId": record_id("006", number),
        "ContactId": buyer.record_id,
        "Role": "Decision Maker",
        "IsPrimary": 1,
    }


def _case_of_nobody() -> dict:
    return {
        "Id": record_id("500", CASE_WITHOUT_CONTACT),
        "CaseNumber": f"{CASE_WITHOUT_CONTACT:08d}",
        "Subject": "Caller did not leave a name",
        "Status": "New",
        "Origin": "Phone",
    }
