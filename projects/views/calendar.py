"""The calendar of a project, and that of all projects: a month, a week or a day, on a named clock."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from linkstar.lib.clock_text import WEEKDAYS_EN, WEEKDAYS_ZH, day_text
from linkstar.lib.day_grid import Span, add_months, month_span, week_span
from linkstar.lib.zones import get_zone, is_zone, offset_text, zone_choices
from linkstar.members.models import Member
from linkstar.workspaces.access import guests_allowed
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.agenda import IN_DAY, IN_MONTH, IN_WEEK, Day, fill_days, lay_days, unknown_years
from projects.cards import Reader
from projects.day_marks import mark_days
from projects.models import Project, SavedView
from projects.views.asking import TaskPage, answer_part, page_context, read_page
from projects.views.boards import reader_of

_ZONES = ("Asia/Shanghai", "America/New_York", "America/Los_Angeles")
_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 12, 31)
VIEWS = ("month", "week", "day")


@dataclass(frozen=True, slots=True)
class Place:
    """What the address says of where one looks: a view, a day in it, a page of a day, and on whose clock.

    `is_today`: the address names no day, and goes with the days.
    """

    view: str
    on: date
    zone: str
    page: int = 1
    is_today: bool = True

    @classmethod
    def read(cls, query: QueryDict, reader: Reader) -> "Place":
        """What is missing or wrong becomes the reader's month of today."""
        zone = query.get("zone", "")
        zone = zone if is_zone(zone) else reader.zone
        today = reader.now.astimezone(get_zone(zone)).date()
        view, page = query.get("view", ""), query.get("page", "")
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
        view, on = view if view in VIEWS else "month", read_day(query.get("on", ""))
        return cls(view, on or today, zone, max(number, 1), is_today=on is None)

    def params(self, reader: Reader) -> list[tuple[str, str]]:
        """As in an address; of today, and of the reader's own clock, it says nothing."""
        view = [("view", self.view)] if self.view != "month" else []
        return [*view, *([] if self.is_today else [("on", self.on.isoformat())]), *self.zone_param(reader)]

    def zone_param(self, reader: Reader) -> list[tuple[str, str]]:
        return [("zone", self.zone)] if self.zone != reader.zone else []

    @property
    def span(self) -> Span:
        if self.view == "month":
            return month_span(self.on, self.zone)
        return week_span(self.on, self.zone) if self.view == "week" else Span(self.on, self.on, self.zone)

    @property
    def before(self) -> date:
        return self._step(-1)

    @property
    def after(self) -> date:
        return self._step(1)

    def _step(self, count: int) -> date:
        if self.view == "month":
            day = add_months(self.on, count)
        else:
            day = self.on + timedelta(days=count * (7 if self.view == "week" else 1))
        return min(max(day, _EARLIEST), _LATEST)

    def title(self, language: str) -> str:
        if self.view == "month":
            return date_format(self.on, "YEAR_MONTH_FORMAT")
        if self.view == "day":
            return day_text(self.on, language, with_year=True)
        span = self.span
        return f"{day_text(span.first, language)} – {day_text(span.last, language, with_year=True)}"


def read_day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _EARLIEST <= day <= _LATEST else None


@require_safe
@guests_allowed
def calendar(request: WorkspaceRequest, pk: int) -> HttpResponse:
    return _show(request, access.get_project(request.member, pk))


@require_safe
@guests_allowed
def calendar_all(request: WorkspaceRequest) -> HttpResponse:
    """Of every project that is not archived."""
    return _show(request, None)


def _show(request: WorkspaceRequest, project: Project | None) -> HttpResponse:
    reader = reader_of(request)
    place = Place.read(request.GET, reader)
    page = read_page(request, project, reader, kind=SavedView.Kind.CALENDAR, place=place.params(reader))
    days = lay_days(place.span, reader, month=place.on if place.view == "month" else None)
    if request.member.is_insider:
        mark_days(days, language=reader.language)
    asked = page.asked.narrow(page.asked.scope(request.member, project), reader)
    most = {"month": IN_MONTH, "week": IN_WEEK, "day": IN_DAY}[place.view]
    offset = (place.page - 1) * IN_DAY if place.view == "day" else 0
    fill_days(days, asked, place.span, reader, most=most, offset=offset)
    context = {
        **page_context(page),
        **_frame(request.member, page, place, reader),
        "days": days,
        "total": sum(day.count for day in days),
        "more": _page_after(place, days) if place.view == "day" else None,
    }
    if request.htmx and request.htmx.target == "calendar":
        return answer_part(request, "projects/calendar.html#calendar", context, page)
    response = render(request, "projects/calendar.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _frame(member: Member, page: TaskPage, place: Place, reader: Reader) -> dict[str, Any]:
    project, kept = page.project, [*page.asked.wanted.params, *place.zone_param(reader)]
    adds = reverse("projects:calendar-add", args=[project.pk]) if project else reverse("projects:calendar-all-add")
    may_add = access.may(member, "add task", project) if project else member.is_insider
    return {
        "project": project,
        "place": place,
        "title": place.title(reader.language),
        "today": reader.now.astimezone(get_zone(place.zone)).date(),
        "zones": _zones(project, place, reader),
        "offsets": _offsets(place.span),
        "day_url": f"{page.url}?{urlencode([*kept, ('view', 'day'), ('on', '')])}",
        "add_url": f"{adds}?{urlencode([('zone', place.zone), ('on', '')])}" if may_add else "",
        "unknown": unknown_years(place.span),
        "weekdays": WEEKDAYS_ZH if reader.language == "zh-hans" else WEEKDAYS_EN,
    }


def _zones(project: Project | None, place: Place, reader: Reader) -> list[tuple[str, str]]:
    """The reader's, the project's, those sellers think in, and the one that is shown; by name, each once."""
    first = (reader.zone, *([project.time_zone] if project else []), *_ZONES, place.zone)
    return zone_choices(get_language() or "en", first=tuple(dict.fromkeys(first)))[0][1]


def _offsets(span: Span) -> str:
    """The offset in force, or both when clocks change within the span."""
    starts = span.instants
    offsets = dict.fromkeys(offset_text(span.zone, at) for at in (starts[0], starts[-1] - timedelta(seconds=1)))
    return ", ".join(offsets)


def _page_after(place: Place, days: list[Day]) -> int | None:
    return place.page + 1 if days[0].count > place.page * IN_DAY else None
