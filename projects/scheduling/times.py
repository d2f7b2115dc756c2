"""Working time for each task: its country's hours, or its owner's, as instants; a marketplace's moment keeps none.

A task on the China or the US calendar is worked on in office hours of that country's working days, on the clock of its
own deadline: a step that is due at 17:00 in Los Angeles is not begun by New York's hours. Without such a calendar it
goes by its owner's hours, days off and leave; without an owner by the country of its clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from linkstar.calendars.days import DayCalendar
from linkstar.calendars.worktime import Worktimes
from linkstar.lib.schedule import ELAPSED, WorkTime
from linkstar.lib.zones import home_country
from linkstar.members.models import Member
from projects.models import Task

# Plans reach further than their dates: what is late needs days after them. Whole years, so that plans share them.
_YEARS_AFTER = 1


Key = tuple[str, int | None, str]


@dataclass(frozen=True)
class Times:
    """The working times of many tasks, by what was read at once. What many tasks share is worked out once."""

    known: Worktimes
    _times: dict[Key, WorkTime] = field(default_factory=dict)
    _days: dict[Key, DayCalendar] = field(default_factory=dict)
    _minutes: dict[Key, int] = field(default_factory=dict)

    @classmethod
    def load(cls, members: Iterable[Member], first: date, last: date) -> "Times":
        """In two statements; in one when there are no members. `first` and `last` are days of the plan."""
        since, until = date(first.year, 1, 1), date(last.year + _YEARS_AFTER, 12, 31)
        return cls(Worktimes.load(members, first=since, last=until))

    def days_of(self, task: Task) -> DayCalendar:
        """The working days of a task; a moment that the marketplace fixes has them too, for the work before it."""
        key = _key(task)
        if key not in self._days:
            self._days[key] = self.known.day_calendar(key[0], _member(task))
        return self._days[key]

    def of(self, task: Task) -> WorkTime:
        if task.is_fixed:
            return ELAPSED
        key = _key(task)
        if key not in self._times:
            self._times[key] = self.known.worktime(key[0], _member(task), key[2])
        return self._times[key]

    def day_minutes(self, task: Task) -> int:
        """How much work a day of this task stands for."""
        if task.is_fixed:
            return 24 * 60
        key = _key(task)
        if key not in self._minutes:
            self._minutes[key] = self.known.day_minutes(_member(task))
        return self._minutes[key]


def _key(task: Task) -> Key:
    """Country, member and clock: an owner's own hours are on their own clock."""
    if task.calendar:
        return task.calendar, None, zone_of(task)
    if task.owner is not None:
        return task.owner.country, task.owner.pk, ""
    return home_country(zone_of(task)), None, zone_of(task)


def _member(task: Task) -> Member | None:
    return None if task.calendar else task.owner


def zone_of(task: Task) -> str:
    """On whose clock its dates are read."""
    return task.due_zone or task.project.time_zone
