"""A bank's few customers and offers. Everything is invented.

Some of the shop's customers bank here: to the CRM they are the same contacts, to Personalization
two datasets that never meet.
"""

from dataclasses import dataclass
from functools import lru_cache

from simulator.shop.people import Person, customers
from simulator.shop.promotions import Promotion

BANK_SITE = "https://bank.example"
STUDENT_ACCOUNT = "Back to School: student account opened"
MOST_CUSTOMERS = 12


@dataclass(frozen=True)
class AccountHolder:
    """A customer of the bank; `customer_id` is the bank's own number."""

    person: Person
    customer_id: str


@lru_cache(maxsize=1)
def account_holders() -> tuple[AccountHolder, ...]:
    """Return the bank's customers."""
    some = customers()[:MOST_CUSTOMERS]
    return tuple(AccountHolder(each, f"B-{place:04}") for place, each in enumerate(some, start=1))


OFFERS = (
    Promotion(
        id="student-card",
        name="The student credit card",
        description="No yearly fee, a small limit, and a credit record that grows with it.",
        cta_text="Propose the student card",
        after_action=STUDENT_ACCOUNT,
        site=BANK_SITE,
    ),
    Promotion(
        id="savings-plan",
        name="A savings plan from 25 pounds",
        description="Put something aside each month; stop and start whenever you like.",
        cta_text="Show the plan",
        site=BANK_SITE,
    ),
)
