"""China's holidays of one year as JSON, in the format of github.com/NateScarlet/holiday-cn.

    {"year": 2026, "papers": ["https://www.gov.cn/…"],
     "days": [{"name": "元旦", "date": "2026-01-01", "isOffDay": true}, {"…": "…", "isOffDay": false}]}

`isOffDay` false is a weekend that is worked. A year that is not announced yet has no days.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from linkstar.lib.workdays import Announcement

_FRIDAY = 4
# The seven statutory holidays; two may be announced as one ("国庆节、中秋节"), and short forms are in use.
STATUTORY = ("元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆")
# Since 2014: 23 to 33 days off, 5 to 8 weekends worked.
_OFF, _WORKED = (18, 45), (0, 15)


class AnnouncementRefused(ValueError):
    """Not what a government announces for a year; the text says what is wrong with it."""


class Day(NamedTuple):
    on: date
    name: str
    is_off: bool


class Year(NamedTuple):
    """`days` is empty for a year that is not announced yet."""

    year: int
    days: tuple[Day, ...]
    papers: tuple[str, ...]


def read_year(data: Any) -> Year:
    """What the JSON says. Raises AnnouncementRefused when it cannot be a whole and true announcement."""
    try:
        year = int(data["year"])
        days = tuple(
            Day(date.fromisoformat(each["date"]), str(each["name"]).strip(), _truth(each["isOffDay"]))
            for each in data["days"]
        )
        papers = tuple(str(paper) for paper in data.get("papers", ()) if str(paper).startswith("https://"))
    except (KeyError, TypeError, ValueError) as error:
        raise AnnouncementRefused(f"not in the expected form: {type(error).__name__} {error}") from error
    if days:
        _check(year, days)
    return Year(year, tuple(sorted(days)), papers)


def as_announcement(days: Sequence[Day]) -> Announcement:
    return Announcement(
        {day.on: day.name for day in days if day.is_off}, frozenset(day.on for day in days if not day.is_off)
    )


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("isOffDay is true or false")
    return value


def _check(year: int, days: Sequence[Day]) -> None:
    if len({day.on for day in days}) != len(days):
        raise AnnouncementRefused("a day is there twice")
    for day in days:
        if not _may_belong(day.on, year):
            raise AnnouncementRefused(f"{day.on} is no day of {year}")
        if not day.is_off and day.on.weekday() <= _FRIDAY:
            raise AnnouncementRefused(f"{day.on} is said to be a weekend that is worked, and is no weekend")
    missing = [name for name in STATUTORY if not any(name in day.name for day in days if day.is_off)]
    if missing:
        raise AnnouncementRefused(f"these holidays are missing: {'、'.join(missing)}")
    for what, count, (least, most) in (
        ("days off", sum(day.is_off for day in days), _OFF),
        ("weekends worked", sum(not day.is_off for day in days), _WORKED),
    ):
        if not least <= count <= most:
            raise AnnouncementRefused(f"{count} {what}; between {least} and {most} are plausible")


def _may_belong(on: date, year: int) -> bool:
    """New Year's Day may take in the last days of December before it."""
    return on.year == year or (on.year == year - 1 and on.month == 12)
