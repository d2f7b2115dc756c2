"""Working days in China and in the United States.

China: the statutory holidays with their make-up weekends, as the State Council announces them each autumn for the next
year: what was fetched since (`take`), else the package chinesecalendar. United States: weekdays without federal
holidays, observed days included (package holidays). In a year a calendar does not know yet, Monday to Friday count and
nothing is guessed: ask `knows` or `is_certain`, and say so on the page.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from typing import NamedTuple

import chinese_calendar
import holidays
from chinese_calendar import constants as chinese_days

_FRIDAY = 4
_ONE_DAY = timedelta(days=1)

# The short names of domain/us_calendar.yaml; the package has none in Chinese.
_AMERICAN_ZH = {
    "New Year's Day": "元旦",
    "Martin Luther King Jr. Day": "马丁·路德·金日",
    "Washington's Birthday": "总统日",
    "Memorial Day": "阵亡将士纪念日",
    "Juneteenth National Independence Day": "六月节",
    "Independence Day": "独立日",
    "Labor Day": "劳动节（美国）",
    "Columbus Day": "哥伦布日",
    "Veterans Day": "退伍军人节",
    "Thanksgiving Day": "感恩节",
    "Christmas Day": "圣诞节",
}


# The package says 清明, announcements say 清明节.
_CHINESE_EN = {holiday.chinese: holiday.value for holiday in chinese_calendar.Holiday}
_CHINESE_EN |= {f"{name}节": english for name, english in _CHINESE_EN.items() if not name.endswith("节")}


class _Year(NamedTuple):
    """Ordinals of the working days, oldest first, and the names of its holidays in both languages."""

    workdays: tuple[int, ...]
    names_en: dict[date, str]
    names_zh: dict[date, str]


class Announcement(NamedTuple):
    """The holidays that China announced for a year: days off with their Chinese names, and weekends worked instead.

    A few of them may lie in the year before: New Year's Day 2023 began on 31 December.
    """

    off: Mapping[date, str]
    worked: frozenset[date]


_announced: dict[int, Announcement] = {}
_edition = 0


def take(announcements: Mapping[int, Announcement]) -> None:
    """Use these announcements for China, by year, and no others; a year that is not among them is the package's."""
    global _announced, _edition
    if dict(announcements) == _announced:
        return
    _announced = dict(announcements)
    for key in ("cn", "us"):
        get_calendar(key).forget()
    _edition += 1


def announced_mark() -> str:
    """Says which announcements are in use, alike in all processes; `edition` counts within one."""
    found = sorted((year, sorted(one.off.items()), sorted(one.worked)) for year, one in _announced.items())
    return sha256(repr(found).encode()).hexdigest()[:12] if found else ""


def edition() -> int:
    """Changes whenever a working day may have: part of the key of whatever is remembered of them."""
    return _edition


def package_knows(year: int) -> bool:
    """Whether the installed package has China's holidays of that year."""
    return year in _chinese_years()


class Calendar:
    """One country's working days. `key` is "cn" or "us"; get it with `get_calendar`, which keeps its years."""

    def __init__(self, key: str) -> None:
        self.key = key
        self._years: dict[int, _Year] = {}

    def knows(self, year: int) -> bool:
        """Whether the holidays of that year are published, and known here."""
        if self.key == "cn":
            return year in _announced or package_knows(year)
        return year in _american_years()

    def forget(self) -> None:
        """Read every year again when it is next asked for."""
        self._years = {}

    def is_certain(self, first: date, last: date) -> bool:
        """Whether every year between two days, both included, in any order, is known."""
        years = sorted((first.year, last.year))
        return all(self.knows(year) for year in range(years[0], years[1] + 1))

    def is_workday(self, day: date) -> bool:
        workdays = self._year(day.year).workdays
        place = bisect_left(workdays, day.toordinal())
        return place < len(workdays) and workdays[place] == day.toordinal()

    def holiday_name(self, day: date, language: str) -> str | None:
        """The holiday that makes `day` free, in "zh-hans" or English; None for working days and plain weekends."""
        year = self._year(day.year)
        return (year.names_zh if language == "zh-hans" else year.names_en).get(day)

    def workdays_of(self, year: int) -> tuple[int, ...]:
        """The ordinals of the year's working days, oldest first."""
        return self._year(year).workdays

    def holidays_of(self, year: int) -> Mapping[date, str]:
        """The year's holidays by day, with their English names."""
        return self._year(year).names_en

    def previous_workday(self, day: date) -> date:
        """`day` itself when it is one."""
        return day if self.is_workday(day) else self.add_workdays(day, -1)

    def next_workday(self, day: date) -> date:
        """`day` itself when it is one."""
        return day if self.is_workday(day) else self.add_workdays(day, 1)

    def add_workdays(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, or before it when negative; 0 gives `day`, whatever day it is."""
        if count == 0:
            return day
        year = day.year
        workdays = self._year(year).workdays
        if count > 0:
            place = bisect_right(workdays, day.toordinal()) + count - 1
            while place >= len(workdays):
                place -= len(workdays)
                year += 1
                workdays = self._year(year).workdays
        else:
            place = bisect_left(workdays, day.toordinal()) + count
            while place < 0:
                year -= 1
                workdays = self._year(year).workdays
                place += len(workdays)
        return date.fromordinal(workdays[place])

    def workdays_between(self, first: date, last: date) -> int:
        """How many working days, both ends included; 0 when `last` is before `first`."""
        if last < first:
            return 0
        count = 0
        for year in range(first.year, last.year + 1):
            workdays = self._year(year).workdays
            count += bisect_right(workdays, last.toordinal()) - bisect_left(workdays, first.toordinal())
        return count

    def start_for(self, due_on: date, duration_days: int) -> date:
        """The planned start: the due date minus (duration - 1) working days; the due date itself for 1 or less."""
        return self.add_workdays(due_on, -(duration_days - 1)) if duration_days > 1 else due_on

    def _year(self, year: int) -> _Year:
        # A lost race between threads computes the same year twice; one with `forget` is written to what is thrown away.
        years = self._years
        found = years.get(year)
        if found is None:
            found = years[year] = _read_year(self.key, year, known=self.knows(year))
        return found


@cache
def get_calendar(key: str) -> Calendar:
    """The calendar "cn" or "us"; raises KeyError for another key."""
    if key not in ("cn", "us"):
        raise KeyError(key)
    return Calendar(key)


@cache
def _chinese_years() -> frozenset[int]:
    return frozenset(day.year for day in chinese_days.holidays)


def _american_years() -> range:
    # Juneteenth became the eleventh federal holiday in 2021; nothing here looks further back than deadlines go.
    return range(2000, holidays.US.end_year + 1)


def _read_year(key: str, year: int, *, known: bool) -> _Year:
    if key == "cn":
        return _read_chinese(year) if known else _weekdays(year, {}, {})
    return _weekdays(year, *_american_names(year)) if known else _weekdays(year, {}, {})


def _weekdays(year: int, names_en: dict[date, str], names_zh: dict[date, str]) -> _Year:
    workdays = tuple(day.toordinal() for day in _days(year) if day.weekday() <= _FRIDAY and day not in names_en)
    return _Year(workdays, names_en, names_zh)


def _days(year: int) -> list[date]:
    return [date(year, 1, 1) + _ONE_DAY * number for number in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]


def _read_chinese(year: int) -> _Year:
    off, worked = _of_package(year) if year not in _announced else _of_announcement(_announced[year], year)
    if year + 1 in _announced:
        more_off, more_worked = _of_announcement(_announced[year + 1], year)
        off, worked = {**off, **more_off}, (worked | more_worked) - more_off.keys()
    workdays = tuple(
        day.toordinal() for day in _days(year) if day in worked or (day.weekday() <= _FRIDAY and day not in off)
    )
    return _Year(workdays, {day: _english(name) for day, name in off.items()}, off)


def _of_announcement(announcement: Announcement, year: int) -> tuple[dict[date, str], frozenset[date]]:
    off = {day: name for day, name in sorted(announcement.off.items()) if day.year == year}
    return off, frozenset(day for day in announcement.worked if day.year == year)


def _of_package(year: int) -> tuple[dict[date, str], frozenset[date]]:
    chinese = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}
    off = {day: chinese[name] for day, name in chinese_days.holidays.items() if day.year == year}
    worked = frozenset(day for day in chinese_days.workdays if day.year == year and day.weekday() > _FRIDAY)
    return off, worked


def _english(name: str) -> str:
    """Two holidays that fall together are announced as one: "国庆节、中秋节"."""
    return " / ".join(_CHINESE_EN.get(part, part) for part in name.split("、"))


def _american_names(year: int) -> tuple[dict[date, str], dict[date, str]]:
    found = {day: name for day, name in holidays.US(years=year, language="en_US").items() if day.year == year}
    return found, {day: _american_zh(name) for day, name in found.items()}


def _american_zh(name: str) -> str:
    plain = name.removesuffix(" (observed)")
    chinese = _AMERICAN_ZH.get(plain, plain)
    return chinese if plain == name else f"{chinese}（补休）"
