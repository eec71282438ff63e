"""What the shop's till knows: loyalty cards, and school uniforms that were bought. Invented.

A loyalty number is all that the till knows of a person. Until somebody joins it to the e-mail
address, a customer with a card is two people, as far as Personalization knows.
"""

from dataclasses import dataclass
from functools import lru_cache

from simulator.shop.people import Person, customers

UNIFORM = "school-uniform"
UNIFORM_BOUGHT = "Back to School: uniform bought"
COLOURS = ("navy", "red", "navy", "green", "red", "navy")
"""Of the school whose uniform it is: the backpack should suit it."""


@dataclass(frozen=True)
class UniformBuyer:
    """A customer who bought a school uniform, with what the till wrote down."""

    person: Person
    loyalty_number: str
    colour: str


@lru_cache(maxsize=1)
def uniform_buyers() -> tuple[UniformBuyer, ...]:
    """Return the buyers; the first is the one whom demos look at."""
    return tuple(
        UniformBuyer(person, loyalty_number(person), colour)
        for person, colour in zip(customers(), COLOURS, strict=False)
    )


def loyalty_number(person: Person) -> str:
    """Return the number on a customer's loyalty card."""
    return f"L-{person.customer_id}"


def card_used(buyer: UniformBuyer) -> dict:
    """Return the event with which the till reports a purchase: it names the card, nobody else."""
    return {
        "action": "Purchase",
        "itemAction": "Purchase",
        "source": {"channel": "Server", "application": "Shop Till"},
        "flags": {"noCampaigns": True},
        "user": {"attributes": {"loyaltyNumber": buyer.loyalty_number}},
        "order": {
            "Product": {
                "orderId": f"uniform-{buyer.loyalty_number}",
                "lineItems": [{"_id": UNIFORM, "price": 24.5, "quantity": 1}],
            }
        },
    }
