"""Working time for each task: its country's hours, or its owner's, as instants; a marketplace's moment keeps none.

A task on the China or the US calendar is worked on in office hours of that country's working days, on the clock of its
own deadline: a step that is due at 17:00 in Los Angeles is not begun by New York's hours. Without such a calendar it
goes by its owner's hours, days off and leave; without an owner by the country of its clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from linkstar.calendars.days import DayCalendar
from linkstar.calendars.worktime import Worktimes
from linkstar.lib.schedule import ELAPSED, WorkTime
from linkstar.lib.zones import home_country
from linkstar.members.models import Member
from projects.models import Task

# Plans reach further than their dates: what is late needs days after them. Whole years, so that plans share them.
_YEARS_BEFORE, _YEARS_AFTER = 1, 2


@dataclass(frozen=True)
class Times:
    """The working times of many tasks, by what was read at once."""

    known: Worktimes

    @classmethod
    def load(cls, members: Iterable[Member], first: date, last: date) -> "Times":
        """In two statements; in one when there are no members. `first` and `last` are days of the plan."""
        since, until = date(first.year - _YEARS_BEFORE, 1, 1), date(last.year + _YEARS_AFTER, 12, 31)
        return cls(Worktimes.load(members, first=since, last=until))

    def days_of(self, task: Task) -> DayCalendar:
        """The working days of a task; a moment that the marketplace fixes has them too, for the work before it."""
        return self.known.day_calendar(*_whose(task))

    def of(self, task: Task) -> WorkTime:
        if task.is_fixed:
            return ELAPSED
        country, member = _whose(task)
        return self.known.worktime(country, member, "" if member else zone_of(task))

    def day_minutes(self, task: Task) -> int:
        """How much work a day of this task stands for."""
        if task.is_fixed:
            return 24 * 60
        return self.known.day_minutes(_whose(task)[1])


def _whose(task: Task) -> tuple[str, Member | None]:
    if task.calendar:
        return task.calendar, None
    if task.owner is not None:
        return task.owner.country, task.owner
    return home_country(zone_of(task)), None


def zone_of(task: Task) -> str:
    """On whose clock its dates are read."""
    return task.due_zone or task.project.time_zone
