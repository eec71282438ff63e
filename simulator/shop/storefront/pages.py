"""The pages of the shop: home, category, product, basket, thanks."""

from flask import Blueprint, abort, current_app, redirect, render_template, request
from flask import send_from_directory as file_below

from simulator.shop.interactions import category_path, line_item, view_category, view_product
from simulator.shop.people import Person, everybody
from simulator.shop.products import products
from simulator.shop.visits import favourites

SHOPPER, BASKET = "shopper", "basket"
"""Cookies: the record id of who is signed in; product ids and quantities, `85123A:2~71053:1`."""

SHOWN_AT_HOME = 8

routes = Blueprint("pages", __name__)


def what_every_page_shows() -> dict:
    """Return what the frame of each page needs; Flask adds it to every template."""
    shopper = _person(request.cookies.get(SHOPPER, ""))
    return {
        "categories": _categories(),
        "category_path": category_path,
        "people": sorted(everybody(), key=lambda person: person.name),
        "shopper": shopper,
        "identities": _identities(shopper),
        "basket_size": sum(quantity for _, quantity in _basket()),
        "surroundings": current_app.surroundings,
    }


@routes.before_request
def sign_in_by_address():
    """`?as=` with a record id or an e-mail address signs that person in, `?as=` alone nobody."""
    if "as" not in request.args:
        return None
    person = _person(request.args["as"])
    answer = redirect(request.path)
    answer.set_cookie(SHOPPER, person.record_id if person else "", samesite="Lax")
    return answer


@routes.get("/")
def home():
    shown = [products()[product_id] for product_id in favourites()[:SHOWN_AT_HOME]]
    return _page("home.html", "home", {"name": "View Home"}, products=shown)


@routes.get("/categories/<slug>")
def category(slug: str):
    name = next((each for each in _categories() if category_path(each).endswith(f"/{slug}")), None)
    if name is None:
        abort(404)
    shelf = [product for product in products().values() if product.category == name]
    return _page("category.html", "category", view_category(name), name=name, products=shelf)


@routes.get("/products/<product_id>")
def product(product_id: str):
    shown = products().get(product_id) or abort(404)
    beside = [each for each in products().values() if each.category == shown.category]
    place = beside.index(shown)
    others = (beside[place + 1 :] + beside[:place])[:4]
    return _page(
        "product.html", "product", view_product(shown), product=shown, products=[shown, *others]
    )


@routes.get("/basket")
def basket():
    lines = [(products()[product_id], quantity) for product_id, quantity in _basket()]
    total = sum(product.price * quantity for product, quantity in lines)
    items = [line_item(each.id, quantity, each.price) for each, quantity in lines]
    interaction = {"name": "Replace Cart", "lineItems": items}
    return _page(
        "basket.html",
        "basket",
        interaction,
        lines=lines,
        total=total,
        products=[each for each, _ in lines],
    )


@routes.get("/thanks")
def thanks():
    return _page("thanks.html", "thanks", {"name": "View Order Confirmation"})


@routes.get("/drawings/<path:name>")
def drawing(name: str):
    return file_below(current_app.drawings, name)


def _page(template: str, page_type: str, interaction: dict, **content):
    """Render a page with what its sitemap reads: its type, its interaction, its items."""
    items = {each.id: view_product(each) for each in content.get("products", ())}
    return render_template(
        template, page_type=page_type, interaction=interaction, items=items, **content
    )


def _categories() -> list[str]:
    return sorted({product.category for product in products().values()})


def _identities(shopper: Person | None) -> dict[str, str]:
    """Return what the shop knows its signed-in customer by."""
    if shopper is None:
        return {}
    known = {"emailAddress": shopper.email, "customerId": shopper.customer_id}
    return {name: value for name, value in known.items() if value}


def _person(known_as: str) -> Person | None:
    return next((each for each in everybody() if known_as in (each.record_id, each.email)), None)


def _basket() -> list[tuple[str, int]]:
    """Return product ids and quantities of the basket; what is no product is left out."""
    lines = (line.partition(":") for line in request.cookies.get(BASKET, "").split("~"))
    return [(key, int(count)) for key, _, count in lines if key in products() and count.isdecimal()]
