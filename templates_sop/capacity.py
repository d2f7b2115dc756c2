"""Who would have how much to do: working days a week that a plan needs of each role, against what its person has.

A step's days are spread evenly over its working days from start to deadline; half days count half.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from templates_sop.dating import WorkingDays
from templates_sop.planning import COUNTRIES, Plan

_ONE_DAY = timedelta(days=1)
# What rounding leaves over is no overload.
_TOLERANCE = 0.05
Weeks = dict[date, float]


@dataclass(frozen=True, slots=True)
class Week:
    """`monday` begins it. `needed` by this plan and `taken` by what is open already, against `available`, in days."""

    monday: date
    needed: float
    taken: float
    available: float

    @property
    def is_overloaded(self) -> bool:
        return self.needed > 0 and self.needed + self.taken > self.available + _TOLERANCE

    @property
    def is_full(self) -> bool:
        return self.needed > 0 and not self.is_overloaded and self.needed + self.taken >= self.available * 0.8


@dataclass(frozen=True)
class Load:
    """One person with all of their roles, or a role that nobody has yet (`member` None)."""

    member: int | None
    roles: tuple[str, ...]
    weeks: tuple[Week, ...]
    needed_by_role: Mapping[str, Weeks] = field(default_factory=dict)

    @property
    def days(self) -> float:
        return sum(week.needed for week in self.weeks)

    @property
    def overloads(self) -> list[Week]:
        return [week for week in self.weeks if week.is_overloaded]


def mondays(plan: Plan) -> list[date]:
    first, last = monday_of(plan.start_on), monday_of(plan.end_on)
    return [first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1)]


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def spread(days: float, first: date, last: date, calendar: WorkingDays) -> Weeks:
    """So many days of work by week; on the last day alone when none of them is a working day."""
    found = [day for day in _days(first, last) if calendar.is_workday(day)] or [last]
    weeks: Weeks = defaultdict(float)
    for day in found:
        weeks[monday_of(day)] += days / len(found)
    return weeks


def loads(
    plan: Plan,
    people: Mapping[str, int],
    *,
    calendars: Mapping[str, WorkingDays],
    calendar_of: Callable[[int], WorkingDays],
    taken: Mapping[int, Weeks],
) -> list[Load]:
    """People first, by what they have to do, then roles without anybody.

    `people` are members by role; `calendar_of` gives a member's own working days, and `taken` the days that other
    work of theirs has taken already.
    """
    by_role = needed_by_role(plan, calendars)
    roles_of: dict[int | str, list[str]] = defaultdict(list)
    for role in by_role:
        roles_of[people.get(role, role)].append(role)
    weeks = mondays(plan)
    found = []
    for who, roles in roles_of.items():
        member = who if isinstance(who, int) else None
        calendar = calendars["cn"] if member is None else calendar_of(member)
        own = {role: by_role[role] for role in roles}
        busy = taken.get(member, {}) if member is not None else {}
        found.append(Load(member, tuple(roles), tuple(_weeks(weeks, own, busy, calendar)), own))
    return sorted(found, key=lambda load: (load.member is None, -load.days, load.roles))


def needed_by_role(plan: Plan, calendars: Mapping[str, WorkingDays]) -> dict[str, Weeks]:
    by_role: dict[str, Weeks] = {}
    for planned in plan.steps:
        calendar = calendars[COUNTRIES[planned.step.calendar]]
        weeks = by_role.setdefault(planned.step.role, defaultdict(float))
        for monday, days in spread(planned.step.duration_days, planned.start_on, planned.deadline.on, calendar).items():
            weeks[monday] += days
    return by_role


def has_room_for(load: Load, role: str, taken: Weeks, own: Weeks, calendar: WorkingDays) -> bool:
    """Whether somebody could take this role over from an overloaded person without a week that is too full."""
    needed = load.needed_by_role[role]
    return all(
        days + taken.get(monday, 0) + own.get(monday, 0) <= available_in(monday, calendar) + _TOLERANCE
        for monday, days in needed.items()
    )


def available_in(monday: date, calendar: WorkingDays) -> float:
    return float(calendar.workdays_between(monday, monday + timedelta(days=6)))


def _weeks(
    weeks: Iterable[date], own: Mapping[str, Weeks], busy: Weeks | Mapping[date, float], calendar: WorkingDays
) -> Iterator[Week]:
    for monday in weeks:
        needed = sum(days.get(monday, 0) for days in own.values())
        yield Week(monday, needed, busy.get(monday, 0), available_in(monday, calendar))


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _ONE_DAY
