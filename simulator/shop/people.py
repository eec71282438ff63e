"""The people of the shop's world. All names, addresses and companies are invented."""

from dataclasses import dataclass
from functools import lru_cache

from simulator.record_ids import record_id
from simulator.shop.invoices import recorded_invoices

FIRST_NAMES = (
    "Ada", "Bruno", "Chiara", "Daniel", "Edith", "Farah", "Gustav", "Hanna", "Idris", "Judith",
    "Kofi", "Lena", "Mateo", "Nora", "Oscar", "Priya", "Quentin", "Rosa", "Samir", "Tilda",
    "Ugo", "Vera", "Wanda", "Xavier", "Yara", "Zoltan", "Amara", "Boris", "Celia", "Dmitri",
    "Elif", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Katya", "Liam", "Mira", "Nils",
    "Olga", "Pablo", "Ruth", "Stefan", "Talia", "Umar", "Violet", "Walter", "Yusuf", "Zelda",
)  # fmt: skip
LAST_NAMES = (
    "Ashdown", "Birchall", "Carver", "Dunmore", "Ellery", "Fairfax", "Garland", "Holloway",
    "Iverson", "Jessop", "Kingsley", "Lockhart", "Merrow", "Northcott", "Okafor", "Pembury",
    "Quill", "Rowntree", "Sandhu", "Thackery", "Underhill", "Varley", "Wexford", "Yardley",
    "Zeller",
)  # fmt: skip
COMPANIES = (
    "Thistle & Thread Gifts", "Harbour Lane Interiors", "The Paper Lantern",
    "Copper Kettle Tearooms", "Juniper Street Trading", "Little Acorn Toys", "Fennel & Rye Deli",
    "Marigold Events", "North Pier Souvenirs", "Willow Bank Nurseries", "Saffron House Hotels",
    "Old Mill Bookshop",
)  # fmt: skip
CITIES = {
    "United Kingdom": ("Bath", "Leeds", "Norwich", "York", "Exeter", "Lincoln"),
    "France": ("Lyon",),
    "Australia": ("Hobart",),
    "Netherlands": ("Utrecht",),
}
TITLES = ("Buyer", "Owner", "Store Manager", "Purchasing Lead", "Office Manager", "Head of Gifts")
MAIL_DOMAINS = ("example.com", "example.org", "example.net")
WITHOUT_EMAIL = "17420"  # the customer whose contact record lacks an e-mail address


@dataclass(frozen=True)
class Person:
    """Somebody whom the CRM knows, Personalization knows, or both.

    `customer_id` is set for the shop's customers; `record_id` is the CRM contact or lead;
    `is_known` says whether Personalization has a profile.
    """

    first_name: str
    last_name: str
    email: str | None
    record_id: str
    country: str
    city: str
    title: str
    company: str
    customer_id: str | None = None
    is_lead: bool = False
    is_known: bool = True

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@lru_cache(maxsize=1)
def customers() -> tuple[Person, ...]:
    """Return the shop's customers in order of their first invoice; each is a CRM contact."""
    countries: dict[str, str] = {}
    for invoice in recorded_invoices():
        countries.setdefault(invoice.customer_id, invoice.country)
    return tuple(
        _invented(number, countries[customer_id], customer_id=customer_id)
        for number, customer_id in enumerate(countries)
    )


@lru_cache(maxsize=1)
def strangers() -> tuple[Person, ...]:
    """Return contacts of whom Personalization has never heard."""
    first = len(customers())
    return tuple(_invented(first + n, "United Kingdom", is_known=False) for n in range(3))


@lru_cache(maxsize=1)
def prospects() -> tuple[Person, ...]:
    """Return the leads: the first four have visited the site, the others are unknown to it."""
    first = len(customers()) + len(strangers())
    return tuple(
        _invented(first + n, "United Kingdom", is_lead=True, is_known=n < 4) for n in range(7)
    )


def everybody() -> tuple[Person, ...]:
    """Return customers, strangers and prospects."""
    return customers() + strangers() + prospects()


def company_record_id(company: str) -> str:
    """Return the CRM id of an account."""
    return record_id("001", 1 + COMPANIES.index(company))


def _invented(number: int, country: str, **known) -> Person:
    first = FIRST_NAMES[number % len(FIRST_NAMES)]
    # A second round through the first names meets other last names.
    last = LAST_NAMES[(number * 7 + number // len(FIRST_NAMES)) % len(LAST_NAMES)]
    domain = MAIL_DOMAINS[number % len(MAIL_DOMAINS)]
    cities = CITIES[country]
    return Person(
        first_name=first,
        last_name=last,
        email=f"{first}.{last}@{domain}".lower(),
        record_id=record_id("00Q" if known.get("is_lead") else "003", 1 + number),
        country=country,
        city=cities[number % len(cities)],
        title=TITLES[number % len(TITLES)],
        company=COMPANIES[number % len(COMPANIES)],
        **known,
    )
