"""Working time for each task: its country's hours, or its owner's, as instants; a marketplace's moment keeps none.

A task on the China or the US calendar is worked on in office hours of that country's working days, on the clock of its
own deadline: a step that is due at 17:00 in Los Angeles is not begun by New York's hours. Without such a calendar it
goes by its owner's hours, days off and leave.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache

from linkstar.calendars.days import Absences, DayCalendar
from linkstar.lib.hours import STANDARD, Day, Week, as_time, usual_day
from linkstar.lib.schedule import ELAPSED, NoWorkingTime, WorkTime
from linkstar.lib.workdays import edition
from linkstar.lib.zones import home_country
from linkstar.members.models import Member
from projects.models import Task

_DAY = timedelta(days=1)
# Plans reach further than their dates: what is late needs days after them.
_YEARS_BEFORE, _YEARS_AFTER = 1, 2


class NoWorkingDays(ValueError):
    """`member` has no working time at all near these dates: nothing of theirs could ever be finished."""

    def __init__(self, member: Member | None) -> None:
        super().__init__("a calendar without working days")
        self.member = member


@dataclass(frozen=True)
class Times:
    """The working times of many tasks, by what was read at once."""

    absences: Absences
    first_year: int
    last_year: int

    @classmethod
    def load(cls, members: Iterable[Member], first: date, last: date) -> "Times":
        """In two statements; in one when there are no members. `first` and `last` are days of the plan."""
        return cls(Absences.load(members), first.year - _YEARS_BEFORE, last.year + _YEARS_AFTER)

    def days_of(self, task: Task) -> DayCalendar:
        """The working days of a task, which a moment that the marketplace fixes has too: for its work before."""
        if task.calendar:
            return self.absences.day_calendar(task.calendar)
        if task.owner is not None:
            return self.absences.day_calendar(task.owner.country, task.owner)
        return self.absences.day_calendar(home_country(zone_of(task)))

    def of(self, task: Task) -> WorkTime:
        """Raises NoWorkingDays."""
        if task.is_fixed:
            return ELAPSED
        days = self.days_of(task)
        is_owners = not task.calendar and task.owner is not None
        zone = task.owner.time_zone if is_owners and task.owner is not None else zone_of(task)
        try:
            return _worktime(days, zone, self.first_year, self.last_year, edition())
        except NoWorkingTime:
            raise NoWorkingDays(task.owner if is_owners else None) from None

    def day_minutes(self, task: Task) -> int:
        """How long a working day of this task is."""
        if task.is_fixed:
            return 24 * 60
        week = task.owner.week if not task.calendar and task.owner is not None else STANDARD
        return sum(end - start for start, end in usual_day(week))


def zone_of(task: Task) -> str:
    """On whose clock its dates are read."""
    return task.due_zone or task.project.time_zone


@lru_cache(maxsize=256)
def _worktime(days: DayCalendar, zone: str, first_year: int, last_year: int, _edition: int) -> WorkTime:
    week = days.week or STANDARD
    first, last = date(first_year, 1, 1), date(last_year, 12, 31)
    worked = [day for number in range((last - first).days + 1) if days.is_workday(day := first + _DAY * number)]
    makeup = [day for day in worked if not week[day.weekday()]]
    usual = WorkTime.from_days([day for day in worked if week[day.weekday()]], _hours(week), zone) if worked else None
    if usual is None:
        raise NoWorkingTime("A calendar needs working time.")
    if not makeup:
        return usual
    extra = WorkTime.from_days(makeup, _stretches(usual_day(week)), zone)
    return WorkTime([*usual.intervals(), *extra.intervals()])


def _hours(week: Week) -> dict[int, list[tuple[time, time]]]:
    return {weekday: _stretches(day) for weekday, day in enumerate(week) if day}


def _stretches(day: Day) -> list[tuple[time, time]]:
    return [(as_time(start), as_time(end)) for start, end in day]
