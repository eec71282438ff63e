"""The shop's world: what is real in it, what is invented, and that both stay the same."""

from datetime import UTC, datetime, timedelta

import pytest

from simulator.record_ids import normalized, with_checksum
from simulator.shop.invoices import Invoice, Line, invoices_until, kept_purchases, recorded_invoices
from simulator.shop.people import customers, everybody
from simulator.shop.products import products
from simulator.shop.promotions import PROMOTIONS

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
EVENING = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(("now", "day"), [(NOON, 20), (EVENING, 21)])
def test_the_last_purchase_is_recent_and_never_in_the_future(now, day):
    last = max(invoice.at for invoice in invoices_until(now))
    assert last == datetime(2026, 11, day, 12, 49, tzinfo=UTC)
    assert now - timedelta(days=1) < last <= now


def test_shifting_keeps_the_time_of_day():
    recorded, shifted = recorded_invoices(), invoices_until(NOON)
    assert [i.at.time() for i in shifted] == [i.at.time() for i in recorded]
    assert [i.number for i in shifted] == [i.number for i in recorded]


def test_lines_without_customer_price_or_product_are_left_out():
    lines = [line for invoice in recorded_invoices() for line in invoice.lines]
    assert all(invoice.customer_id for invoice in recorded_invoices())
    assert all(line.unit_price > 0 and line.quantity > 0 for line in lines)
    assert not {"POST", "D"} & {line.product_id for line in lines}


def test_repeated_lines_are_kept():
    (invoice,) = [each for each in recorded_invoices() if each.number == "536412"]
    assert [line.product_id for line in invoice.lines].count("22273") > 1


def bought(quantity: int, number="1", product="P", hour=1) -> Invoice:
    at = NOON + timedelta(hours=hour)
    return Invoice(number, "C1", at, "France", (Line(product, "Thing", quantity, 1.0),))


def quantities(invoices) -> list[int]:
    return [line.quantity for invoice in invoices for line in invoice.lines]


def test_a_cancellation_takes_from_the_latest_purchase_first():
    assert quantities(kept_purchases([bought(5), bought(4, "2"), bought(3, "C3")])) == [5, 1]
    assert quantities(kept_purchases([bought(5), bought(4, "2"), bought(6, "C3")])) == [3]


def test_a_cancellation_takes_nothing_from_later_other_or_too_few():
    assert quantities(kept_purchases([bought(2, "C1"), bought(5, "2")])) == [5]
    assert quantities(kept_purchases([bought(5, product="Q"), bought(2, "C2")])) == [5]
    assert quantities(kept_purchases([bought(1), bought(9, "C2")])) == []


def test_every_customer_is_a_person_with_a_name_of_their_own():
    assert len(customers()) == 50
    assert {p.customer_id for p in customers()} == {i.customer_id for i in recorded_invoices()}
    assert len({person.email for person in everybody()}) == len(everybody())
    assert len({person.record_id for person in everybody()}) == len(everybody())
    assert all(p.email.split("@")[1].startswith("example.") for p in everybody())


def test_every_product_can_be_shown():
    assert len(products()) == 618
    for product in products().values():
        assert product.name.strip() == product.name
        assert product.url == f"https://shop.example/products/{product.id}"
        assert 0 < product.margin < product.price or product.price < 0.05
        assert 3.4 <= product.rating <= 5
    assert products()["85123A"].name == "White Hanging Heart T-Light Holder"
    assert len({product.category for product in products().values()}) == 10


def test_one_promotion_is_an_action_without_a_picture():
    (action,) = [promotion for promotion in PROMOTIONS if promotion.is_action]
    assert action.image_url.endswith("/placeholder-1x1.png")
    assert action.cta_text


def test_ids_have_the_checksum_of_the_platform():
    assert with_checksum("001A0000006Vm9r") == "001A0000006Vm9rIAC"
    assert normalized("001A0000006Vm9r") == "001A0000006Vm9rIAC"
    assert normalized("001A0000006Vm9rIAC") == "001A0000006Vm9rIAC"
    assert normalized("001A0000006Vm9rIAD") is None
    assert normalized("001A0000006Vm9") is None
    assert normalized("001A0000006Vm9'") is None
