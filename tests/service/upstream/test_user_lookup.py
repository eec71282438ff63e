"""A user look-up is read in both shapes, whatever is missing, null or odd."""

import pytest

from service.upstream.user_lookup import LookedUp, read_profile

FIRST, LAST = 1_700_000_000_000, 1_760_000_500_000
NESTED = {
    "userSummary": {"_id": "5f4e"},
    "engagement": {"score": 121, "date": LAST},
    "firstActivity": FIRST,
    "lastActivity": LAST,
    "segmentMembership": [{"id": "Sg1aB", "joined": FIRST}, {"id": "Sg2cD", "joined": None}],
    "visitHistory": [{"start": FIRST, "visitIndex": 1}, {"start": LAST, "visitIndex": 2}],
    "aKeyOfTomorrow": {"deep": [1, 2, 3]},
}
FLAT = {
    "name": "Ada",
    "emailAddress": "ada@shop.example",
    "segments": ["Tea lovers", "Big spenders"],
    "engagementScore": 0.42,
    "lastActivity": LAST,
}


def test_the_nested_shape_is_read():
    assert read_profile(NESTED) == LookedUp(("Sg1aB", "Sg2cD"), 121, "index", FIRST, LAST, 2)


def test_the_flat_shape_is_read():
    segments = ("Tea lovers", "Big spenders")
    assert read_profile(FLAT) == LookedUp(segments, 0.42, "fraction", None, LAST, None)


@pytest.mark.parametrize("profile", [{}, [], None, "text", 7, {"segments": None, "name": "Ada"}])
def test_an_answer_that_says_nothing_is_no_answer(profile):
    assert read_profile(profile) is None


@pytest.mark.parametrize("shape", [NESTED, FLAT], ids=["nested", "flat"])
def test_any_key_may_be_missing_or_null_or_of_another_type(shape):
    for key in shape:
        for odd in (None, [], {}, "text", 7, True, [None, 7, {"id": None}, {}], {"score": "x"}):
            for profile in (shape | {key: odd}, {k: v for k, v in shape.items() if k != key}):
                found = read_profile(profile)
                assert found is None or all(isinstance(name, str) for name in found.segments)


def test_a_score_of_zero_and_no_visits_are_said():
    found = read_profile({"engagement": {"score": 0}, "visitHistory": []})
    assert (found.engagement, found.engagement_scale, found.visits) == (0, "index", 0)


@pytest.mark.parametrize("value", [0, -1, 10**18, True, "1700000000000", 1e300])
def test_a_time_that_cannot_be_is_left_out(value):
    assert read_profile({"lastActivity": value, "engagementScore": 1}).last_activity is None


def test_segments_are_bounded_and_each_named_once():
    found = read_profile({"segments": ["twice", " twice ", "", *map(str, range(500)), "x" * 999]})
    assert found.segments[:2] == ("twice", "0")
    assert len(found.segments) == 50
