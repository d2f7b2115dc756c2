"""What else lies on the days of a calendar: closures of the workspace and dates of the retail year. Not for guests."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from linkstar.calendars.market import Entry, dates_between
from linkstar.calendars.models import Closure, MarketDate
from projects.agenda import Day

# Longer ones stand on their first day alone, and taxes and fees on none: they are no days of a plan.
_SHORT = timedelta(days=10)
_KINDS = frozenset({MarketDate.Kind.RETAIL, MarketDate.Kind.MARKETPLACE_EVENT, MarketDate.Kind.MARKETPLACE_DEADLINE})


class Event(NamedTuple):
    name: str
    is_confirmed: bool


def mark_days(days: Sequence[Day], *, language: str) -> None:
    """Two statements, however many days."""
    first, last = days[0].on, days[-1].on
    closures = list(Closure.objects.touching(first, last).order_by("first_on", "pk"))
    events = [entry for entry in dates_between(first, last) if entry.kind in _KINDS]
    for day in days:
        day.closed = [closure.name for closure in closures if closure.first_on <= day.on <= closure.last_on]
        day.events = [
            Event(entry.name.for_language(language), entry.is_confirmed) for entry in events if _stands_on(entry, day)
        ]


def _stands_on(entry: Entry, day: Day) -> bool:
    if entry.first is None or entry.last is None:
        return False
    return day.on == entry.first or (entry.last - entry.first < _SHORT and entry.first <= day.on <= entry.last)
