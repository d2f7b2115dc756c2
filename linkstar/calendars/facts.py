"""The American retail year as LinkStar ships it: data/us_market.yaml, by rule for any year or as announced.

What a team corrects stands in MarketDate and is laid over these by market.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from linkstar.lib.workdays import get_calendar

MARKET_ZONE = "America/Los_Angeles"
_FILE = Path(__file__).parent / "data" / "us_market.yaml"
_WEEKDAYS = {name: number for number, name in enumerate(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))}
_DAY = timedelta(days=1)

Rule = Mapping[str, Any]


class Text(NamedTuple):
    zh: str
    en: str

    def for_language(self, language: str) -> str:
        return (self.zh if language == "zh-hans" else self.en) or self.zh or self.en


NOTHING = Text("", "")


class Days(NamedTuple):
    """Days of the market, both included; None: not announced yet."""

    first: date | None
    last: date | None
    is_confirmed: bool


_UNKNOWN = Days(None, None, False)


@dataclass(frozen=True)
class Fact:
    """Something of every year (or of one, or of every so many), under one key.

    `lead_days`: how long before one begins to prepare for it, as a rule of thumb.
    """

    key: str
    kind: str
    channel: str
    name: Text
    rule: Rule
    announced: Mapping[int, Days]
    is_confirmed: bool
    is_once: bool = False
    every: int = 1
    lead_days: int | None = None
    note: Text = NOTHING
    source: Text = NOTHING
    source_url: str = ""
    _by_year: dict[int, tuple[Days, ...]] = field(default_factory=dict, compare=False, repr=False)

    def in_year(self, year: int) -> tuple[Days, ...]:
        """When it is in that year, in order; one without days when it will be and nobody knows when."""
        if year not in self._by_year:
            self._by_year[year] = self._compute(year)
        return self._by_year[year]

    def _compute(self, year: int) -> tuple[Days, ...]:
        if year in self.announced:
            return (self.announced[year],)
        if self.rule:
            return tuple(Days(first, last, self.is_confirmed) for first, last in by_rule(self.rule, year))
        if self.is_once or (self.every > 1 and any((year - known) % self.every for known in self.announced)):
            return ()
        return (_UNKNOWN,)


@cache
def shipped() -> dict[str, Fact]:
    """Every fact by its key, in the order of the file."""
    data = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {row["key"]: _fact(row) for row in data["facts"]}


@cache
def as_of() -> date:
    """When the shipped facts were last gone through."""
    return date.fromisoformat(yaml.safe_load(_FILE.read_text(encoding="utf-8"))["as_of"])


def _fact(row: Mapping[str, Any]) -> Fact:
    announced = {
        int(year): Days(
            date.fromisoformat(days["from"]),
            date.fromisoformat(days.get("to", days["from"])),
            days["is_confirmed"],
        )
        for year, days in row.get("announced", {}).items()
    }
    return Fact(
        key=row["key"],
        kind=row["kind"],
        channel=row.get("channel", ""),
        name=_text(row["name"]),
        rule=row.get("rule", {}),
        announced=announced,
        is_confirmed=row.get("is_confirmed", False),
        is_once=row.get("once", False),
        every=row.get("every", 1),
        lead_days=row.get("lead_days"),
        note=_text(row.get("note", "")),
        source=_text(row.get("source", "")),
        source_url=row.get("source_url", ""),
    )


def _text(value: Any) -> Text:
    return Text(value, value) if isinstance(value, str) else Text(value["zh"], value["en"])


def by_rule(rule: Rule, year: int) -> list[tuple[date, date]]:
    """First and last day of each time in a year; a stretch over New Year's Eve belongs to the year it begins in."""
    spans = _RULES[rule["type"]](rule, year)
    if not rule.get("next_workday"):
        return spans
    # What is due on a weekend or a federal holiday is due on the next business day.
    moved = [get_calendar("us").next_workday(first) for first, _last in spans]
    return [(day, day) for day in moved]


def _single(find: Callable[[Rule, int], date]) -> Callable[[Rule, int], list[tuple[date, date]]]:
    def spans(rule: Rule, year: int) -> list[tuple[date, date]]:
        day = find(rule, year) + _DAY * rule.get("plus_days", 0)
        return [(day, day)]

    return spans


def _nth_weekday(rule: Rule, year: int) -> date:
    first = date(year, rule["month"], 1)
    return first + _DAY * ((_WEEKDAYS[rule["weekday"]] - first.weekday()) % 7 + 7 * (rule["n"] - 1))


def _last_weekday(rule: Rule, year: int) -> date:
    return _on_or_before(month_end(year, rule["month"]), rule["weekday"])


def _on_or_before(day: date, weekday: str) -> date:
    return day - _DAY * ((day.weekday() - _WEEKDAYS[weekday]) % 7)


def month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - _DAY


def _easter(_rule: Rule, year: int) -> date:
    """The Gregorian reckoning, as Meeus, Jones and Butcher have it."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _on(year: int, month_day: str) -> date:
    month, day = month_day.split("-")
    return date(year, int(month), int(day))


def _span(rule: Rule, year: int) -> list[tuple[date, date]]:
    first, last = _on(year, rule["from"]), _on(year, rule["to"])
    return [(first, last if last >= first else _on(year + 1, rule["to"]))]


def _days(rule: Rule, year: int) -> list[tuple[date, date]]:
    return [(_on(year, each), _on(year, each)) for each in rule["days"]]


def _monthly(rule: Rule, year: int) -> list[tuple[date, date]]:
    return [(date(year, month, rule["day"]), date(year, month, rule["day"])) for month in range(1, 13)]


def _months(rule: Rule, year: int) -> list[tuple[date, date]]:
    return [(date(year, month, 1), month_end(year, month)) for month in rule["months"]]


_RULES: dict[str, Callable[[Rule, int], list[tuple[date, date]]]] = {
    "fixed": _single(lambda rule, year: date(year, rule["month"], rule["day"])),
    "nth_weekday": _single(_nth_weekday),
    "last_weekday": _single(_last_weekday),
    "weekday_on_or_before": _single(
        lambda rule, year: _on_or_before(date(year, rule["month"], rule["day"]), rule["weekday"])
    ),
    "easter": _single(_easter),
    "span": _span,
    "days": _days,
    "monthly": _monthly,
    "months": _months,
}
