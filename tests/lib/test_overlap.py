from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.lib.hours import STANDARD, minutes_of, week_text
from linkstar.lib.overlap import gap_minutes, local_day, next_change, shared_week

EVENING = (*((((19 * 60, 23 * 60),)) for _ in range(5)), (), ())
SHANGHAI, NEW_YORK, LA = "Asia/Shanghai", "America/New_York", "America/Los_Angeles"
OCTOBER = datetime(2026, 10, 24, 12, tzinfo=UTC)


def test_an_evening_in_shenzhen_meets_a_morning_in_new_york():
    gap = gap_minutes(SHANGHAI, NEW_YORK, OCTOBER)
    assert gap == -720
    assert week_text(shared_week(EVENING, STANDARD, gap), "en") == "Mon–Fri 21:00–23:00"
    assert week_text(shared_week(STANDARD, EVENING, -gap), "en") == "Mon–Fri 09:00–11:00"
    assert week_text(shared_week(EVENING, STANDARD, -780), "en") == "Mon–Fri 22:00–23:00"


def test_office_hours_in_both_places_never_meet():
    assert shared_week(STANDARD, STANDARD, -720) == ((),) * 7


def test_what_goes_over_midnight_is_cut_there():
    night = (*(((22 * 60, 24 * 60),) for _ in range(7)),)
    theirs = ((), (), ((0, 1440),), (), (), (), ())
    # Their Wednesday is mine from Wednesday 13:00 to Thursday 13:00.
    assert shared_week(night, theirs, -780) == ((), (), ((1320, 1440),), (), (), (), ())


def test_sunday_and_monday_touch():
    sunday = ((),) * 6 + (((0, 1440),),)
    assert shared_week(((((0, 1440)),),) * 7, sunday, -60) == (((0, 60),), (), (), (), (), (), ((60, 1440),))


hours = st.lists(st.integers(0, 96), min_size=2, max_size=2, unique=True).map(
    lambda pair: ((min(pair) * 15, max(pair) * 15),)
)
weeks = st.tuples(*[st.one_of(st.just(()), hours)] * 7)


@given(weeks, weeks, st.integers(-26 * 4, 26 * 4).map(lambda quarters: quarters * 15))
def test_both_see_the_same_overlap(mine, theirs, gap):
    """Property: as many minutes on either clock, and never outside of either's own hours."""
    one, other = shared_week(mine, theirs, gap), shared_week(theirs, mine, -gap)
    assert sum(map(minutes_of, one)) == sum(map(minutes_of, other))
    for day, own in zip(one, mine, strict=True):
        assert all(any(a <= start and end <= b for a, b in own) for start, end in day)


def test_the_next_change_is_found_to_the_second_and_says_whose_it_is():
    change = next_change(SHANGHAI, NEW_YORK, now=OCTOBER, days=14)
    assert change == (datetime(2026, 11, 1, 6, tzinfo=UTC), -720, -780, False, True)
    assert local_day(change, SHANGHAI) == local_day(change, NEW_YORK) == date(2026, 11, 1)
    back = next_change(NEW_YORK, SHANGHAI, now=OCTOBER, days=14)
    assert back == (datetime(2026, 11, 1, 6, tzinfo=UTC), 720, 780, True, False)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [(SHANGHAI, "Asia/Singapore"), ("America/Phoenix", "Pacific/Honolulu"), (SHANGHAI, "America/Phoenix")],
)
def test_zones_that_keep_their_clocks_have_no_change(mine, theirs):
    assert next_change(mine, theirs, now=OCTOBER, days=400) is None


@pytest.mark.parametrize("hour", range(24))
def test_two_zones_that_change_in_the_same_night_are_as_far_as_before(hour):
    assert next_change(NEW_YORK, LA, now=datetime(2026, 10, 31, hour, tzinfo=UTC), days=5) is None


def test_europe_changes_a_week_before_america():
    change = next_change("Europe/Berlin", NEW_YORK, now=datetime(2026, 10, 20, 12, tzinfo=UTC), days=9)
    assert change is not None
    assert (change.at, change.before, change.after) == (datetime(2026, 10, 25, 1, tzinfo=UTC), -360, -300)
