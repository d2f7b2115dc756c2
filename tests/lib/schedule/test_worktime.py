from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkstar.lib.schedule import ELAPSED, NoWorkingTime, WorkTime, to_instant, to_minutes

NINE_TO_SIX = ((time(9), time(12)), (time(13), time(18)))


def at(text: str, zone: str = "UTC") -> int:
    return to_minutes(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


def weekdays(first: date, count: int) -> list[date]:
    days = [first + timedelta(days=number) for number in range(count)]
    return [day for day in days if day.weekday() < 5]


OFFICE = WorkTime.from_days(weekdays(date(2026, 1, 1), 400), NINE_TO_SIX, "UTC")


@pytest.mark.parametrize(
    ("begin", "minutes", "end"),
    [
        ("2026-01-05 09:00", 180, "2026-01-05 12:00"),
        ("2026-01-05 09:00", 181, "2026-01-05 13:01"),
        ("2026-01-05 09:00", 480, "2026-01-05 18:00"),
        ("2026-01-09 17:00", 61, "2026-01-12 09:01"),
        ("2026-01-10 12:00", 60, "2026-01-12 10:00"),
        ("2026-01-10 12:00", 0, "2026-01-10 12:00"),
        ("2026-01-05 03:00", 5 * 480, "2026-01-09 18:00"),
    ],
)
def test_add(begin: str, minutes: int, end: str) -> None:
    assert OFFICE.add(at(begin), minutes) == at(end)


@pytest.mark.parametrize(
    ("end", "minutes", "begin"),
    [
        ("2026-01-05 18:00", 480, "2026-01-05 09:00"),
        ("2026-01-05 18:00", 300, "2026-01-05 13:00"),
        ("2026-01-12 09:00", 480, "2026-01-09 09:00"),
        ("2026-01-11 12:00", 1, "2026-01-09 17:59"),
    ],
)
def test_subtract(end: str, minutes: int, begin: str) -> None:
    assert OFFICE.subtract(at(end), minutes) == at(begin)


def test_open_and_between() -> None:
    assert OFFICE.next_open(at("2026-01-10 12:00")) == at("2026-01-12 09:00")
    assert OFFICE.next_open(at("2026-01-09 12:00")) == at("2026-01-09 13:00")
    assert OFFICE.next_open(at("2026-01-09 09:00")) == at("2026-01-09 09:00")
    assert OFFICE.previous_open(at("2026-01-10 12:00")) == at("2026-01-09 18:00")
    assert OFFICE.previous_open(at("2026-01-09 18:00")) == at("2026-01-09 18:00")
    assert OFFICE.between(at("2026-01-05 00:00"), at("2026-01-12 00:00")) == 5 * 480
    assert OFFICE.between(at("2026-01-12 00:00"), at("2026-01-05 00:00")) == -5 * 480
    assert OFFICE.covers(at("2026-01-05 00:00"), at("2026-12-01 00:00"))
    assert not OFFICE.covers(at("2026-01-05 00:00"), at("2036-12-01 00:00"))


def test_hours_are_on_the_clock_of_their_zone_when_clocks_change() -> None:
    days = [date(2026, 3, 7), date(2026, 3, 8), date(2026, 11, 1), date(2026, 11, 2)]
    night = WorkTime.from_days(days, ((time(0), time(6)),), "America/Los_Angeles")
    assert [end - start for start, end in night.intervals()] == [360, 300, 420, 360]
    assert next(night.intervals())[0] == at("2026-03-07 08:00")


def test_hours_over_midnight_and_whole_days() -> None:
    night = WorkTime.from_days([date(2026, 1, 5)], ((time(22), time(6)),), "Asia/Shanghai")
    assert list(night.intervals()) == [(at("2026-01-05 14:00"), at("2026-01-05 22:00"))]
    whole = WorkTime.from_days([date(2026, 1, 5), date(2026, 1, 6)], ((time(0), time(0)),), "UTC")
    assert list(whole.intervals()) == [(at("2026-01-05 00:00"), at("2026-01-07 00:00"))]


def test_hours_by_weekday() -> None:
    hours = {0: ((time(9), time(12)),), 1: ()}
    half = WorkTime.from_days(weekdays(date(2026, 1, 5), 14), hours, "UTC")
    assert [to_instant(start).day for start, _end in half.intervals()] == [5, 12]


def test_without_leave() -> None:
    away = OFFICE.without(
        [(at("2026-01-06 00:00"), at("2026-01-08 00:00")), (at("2026-01-05 10:00"), at("2026-01-05 11:00"))]
    )
    assert away.add(at("2026-01-05 09:00"), 480) == at("2026-01-08 10:00")
    with pytest.raises(NoWorkingTime):
        OFFICE.without([(at("2000-01-01 00:00"), at("2100-01-01 00:00"))])


@pytest.mark.parametrize("intervals", [[], [(5, 5)], [(9, 3)]])
def test_calendar_without_working_time_is_refused(intervals: list[tuple[int, int]]) -> None:
    with pytest.raises(NoWorkingTime):
        WorkTime(intervals)


def test_beyond_what_is_known_the_fullest_near_week_goes_on() -> None:
    """The last week has a holiday; a full one before it repeats, on the same weekdays and hours."""
    days = [day for day in weekdays(date(2026, 1, 5), 26) if day != date(2026, 1, 28)]
    known = WorkTime.from_days(days, NINE_TO_SIX, "UTC")
    assert known.add(at("2026-01-30 09:00"), 6 * 480) == at("2026-02-06 18:00")
    assert known.next_open(at("2031-02-01 00:00")) == at("2031-02-03 09:00")
    assert known.subtract(at("2026-01-05 18:00"), 6 * 480) == at("2025-12-29 09:00")
    assert known.between(at("2020-01-06 00:00"), at("2020-01-13 00:00")) == 5 * 480


def test_elapsed_is_always() -> None:
    assert ELAPSED.add(100, 50) == 150
    assert ELAPSED.subtract(100, 50) == 50
    assert ELAPSED.next_open(7) == ELAPSED.previous_open(7) == 7
    assert ELAPSED.shift(10, -30) == -20


spans = st.lists(st.tuples(st.integers(0, 30_000), st.integers(1, 900)), min_size=1, max_size=12)


@settings(derandomize=True)
@given(spans, st.integers(-40_000, 70_000), st.integers(-5000, 5000))
def test_shift_and_unshift_answer_each_other(pairs: list[tuple[int, int]], instant: int, lag: int) -> None:
    time_ = WorkTime((start, start + length) for start, length in pairs)
    for other in (instant - 3, instant, instant + 1000):
        assert (time_.shift(other, lag) <= instant) == (other <= time_.unshift(instant, lag))


@settings(derandomize=True)
@given(spans, st.integers(-40_000, 70_000), st.integers(0, 20_000))
def test_add_and_subtract_are_as_far_as_they_say(pairs: list[tuple[int, int]], instant: int, minutes: int) -> None:
    time_ = WorkTime((start, start + length) for start, length in pairs)
    assert time_.between(instant, time_.add(instant, minutes)) == minutes
    assert time_.between(time_.subtract(instant, minutes), instant) == minutes
    assert time_.add(time_.subtract(instant, minutes), minutes) == (
        time_.previous_open(instant) if minutes else instant
    )
