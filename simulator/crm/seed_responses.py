"""What reps answered to offers before the demo began, so that a report has something to count.

Declined offers lie further back than the service would hide them: it has not heard of these.
"""

from datetime import timedelta

from simulator.crm.org import Org
from simulator.crm.soql.sql import datetime_text
from simulator.crm.users import USER_ID
from simulator.record_ids import record_id
from simulator.shop.people import customers
from simulator.shop.promotions import PROMOTIONS

ANSWERS = (
    # customer, promotion, answer, days ago, reason
    (10, "trade-account", "Offered", 3, None),
    (10, "trade-account", "Accepted", 3, None),
    (11, "winter-warmers", "Offered", 5, None),
    (12, "trade-account", "Offered", 12, None),
    (13, "winter-warmers", "Accepted", 16, None),
    (14, "trade-account", "Declined", 45, "Too expensive"),
    (15, "winter-warmers", "Declined", 47, "Already has it"),
    (16, "trade-account", "Declined", 52, "Bad time"),
)


def seed_responses(org: Org) -> None:
    """Add the answers to an org that has its contacts."""
    names = {promotion.id: promotion.name for promotion in PROMOTIONS}
    for number, (customer, promotion, answer, days_ago, reason) in enumerate(ANSWERS, start=1):
        columns = {
            "Id": record_id("a0R", number),
            "Name": f"OR-{number:06d}",
            "Contact__c": customers()[customer].record_id,
            "User__c": USER_ID,
            "Item_Type__c": "Promotion",
            "Item_Id__c": promotion,
            "Item_Name__c": names[promotion],
            "Campaign_Name__c": "CRM Promotions",
            "Answer__c": answer,
            "Reason__c": reason,
            "Answered_At__c": datetime_text(org.clock.now() - timedelta(days=days_ago)),
            "Status__c": "CRM Only" if answer == "Offered" else "Sent",
            "Dataset__c": "retail",
        }
        org.records.insert_as_given("Offer_Response__c", columns, USER_ID)
