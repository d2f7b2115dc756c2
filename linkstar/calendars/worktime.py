"""When people work, to the minute: what the scheduler counts durations in.

A country's time is that of its offices: nine to six with an hour's break on the country's clock, on its working days
without closures. Somebody's is what they entered as their working hours, on their own clock, without their leave too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Self

from linkstar.calendars.days import Absences, DayCalendar, Stretch, day_calendar
from linkstar.lib.hours import STANDARD, Day, Week, as_time, minutes_of, usual_day
from linkstar.lib.schedule import NoWorkingTime, WorkTime
from linkstar.lib.workdays import edition, get_calendar
from linkstar.lib.zones import get_zone
from linkstar.members.models import Member

__all__ = ["COUNTRY_ZONES", "Worktimes", "day_calendar", "worktime_for"]

# Where an office of the country stands that nobody named; sellers in the United States live by the marketplace's clock.
COUNTRY_ZONES = {"cn": "Asia/Shanghai", "us": "America/Los_Angeles"}
_DAY = timedelta(days=1)
_SATURDAY = 5
_MIDNIGHT = 24 * 60
# Minutes since the epoch.
Span = tuple[int, int]


@dataclass(frozen=True)
class Worktimes:
    """Working time and working days of anybody it was loaded for, over one horizon; `first` and `last` are included."""

    absences: Absences
    first: date
    last: date

    @classmethod
    def load(cls, members: Iterable[Member], *, first: date, last: date) -> Self:
        """In two statements, however many members."""
        return cls(Absences.load(members), first, last)

    def worktime(self, country: str, member: Member | None = None, zone: str = "") -> WorkTime:
        """`zone`: on whose clock a country's office hours are, when it is not the usual one's."""
        days = self.absences.day_calendar(country, member)
        week = STANDARD if member is None else member.week
        clock = zone or (COUNTRY_ZONES[country] if member is None else member.time_zone)
        return _worktime(days, week, clock, self.first, self.last, edition())

    def day_calendar(self, country: str, member: Member | None = None) -> DayCalendar:
        return self.absences.day_calendar(country, member)

    @staticmethod
    def day_minutes(member: Member | None = None) -> int:
        """How much work a day of a duration stands for: a usual day of theirs, or eight hours."""
        return minutes_of(usual_day(STANDARD if member is None else member.week))


def worktime_for(*, country: str, member: Member | None, first: date, last: date) -> WorkTime:
    """One person's or one country's working time from `first` to `last`, both included; in one or two statements."""
    return Worktimes.load([member] if member else [], first=first, last=last).worktime(country, member)


@lru_cache(maxsize=512)
def _worktime(days: DayCalendar, week: Week, zone: str, first: date, last: date, number: int) -> WorkTime:
    """Who is away all the time that is looked at has their usual hours: a plan stands, and warns of the leave."""
    open_days = _open_days(days.country, week, zone, first, last, number)
    off = _ordinals(days.closures, first, last) | _ordinals(days.leaves, first, last)
    try:
        return WorkTime([span for day, spans in open_days if day not in off for span in spans])
    except NoWorkingTime:
        return WorkTime([span for _day, spans in open_days for span in spans])


def _ordinals(stretches: Iterable[Stretch], first: date, last: date) -> set[int]:
    """The days of these stretches that lie within the horizon."""
    return {
        ordinal
        for stretch in stretches
        for ordinal in range(max(stretch.first, first).toordinal(), min(stretch.last, last).toordinal() + 1)
    }


@lru_cache(maxsize=128)
def _open_days(
    country: str, week: Week, zone: str, first: date, last: date, _edition: int
) -> tuple[tuple[int, tuple[Span, ...]], ...]:
    """Working days as ordinals, each with its hours in minutes since the epoch. People with equal weeks share them."""
    found, done = [], -(1 << 62)
    for year in range(first.year, last.year + 1):
        public = get_calendar(country)
        workdays, holidays = set(public.workdays_of(year)), public.holidays_of(year)
        for ordinal in range(max(first, date(year, 1, 1)).toordinal(), min(last, date(year, 12, 31)).toordinal() + 1):
            day = date.fromordinal(ordinal)
            is_makeup = day.weekday() >= _SATURDAY and ordinal in workdays
            if is_makeup or (week[day.weekday()] and day not in holidays):
                # On a make-up weekend without hours, those of a usual day.
                spans = _spans(day, week[day.weekday()] or usual_day(week), zone, done)
                found.append((ordinal, spans))
                done = spans[-1][1] if spans else done
    return tuple(found)


def _spans(day: date, hours: Day, zone: str, done: int) -> tuple[Span, ...]:
    """In order, and not before `done`. Clocks that go forward within a stretch shorten it, or leave nothing of it."""
    midnight, next_midnight = _midnight(day, zone), _midnight(day + _DAY, zone)
    spans = []
    for start, end in hours:
        if next_midnight - midnight == _MIDNIGHT:
            opens, closes = midnight + start, midnight + end
        else:
            opens, closes = _minute(day, start, zone), _minute(day, end, zone)
        opens = max(opens, done)
        if opens < closes:
            spans.append((opens, closes))
            done = closes
    return tuple(spans)


@lru_cache(maxsize=16384)
def _midnight(day: date, zone: str) -> int:
    return _minute(day, 0, zone)


def _minute(day: date, minutes: int, zone: str) -> int:
    on = day + _DAY if minutes == _MIDNIGHT else day
    return int(datetime.combine(on, as_time(minutes), tzinfo=get_zone(zone)).timestamp()) // 60
