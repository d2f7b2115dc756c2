import pytest

from linkstar.lib.hours import (
    STANDARD,
    HoursRefused,
    as_json,
    as_time,
    as_week,
    clock,
    minutes_of,
    usual_day,
    week_text,
)

MORNING = ((540, 720),)
EARLY = ((480, 960),)


def test_a_week_is_read_back_as_it_was_stored():
    assert as_week(as_json(STANDARD)) == STANDARD
    assert as_week([[], [[0, 1440]], [], [], [], [], []]) == ((), ((0, 1440),), (), (), (), (), ())


@pytest.mark.parametrize(
    "stored",
    [
        [],
        [[]] * 7,
        [[[540, 720]]] * 6,
        [[[720, 540]], [], [], [], [], [], []],
        [[[540, 540]], [], [], [], [], [], []],
        [[[540, 720], [700, 800]], [], [], [], [], [], []],
        [[[-1, 720]], [], [], [], [], [], []],
        [[[540, 1441]], [], [], [], [], [], []],
        [[["nine", "six"]], [], [], [], [], [], []],
        None,
        7,
    ],
)
def test_what_is_no_week_is_refused(stored):
    with pytest.raises(HoursRefused):
        as_week(stored)


def test_usual_day_is_the_most_frequent_then_the_longer_then_the_earlier():
    assert usual_day(STANDARD) == ((540, 720), (780, 1080))
    assert usual_day((MORNING, EARLY, MORNING, (), (), (), ())) == MORNING
    assert usual_day((MORNING, EARLY, (), (), (), (), ())) == EARLY
    assert usual_day((((540, 600),), ((600, 660),), (), (), (), (), ())) == ((540, 600),)


def test_week_text_joins_equal_days_in_a_row():
    week = (*STANDARD[:4], MORNING, MORNING, ())
    assert week_text(STANDARD, "en") == "Mon–Fri 09:00–12:00, 13:00–18:00"
    assert week_text(week, "en") == "Mon–Thu 09:00–12:00, 13:00–18:00; Fri–Sat 09:00–12:00"
    assert week_text(week, "zh-hans") == "周一至周四 09:00–12:00、13:00–18:00；周五至周六 09:00–12:00"
    assert week_text((MORNING, (), MORNING, (), (), (), ()), "en") == "Mon 09:00–12:00; Wed 09:00–12:00"


def test_clock_and_time():
    assert (clock(545), clock(1440), as_time(1440).hour, as_time(545).minute) == ("09:05", "24:00", 0, 5)
    assert minutes_of(STANDARD[0]) == 480
