"""The axis of a timeline: a project's own clock laid out as days of 24 hours, and what those days are.

A place on it is a count of minutes since 1970-01-01 00:00 as that clock shows them ("wall minutes"), so that a day is
as wide as any other, also where clocks change. `offsets` lead from there to instants and back.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from linkstar.lib.day_grid import day_start
from linkstar.lib.deadlines import Deadline
from linkstar.lib.workdays import get_calendar
from linkstar.lib.zones import format_offset, get_zone

MINUTES_A_DAY = 1440
# What lies further off is drawn at the edge: nobody plans by a chart of eight years.
YEARS_SHOWN = 4
_EPOCH = date(1970, 1, 1)
_ONE_DAY = timedelta(days=1)


class Offset(NamedTuple):
    """From the instant `since` (minutes since 1970 in UTC) a clock is `minutes` ahead of UTC, which `text` writes."""

    since: int
    minutes: int
    text: str


class OffDay(NamedTuple):
    """`on` counts days since 1970. `country` is "cn" or "us"; `is_work`: a weekend on which China works."""

    on: int
    country: str
    name: str
    is_work: bool


@dataclass(frozen=True, slots=True)
class Axis:
    """`first` and `last` are days of `zone`, both shown."""

    first: date
    last: date
    zone: str

    def offsets(self, zone: str = "") -> list[Offset]:
        """In force over the axis, the first of them from before its beginning; of its own zone or another."""
        return list(_offsets(self.first, self.last, zone or self.zone))

    def off_days(self, language: str) -> list[OffDay]:
        """Holidays of both countries and China's working weekends, by day; plain weekends are not named."""
        return [
            day for year in range(self.first.year, self.last.year + 1) for day in _off_days(year, language)
            if day_number(self.first) <= day.on <= day_number(self.last)
        ]  # fmt: skip

    @property
    def unknown(self) -> list[tuple[str, int]]:
        """Country and year of which days are shown and no holidays are published yet."""
        years = range(self.first.year, self.last.year + 1)
        return [(country, year) for country in ("cn", "us") for year in years if not get_calendar(country).knows(year)]


def axis_of(days: Iterable[date], *, today: date, zone: str) -> Axis:
    """Around what is dated and today, with room to drag; at most YEARS_SHOWN before and after.

    Around the first date instead, where all of them lie further off.
    """
    dated = list(days)
    near = _near(dated, today)
    if dated and not near:
        today = min(dated)
        near = _near(dated, today)
    first, last = min([*near, today]), max([*near, today])
    first, last = first - timedelta(days=21), last + timedelta(days=45)
    return Axis(first.replace(day=1), last, zone)


def _near(days: Iterable[date], to: date) -> list[date]:
    return [day for day in days if abs((day - to).days) <= YEARS_SHOWN * 366]


def day_number(day: date) -> int:
    return (day - _EPOCH).days


def wall_minutes(at: datetime, zone: str) -> int:
    """An aware instant as the clock of `zone` shows it."""
    wall = at.astimezone(get_zone(zone))
    return day_number(wall.date()) * MINUTES_A_DAY + wall.hour * 60 + wall.minute


def wall_time(minutes: int) -> datetime:
    """The naive wall time of a place on the axis."""
    return datetime(1970, 1, 1) + timedelta(minutes=minutes)  # noqa: DTZ001 - a wall time, of whatever zone the axis has


def start_place(on: date | None, at: time | None, start_zone: str, zone: str) -> int | None:
    """Where a start stands: without a time at the beginning of the day it names, on whichever clock."""
    if on is None:
        return None
    if at is None or start_zone == zone:
        return day_number(on) * MINUTES_A_DAY + (at.hour * 60 + at.minute if at else 0)
    return wall_minutes(Deadline(on, at, start_zone).instant, zone)


def end_place(deadline: Deadline | None, zone: str) -> int | None:
    """Where a deadline stands: without a time at the end of the day it names, on whichever clock."""
    if deadline is None:
        return None
    if deadline.is_date_only:
        return (day_number(deadline.on) + 1) * MINUTES_A_DAY
    return wall_minutes(deadline.instant, zone)


@lru_cache(maxsize=256)
def _offsets(first: date, last: date, zone: str) -> tuple[Offset, ...]:
    """Looked at once a day: no zone changes twice in one. The minute of the change is found by halving."""
    tz, found, day = get_zone(zone), list[Offset](), first - _ONE_DAY
    while day <= last + _ONE_DAY:
        at = day_start(day, "UTC")
        offset = at.astimezone(tz).utcoffset() or timedelta(0)
        if not found or found[-1].minutes * 60 != offset.total_seconds():
            since = _changed(at - _ONE_DAY, at, zone) if found else at
            found.append(Offset(int(since.timestamp()) // 60, int(offset.total_seconds()) // 60, format_offset(offset)))
        day += _ONE_DAY
    return tuple(found)


def _changed(before: datetime, after: datetime, zone: str) -> datetime:
    """The first minute with the offset of `after`; `before` has another one."""
    tz = get_zone(zone)
    offset, low, high = after.astimezone(tz).utcoffset(), 0, int((after - before).total_seconds()) // 60
    while high - low > 1:
        middle = (low + high) // 2
        is_after = (before + timedelta(minutes=middle)).astimezone(tz).utcoffset() == offset
        low, high = (low, middle) if is_after else (middle, high)
    return (before + timedelta(minutes=high)).astimezone(UTC)


@lru_cache(maxsize=64)
def _off_days(year: int, language: str) -> tuple[OffDay, ...]:
    found, day = list[OffDay](), date(year, 1, 1)
    calendars = [(country, get_calendar(country)) for country in ("cn", "us") if get_calendar(country).knows(year)]
    while day.year == year:
        for country, calendar in calendars:
            name = calendar.holiday_name(day, language)
            if name:
                found.append(OffDay(day_number(day), country, name, False))
            elif country == "cn" and day.weekday() >= 5 and calendar.is_workday(day):
                found.append(OffDay(day_number(day), country, "", True))
        day += _ONE_DAY
    return tuple(found)
