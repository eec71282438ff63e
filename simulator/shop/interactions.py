"""The words in which the shop's site and till tell Personalization what happened.

Shapes: developer.salesforce.com, Personalization guide, "Event API Options"
(SalesforceInteractions).
"""

from collections.abc import Iterable

from simulator.shop.products import CURRENCY, SHOP, Product


def category_path(category: str) -> str:
    """Return the path of a category's page."""
    return f"/categories/{category.lower().replace(' ', '-')}"


def view_product(product: Product) -> dict:
    """Return the interaction of somebody who opens a product's page."""
    related = {"Category": [product.category]}
    if product.style:
        related["Style"] = [product.style]
    return {
        "name": "View Catalog Object",
        "catalogObject": {
            "type": "Product",
            "id": product.id,
            "attributes": {
                "name": product.name,
                "url": product.url,
                "imageUrl": product.image_url,
                "price": product.price,
                "currency": CURRENCY,
                "inventoryCount": product.stock,
            },
            "relatedCatalogObjects": related,
        },
    }


def view_category(category: str) -> dict:
    """Return the interaction of somebody who opens a category's page."""
    attributes = {"name": category, "url": SHOP + category_path(category)}
    return {
        "name": "View Catalog Object",
        "catalogObject": {"type": "Category", "id": category, "attributes": attributes},
    }


def line_item(product_id: str, quantity: int, price: float) -> dict:
    """Return one line of a basket or an order; `price` is that of one piece, in pounds."""
    return {
        "catalogObjectType": "Product",
        "catalogObjectId": product_id,
        "quantity": quantity,
        "price": price,
        "currency": CURRENCY,
    }


def order(name: str, number: str, lines: Iterable[dict]) -> dict:
    """Return the interaction `name`, such as "Purchase" or "Cancel", of a whole order."""
    return {
        "name": name,
        "order": {"id": number, "currency": CURRENCY, "lineItems": list(lines)},
    }
