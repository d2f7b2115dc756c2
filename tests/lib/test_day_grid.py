"""Grids of days, and the one day of each deadline: nothing is ever off by one (features.md 3a)."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.lib.day_grid import (
    add_months,
    clock_change,
    day_of,
    day_start,
    ends_elsewhere,
    month_span,
    moved_to,
    week_span,
)
from linkstar.lib.deadlines import Deadline

ANGELES, NEW_YORK, BEIJING = "America/Los_Angeles", "America/New_York", "Asia/Shanghai"
# Half hours, 45 minutes, the ends of the day line, clocks that change at midnight, by half an hour, or the other way.
ZONES = (
    ANGELES, NEW_YORK, BEIJING, "UTC", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Kiritimati", "Pacific/Niue",
    "America/Havana", "America/Santiago", "Australia/Lord_Howe", "Europe/London", "Africa/Casablanca", "Asia/Beirut",
)  # fmt: skip
zones = st.sampled_from(ZONES)
days = st.dates(date(2024, 1, 1), date(2030, 12, 31))
times = st.times().map(lambda clock: clock.replace(microsecond=0))
deadlines = st.builds(Deadline, days, st.none() | times, zones, st.sampled_from([0, 1]))


@given(deadlines, zones)
def test_a_deadline_lies_on_exactly_one_day_of_its_month(deadline: Deadline, zone: str) -> None:
    day = day_of(deadline, zone)
    span = month_span(day, zone)
    starts = span.instants
    at = deadline.instant
    found = [shown for shown, start, end in zip(span.days, starts, starts[1:], strict=False) if start <= at < end]
    if deadline.is_date_only:
        assert day == deadline.on
        # Where it ends on another day there, that is said.
        end = ends_elsewhere(deadline, zone)
        assert (end is None) == (at.astimezone(ZoneInfo(zone)).date() == day)
    else:
        assert found == [day]
        assert day == at.astimezone(ZoneInfo(zone)).date()
    assert span.days.count(day) == 1


@given(days, zones)
def test_days_of_a_grid_follow_each_other_without_gap(day: date, zone: str) -> None:
    for span in (month_span(day, zone), week_span(day, zone)):
        assert (span.first.weekday(), span.last.weekday()) == (0, 6)
        assert span.first <= day <= span.last
        starts = span.instants
        assert len(starts) == len(span.days) + 1
        assert all(timedelta(hours=22) < b - a < timedelta(hours=26) for a, b in pairwise(starts))
        for shown, start in zip(span.days, starts, strict=False):
            assert start.astimezone(ZoneInfo(zone)).date() == shown
            assert (start - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).date() == shown - timedelta(days=1)


@given(deadlines, zones, st.integers(-40, 40))
def test_a_move_keeps_the_wall_time_and_the_zone(deadline: Deadline, zone: str, by: int) -> None:
    target = day_of(deadline, zone) + timedelta(days=by)
    moved = moved_to(deadline, target, zone)
    assert moved.zone == deadline.zone
    if deadline.time is None:
        assert (moved.time, moved.on, day_of(moved, zone)) == (None, target, target)
    else:
        # A day of the named zone may lack that time, when only one of the two zones changes its clocks.
        assert abs((day_of(moved, zone) - target).days) <= 1
        asked = Deadline(moved.on, deadline.time, moved.zone)
        assert moved.time in (deadline.time, asked.wall.time().replace(fold=0))


@given(deadlines, st.integers(-40, 40))
def test_a_move_in_its_own_zone_lands_where_it_was_dropped(deadline: Deadline, by: int) -> None:
    day = day_of(deadline, deadline.zone)
    moved = moved_to(deadline, day + timedelta(days=by), deadline.zone)
    assert day_of(moved, deadline.zone) == day + timedelta(days=by)


def test_late_in_the_evening_of_los_angeles_is_the_next_day_in_beijing() -> None:
    deadline = Deadline(date(2026, 11, 27), time(23, 30), ANGELES)
    assert (day_of(deadline, ANGELES), day_of(deadline, NEW_YORK), day_of(deadline, BEIJING)) == (
        date(2026, 11, 27), date(2026, 11, 28), date(2026, 11, 28),
    )  # fmt: skip


def test_a_day_without_a_time_is_that_day_everywhere_and_says_where_it_ends() -> None:
    deadline = Deadline(date(2026, 11, 27), None, ANGELES)
    assert {day_of(deadline, zone) for zone in ZONES} == {date(2026, 11, 27)}
    assert ends_elsewhere(deadline, ANGELES) is None
    end = ends_elsewhere(deadline, BEIJING)
    assert end is not None
    assert f"{end:%m-%d %H:%M}" == "11-28 15:59"


@pytest.mark.parametrize(
    ("sunday", "hours", "change"), [(date(2026, 3, 8), 23, 1), (date(2026, 11, 1), 25, -1), (date(2026, 11, 8), 24, 0)]
)
def test_weeks_in_which_clocks_change_are_right(sunday: date, hours: int, change: int) -> None:
    span = week_span(sunday, ANGELES)
    assert (span.first, span.last) == (sunday - timedelta(days=6), sunday)
    assert span.instants[-1] - span.instants[-2] == timedelta(hours=hours)
    assert span.instants[-1] - span.instants[0] == timedelta(hours=24 * 6 + hours)
    assert clock_change(sunday, ANGELES) == timedelta(hours=change)
    # Of the doubled hour both belong to Sunday, and of the skipped one what follows it.
    for fold in (0, 1):
        assert day_of(Deadline(sunday, time(1, 30), ANGELES, fold), ANGELES) == sunday  # type: ignore[arg-type]
    assert day_of(Deadline(sunday, time(2, 30), ANGELES), ANGELES) == sunday


def test_a_skipped_time_is_kept_as_the_clock_shows_it() -> None:
    moved = moved_to(Deadline(date(2026, 3, 7), time(2, 30), ANGELES), date(2026, 3, 8), ANGELES)
    assert (moved.on, moved.time) == (date(2026, 3, 8), time(3, 30))


def test_a_move_over_a_clock_change_lands_on_the_day_in_beijing() -> None:
    # 08:30 PDT is 23:30 in Beijing; in winter time it is 00:30 of the next day there.
    deadline = Deadline(date(2026, 10, 28), time(8, 30), ANGELES)
    assert day_of(deadline, BEIJING) == date(2026, 10, 28)
    moved = moved_to(deadline, date(2026, 11, 4), BEIJING)
    assert (moved.on, moved.time, day_of(moved, BEIJING)) == (date(2026, 11, 3), time(8, 30), date(2026, 11, 4))


def test_a_midnight_that_is_skipped_begins_its_day_after_it() -> None:
    start = day_start(date(2026, 3, 8), "America/Havana")
    assert start.astimezone(ZoneInfo("America/Havana")).strftime("%d %H:%M") == "08 01:00"
    assert start == datetime(2026, 3, 8, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "count", "first"),
    [(date(2026, 11, 30), 1, date(2026, 12, 1)), (date(2026, 12, 31), 1, date(2027, 1, 1)),
     (date(2026, 1, 31), -1, date(2025, 12, 1))],
)  # fmt: skip
def test_months_are_counted(day: date, count: int, first: date) -> None:
    assert add_months(day, count) == first
