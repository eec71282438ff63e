"""What one item credits."""

from service.usecases.affinity_credits import credited_objects


def credits(related, item=("Product", "p1"), own_types=()):
    return credited_objects(*item, related, own_types)


def test_a_type_with_many_objects_credits_all_of_them():
    related = {"Style": ["retro", "rustic"], "Brand": ["Acme"]}
    assert credits(related) == {("Style", "retro"), ("Style", "rustic"), ("Brand", "Acme")}


def test_a_category_path_credits_every_tier_by_its_whole_path():
    assert credits({"Category": ["Kitchen|Tea|Teapots"]}) == {
        ("Category", "Kitchen"),
        ("Category", "Kitchen|Tea"),
        ("Category", "Kitchen|Tea|Teapots"),
    }


def test_paths_that_share_a_tier_credit_it_once():
    related = {"Category": ["Kitchen|Tea", "Kitchen|Coffee", "Kitchen"]}
    assert sorted(id_ for _, id_ in credits(related)) == [
        "Kitchen",
        "Kitchen|Coffee",
        "Kitchen|Tea",
    ]


def test_blank_tiers_and_spaces_around_a_separator_mean_nothing():
    assert credits({"Category": [" Kitchen | Tea |", "|"]}) == {
        ("Category", "Kitchen"),
        ("Category", "Kitchen|Tea"),
    }


def test_a_separator_in_another_type_is_a_letter_like_any_other():
    assert credits({"Brand": ["Black|White"]}) == {("Brand", "Black|White")}


def test_the_item_counts_under_its_own_type_only_when_that_type_is_configured():
    related = {"Brand": ["Acme"]}
    assert credits(related) == {("Brand", "Acme")}
    assert credits(related, own_types=("Product",)) == {("Brand", "Acme"), ("Product", "p1")}
    assert credits({}, own_types=("Article",)) == set()


def test_an_item_related_to_itself_credits_itself_once():
    assert credits({"Product": ["p1"]}, own_types=("Product",)) == {("Product", "p1")}
