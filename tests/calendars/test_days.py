"""Which days are off, for whom and why."""

from datetime import date, timedelta

import pytest

from linkstar.calendars.days import Absences, DayCalendar, NoWorkingDays, Stretch, day_calendar
from linkstar.calendars.models import Closure, Leave
from linkstar.lib.hours import STANDARD
from linkstar.lib.workdays import get_calendar
from tests.factories import make_member

MONDAY = date(2026, 11, 23)


def on(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def test_without_anything_it_is_the_country_itself():
    china, plain = DayCalendar("cn"), get_calendar("cn")
    for day in (on("09-28"), on("10-01"), on("10-10"), on("02-14")):
        assert china.is_workday(day) == plain.is_workday(day)
        assert china.add_workdays(day, 6) == plain.add_workdays(day, 6)
    assert china.workdays_between(on("09-28"), on("10-10")) == plain.workdays_between(on("09-28"), on("10-10"))


def test_story_06_a_person_of_the_china_team_works_on_the_make_up_saturday():
    person = DayCalendar("cn", STANDARD)
    assert [person.add_workdays(on("09-27"), count) for count in (5, 6, 7)] == [on("10-09"), on("10-10"), on("10-12")]
    assert person.is_makeup(on("10-10")) and not person.is_makeup(on("10-11"))


def test_a_closure_and_leave_are_off_with_their_reason():
    days = DayCalendar(
        "us", STANDARD, (Stretch(on("11-27"), on("11-29"), "Inventory"),), (Stretch(on("11-24"), on("11-24")),)
    )
    assert [days.is_workday(MONDAY + timedelta(days=number)) for number in range(7)] == [
        True, False, True, False, False, False, False,
    ]  # fmt: skip
    assert days.holiday_name(on("11-24"), "en") == "On leave"
    assert days.holiday_name(on("11-26"), "en") == "Thanksgiving Day"
    assert days.holiday_name(on("11-27"), "zh-hans") == "Inventory"
    assert days.holiday_name(on("11-25"), "en") is None
    assert days.add_workdays(MONDAY, 1) == on("11-25")
    assert days.add_workdays(on("11-30"), -1) == on("11-25")
    assert days.workdays_between(MONDAY, on("11-30")) == 3
    assert (days.next_workday(on("11-26")), days.previous_workday(on("11-29"))) == (on("11-30"), on("11-25"))
    assert days.start_for(on("11-30"), 3) == MONDAY


def test_leave_on_a_make_up_day_and_on_a_holiday():
    leave = (Stretch(on("10-01"), on("10-10")),)
    days = DayCalendar("cn", STANDARD, (), leave)
    assert not days.is_workday(on("10-10"))
    assert days.next_workday(on("10-01")) == on("10-12")


def test_own_weekdays_count_and_holidays_still_do():
    weekends = tuple(STANDARD[0] if number >= 5 else () for number in range(7))
    days = DayCalendar("us", weekends)
    assert [days.is_workday(MONDAY + timedelta(days=number)) for number in range(7)] == [False] * 5 + [True] * 2
    assert not days.is_workday(date(2027, 12, 25))


def test_somebody_who_is_away_for_good_has_no_working_day():
    days = DayCalendar("us", STANDARD, (), (Stretch(date(2026, 1, 1), date(2036, 1, 1)),))
    with pytest.raises(NoWorkingDays):
        days.add_workdays(MONDAY, 1)


def test_unknown_years_are_the_countrys():
    assert DayCalendar("cn", STANDARD).knows(2026)
    assert not DayCalendar("cn", STANDARD).is_certain(on("01-01"), date(2040, 1, 1))


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_absences_are_read_in_two_statements(django_assert_num_queries, owner, count):
    people = [make_member() for _ in range(count)]
    for number, person in enumerate(people):
        day = MONDAY + timedelta(days=number)
        Leave.objects.create(member=person, first_on=day, last_on=day, created_by=owner)
        Closure.objects.create(name="Closed", first_on=on("12-24"), last_on=on("12-31"), created_by=owner)
    with django_assert_num_queries(2):
        absences = Absences.load(people)
        days = [absences.day_calendar("us", person) for person in people]
    assert [days[0].is_workday(MONDAY + timedelta(days=number)) for number in range(2)] == [False, True]
    assert not days[-1].is_workday(on("12-28"))


@pytest.mark.django_db
def test_a_closure_is_for_its_country_and_leave_for_its_member(owner):
    other = make_member()
    Closure.objects.create(name="工厂盘点", first_on=MONDAY, last_on=MONDAY, country="cn", created_by=owner)
    Leave.objects.create(member=owner, first_on=on("11-24"), last_on=on("11-24"), created_by=owner)
    assert [day_calendar(key).is_workday(MONDAY) for key in ("cn", "us")] == [False, True]
    assert [day_calendar("us", who).is_workday(on("11-24")) for who in (owner, other)] == [False, True]
