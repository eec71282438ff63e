"""Who is special in the cast, so that demos and tests can name them by what they show."""

from dataclasses import asdict

from simulator.personalization.campaigns import is_in_control_group
from simulator.personalization.seed import profile_id
from simulator.personalization.shop_campaigns import campaigns
from simulator.shop.people import WITHOUT_EMAIL, Person, customers, prospects, strangers

DUTCH = "12791"  # the recommendations are for other countries
GAVE_ALL_BACK = "14527"  # only ever had a discount corrected: nothing to recommend from


def cast() -> dict[str, dict]:
    """Return people by what they are good for, each with e-mail, record id and profile id."""
    by_customer = {person.customer_id: person for person in customers()}
    return {
        role: _described(person)
        for role, person in {
            "usual": customers()[0],
            "another": by_customer["17968"],
            "choosy": by_customer["13748"],  # offers of theirs are there to be declined
            "controlOfPromotions": _first_control(),
            "noRecommendationsCampaign": by_customer[DUTCH],
            "emptyRecommendations": by_customer[GAVE_ALL_BACK],
            "contactWithoutEmail": by_customer[WITHOUT_EMAIL],
            "unknownContact": strangers()[0],
            "knownLead": prospects()[0],
            "unknownLead": prospects()[-1],
        }.items()
    }


def _first_control() -> Person:
    promotion = next(c for c in campaigns() if c.name == "CRM Promotions")
    return next(p for p in customers() if is_in_control_group(profile_id(p), promotion))


def _described(person: Person) -> dict:
    known = profile_id(person) if person.is_known else None
    return asdict(person) | {"name": person.name, "profileId": known}
