"""The shop's website as a browser without scripts sees it; with them: tests/e2e/shop.test.mjs."""

import json
import re

import pytest

from simulator.shop.people import customers, prospects
from simulator.shop.products import products
from simulator.shop.storefront.server import Surroundings, create_site

ADA = customers()[0]
SURROUNDINGS = Surroundings(
    "http://127.0.0.1:1", service_url="http://127.0.0.1:2", write_key="a key"
)


@pytest.fixture
def visitor():
    """A visitor's browser, which keeps cookies."""
    return create_site(SURROUNDINGS).test_client()


def facts_of(answer) -> dict:
    """Return what a page tells its sitemap."""
    found = re.search(
        r'<script type="application/json" id="page">(.*?)</script>', answer.text, re.S
    )
    return json.loads(found[1])


def test_a_product_says_what_it_is_to_people_and_to_the_sitemap(visitor):
    answer = visitor.get("/products/85123A")
    assert "White Hanging Heart T-Light Holder" in answer.text
    item = facts_of(answer)["interaction"]["catalogObject"]
    assert (item["type"], item["id"]) == ("Product", "85123A")
    assert item["relatedCatalogObjects"] == {
        "Category": ["Candles and Lights"],
        "Style": ["Hearts"],
    }
    assert "margin" not in item["attributes"]


def test_every_product_stands_on_the_shelf_of_its_category(visitor):
    for product in list(products().values())[::60]:
        page = visitor.get(f"/products/{product.id}").text
        shelf = re.search(r'<p><a href="(/categories/[^"]+)">', page)[1]
        assert f"/products/{product.id}" in visitor.get(shelf).text


@pytest.mark.parametrize("path", ["/products/nothing", "/categories/nothing", "/drawings/../x"])
def test_what_the_shop_does_not_have_is_404(visitor, path):
    assert visitor.get(path).status_code == 404


def test_nobody_is_signed_in_at_first(visitor):
    assert facts_of(visitor.get("/"))["identities"] == {}


@pytest.mark.parametrize("known_as", [ADA.email, ADA.record_id])
def test_an_address_signs_a_customer_in_for_all_pages(visitor, known_as):
    answer = visitor.get("/products/85123A", query_string={"as": known_as})
    assert (answer.status_code, answer.location) == (302, "/products/85123A")
    expected = {"emailAddress": ADA.email, "customerId": ADA.customer_id}
    assert facts_of(visitor.get("/"))["identities"] == expected


def test_a_prospect_has_no_customer_id(visitor):
    visitor.get("/", query_string={"as": prospects()[0].record_id})
    assert facts_of(visitor.get("/"))["identities"] == {"emailAddress": prospects()[0].email}


def test_signing_out_leaves_nobody(visitor):
    visitor.get("/", query_string={"as": ADA.email})
    visitor.get("/", query_string={"as": ""})
    assert facts_of(visitor.get("/"))["identities"] == {}


def test_the_basket_is_read_from_its_cookie_and_believes_only_what_makes_sense(visitor):
    visitor.set_cookie("basket", "85123A:2~nothing:1~71053:many~:~71053:1")
    answer = visitor.get("/basket")
    lines = facts_of(answer)["interaction"]["lineItems"]
    assert [(line["catalogObjectId"], line["quantity"]) for line in lines] == [
        ("85123A", 2),
        ("71053", 1),
    ]
    assert "Total <b>£8.49</b>" in answer.text


def test_a_text_in_an_address_is_no_markup(visitor):
    page = visitor.get("/", query_string={"as": "<script>alert(1)</script>"}, follow_redirects=True)
    assert "<script>alert" not in page.text


def test_the_tee_is_loaded_from_the_service_with_its_key(visitor):
    page = visitor.get("/").text
    assert 'src="http://127.0.0.1:2/collect/tee.js"' in page
    assert 'data-write-key="a key"' in page


def test_a_shop_without_a_service_has_no_tee():
    visitor = create_site(Surroundings("http://127.0.0.1:1")).test_client()
    assert "tee.js" not in visitor.get("/").text
