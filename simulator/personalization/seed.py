"""The account of the simulated shop: its dataset, people, catalog and campaigns."""

import hashlib
from datetime import datetime

from simulator.personalization.account import Account
from simulator.personalization.campaigns import (
    Campaign,
    Experience,
    rule_application,
    rule_attribute,
    rule_segment,
)
from simulator.personalization.dataset import CatalogItem, Dataset
from simulator.personalization.events import read_event
from simulator.personalization.pipeline import Reception, take_event
from simulator.personalization.profiles import IdentityType
from simulator.personalization.segments import Segment
from simulator.personalization.templates import profile_summary, promotions, recommendations
from simulator.personalization.tokens import Token, TokenRing
from simulator.shop.invoices import Invoice, invoices_until, kept_purchases
from simulator.shop.people import Person, company_record_id, customers, prospects
from simulator.shop.products import CURRENCY, Product, products
from simulator.shop.promotions import PROMOTIONS, Promotion
from simulator.shop.visits import View, views_until

KEY_ID, KEY_SECRET = "demo-key", "demo-secret"
DATASET = "retail"
CRM_ZONE = "crm_offers"

IDENTITY_TYPES = {
    kind.name: kind
    for kind in (
        IdentityType("emailAddress"),
        IdentityType("customerId"),
        IdentityType("sfmcContactKey"),
        IdentityType("sfcrmContactId", is_case_sensitive=True),
        IdentityType("sfcrmLeadId", is_case_sensitive=True),
        IdentityType("mobileNumber", is_unique=False),
    )
}
ATTRIBUTES = dict.fromkeys(
    [*IDENTITY_TYPES, "sfcrmAccountId", "name", "firstName", "lastName", "jobTitle", "accountName",
     "country", "city"],
    "string",
) | {"loyaltyPoints": "number", "newsletter": "boolean", "birthday": "date"}  # fmt: skip
PROFILE_OBJECT_TYPES = {"Case": {"status": "string", "subject": "string"}}

BIG_SPENDERS = Segment("Sg2Sp", "Spent 250 or more", lambda p: p.spent() >= 250)
NEWCOMERS = Segment("Sg3Nw", "Never bought", lambda p: not p.orders)
SEGMENTS = [BIG_SPENDERS, NEWCOMERS]

# The control share is small, yet large enough that somebody of the cast is in it.
PROMOTION_CONTROL_PERCENT = 6


def campaigns() -> list[Campaign]:
    """Return the account's campaigns: two for the record page, the others for special questions."""
    return [
        Campaign(
            id="Rc7kP",
            name="CRM Recommendations",
            experiences=(
                Experience("Ex1Rc", "Bought together", recommendations,
                           {"datafield": "recs", "recipe": "Bought Together", "maxResults": 8}),
            ),
            rules=(rule_attribute("country", ("United Kingdom", "France", "Australia")),),
        ),
        Campaign(
            id="Pm3xQ",
            name="CRM Promotions",
            experiences=(
                Experience("Ex2Pm", "By what they bought", promotions,
                           {"datafield": "promos", "assetContentZoneOrTag": CRM_ZONE,
                            "maxResults": 2}),
            ),
            template_name="CRM Promotions",
            control_percent=PROMOTION_CONTROL_PERCENT,
        ),
        _zone_campaign("Zn1Aa", "Ex3Zn", "Offer of the day", priority=1),
        _zone_campaign("Zn2Bb", "Ex4Zn", "Offer of the week", priority=2),
        Campaign(
            id="Sv9Tc",
            name="Service hints",
            experiences=(
                Experience("Ex5Sv", "For the service desk", promotions,
                           {"datafield": "serviceHints", "maxResults": 1}),
            ),
            rules=(rule_application(("Service Cloud",)),),
        ),
        Campaign(
            id="Bg4Sp",
            name="Big spenders' profile",
            experiences=(
                Experience("Ex6Pf", "Profile", profile_summary,
                           {"attributes": ["country", "city"]}),
            ),
            rules=(rule_segment(BIG_SPENDERS.id, BIG_SPENDERS.name),),
        ),
        Campaign(
            id="Ts5Dr",
            name="Draft recommendations",
            experiences=(
                Experience("Ex7Ts", "Draft", recommendations,
                           {"datafield": "drafts", "maxResults": 3}),
            ),
            state="Testing",
        ),
        Campaign(
            id="Wb6Hp",
            name="Home page banner",
            experiences=(Experience("Ex8Wb", "Banner", promotions,
                                    {"datafield": "banner", "maxResults": 1}),),
            channels=("Web",),
            type="Web",
        ),
    ]  # fmt: skip


def seed_shop(account: Account) -> tuple[dict[str, Dataset], TokenRing]:
    """Return the datasets and tokens of the shop's account."""
    retail = _dataset(DATASET, "Retail", campaigns())
    retail.catalog = {
        "Product": {product.id: _product_item(product) for product in products().values()},
        "Promotion": {promotion.id: _promotion_item(promotion) for promotion in PROMOTIONS},
    }
    now = account.clock.now()
    _add_people(retail, now)
    _send(retail, [_till_event(each) for each in _invoices(now)], account)
    _send(retail, [_site_event(each) for each in views_until(now)], account)
    wholesale = _dataset("wholesale", "Wholesale", [])
    return {dataset.name: dataset for dataset in (retail, wholesale)}, _tokens()


def profile_id(person: Person) -> str:
    """Return the profile id that a person of the cast has: the same at every start."""
    return hashlib.sha256(f"profile of {person.record_id}".encode()).hexdigest()[:24]


def known_people() -> list[Person]:
    """Return the people who have a profile at the start."""
    return [person for person in (*customers(), *prospects()) if person.is_known]


def _dataset(name: str, label: str, its_campaigns: list[Campaign]) -> Dataset:
    return Dataset(
        name=name,
        label=label,
        identity_types=IDENTITY_TYPES,
        attributes=ATTRIBUTES,
        profile_object_types=PROFILE_OBJECT_TYPES,
        catalog={"Product": {}, "Promotion": {}},
        campaigns=its_campaigns,
        segments=SEGMENTS,
    )


def _zone_campaign(campaign_id: str, experience_id: str, name: str, priority: int) -> Campaign:
    config = {"datafield": "offers", "assetContentZoneOrTag": CRM_ZONE, "maxResults": 1}
    experience = Experience(experience_id, name, promotions, config, content_zone=CRM_ZONE)
    return Campaign(campaign_id, name, (experience,), priority=priority, created=priority)


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


def _product_item(product: Product) -> CatalogItem:
    return CatalogItem(
        item_type="Product",
        id=product.id,
        attributes={
            "name": product.name,
            "price": product.price,
            "currency": CURRENCY,
            "url": product.url,
            "imageUrl": product.image_url,
            "description": product.description,
            "rating": product.rating,
            "inventoryCount": product.stock,
            "margin": product.margin,
            "promotable": True,
            "archived": False,
            "color": None,
        },
        dimensions={"Style": [product.style] if product.style else []},
        categories=(product.category,),
    )


def _promotion_item(promotion: Promotion) -> CatalogItem:
    asset = {
        "type": "ExternalImage" if promotion.is_action else "CdnImage",
        "imageUrl": promotion.image_url,
        "contentZones": [CRM_ZONE],
    }
    return CatalogItem(
        item_type="Promotion",
        id=promotion.id,
        attributes={
            "name": promotion.name,
            "url": promotion.url,
            "description": promotion.description,
            "ctaText": promotion.cta_text,
            "actionName": promotion.cta_text if promotion.is_action else None,
            "minimumSpent": promotion.spent,
            "published": True,
        },
        dimensions={"Category": list(promotion.categories)},
        assets=(asset,),
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
