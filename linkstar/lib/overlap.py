"""When two people are both at work, on the clock of one of them, and when the gap between their clocks changes."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from linkstar.lib.hours import Day, Week
from linkstar.lib.zones import get_zone

_DAY = 24 * 60
_WEEK = 7 * _DAY
_ONE_DAY = timedelta(days=1)


class Change(NamedTuple):
    """From `at` (UTC) on, the other clock is `after` minutes ahead of mine (behind: negative), not `before` as now.

    `mine` and `theirs` say which of the two clocks change.
    """

    at: datetime
    before: int
    after: int
    mine: bool
    theirs: bool


def gap_minutes(mine: str, theirs: str, at: datetime) -> int:
    """How many minutes the clock of zone `theirs` is ahead of that of `mine` at an aware instant."""
    return (_offset(theirs, at) - _offset(mine, at)) // 60


def _offset(zone: str, at: datetime) -> int:
    return int((at.astimezone(get_zone(zone)).utcoffset() or timedelta(0)).total_seconds())


def shared_week(mine: Week, theirs: Week, gap: int) -> Week:
    """When both work, on my clock, where theirs is `gap` minutes ahead; what goes over midnight is cut there."""
    spans = sorted(
        (start, end) for begin, finish in _spans(theirs) for start, end in _wrapped(begin - gap, finish - gap)
    )
    days: list[Day] = []
    for number in range(7):
        found = []
        for begin, finish in mine[number]:
            for start, end in spans:
                low, high = max(begin + number * _DAY, start), min(finish + number * _DAY, end)
                if low < high:
                    found.append((low - number * _DAY, high - number * _DAY))
        days.append(tuple(sorted(found)))
    return tuple(days)


def _spans(week: Week) -> list[tuple[int, int]]:
    return [(start + number * _DAY, end + number * _DAY) for number, day in enumerate(week) for start, end in day]


def _wrapped(start: int, end: int) -> list[tuple[int, int]]:
    """A stretch of the week that may begin before Monday or end after Sunday, as stretches inside it."""
    length, start = end - start, start % _WEEK
    if start + length <= _WEEK:
        return [(start, start + length)]
    return [(start, _WEEK), (0, start + length - _WEEK)]


def next_change(mine: str, theirs: str, *, now: datetime, days: int) -> Change | None:
    """The first change of the gap within `days` of `now` (aware), to the minute; None when there is none."""
    before = gap_minutes(mine, theirs, now)
    low = now
    for _ in range(days):
        high = low + _ONE_DAY
        # New York and Los Angeles change three hours apart, and are as far from each other as before.
        if gap_minutes(mine, theirs, high) != before != gap_minutes(mine, theirs, high + _ONE_DAY):
            return _found(mine, theirs, low, high, before)
        low = high
    return None


def _found(mine: str, theirs: str, low: datetime, high: datetime, before: int) -> Change:
    first, last = 0, int((high - low).total_seconds())
    while last - first > 1:
        middle = (first + last) // 2
        same = gap_minutes(mine, theirs, low + timedelta(seconds=middle)) == before
        first, last = (middle, last) if same else (first, middle)
    at = low + timedelta(seconds=last)
    just = at - timedelta(seconds=1)
    return Change(
        at,
        before,
        gap_minutes(mine, theirs, at),
        _offset(mine, just) != _offset(mine, at),
        _offset(theirs, just) != _offset(theirs, at),
    )


def local_day(change: Change, zone: str) -> date:
    """The day on which it happens on the clock of `zone`."""
    return change.at.astimezone(get_zone(zone)).date()
