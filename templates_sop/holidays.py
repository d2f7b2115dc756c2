"""Days off that stand in the way of a plan."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from templates_sop.dating import COUNTRIES, Calendars, WorkingDays
from templates_sop.planning import Plan


@dataclass(frozen=True, slots=True)
class Holiday:
    """Both days are included; `steps` is how many are under way then or would have been due."""

    name: str
    country: str
    first: date
    last: date
    steps: int


def in_the_way(plan: Plan, calendars: Calendars, language: str) -> list[Holiday]:
    """Named days off of each country that some step of it meets, oldest first. `language` is "zh-hans" or "en"."""
    found = []
    for calendar_key, country in COUNTRIES.items():
        steps = [planned for planned in plan.steps if planned.step.calendar == calendar_key]
        if not steps:
            continue
        first = min(min(one.start_on, one.raw_due_on) for one in steps)
        last = max(max(one.deadline.on, one.raw_due_on) for one in steps)
        for name, begins, ends in _runs(calendars[country], first, last, language):
            met = sum(
                (one.start_on <= ends and one.deadline.on >= begins) or begins <= one.raw_due_on <= ends
                for one in steps
            )
            if met:
                found.append(Holiday(name, country, begins, ends, met))
    return sorted(found, key=lambda holiday: (holiday.first, holiday.country))


def _runs(calendar: WorkingDays, first: date, last: date, language: str) -> Iterator[tuple[str, date, date]]:
    """Stretches of days off with one name, weekends between them included."""
    name, begins, ends = "", first, first
    day = first
    while day <= last:
        found = calendar.holiday_name(day, language) or ""
        if found and found == name and (day - ends).days <= 1:
            ends = day
        elif found:
            if name:
                yield name, begins, ends
            name, begins, ends = found, day, day
        day += timedelta(days=1)
    if name:
        yield name, begins, ends
