"""Which days a dashboard shows, and which it holds them against. Days are the shops' own; no clock is read here."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from linkstar.calendars.market import Entry, dates_between, entry_of
from linkstar.calendars.models import MarketDate

WEEK = 7
# A year that begins on the same weekday.
YEAR = 52 * WEEK
MOST_DAYS = YEAR
RANGES = ("7", "28", "90", "364", "today", "week", "last_week", "month", "last_month", "custom")
USUAL_RANGE = "28"
AGAINST = ("before", "week", "year", "none")
USUAL_AGAINST = "before"
# "event:black_friday": the same days around that event, the year before.
EVENT = "event:"
# Whose days people buy more or less on; the others are dates to know, not to sell on.
SHOPPING = frozenset({MarketDate.Kind.RETAIL, MarketDate.Kind.MARKETPLACE_EVENT, MarketDate.Kind.FEDERAL_HOLIDAY})


class Period(NamedTuple):
    """Both ends included."""

    first: date
    last: date

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range(self.length)]

    def moved(self, days: int) -> "Period":
        return Period(self.first + timedelta(days=days), self.last + timedelta(days=days))


def period_of(name: str, today: date, *, first: date | None = None, last: date | None = None) -> Period:
    """The days that a word of RANGES means. Counted ranges end with yesterday: today is not over.

    Weeks begin on Monday. "custom" takes `first` and `last` in either order, at most MOST_DAYS of them and none after
    today; with one of them missing it is the usual range.
    """
    yesterday = today - timedelta(days=1)
    monday, first_of_month = today - timedelta(days=today.weekday()), today.replace(day=1)
    if name == "today":
        return Period(today, today)
    if name == "week":
        return Period(monday, today)
    if name == "last_week":
        return Period(monday - timedelta(days=WEEK), monday - timedelta(days=1))
    if name == "month":
        return Period(first_of_month, today)
    if name == "last_month":
        end = first_of_month - timedelta(days=1)
        return Period(end.replace(day=1), end)
    if name == "custom" and first and last:
        begin, end = min(first, last, today), min(max(first, last), today)
        return Period(max(begin, end - timedelta(days=MOST_DAYS - 1)), end)
    count = int(name) if name.isdigit() else int(USUAL_RANGE)
    return Period(yesterday - timedelta(days=count - 1), yesterday)


def shift_of(against: str, period: Period) -> int | None:
    """By how many days the days that are compared lie before; None: nothing is compared. One statement for an event.

    "week" goes back by whole weeks, so far that no day is compared with itself; "year" by 52 weeks, to the same
    weekdays; an event so far that its first day meets its first day of the year before, when both are known.
    """
    if against == "before":
        return period.length
    if against == "week":
        return -(-period.length // WEEK) * WEEK
    if against == "year":
        return YEAR
    if against.startswith(EVENT):
        return _event_shift(against.removeprefix(EVENT), period)
    return None


def _event_shift(key: str, period: Period) -> int | None:
    entry = next((each for each in dates_between(period.first, period.last) if each.key == key), None)
    before = entry_of(key, entry.year - 1, entry.number) if entry else None
    if entry is None or before is None or entry.first is None or before.first is None:
        return None
    return (entry.first - before.first).days


def events_in(period: Period, channels: Iterable[str]) -> list[Entry]:
    """Events and holidays of which a day lies in the period, for all channels or one of `channels`, by day."""
    wanted = {"", *channels}
    entries = dates_between(period.first, period.last)
    return [entry for entry in entries if entry.kind in SHOPPING and entry.channel in wanted and entry.at_time is None]
