"""The org's records: the shop's people as contacts and leads, their companies as accounts."""

from simulator.crm.org import ORG_ID, Org
from simulator.crm.seed_deals import seed_deals
from simulator.crm.seed_responses import seed_responses
from simulator.crm.users import SHARING_USER_ID, USER_ID
from simulator.record_ids import record_id
from simulator.shop.people import (
    COMPANIES,
    WITHOUT_EMAIL,
    Person,
    company_record_id,
    customers,
    everybody,
)

INDUSTRIES = ("Retail", "Hospitality", "Entertainment", "Food & Beverage")
CASES = 200
"""As many as Salesforce hands to a Flow at once."""
STATUSES = ("Open - Not Contacted", "Working - Contacted")
COMPLAINTS = (
    ("Parcel has not arrived", "Delivery"),
    ("Cup was broken in the parcel", "Damaged"),
    ("Blue instead of pink", "Wrong Item"),
    ("Invoice for the last order", "Other"),
)
COUNTRIES_WITH_CODES = {"United Kingdom": "+44 20 7946", "France": "+33 1 99 00",
                        "Australia": "+61 3 5550", "Netherlands": "+31 85 555"}  # fmt: skip


def seed_shop(org: Org) -> None:
    """Fill an empty org."""
    insert = org.records.insert_as_given
    insert("Organization", _organization(), USER_ID)
    insert("User", _user(), USER_ID)
    insert("User", _integration_user(), USER_ID)
    for number, company in enumerate(COMPANIES):
        insert("Account", _account(number, company), USER_ID)
    for number, person in enumerate(everybody()):
        make, name = (_lead, "Lead") if person.is_lead else (_contact, "Contact")
        insert(name, make(number, person), USER_ID)
    for number in range(CASES):
        insert("Case", _case(number), USER_ID)
    seed_deals(org)
    seed_responses(org)


def _organization() -> dict:
    return {"Id": ORG_ID, "Name": "Shop", "OrganizationType": "Enterprise Edition"}


def _integration_user() -> dict:
    """Return the user as whom data sharing signs in."""
    return _user() | {
        "Id": SHARING_USER_ID,
        "Username": "data.sharing@shop.example",
        "FirstName": "Data",
        "LastName": "Sharing",
        "Email": "data.sharing@shop.example",
        "Alias": "dshare",
        "Title": None,
    }


def _user() -> dict:
    return {
        "Id": USER_ID,
        "Username": "robin.rep@shop.example",
        "FirstName": "Robin",
        "LastName": "Reeve",
        "Email": "robin.rep@shop.example",
        "Alias": "rreeve",
        "Title": "Sales Rep",
        "IsActive": 1,
        "TimeZoneSidKey": "Europe/London",
        "LocaleSidKey": "en_GB",
        "LanguageLocaleKey": "en_US",
        "UserType": "Standard",
    }


def _account(number: int, company: str) -> dict:
    slug = "".join(letter for letter in company.lower() if letter.isalpha())
    return {
        "Id": company_record_id(company),
        "Name": company,
        "Type": "Customer - Direct",
        "Industry": INDUSTRIES[number % len(INDUSTRIES)],
        "Phone": _phone("United Kingdom", 100 + number),
        "Website": f"https://{slug}.example",
        "BillingStreet": f"{number + 1} Market Row",
        "BillingCity": "Bath",
        "BillingCountry": "United Kingdom",
        "NumberOfEmployees": 3 + number * 7 % 40,
    }


def _contact(number: int, person: Person) -> dict:
    lacks_email = person.customer_id == WITHOUT_EMAIL
    return {
        "Id": person.record_id,
        "AccountId": company_record_id(person.company),
        "FirstName": person.first_name,
        "LastName": person.last_name,
        "Email": None if lacks_email else person.email,
        "Title": person.title,
        "Department": "Purchasing",
        "Phone": _phone(person.country, number),
        "MailingStreet": f"{number + 1} Station Road",
        "MailingCity": person.city,
        "MailingCountry": person.country,
        "LeadSource": "Web",
    }


def _lead(number: int, person: Person) -> dict:
    return {
        "Id": person.record_id,
        "FirstName": person.first_name,
        "LastName": person.last_name,
        "Email": person.email,
        "Title": person.title,
        "Company": person.company,
        "Phone": _phone(person.country, number),
        "Street": f"{number + 1} Station Road",
        "City": person.city,
        "Country": person.country,
        "LeadSource": "Web",
        "Status": STATUSES[number % len(STATUSES)],
    }


def _case(number: int) -> dict:
    people = customers()
    person = people[number % len(people)]
    subject, reason = COMPLAINTS[number // len(people) % len(COMPLAINTS)]
    return {
        "Id": record_id("500", 1 + number),
        "CaseNumber": f"{1 + number:08d}",
        "ContactId": person.record_id,
        "AccountId": company_record_id(person.company),
        "Subject": subject,
        "Status": "Working",
        "Origin": "Phone",
        "Type": "Problem",
        "Reason": reason,
    }


def _phone(country: str, number: int) -> str:
    """Return a number from a range that is kept for fiction, or looks like it."""
    return f"{COUNTRIES_WITH_CODES[country]} {number:04d}"
