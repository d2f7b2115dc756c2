"""When people work, to the minute: what the scheduler counts durations in.

A country's time is that of its offices: nine to six with an hour's break on the country's clock, on its working days
without closures. Somebody's is what they entered as their working hours, on their own clock, without their leave too.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Self

from linkstar.calendars.days import Absences, DayCalendar, day_calendar
from linkstar.lib.hours import STANDARD, Day, Week, as_time, minutes_of, usual_day
from linkstar.lib.schedule import NoWorkingTime, WorkTime
from linkstar.lib.workdays import edition
from linkstar.lib.zones import get_zone
from linkstar.members.models import Member

__all__ = ["COUNTRY_ZONES", "Worktimes", "day_calendar", "worktime_for"]

# Where an office of the country stands that nobody named; sellers in the United States live by the marketplace's clock.
COUNTRY_ZONES = {"cn": "Asia/Shanghai", "us": "America/Los_Angeles"}
_DAY = timedelta(days=1)
_MIDNIGHT = 24 * 60


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
def _worktime(days: DayCalendar, week: Week, zone: str, first: date, last: date, _edition: int) -> WorkTime:
    """Who is away all the time that is looked at has their usual hours: a plan stands, and warns of the leave."""
    try:
        return WorkTime(_stretches(days, week, zone, first, last))
    except NoWorkingTime:
        return WorkTime(_stretches(replace(days, closures=(), leaves=()), week, zone, first, last))


def _stretches(days: DayCalendar, week: Week, zone: str, first: date, last: date) -> Iterator[tuple[int, int]]:
    """In minutes since the epoch, in order and apart."""
    done = -(1 << 62)
    for number in range((last - first).days + 1):
        day = first + _DAY * number
        if not days.is_workday(day):
            continue
        for start, end in _hours_on(day, week):
            # Clocks that go forward within a stretch shorten it, and one they skip altogether is none.
            opens, closes = max(_minute(day, start, zone), done), _minute(day, end, zone)
            if opens < closes:
                yield opens, closes
                done = closes


def _hours_on(day: date, week: Week) -> Day:
    """Those of the weekday; on a make-up weekend without hours, those of a usual day."""
    return week[day.weekday()] or usual_day(week)


def _minute(day: date, minutes: int, zone: str) -> int:
    on = day + _DAY if minutes == _MIDNIGHT else day
    return int(datetime.combine(on, as_time(minutes), tzinfo=get_zone(zone)).timestamp()) // 60
