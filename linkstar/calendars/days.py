"""Which days are off, for whom and why: a country's working days without closures, and without somebody's leave.

Everything is read at once (`Absences.load`), so that a plan of five hundred tasks asks no more often than one of five.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple, Self

from django.utils.translation import gettext as _
from django.utils.translation import override

from linkstar.calendars.models import Closure, Leave
from linkstar.lib.hours import Week
from linkstar.lib.workdays import Calendar, get_calendar
from linkstar.members.models import Member

_DAY = timedelta(days=1)
_SATURDAY = 5
# Nobody is away this long: who has no working day within it has none at all.
_FAR = 1500


class NoWorkingDays(ValueError):
    """Somebody has no working day in four years: their hours, the closures and their leave leave none."""


class Stretch(NamedTuple):
    """Days off, both included. `reason` is the name of a closure, and "" for somebody's leave."""

    first: date
    last: date
    reason: str = ""

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class DayCalendar:
    """The working days of a country, or of somebody, with the methods of lib/workdays.Calendar.

    Without a `week` they are the country's; with one they are the days that have hours in it, and make-up weekends.
    """

    country: str
    week: Week | None = None
    closures: tuple[Stretch, ...] = ()
    leaves: tuple[Stretch, ...] = ()

    @property
    def key(self) -> str:
        return self.country

    @property
    def public(self) -> Calendar:
        """The country's own calendar."""
        return get_calendar(self.country)

    def knows(self, year: int) -> bool:
        return self.public.knows(year)

    def is_certain(self, first: date, last: date) -> bool:
        return self.public.is_certain(first, last)

    def is_workday(self, day: date) -> bool:
        if self._away(day) is not None:
            return False
        is_public = self.public.is_workday(day)
        if self.week is None:
            return is_public
        if is_public and day.weekday() >= _SATURDAY:
            return True
        return bool(self.week[day.weekday()]) and self.public.holiday_name(day, "en") is None

    def is_makeup(self, day: date) -> bool:
        """A weekend on which China works to make up for a holiday."""
        return day.weekday() >= _SATURDAY and self.public.is_workday(day)

    def holiday_name(self, day: date, language: str) -> str | None:
        """Why the day is off, for those that are not just a weekend: leave, a closure's name, the holiday's."""
        away = self._away(day)
        if away is None:
            return self.public.holiday_name(day, language)
        if away.reason:
            return away.reason
        with override(language):
            return _("On leave")

    def previous_workday(self, day: date) -> date:
        return day if self.is_workday(day) else self.add_workdays(day, -1)

    def next_workday(self, day: date) -> date:
        return day if self.is_workday(day) else self.add_workdays(day, 1)

    def add_workdays(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, or before it when negative; 0 gives `day`, whatever day it is.

        Raises NoWorkingDays.
        """
        if not self._is_special:
            return self.public.add_workdays(day, count)
        step, left, idle = (_DAY if count > 0 else -_DAY), abs(count), 0
        while left:
            day += step
            idle += 1
            if self.is_workday(day):
                left, idle = left - 1, 0
            elif idle > _FAR:
                raise NoWorkingDays(self.country)
        return day

    def workdays_between(self, first: date, last: date) -> int:
        """How many working days, both ends included; 0 when `last` is before `first`."""
        if not self._is_special:
            return self.public.workdays_between(first, last)
        return sum(self.is_workday(first + _DAY * number) for number in range((last - first).days + 1))

    def start_for(self, due_on: date, duration_days: int) -> date:
        return self.add_workdays(due_on, -(duration_days - 1)) if duration_days > 1 else due_on

    @property
    def _is_special(self) -> bool:
        return bool(self.closures or self.leaves or self.week is not None)

    def _away(self, day: date) -> Stretch | None:
        return next((each for each in (*self.leaves, *self.closures) if each.holds(day)), None)


@dataclass(frozen=True)
class Absences:
    """The closures of the workspace, and the leave of the members it was loaded for, by pk."""

    closures: tuple[Closure, ...] = ()
    leaves: dict[int, tuple[Leave, ...]] = field(default_factory=dict)

    @classmethod
    def load(cls, members: Iterable[Member | int] = ()) -> Self:
        """In two statements; in one when there are no members."""
        ids = {member if isinstance(member, int) else member.pk for member in members}
        closures = tuple(Closure.objects.order_by("first_on", "pk"))
        leaves: dict[int, list[Leave]] = {}
        if ids:
            for leave in Leave.objects.filter(member__in=ids).order_by("first_on", "pk"):
                leaves.setdefault(leave.member_id, []).append(leave)
        return cls(closures, {pk: tuple(found) for pk, found in leaves.items()})

    def closures_for(self, country: str) -> tuple[Stretch, ...]:
        return tuple(Stretch(row.first_on, row.last_on, row.name) for row in self.closures if row.is_for(country))

    def leaves_of(self, member: Member) -> tuple[Stretch, ...]:
        return tuple(Stretch(row.first_on, row.last_on) for row in self.leaves.get(member.pk, ()))

    def day_calendar(self, country: str, member: Member | None = None) -> DayCalendar:
        """The working days of a country, or of somebody in it."""
        closures = self.closures_for(country)
        if member is None:
            return DayCalendar(country, closures=closures)
        return DayCalendar(country, member.week, closures, self.leaves_of(member))


def day_calendar(country: str, member: Member | None = None) -> DayCalendar:
    """One calendar, in one or two statements; for many, `Absences.load` and its method of the same name."""
    return Absences.load([member] if member is not None else []).day_calendar(country, member)
