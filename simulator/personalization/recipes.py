"""The account's one recipe: what others bought together with what the person bought or saw."""

from collections import Counter
from collections.abc import Iterable
from math import sqrt

from simulator.personalization.profiles import Profile


def bought_together(person: Profile, everybody: Iterable[Profile], most: int) -> list[str]:
    """Return at most `most` product ids, best first, none that the person bought or saw.

    Each order that shares products with the person's own counts for its other products, the more
    so the more it shares; large orders are damped, as they hold a little of everything. Empty when
    nobody bought one of the person's products with something else.
    """
    own = person.bought() | person.viewed()
    scores: Counter[str] = Counter()
    for profile in everybody:
        for order in profile.orders:
            basket = {line["_id"] for line in order["lineItems"]}
            shared = len(basket & own)
            for product_id in basket - own if shared else ():
                scores[product_id] += shared / sqrt(len(basket))
    return sorted(scores, key=lambda product_id: (-scores[product_id], product_id))[:most]
