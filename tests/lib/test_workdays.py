from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.lib.workdays import Calendar, get_calendar

CALENDARS = st.sampled_from(["cn", "us"]).map(get_calendar)
DAYS = st.dates(date(2004, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("key", "day", "works", "english", "chinese"),
    [
        ("cn", "2026-10-01", False, "National Day", "国庆节"),
        ("cn", "2026-10-10", True, None, None),
        ("cn", "2026-10-11", False, None, None),
        ("us", "2026-11-26", False, "Thanksgiving Day", "感恩节"),
        ("us", "2026-11-27", True, None, None),
        ("us", "2026-11-28", False, None, None),
        ("us", "2027-07-05", False, "Independence Day (observed)", "独立日（补休）"),
        # New Year's Day of 2028 is a Saturday and is kept on the Friday before, in the old year.
        ("us", "2027-12-31", False, "New Year's Day (observed)", "元旦（补休）"),
    ],
)
def test_is_workday(key: str, day: str, works: bool, english: str | None, chinese: str | None) -> None:
    calendar, on = get_calendar(key), date.fromisoformat(day)
    assert calendar.is_workday(on) is works
    assert calendar.holiday_name(on, "en") == english
    assert calendar.holiday_name(on, "zh-hans") == chinese


def test_every_american_holiday_has_a_chinese_name() -> None:
    america = get_calendar("us")
    days = [date(2021, 1, 1) + timedelta(days=number) for number in range(365 * 20)]
    names = {america.holiday_name(day, "zh-hans") for day in days} - {None}
    assert {name for name in names if name and name.isascii()} == set()
    assert len({name.removesuffix("（补休）") for name in names if name}) == 11


def test_year_that_is_not_announced() -> None:
    china = get_calendar("cn")
    assert [china.knows(year) for year in (2003, 2004, 2026, 2050)] == [False, True, True, False]
    # National Day of 2050 is a Saturday and the Monday after would be free; nothing is guessed.
    assert china.is_workday(date(2050, 10, 3))
    assert china.holiday_name(date(2050, 10, 1), "zh-hans") is None
    assert not china.is_certain(date(2026, 12, 30), date(2050, 1, 1))
    assert not china.is_certain(date(2050, 1, 1), date(2026, 12, 30))
    assert china.is_certain(date(2025, 12, 30), date(2026, 1, 1))
    assert get_calendar("us").is_certain(date(2000, 1, 1), date(2046, 12, 31))


def test_get_calendar_when_there_is_none() -> None:
    with pytest.raises(KeyError):
        get_calendar("uk")


def test_add_workdays_across_years() -> None:
    china, america = get_calendar("cn"), get_calendar("us")
    assert china.add_workdays(date(2025, 12, 31), 1) == date(2026, 1, 4)
    assert china.add_workdays(date(2026, 1, 4), -1) == date(2025, 12, 31)
    assert america.add_workdays(date(2026, 12, 31), 1) == date(2027, 1, 4)
    # 250 working days in 2026 and 249 in 2027, which keeps two New Year's Days.
    assert america.add_workdays(date(2026, 1, 1), 500) == date(2028, 1, 3)


def test_start_for_when_the_due_date_is_a_holiday() -> None:
    china = get_calendar("cn")
    assert china.start_for(date(2026, 10, 1), 1) == date(2026, 10, 1)
    assert china.start_for(date(2026, 10, 1), 2) == date(2026, 9, 30)


@given(CALENDARS, DAYS, st.integers(-600, 600))
def test_add_workdays_agrees_with_counting(calendar: Calendar, day: date, count: int) -> None:
    landed = calendar.add_workdays(day, count)
    if count == 0:
        assert landed == day
        return
    assert calendar.is_workday(landed)
    if count > 0:
        assert calendar.workdays_between(day + timedelta(days=1), landed) == count
    else:
        assert calendar.workdays_between(landed, day - timedelta(days=1)) == -count


@given(CALENDARS, DAYS, st.integers(-3, 60))
def test_workdays_between_agrees_with_counting(calendar: Calendar, first: date, days: int) -> None:
    counted = sum(calendar.is_workday(first + timedelta(days=number)) for number in range(days + 1))
    assert calendar.workdays_between(first, first + timedelta(days=days)) == counted


@given(CALENDARS, DAYS)
def test_nearest_workdays(calendar: Calendar, day: date) -> None:
    before, after = calendar.previous_workday(day), calendar.next_workday(day)
    assert before <= day <= after
    assert calendar.is_workday(before)
    assert calendar.is_workday(after)
    assert (before == day == after) == calendar.is_workday(day)
