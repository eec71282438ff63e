"""The dataset of the bank: its people, its offers, and the campaign that decides among them."""

import hashlib

from simulator.bank.offers import OFFERS, AccountHolder, account_holders
from simulator.personalization.campaigns import Campaign, Experience
from simulator.personalization.dataset import Dataset
from simulator.personalization.segments import Segment
from simulator.personalization.shop_campaigns import promotion_fields
from simulator.personalization.shop_catalog import promotion_item
from simulator.personalization.templates import promotions

BANK = "bank"
STUDENTS = Segment(
    "Sg8St", "Students", lambda p: any("student" in name.lower() for name in p.actions)
)


def campaigns() -> list[Campaign]:
    """Return the bank's one campaign."""
    fields = promotion_fields("promos", 2)
    experience = Experience("Ex9Bk", "By what they did", promotions, fields)
    return [Campaign("Bk2Of", "Bank offers", (experience,), template_name="CRM Promotions")]


def fill(dataset: Dataset, now_ms: int) -> None:
    """Put offers and people into the dataset."""
    dataset.catalog = {
        "Product": {},
        "Promotion": {offer.id: promotion_item(offer) for offer in OFFERS},
    }
    for holder in account_holders():
        person = holder.person
        profile = dataset.profiles.create(now_ms - 30 * 86_400_000, _profile_id(holder))
        profile.last_activity = profile.created
        for name, value in {"emailAddress": person.email, "customerId": holder.customer_id}.items():
            if value:
                dataset.profiles.identify(profile, name, value, profile.created, True)
        for name, value in {"name": person.name, "firstName": person.first_name}.items():
            profile.set_attribute(name, value, profile.created, True)


def _profile_id(holder: AccountHolder) -> str:
    return hashlib.sha256(f"account of {holder.customer_id}".encode()).hexdigest()[:24]
