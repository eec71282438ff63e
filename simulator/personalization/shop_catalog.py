"""The shop's products and promotions as catalog items."""

from simulator.personalization.dataset import CatalogItem
from simulator.shop.products import CURRENCY, Product, products
from simulator.shop.promotions import PROMOTIONS, Promotion

CRM_ZONE = "crm_offers"


def catalog() -> dict[str, dict[str, CatalogItem]]:
    """Return all items by type and id."""
    return {
        "Product": {product.id: _product_item(product) for product in products().values()},
        "Promotion": {promotion.id: promotion_item(promotion) for promotion in PROMOTIONS},
    }


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


def promotion_item(promotion: Promotion) -> CatalogItem:
    """Return a promotion as the catalog holds it."""
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
            "afterAction": promotion.after_action,
            "schoolColour": promotion.colour,
            "published": True,
        },
        dimensions={"Category": list(promotion.categories)},
        assets=(asset,),
    )
