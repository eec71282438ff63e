"""How views and view time are counted, moment by moment."""

from datetime import UTC, datetime
from itertools import combinations_with_replacement

from hypothesis import given
from hypothesis import strategies as st

from service.usecases.affinity_days import IDLE_MS, Moment, Screen, views_by_day

MINUTE = 60_000
MIDNIGHT = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp() * 1000)
DAY = "2026-03-02"
PAGE, QUICK, STOP, LOAD, STAY = (
    Screen.ITEM_PAGE,
    Screen.QUICK_VIEW,
    Screen.STOP_QUICK_VIEW,
    Screen.PAGE_LOAD,
    Screen.SAME_PAGE,
)


def at(minute: float, screen: Screen, *names: str) -> Moment:
    """Return a moment so many minutes after the day began; each name is an item of one object."""
    time_ms = MIDNIGHT + round(minute * MINUTE)
    day = datetime.fromtimestamp(time_ms / 1000, UTC).date().isoformat()
    return Moment(time_ms, day, screen, tuple(frozenset({("Brand", n)}) for n in names))


def views_by_day_of(day, moments) -> dict:
    return views_by_day(day, moments).get(day, {})


def minutes(*moments: Moment, day: str = DAY) -> dict[str, float]:
    viewed = views_by_day_of(day, moments)
    return {name: each.view_time_ms / MINUTE for (_, name), each in viewed.items()}


def views(*moments: Moment, day: str = DAY) -> dict[str, int]:
    return {name: each.views for (_, name), each in views_by_day_of(day, moments).items()}


def test_view_time_runs_to_the_next_moment_whatever_it_is():
    for following in (PAGE, QUICK, STOP, LOAD, STAY):
        assert minutes(at(600, PAGE, "a"), at(603, following))["a"] == 3


def test_time_on_the_page_after_that_moment_is_not_counted():
    assert minutes(at(600, PAGE, "a"), at(602, STAY), at(609, LOAD)) == {"a": 2}


def test_the_last_view_of_a_visit_is_a_view_without_time():
    last = [at(600, PAGE, "a")]
    assert (views(*last), minutes(*last)) == ({"a": 1}, {"a": 0})


def test_thirty_idle_minutes_are_the_same_visit_and_a_moment_more_is_not():
    assert minutes(at(600, PAGE, "a"), at(630, LOAD)) == {"a": 30}
    later = Moment(MIDNIGHT + 630 * MINUTE + 1, DAY, LOAD)
    assert minutes(at(600, PAGE, "a"), later) == {"a": 0}


def test_a_quick_view_pauses_the_item_behind_it_and_stopping_resumes_that_item():
    seen = [at(0, PAGE, "a"), at(2, QUICK, "b"), at(7, STOP), at(10, LOAD)]
    assert minutes(*seen) == {"a": 2 + 3, "b": 5}
    assert views(*seen) == {"a": 1, "b": 1}


def test_one_quick_view_after_another_leaves_the_same_item_behind():
    seen = [at(0, PAGE, "a"), at(1, QUICK, "b"), at(3, QUICK, "c"), at(6, STOP), at(10, LOAD)]
    assert minutes(*seen) == {"a": 1 + 4, "b": 2, "c": 3}


def test_what_happens_inside_a_quick_view_leaves_the_item_behind_it_paused():
    seen = [at(0, PAGE, "a"), at(1, QUICK, "b"), at(3, STAY), at(6, STOP), at(10, LOAD)]
    assert minutes(*seen) == {"a": 1 + 4, "b": 2}


def test_a_page_load_ends_the_quick_view_and_the_item_behind_it():
    seen = [at(0, PAGE, "a"), at(1, QUICK, "b"), at(3, LOAD), at(4, STOP), at(9, LOAD)]
    assert minutes(*seen) == {"a": 1, "b": 2}


def test_another_items_page_ends_them_too():
    seen = [at(0, PAGE, "a"), at(1, QUICK, "b"), at(3, PAGE, "c"), at(4, STOP), at(9, LOAD)]
    assert minutes(*seen) == {"a": 1, "b": 2, "c": 1}


def test_an_ended_visit_leaves_nothing_behind():
    seen = [at(0, PAGE, "a"), at(1, QUICK, "b"), at(40, STOP), at(45, LOAD)]
    assert minutes(*seen) == {"a": 1, "b": 0}


def test_a_quick_view_over_no_item_resumes_none():
    seen = [at(0, LOAD), at(1, QUICK, "b"), at(2, STOP), at(5, LOAD)]
    assert minutes(*seen) == {"b": 1}


def test_two_items_in_one_event_each_get_the_time_and_a_shared_object_gets_both():
    assert minutes(at(0, PAGE, "a", "b"), at(2, LOAD)) == {"a": 2, "b": 2}
    assert views(at(0, PAGE, "a", "a"), at(2, LOAD)) == {"a": 2}


def test_a_view_over_midnight_keeps_all_its_time_on_the_day_it_began():
    seen = [at(23 * 60 + 50, PAGE, "a"), at(24 * 60 + 10, LOAD)]
    assert minutes(*seen) == {"a": 20}
    assert minutes(seen[1], day="2026-03-03") == {}


def test_an_item_resumed_after_midnight_belongs_to_the_day_it_was_first_viewed():
    seen = [
        at(23 * 60 + 50, PAGE, "a"),
        at(23 * 60 + 55, QUICK, "b"),
        at(24 * 60 + 5, STOP),
        at(24 * 60 + 15, LOAD),
    ]
    assert minutes(*seen) == {"a": 5 + 10, "b": 10}
    assert minutes(*seen[2:], day="2026-03-03") == {}


def test_a_view_of_the_next_day_is_not_credited_to_this_one():
    seen = [at(23 * 60 + 50, PAGE, "a"), at(24 * 60 + 1, PAGE, "b"), at(24 * 60 + 2, LOAD)]
    assert minutes(*seen) == {"a": 11}


def test_no_more_moments_are_read_than_this_days_views_need():
    after = at(24 * 60 + 2, PAGE, "b")

    def moments():
        yield at(23 * 60 + 55, PAGE, "a")
        yield at(24 * 60 + 1, LOAD)
        yield after
        raise AssertionError("read too far")

    assert views_by_day_of(DAY, moments())[("Brand", "a")].view_time_ms == 6 * MINUTE


histories = st.lists(
    st.tuples(
        st.integers(0, 40),  # minutes since the moment before
        st.sampled_from(list(Screen)),
        st.lists(st.sampled_from("abc"), max_size=2),
    ),
    max_size=60,
)


@given(histories, st.integers(0, 1440))
def test_the_watch_agrees_with_following_each_view_by_itself(steps, first_minute):
    moments, minute = [], first_minute
    for passed, screen, names in steps:
        minute += passed
        moments.append(at(minute, screen, *(names if screen in (PAGE, QUICK) else ())))
    days = ("2026-03-02", "2026-03-03", "2026-03-04")
    by_hand = {day: followed_one_by_one(day, moments) for day in days}
    for first, last in combinations_with_replacement(days, 2):
        counted = views_by_day(last, [m for m in moments if m.day >= first])
        assert {
            day: {key: (each.views, each.view_time_ms) for key, each in viewed.items()}
            for day, viewed in counted.items()
        } == {day: found for day, found in by_hand.items() if found and first <= day <= last}


def followed_one_by_one(day: str, moments: list[Moment]) -> dict:
    """The same rule told from each view's side: scan onwards from it until it surely ended."""
    totals: dict = {}
    for place, moment in enumerate(moments):
        if moment.day != day or moment.screen not in (PAGE, QUICK):
            continue
        time = time_of_view(moments[place:])
        for objects in moment.items:
            for each in objects:
                seen, so_far = totals.get(each, (0, 0))
                totals[each] = (seen + 1, so_far + time)
    return totals


def time_of_view(onwards: list[Moment]) -> int:
    view, *rest = onwards
    last_day = datetime.fromisoformat(view.day).toordinal() + 1
    state, before, time = "running", view.time_ms, 0
    for moment in rest:
        gap, before = moment.time_ms - before, moment.time_ms
        if gap > IDLE_MS or datetime.fromisoformat(moment.day).toordinal() > last_day:
            break
        if state == "running":
            time += gap
            if view.screen is QUICK or moment.screen is not QUICK:
                break
            state = "paused"
        elif moment.screen is STOP:
            state = "running"
        elif moment.screen in (PAGE, LOAD):
            break
    return time
