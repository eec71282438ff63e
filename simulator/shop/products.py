"""The shop's catalog. Ids, names and prices are the sample's; everything else is invented."""

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache

from simulator.shop.invoices import recorded_invoices

SHOP = "https://shop.example"
CURRENCY = "GBP"
MARGIN_SHARE = 0.4  # invented: what the shop keeps of a price

# The first word found in a product's name decides its category.
CATEGORY_WORDS = {
    "Christmas": ("CHRISTMAS", "ADVENT", "SANTA", "REINDEER", "SNOWM", "SNOWY", "BAUBLE", "WREATH"),
    "Warmers": ("HAND WARMER", "HOT WATER", "HOTTIE", "COSY"),
    "Candles and Lights": ("CANDLE", "T-LIGHT", "TEALIGHT", "LANTERN", "LIGHT", "LAMP"),
    "Baking": ("CAKE", "JAM", "BAKING", "COOKIE", "CUPCAKE", "PANTRY", "BREAD", "BISCUIT"),
    "Kitchen": ("MUG", "CUP", "TEA ", "PLATE", "BOWL", "NAPKIN", "CUTLERY", "JUG", "TRAY", "EGG",
                "APRON", "COASTER", "PLACEMAT", "SPOON", "GLASS", "TIN", "COOKING"),
    "Bags": ("BAG", "PURSE", "SHOPPER", "BASKET", "LUGGAGE", "UMBRELLA"),
    "Toys": ("DOLL", "TOY", "JIGSAW", "PAINT", "PLAY", "SPACEBOY", "SKITTLES", "DOMINO",
             "FELTCRAFT", "SLATE", "SPINNING", "BLOCKS", "BALLOON"),
    "Stationery": ("CARD", "NOTEBOOK", "PEN", "WRAP", "RIBBON", "TISSUE", "STICKER", "CALENDAR",
                   "GIFT", "STATIONERY", "TAGS", "BOX"),
    "Home": ("SIGN", "FRAME", "CLOCK", "DOORMAT", "CUSHION", "DRAWER", "HOOK", "HANGER", "MIRROR",
             "RACK", "VASE", "DECORATION"),
}  # fmt: skip
STYLE_WORDS = {
    "Retrospot": ("RETROSPOT", "POLKADOT", "POLKA DOT"),
    "Vintage": ("VINTAGE", "RETRO", "REGENCY", "EDWARDIAN", "ANTIQUE"),
    "Union Jack": ("UNION", "LONDON"),
    "Hearts": ("HEART",),
    "Rose": ("ROSE", "FLOWER"),
}


@dataclass(frozen=True)
class Product:
    """One catalog item. Prices are in pounds, `rating` is out of 5."""

    id: str
    name: str
    price: float
    category: str
    style: str | None
    rating: float
    stock: int

    @property
    def url(self) -> str:
        return f"{SHOP}/products/{self.id}"

    @property
    def image_url(self) -> str:
        return f"{SHOP}/pictures/{self.id}.svg"

    @property
    def description(self) -> str:
        style = f" in the {self.style} style" if self.style else ""
        return f"{self.name}{style}. From our {self.category} shelf."

    @property
    def margin(self) -> float:
        """Sale price minus cost: what must never be shown to anybody."""
        return round(self.price * MARGIN_SHARE, 2)


@lru_cache(maxsize=1)
def products() -> dict[str, Product]:
    """Return the catalog by product id. A product takes its commonest name and price."""
    names, prices = defaultdict(Counter), defaultdict(Counter)
    for invoice in recorded_invoices():
        for line in invoice.lines:
            names[line.product_id][line.description] += 1
            prices[line.product_id][line.unit_price] += 1
    return {
        product_id: _product(
            product_id, _commonest(names[product_id]), _commonest(prices[product_id])
        )
        for product_id in sorted(names)
    }


def _product(product_id: str, description: str, price: float) -> Product:
    chance = hashlib.sha256(product_id.encode()).digest()
    return Product(
        id=product_id,
        name=_readable(description),
        price=price,
        category=_first_match(CATEGORY_WORDS, description) or "Everything Else",
        style=_first_match(STYLE_WORDS, description),
        rating=round(3.4 + chance[0] / 255 * 1.6, 1),
        stock=5 + chance[1],
    )


def _commonest(counts: Counter):
    return min(counts, key=lambda value: (-counts[value], value))


def _readable(description: str) -> str:
    words = description.strip(" .").lower().split()
    return " ".join(word[:1].upper() + word[1:] for word in words).replace("T-light", "T-Light")


def _first_match(words_by_name: dict[str, tuple[str, ...]], description: str) -> str | None:
    for name, words in words_by_name.items():
        if any(word in description for word in words):
            return name
    return None


@lru_cache(maxsize=1)
def school_things() -> frozenset[str]:
    """Return the ids of what goes to school with a child."""
    words = ("lunch b", "pencil", "notebook")
    return frozenset(
        product.id
        for product in products().values()
        if any(word in product.name.lower() for word in words)
    )
