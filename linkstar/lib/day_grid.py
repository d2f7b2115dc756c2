"""Weeks and months as days, and on which of them a deadline lies. Weeks begin on Monday, in every language.

A deadline with a time of day is an instant and lies on the day that a clock in the named zone shows at that instant. A
deadline without one names a day, and lies on the day it names, in whatever zone one looks: "27 November" is 27 November
in Shenzhen too, although it ends there in the afternoon of the 28th (`ends_elsewhere` says when).
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from linkstar.lib.deadlines import Deadline
from linkstar.lib.zones import get_zone

_DAY = timedelta(days=1)
_WEEK = 7


class Span(NamedTuple):
    """Whole days, both included. `instants` are when each begins in `zone`, and last when the day after begins."""

    first: date
    last: date
    zone: str

    @property
    def days(self) -> list[date]:
        return [self.first + _DAY * number for number in range((self.last - self.first).days + 1)]

    @property
    def instants(self) -> list[datetime]:
        return [day_start(day, self.zone) for day in [*self.days, self.last + _DAY]]


def day_start(day: date, zone: str) -> datetime:
    """The first instant of a day on the clock of `zone`, in UTC; where midnight is skipped, the first after it."""
    return datetime.combine(day, time.min, tzinfo=get_zone(zone)).astimezone(UTC)


def month_span(day: date, zone: str) -> Span:
    """The whole weeks that hold the month of `day`: four to six of them."""
    first = day.replace(day=1)
    last = add_months(first, 1) - _DAY
    return Span(monday_of(first), monday_of(last) + timedelta(days=_WEEK - 1), zone)


def week_span(day: date, zone: str) -> Span:
    return Span(monday_of(day), monday_of(day) + timedelta(days=_WEEK - 1), zone)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def add_months(day: date, count: int) -> date:
    """The first day of the month that is `count` months after that of `day`."""
    months = day.year * 12 + day.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def day_of(deadline: Deadline, zone: str) -> date:
    """The one day on which a calendar in `zone` shows the deadline."""
    return deadline.on if deadline.is_date_only else deadline.instant.astimezone(get_zone(zone)).date()


def ends_elsewhere(deadline: Deadline, zone: str) -> datetime | None:
    """When a deadline without a time ends on the clock of `zone`, if that is on another day than the one it names."""
    if not deadline.is_date_only:
        return None
    end = deadline.instant.astimezone(get_zone(zone))
    return None if end.date() == deadline.on else end


def moved_to(deadline: Deadline, day: date, zone: str) -> Deadline:
    """The deadline moved so that a calendar in `zone` shows it on `day`; its time of day and its own zone stay.

    Two zones may change their clocks on different nights, so that a day has no such time, or has it twice: then the
    day that is as far from the old one as was asked.
    """
    wanted = deadline.moved_to_day(deadline.on + (day - day_of(deadline, zone)))
    tries = (wanted, wanted.moved_to_day(wanted.on - _DAY), wanted.moved_to_day(wanted.on + _DAY))
    found = next((each for each in tries if day_of(each, zone) == day), wanted)
    # A time that clocks skip that night is kept as the one they show instead.
    wall = found.wall
    if found.time is None or wall.time().replace(fold=0) == found.time:
        return found
    return Deadline(wall.date(), wall.time().replace(fold=0), found.zone)


def clock_change(day: date, zone: str) -> timedelta:
    """By how much clocks in `zone` go forward (back: negative) within that day; mostly nothing."""
    tz = get_zone(zone)
    before, after = (day_start(each, zone).astimezone(tz).utcoffset() for each in (day, day + _DAY))
    return (after or timedelta(0)) - (before or timedelta(0))
