"""What the shop promotes. Invented, as are the pictures."""

from dataclasses import dataclass

from simulator.shop.products import SHOP
from simulator.shop.till import UNIFORM_BOUGHT

# A promotion needs a picture asset even when it has nothing to show.
PLACEHOLDER = f"{SHOP}/pictures/placeholder-1x1.png"


@dataclass(frozen=True)
class Promotion:
    """An offer, or with `is_action` something that a rep should do rather than show.

    It is for people who bought from one of `categories`, or for at least `spent` pounds, or who
    did `after_action` (a journey told of it), with `colour` for those of this `schoolColour`; when
    it asks for nothing, for everybody.
    """

    id: str
    name: str
    description: str
    cta_text: str
    categories: tuple[str, ...] = ()
    spent: float | None = None
    is_action: bool = False
    after_action: str | None = None
    colour: str | None = None
    site: str = SHOP

    @property
    def url(self) -> str:
        return f"{self.site}/offers/{self.id}"

    @property
    def image_url(self) -> str:
        return PLACEHOLDER if self.is_action else f"{SHOP}/pictures/{self.id}.svg"


PROMOTIONS = (
    *(
        Promotion(
            id=f"backpack-{colour}",
            name=f"A {colour} backpack for the new term",
            description="Made for books and rain, in the colour of the school. 20 % off this week.",
            cta_text="See the backpack",
            after_action=UNIFORM_BOUGHT,
            colour=colour,
        )
        for colour in ("navy", "red", "green")
    ),
    Promotion(
        id="trade-account",
        name="Offer a trade account",
        description="Spends like a shop, pays like a visitor: propose the trade price list.",
        cta_text="Propose the trade price list",
        spent=250.0,
        is_action=True,
    ),
    Promotion(
        id="winter-warmers",
        name="Winter warmers, three for two",
        description="Hand warmers and hot water bottles: the third of each order is free.",
        cta_text="See the warmers",
        categories=("Warmers",),
    ),
    Promotion(
        id="baking-days",
        name="Baking days, 15 % off",
        description="Cake stands, tins and jam-making sets at 15 % off until Sunday.",
        cta_text="See the baking shelf",
        categories=("Baking", "Kitchen"),
    ),
    Promotion(
        id="free-delivery",
        name="Free delivery on the next order",
        description="No postage on the next order, whatever its size.",
        cta_text="See the terms",
    ),
)
