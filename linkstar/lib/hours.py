"""The hours of a week in which somebody works, on the clock of their own zone.

Stored as a list of seven days, Monday first, each a list of [from, to) in minutes since midnight:
`[[[540, 720], [780, 1080]], …, [], []]`. An empty day is a day off.
"""

from collections.abc import Sequence
from datetime import time
from functools import lru_cache
from typing import Any

from linkstar.lib.clock_text import WEEKDAYS_EN, WEEKDAYS_ZH

# One day: stretches in minutes since midnight, in order, apart from each other.
Day = tuple[tuple[int, int], ...]
Week = tuple[Day, ...]

_DAYS, _MIDNIGHT = 7, 24 * 60
_OFFICE: Day = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
STANDARD: Week = (*(_OFFICE,) * 5, (), ())


class HoursRefused(ValueError):
    """Not seven days of stretches that follow each other, or no time at all: nobody could ever finish anything."""


def as_week(stored: Any) -> Week:
    """The week that is kept as JSON; raises HoursRefused for anything that is none."""
    try:
        week = tuple(tuple((int(start), int(end)) for start, end in day) for day in stored)
    except (TypeError, ValueError) as error:
        raise HoursRefused("not a week") from error
    check_week(week)
    return week


def check_week(week: Week) -> None:
    """Raise HoursRefused for a week in which nobody works, or whose stretches overlap or leave their day."""
    if len(week) != _DAYS:
        raise HoursRefused("a week has seven days")
    for day in week:
        last = 0
        for start, end in day:
            if not last <= start < end <= _MIDNIGHT:
                raise HoursRefused("stretches follow each other within a day")
            last = end
    if not any(week):
        raise HoursRefused("a calendar without working days")


def as_json(week: Week) -> list[list[list[int]]]:
    return [[[start, end] for start, end in day] for day in week]


def minutes_of(day: Day) -> int:
    return sum(end - start for start, end in day)


@lru_cache(maxsize=512)
def usual_day(week: Week) -> Day:
    """The hours that most days have, of equals the longer and then the earlier in the week: those of a make-up day."""
    days = [day for day in week if day]
    return max(days, key=lambda day: (days.count(day), minutes_of(day), -days.index(day)))


def clock(minutes: int) -> str:
    """Minutes since midnight as "09:05"; the end of the day as "24:00"."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def as_time(minutes: int) -> time:
    """The time of day; midnight for the end of the day."""
    return time(minutes // 60 % 24, minutes % 60)


def week_text(week: Week, language: str) -> str:
    """As in "Mon–Fri 09:00–12:00, 13:00–18:00; Sat 09:00–12:00", equal days in a row as one."""
    chinese = language == "zh-hans"
    names = WEEKDAYS_ZH if chinese else WEEKDAYS_EN
    parts = []
    for first, last in _runs(week):
        stretches = ("、" if chinese else ", ").join(f"{clock(start)}–{clock(end)}" for start, end in week[first])
        joined = f"{names[first]}{'至' if chinese else '–'}{names[last]}" if last > first else names[first]
        parts.append(f"{joined} {stretches}")
    return ("；" if chinese else "; ").join(parts)


def _runs(week: Sequence[Day]) -> list[tuple[int, int]]:
    """First and last weekday of each run of equal working days."""
    runs: list[tuple[int, int]] = []
    for number, day in enumerate(week):
        if not day:
            continue
        if runs and runs[-1][1] == number - 1 and week[number - 1] == day:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
