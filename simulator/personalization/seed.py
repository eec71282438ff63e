"""The account of the simulated shop: its datasets, tokens, people and their past events."""

import hashlib
from datetime import datetime

from simulator.personalization import bank_dataset
from simulator.personalization.account import Account
from simulator.personalization.campaigns import Campaign
from simulator.personalization.dataset import Dataset
from simulator.personalization.events import read_event
from simulator.personalization.pipeline import Reception, take_event
from simulator.personalization.profiles import IdentityType
from simulator.personalization.segments import Segment
from simulator.personalization.shop_campaigns import SEGMENTS, campaigns
from simulator.personalization.shop_catalog import catalog
from simulator.personalization.tokens import Token, TokenRing
from simulator.shop.invoices import Invoice, invoices_until, kept_purchases
from simulator.shop.people import Person, company_record_id, customers, prospects
from simulator.shop.visits import View, views_until

KEY_ID, KEY_SECRET = "demo-key", "demo-secret"
DATASET = "retail"

IDENTITY_TYPES = {
    kind.name: kind
    for kind in (
        IdentityType("emailAddress"),
        IdentityType("customerId"),
        IdentityType("sfmcContactKey"),
        IdentityType("loyaltyNumber"),
        IdentityType("sfcrmContactId", is_case_sensitive=True),
        IdentityType("sfcrmLeadId", is_case_sensitive=True),
        IdentityType("mobileNumber", is_unique=False),
    )
}
ATTRIBUTES = dict.fromkeys(
    [*IDENTITY_TYPES, "sfcrmAccountId", "name", "firstName", "lastName", "jobTitle", "accountName",
     "country", "city", "leadStatus", "schoolColour"],
    "string",
) | {"loyaltyPoints": "number", "employees": "number", "newsletter": "boolean",
       "birthday": "date"}  # fmt: skip
PROFILE_OBJECT_TYPES = {
    "Case": dict.fromkeys(("status", "subject", "reason", "priority"), "string"),
}


def seed_shop(account: Account) -> tuple[dict[str, Dataset], TokenRing]:
    """Return the datasets and tokens of the shop's account."""
    retail = _dataset(DATASET, "Retail", campaigns())
    retail.catalog = catalog()
    now = account.clock.now()
    _add_people(retail, now)
    _send(retail, [_till_event(each) for each in _invoices(now)], account)
    _send(retail, [_site_event(each) for each in views_until(now)], account)
    wholesale = _dataset("wholesale", "Wholesale", [])
    bank = _dataset(bank_dataset.BANK, "Bank", bank_dataset.campaigns(), [bank_dataset.STUDENTS])
    bank_dataset.fill(bank, int(now.timestamp() * 1000))
    return {dataset.name: dataset for dataset in (retail, wholesale, bank)}, _tokens()


def profile_id(person: Person) -> str:
    """Return the profile id that a person of the cast has: the same at every start."""
    return hashlib.sha256(f"profile of {person.record_id}".encode()).hexdigest()[:24]


def known_people() -> list[Person]:
    """Return the people who have a profile at the start."""
    return [person for person in (*customers(), *prospects()) if person.is_known]


def _dataset(
    name: str, label: str, its_campaigns: list[Campaign], segments: list[Segment] = SEGMENTS
) -> Dataset:
    return Dataset(
        name=name,
        label=label,
        identity_types=IDENTITY_TYPES,
        attributes=ATTRIBUTES,
        profile_object_types=PROFILE_OBJECT_TYPES,
        catalog={"Product": {}, "Promotion": {}},
        campaigns=its_campaigns,
        segments=segments,
    )


def _tokens() -> TokenRing:
    return TokenRing(
        [
            Token(KEY_ID, KEY_SECRET),
            Token("demo-disabled", KEY_SECRET, is_enabled=False),
            Token("demo-events-only", KEY_SECRET, can_access_api=False),
            Token("demo-api-only", KEY_SECRET, can_send_events=False),
            Token("demo-wholesale", KEY_SECRET, datasets=("wholesale",)),
            Token("demo-elsewhere", KEY_SECRET, addresses=("192.0.2.7",)),
        ]
    )


def _add_people(dataset: Dataset, now: datetime) -> None:
    now_ms = int(now.timestamp() * 1000)
    for person in known_people():
        profile = dataset.profiles.create(now_ms - 30 * 86_400_000, profile_id(person))
        profile.last_activity = profile.created
        for name, value in _identities(person).items():
            dataset.profiles.identify(profile, name, value, profile.created, True)
        for name, value in _attributes(person).items():
            profile.set_attribute(name, value, profile.created, True)


def _identities(person: Person) -> dict[str, str]:
    crm_type = "sfcrmLeadId" if person.is_lead else "sfcrmContactId"
    identities = {
        "emailAddress": person.email,
        "customerId": person.customer_id,
        crm_type: person.record_id,
    }
    return {name: value for name, value in identities.items() if value}


def _attributes(person: Person) -> dict[str, str]:
    return {
        "name": person.name,
        "firstName": person.first_name,
        "lastName": person.last_name,
        "jobTitle": person.title,
        "accountName": person.company,
        "sfcrmAccountId": company_record_id(person.company),
        "country": person.country,
        "city": person.city,
    }


def _send(dataset: Dataset, bodies: list[dict], account: Account) -> None:
    """Send events through the pipeline, as the shop's systems would have when they happened."""
    for body in bodies:
        event = read_event(body)
        take_event(Reception(dataset, event, True, event.time, account.switches))


def _invoices(now: datetime) -> list[Invoice]:
    invoices = invoices_until(now)
    returned = [invoice for invoice in invoices if invoice.is_cancellation and invoice.lines]
    return sorted(kept_purchases(invoices) + returned, key=lambda invoice: invoice.at)


def _till_event(invoice: Invoice) -> dict:
    lines = [
        {"_id": line.product_id, "price": line.unit_price, "quantity": line.quantity}
        for line in invoice.lines
    ]
    order = {"orderId": invoice.number, "lineItems": lines}
    what_happened = (
        {"action": "Cancel", "catalog": {"Product": {"_id": lines[0]["_id"]}}}
        if invoice.is_cancellation
        else {"action": "Purchase", "itemAction": "Purchase", "order": {"Product": order}}
    )
    user = {"attributes": {"customerId": invoice.customer_id}}
    return what_happened | _circumstances("Shop Till", invoice.at) | {"user": user}


def _site_event(view: View) -> dict:
    return {
        "action": "View Product",
        "itemAction": "View Item",
        "catalog": {"Product": {"_id": view.product_id}},
        "user": {"attributes": {"sfcrmLeadId": view.person.record_id}},
    } | _circumstances("Shop Site", view.at)


def _circumstances(application: str, at: datetime) -> dict:
    time_ms = int(at.timestamp() * 1000)
    return {
        "source": {"channel": "Server", "application": application, "time": time_ms},
        "flags": {"noCampaigns": True},
    }
