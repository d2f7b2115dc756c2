"""Rules of recurrence: days in order, wall times kept through clock changes, month ends, unknown years."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkstar.lib.recurrence import LAST, Rule, rule_text
from linkstar.lib.workdays import get_calendar

PACIFIC = "America/Los_Angeles"
DAY = st.dates(date(2020, 1, 1), date(2034, 12, 31))
RULES = st.builds(
    Rule,
    unit=st.sampled_from(["days", "weeks", "month_day", "month_weekday", "weekdays", "workdays"]),
    anchor=DAY,
    zone=st.sampled_from([PACIFIC, "America/New_York", "Asia/Shanghai", "Europe/London"]),
    at=st.none() | st.times(timezones=st.none()).map(lambda at: at.replace(second=0, microsecond=0)),
    every=st.integers(1, 60),
    weekdays=st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    month_day=st.integers(1, 31),
    nth=st.sampled_from([1, 2, 3, 4, LAST]),
    calendar=st.sampled_from(["cn", "us"]),
)


def rule(unit: str, **values: object) -> Rule:
    return Rule(**{"unit": unit, "anchor": date(2026, 1, 1), "zone": PACIFIC, "at": time(18, 0), **values})


@settings(deadline=None)  # a calendar reads each year once
@given(RULES, DAY)
def test_days_grow_and_follow_the_day_asked_for(found: Rule, after: date) -> None:
    days = found.some_days(6, after=after)
    assert len(days) == 6
    assert all(earlier < later for earlier, later in pairwise([after, *days]))
    assert all(day >= found.anchor for day in days)


@settings(deadline=None)
@given(RULES, DAY)
def test_the_days_are_the_same_wherever_one_begins_to_count(found: Rule, after: date) -> None:
    days = found.some_days(5, after=after)
    assert [found.next_day(after=day - timedelta(days=1)) for day in days] == days


@settings(deadline=None)
@given(RULES, DAY)
def test_instants_grow_with_the_days(found: Rule, after: date) -> None:
    instants = [found.resolve(day).instant for day in found.some_days(6, after=after)]
    assert all(earlier < later for earlier, later in pairwise(instants))


@settings(deadline=None)
@given(RULES, DAY)
def test_the_wall_time_stays_unless_clocks_skip_it(found: Rule, after: date) -> None:
    for day in found.some_days(6, after=after):
        resolved = found.resolve(day)
        if resolved.note != "skipped":
            assert (resolved.wall.date(), resolved.wall.time()) == (day, found.at or time(23, 59, 59))
        assert found.deadline(day).instant == resolved.instant


@settings(deadline=None)
@given(RULES, DAY, st.integers(0, 60))
def test_the_window_opens_before_the_deadline(found: Rule, after: date, window: int) -> None:
    [day] = found.some_days(1, after=after)
    assert found.opens_at(day, window_days=window) <= found.resolve(day).instant


@pytest.mark.parametrize(
    ("found", "after", "days"),
    [
        pytest.param(rule("days", every=3), "2026-01-02", ["2026-01-04", "2026-01-07", "2026-01-10"], id="3 days"),
        pytest.param(
            rule("weeks", every=2, weekdays=(0, 4)),
            "2026-01-01",
            ["2026-01-02", "2026-01-12", "2026-01-16"],
            id="every second week",
        ),
        pytest.param(
            rule("month_day", month_day=31), "2026-01-30", ["2026-01-31", "2026-02-28", "2026-03-31"], id="day 31"
        ),
        pytest.param(
            rule("month_day", month_day=29), "2028-02-01", ["2028-02-29", "2028-03-29", "2028-04-29"], id="leap day"
        ),
        pytest.param(
            rule("month_day", month_day=29, every=12, anchor=date(2028, 2, 29)),
            "2028-02-28",
            ["2028-02-29", "2029-02-28", "2030-02-28"],
            id="every year on the leap day",
        ),
        pytest.param(
            rule("month_weekday", weekdays=(4,), nth=LAST),
            "2026-10-31",
            ["2026-11-27", "2026-12-25", "2027-01-29"],
            id="last Friday",
        ),
        pytest.param(
            rule("month_weekday", weekdays=(1,), nth=2, every=2),
            "2026-01-01",
            ["2026-01-13", "2026-03-10", "2026-05-12"],
            id="second Tuesday of every second month",
        ),
        pytest.param(rule("weekdays"), "2026-11-26", ["2026-11-27", "2026-11-30", "2026-12-01"], id="weekdays"),
        pytest.param(
            rule("workdays", calendar="us"), "2026-11-25", ["2026-11-27", "2026-11-30", "2026-12-01"], id="Thanksgiving"
        ),
        pytest.param(
            rule("workdays", calendar="cn"), "2026-02-13", ["2026-02-14", "2026-02-24", "2026-02-25"], id="春节"
        ),
    ],
)
def test_days_of_a_rule(found: Rule, after: str, days: list[str]) -> None:
    assert [day.isoformat() for day in found.some_days(3, after=date.fromisoformat(after))] == days


def test_wall_time_stays_through_both_clock_changes() -> None:
    weekly = rule("weeks", weekdays=(6,))
    spring = [weekly.resolve(day).instant for day in weekly.some_days(2, after=date(2026, 2, 28))]
    autumn = [weekly.resolve(day).instant for day in weekly.some_days(2, after=date(2026, 10, 24))]
    assert spring == [datetime(2026, 3, 2, 2, tzinfo=UTC), datetime(2026, 3, 9, 1, tzinfo=UTC)]
    assert autumn == [datetime(2026, 10, 26, 1, tzinfo=UTC), datetime(2026, 11, 2, 2, tzinfo=UTC)]


def test_a_skipped_hour_moves_forward_and_a_doubled_one_is_the_first() -> None:
    early = rule("days", at=time(2, 30))
    [skipped] = early.some_days(1, after=date(2026, 3, 7))
    assert early.resolve(skipped).note == "skipped"
    assert (early.deadline(skipped).on, early.deadline(skipped).time) == (date(2026, 3, 8), time(3, 30))
    doubled = rule("days", at=time(1, 30)).resolve(date(2026, 11, 1))
    assert (doubled.note, doubled.instant) == ("doubled", datetime(2026, 11, 1, 8, 30, tzinfo=UTC))


def test_the_window_opens_at_midnight_of_the_zone() -> None:
    weekly = rule("weeks", weekdays=(4,))
    assert weekly.opens_at(date(2026, 3, 10), window_days=3) == datetime(2026, 3, 7, 8, tzinfo=UTC)
    assert weekly.opens_at(date(2026, 3, 10), window_days=0) == datetime(2026, 3, 10, 7, tzinfo=UTC)


def test_a_year_without_announced_holidays_is_not_certain() -> None:
    working = rule("workdays", calendar="cn")
    unknown = next(year for year in range(2026, 2060) if not get_calendar("cn").knows(year))
    assert [working.is_certain(date(year, 5, 4)) for year in (2026, unknown)] == [True, False]
    assert rule("weekdays").is_certain(date(unknown, 5, 4))


@pytest.mark.parametrize(
    ("found", "english", "chinese"),
    [
        (rule("days"), "every day 18:00 (America/Los_Angeles)", "每天 18:00（太平洋时间）"),
        (
            rule("days", every=3, at=None),
            "every 3 days by the end of the day (America/Los_Angeles)",
            "每 3 天，当日结束前（太平洋时间）",
        ),
        (rule("weeks", weekdays=(4,)), "every Friday 18:00 (America/Los_Angeles)", "每周五 18:00（太平洋时间）"),
        (
            rule("weeks", weekdays=(0, 2, 4), every=2, zone="Asia/Shanghai"),
            "every 2 weeks on Monday, Wednesday and Friday 18:00 (Asia/Shanghai)",
            "每 2 周的周一、周三、周五 18:00（北京时间）",
        ),
        (
            rule("month_day", month_day=31),
            "every month on day 31 (or its last day) 18:00 (America/Los_Angeles)",
            "每月 31 日（当月没有则为最后一天）18:00（太平洋时间）",
        ),
        (
            rule("month_day", month_day=1, every=3),
            "every 3 months on day 1 18:00 (America/Los_Angeles)",
            "每 3 个月的 1 日 18:00（太平洋时间）",
        ),
        (
            rule("month_weekday", weekdays=(1,), nth=LAST),
            "every month on the last Tuesday 18:00 (America/Los_Angeles)",
            "每月最后一个周二 18:00（太平洋时间）",
        ),
        (rule("weekdays"), "every weekday (Mon–Fri) 18:00 (America/Los_Angeles)", "每周一至周五 18:00（太平洋时间）"),
        (
            rule("workdays", calendar="cn"),
            "every working day in China 18:00 (America/Los_Angeles)",
            "每个中国工作日 18:00（太平洋时间）",
        ),
    ],
)  # fmt: skip
def test_rules_in_words(found: Rule, english: str, chinese: str) -> None:
    assert (rule_text(found, "en"), rule_text(found, "zh-hans")) == (english, chinese)
