"""Working time to the minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from linkstar.calendars.models import Closure, Leave
from linkstar.calendars.worktime import Worktimes, worktime_for
from linkstar.lib import workdays
from linkstar.lib.hours import as_json
from tests.factories import make_member

pytestmark = pytest.mark.django_db
ONE_DAY = timedelta(days=1)
FIRST, LAST = date(2026, 9, 1), date(2026, 12, 31)


def minute(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) // 60


def said(minutes: int) -> str:
    return datetime.fromtimestamp(minutes * 60, UTC).isoformat()[:16]


def test_story_06_five_and_six_days_across_the_national_holidays():
    supplier = make_member("guest", time_zone="Asia/Shanghai")
    time = worktime_for(country="cn", member=supplier, first=FIRST, last=LAST)
    start = minute("2026-09-28T09:00+08:00")
    day = Worktimes.day_minutes(supplier)
    assert said(time.add(start, 5 * day)) == "2026-10-09T10:00"
    assert said(time.add(start, 6 * day)) == "2026-10-10T10:00"


def test_hours_are_on_the_persons_clock_and_follow_its_changes():
    maya = make_member(time_zone="America/New_York")
    time = worktime_for(country="us", member=maya, first=FIRST, last=LAST)
    assert said(time.next_open(minute("2026-10-30T23:00-04:00"))) == "2026-11-02T14:00"
    assert said(time.next_open(minute("2026-10-29T23:00-04:00"))) == "2026-10-30T13:00"


def test_a_countrys_time_is_its_offices_or_those_of_the_zone_that_is_named(owner):
    times = Worktimes.load([], first=FIRST, last=LAST)
    saturday = minute("2026-11-21T12:00+00:00")
    assert said(times.worktime("us").next_open(saturday)) == "2026-11-23T17:00"
    assert said(times.worktime("us", zone="America/New_York").next_open(saturday)) == "2026-11-23T14:00"
    assert said(times.worktime("cn").next_open(saturday)) == "2026-11-23T01:00"


def test_closures_and_leave_are_no_working_time(owner):
    member = make_member(time_zone="UTC")
    Closure.objects.create(name="Closed", first_on=date(2026, 11, 23), last_on=date(2026, 11, 23), created_by=owner)
    Leave.objects.create(member=member, first_on=date(2026, 11, 24), last_on=date(2026, 11, 24), created_by=owner)
    times = Worktimes.load([member], first=FIRST, last=LAST)
    sunday = minute("2026-11-22T12:00+00:00")
    assert said(times.worktime("us", member).next_open(sunday)) == "2026-11-25T09:00"
    assert said(times.worktime("us", zone="UTC").next_open(sunday)) == "2026-11-24T09:00"


def test_nights_and_whole_days_are_hours_too():
    week = [[[0, 1440]]] * 6 + [[]]
    member = make_member(time_zone="America/New_York", working_hours=week)
    time = worktime_for(country="us", member=member, first=FIRST, last=LAST)
    # Sunday the first of November is a day off; clocks go back within it.
    assert said(time.next_open(minute("2026-11-01T12:00-05:00"))) == "2026-11-02T05:00"
    assert time.between(minute("2026-10-26T00:00-04:00"), minute("2026-11-01T00:00-04:00")) == 6 * 1440


def test_a_stretch_in_the_hour_that_clocks_skip_is_shorter():
    week = as_json(((((60, 240),)),) * 7)
    member = make_member(time_zone="America/New_York", working_hours=week)
    time = worktime_for(country="us", member=member, first=date(2026, 3, 7), last=date(2026, 3, 9))
    day = [minute(f"2026-03-{number:02d}T12:00+00:00") for number in (6, 7, 8, 9)]
    assert [time.between(day[number], day[number + 1]) for number in range(3)] == [180, 120, 180]


@pytest.mark.parametrize("count", [1, 3])
def test_everybodys_time_is_read_in_two_statements(django_assert_num_queries, count):
    people = [make_member() for _ in range(count)]
    with django_assert_num_queries(2):
        times = Worktimes.load(people, first=FIRST, last=LAST)
        found = [times.worktime("us", person) for person in people]
    # People with the same hours share one calendar.
    assert len({id(each) for each in found}) == 1


def test_a_new_announcement_is_new_working_time():
    first = worktime_for(country="cn", member=None, first=date(2028, 12, 1), last=date(2029, 1, 31))
    try:
        workdays.take({2029: workdays.Announcement({date(2029, 1, 1): "元旦"}, frozenset())})
        second = worktime_for(country="cn", member=None, first=date(2028, 12, 1), last=date(2029, 1, 31))
    finally:
        workdays.take({})
    monday = minute("2028-12-31T12:00+00:00")
    assert said(first.next_open(monday)) == "2029-01-01T01:00"
    assert said(second.next_open(monday)) == "2029-01-02T01:00"
    assert second.between(monday, monday + 24 * 60) == 0
    assert timedelta(minutes=first.between(monday, monday + 24 * 60)) == timedelta(hours=8)


@pytest.mark.parametrize("country", ["cn", "us"])
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Pacific/Honolulu"])
def test_a_day_has_working_time_exactly_when_the_calendar_of_days_says_so(owner, country, zone):
    """Over two years with closures, leave, make-up weekends and a Saturday that is worked."""
    week = [[[540, 720], [780, 1080]]] * 5 + [[[600, 720]], []]
    member = make_member(time_zone=zone, working_hours=week)
    Closure.objects.create(name="Closed", first_on=date(2025, 7, 1), last_on=date(2025, 7, 9), created_by=owner)
    Leave.objects.create(member=member, first_on=date(2026, 2, 9), last_on=date(2026, 2, 28), created_by=owner)
    times = Worktimes.load([member], first=date(2025, 1, 1), last=date(2026, 12, 31))
    time, days = times.worktime(country, member), times.day_calendar(country, member)
    wrong = []
    for number in range(1, 729):
        day = date(2025, 1, 1) + timedelta(days=number)
        start, end = (datetime.combine(each, datetime.min.time(), ZoneInfo(zone)) for each in (day, day + ONE_DAY))
        worked = time.between(int(start.timestamp()) // 60, int(end.timestamp()) // 60)
        usual = 120 if day.weekday() == 5 else 480
        if worked != (usual if days.is_workday(day) else 0):
            wrong.append((day, worked))
    assert wrong == []
