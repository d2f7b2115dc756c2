"""Settings › Working days: a year as China and the United States keep it, with make-up weekends and our closures."""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linkstar.calendars import access
from linkstar.calendars.models import Closure
from linkstar.lib.clock_text import WEEKDAYS_EN, WEEKDAYS_ZH
from linkstar.lib.workdays import get_calendar
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from linkstar.workspaces.models import AnnouncedYear

_SATURDAY = 5
_DAY = timedelta(days=1)
_COUNTRIES = ("cn", "us")


@dataclass(slots=True)
class Cell:
    """A day in the grid of a month. `off` are the countries that have a holiday; `is_closed`: a closure of ours."""

    on: date
    is_weekend: bool
    is_today: bool
    off: tuple[str, ...] = ()
    is_makeup: bool = False
    is_closed: bool = False


@dataclass(slots=True)
class Line:
    """Days in a row with one name: "1–7 National Day". `kind` is "cn", "us", "work" or "closed"."""

    kind: str
    first: date
    last: date
    name: str

    @property
    def days(self) -> str:
        return f"{self.first.day}" if self.first == self.last else f"{self.first.day}–{self.last.day}"


@dataclass(slots=True)
class Month:
    name: str
    blanks: range
    cells: list[Cell] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


@require_safe
@members_only
def year_show(request: WorkspaceRequest) -> HttpResponse:
    """`?year=2027`; anything else is this year."""
    today = timezone.localdate()
    year = _year(request.GET.get("year", ""), today)
    language = get_language() or "en"
    closures = list(Closure.objects.touching(date(year, 1, 1), date(year, 12, 31)).order_by("first_on", "pk"))
    context = {
        "year": year,
        "years": _shown_years(year, today),
        "months": [_month(year, number, closures, today, language) for number in range(1, 13)],
        "weekdays": [name[-1] for name in WEEKDAYS_ZH] if language == "zh-hans" else [name[0] for name in WEEKDAYS_EN],
        "unknown": [country for country in _COUNTRIES if not get_calendar(country).knows(year)],
        "counts": {
            country: get_calendar(country).workdays_between(date(year, 1, 1), date(year, 12, 31))
            for country in _COUNTRIES
        },
        "announced": AnnouncedYear.objects.filter(country="cn", year=year).first(),
    }
    return render(request, "calendars/years.html", context)


def _year(text: str, today: date) -> int:
    if text.isascii() and text.isdigit() and len(text) == 4 and int(text) in access.YEARS:
        return int(text)
    return today.year


def _shown_years(year: int, today: date) -> list[int]:
    return sorted({today.year - 1, today.year, today.year + 1, today.year + 2, year})


def _month(year: int, number: int, closures: list[Closure], today: date, language: str) -> Month:
    first = date(year, number, 1)
    days = [first + _DAY * offset for offset in range(monthrange(year, number)[1])]
    month = Month(_name(number, language), range(first.weekday()))
    month.cells = [_cell(day, closures, today) for day in days]
    month.lines = [*_named_lines(days, language), *_makeup_lines(month.cells), *_closed_lines(closures, days)]
    month.lines.sort(key=lambda line: (line.first, line.kind))
    return month


def _cell(day: date, closures: list[Closure], today: date) -> Cell:
    off = tuple(country for country in _COUNTRIES if get_calendar(country).holiday_name(day, "en"))
    is_weekend = day.weekday() >= _SATURDAY
    return Cell(
        on=day,
        is_weekend=is_weekend,
        is_today=day == today,
        off=off,
        is_makeup=is_weekend and get_calendar("cn").is_workday(day),
        is_closed=any(closure.first_on <= day <= closure.last_on for closure in closures),
    )


def _named_lines(days: list[date], language: str) -> list[Line]:
    lines: list[Line] = []
    for country in _COUNTRIES:
        last: Line | None = None
        for day in days:
            name = get_calendar(country).holiday_name(day, language)
            if name is None:
                last = None
            elif last is not None and last.name == name:
                last.last = day
            else:
                last = Line(country, day, day, name)
                lines.append(last)
    return lines


def _makeup_lines(cells: list[Cell]) -> list[Line]:
    return [Line("work", cell.on, cell.on, _("Make-up working day in China")) for cell in cells if cell.is_makeup]


def _closed_lines(closures: list[Closure], days: list[date]) -> list[Line]:
    return [
        Line("closed", max(closure.first_on, days[0]), min(closure.last_on, days[-1]), closure.name)
        for closure in closures
        if closure.first_on <= days[-1] and closure.last_on >= days[0]
    ]


def _name(number: int, language: str) -> str:
    if language == "zh-hans":
        return f"{number}月"
    names = "January February March April May June July August September October November December"
    return names.split()[number - 1]
