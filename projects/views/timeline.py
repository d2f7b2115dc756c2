"""The timeline of a project: its page with the list of the same tasks, and what its chart draws."""

import json
from hashlib import blake2b
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from linkstar.lib.zones import clock_name
from linkstar.members.models import Member
from linkstar.workspaces.access import guests_allowed
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.baselines import baseline_bars, baselines_of, tombstones
from projects.cards import Reader
from projects.filters import is_pk
from projects.models import Baseline, Project
from projects.timeline import Timeline, read_timeline
from projects.timeline_alarms import with_alarms
from projects.timeline_data import timeline_json
from projects.timeline_rows import list_rows, list_tombs
from projects.timeline_schedule import with_schedule
from projects.views.asking import TaskPage, answer_part, page_context, read_page
from projects.views.boards import reader_of
from projects.views.lists import GROUP_NAMES, sort_names
from projects.wording import listed

ROWS_PER_PAGE = 100
ZOOMS = [
    ("hour", pgettext_lazy("zoom", "Hour")),
    ("day", pgettext_lazy("zoom", "Day")),
    ("week", pgettext_lazy("zoom", "Week")),
    ("month", pgettext_lazy("zoom", "Month")),
    ("quarter", pgettext_lazy("zoom", "Quarter")),
]
VIEWS = [("chart", gettext_lazy("Chart")), ("list", pgettext_lazy("of a timeline", "List"))]
_USUAL = {"zoom": "day", "view": "chart", "baseline": ""}


class Place(NamedTuple):
    """What the address says of how one looks; what is missing or wrong is the usual. `baseline` is a pk, or ""."""

    zoom: str
    view: str
    baseline: str
    page: int

    @classmethod
    def read(cls, query: QueryDict) -> "Place":
        zoom, view, page = query.get("zoom", ""), query.get("view", ""), query.get("page", "")
        baseline = query.get("baseline", "")
        return cls(
            zoom if zoom in dict(ZOOMS) else _USUAL["zoom"],
            view if view in dict(VIEWS) else _USUAL["view"],
            baseline if is_pk(baseline) else "",
            max(int(page), 1) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
        )

    @property
    def params(self) -> list[tuple[str, str]]:
        return [(key, getattr(self, key)) for key, usual in _USUAL.items() if getattr(self, key) != usual]


@require_safe
@guests_allowed
def timeline(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """`?page=` is that of the list; its next rows alone come when the row asks that stands for them."""
    project, reader, place = access.get_project(request.member, pk), reader_of(request), Place.read(request.GET)
    page = read_page(request, project, reader, kind="timeline", place=place.params)
    drawn = drawn_timeline(page, project, reader, frozen_plan(project, place))
    context = {**page_context(page), **_drawing(project, page, place, drawn, reader)}
    target = request.htmx.target if request.htmx else ""
    if target == "timeline":
        return answer_part(request, "projects/timeline.html#timeline", context, page)
    name = "projects/timeline.html#rows" if target == "timeline-more" else "projects/timeline.html"
    response = render(request, name, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def drawn_timeline(page: TaskPage, project: Project, reader: Reader, frozen: Baseline | None) -> Timeline:
    """All of it: rows, slack, alarms, and what the plan that is compared had besides."""
    drawn = read_timeline(project, page.asked, page.arrangement, reader)
    drawn = with_alarms(with_schedule(drawn, project, reader), project, reader)
    if frozen is not None and not page.asked.wanted.is_on:
        drawn.tombs.extend(tombstones(project, reader.member, frozen))
    return drawn


def _drawing(project: Project, page: TaskPage, place: Place, drawn: Timeline, reader: Reader) -> dict[str, Any]:
    first = (place.page - 1) * ROWS_PER_PAGE
    left = drawn.found > first + ROWS_PER_PAGE
    more = urlencode([*page.asked.wanted.params, *page.asked.kept, ("page", str(place.page + 1))])
    data, asked = reverse("projects:timeline-data", args=[project.pk]), [page.query]
    asked += [urlencode({"baseline": place.baseline})] if place.baseline else []
    query = "&".join(filter(None, asked))
    return {
        "project": project,
        "place": place,
        "timeline": drawn,
        "rows": list_rows(drawn, reader, first=first, most=ROWS_PER_PAGE),
        "tombs": [] if left else list_tombs(drawn, reader),
        "more_url": f"{page.url}?{more}" if left else "",
        "data_url": f"{data}?{query}" if query else data,
        "baselines": baselines_of(project),
        "sorts": [("rank", _("By time")), *_sorts(reader.member, page)],
        "groups": sorted(GROUP_NAMES, key=lambda each: each[0] != "none"),
        "zooms": ZOOMS,
        "views": VIEWS,
        "zone": clock_name(project.time_zone, reader.language),
        "offsets": listed(dict.fromkeys(offset.text for offset in drawn.axis.offsets())),
        "may_edit": access.may(reader.member, "add task", project) and not page.asked.wanted.is_archived,
    }


def _sorts(member: Member, page: TaskPage) -> list[tuple[str, str]]:
    fields = (choice.field for choice in page.asked.choices.fields.values())
    return [(sort, name) for sort, name in sort_names(member, fields) if sort.lstrip("-") != "rank"]


@require_safe
@guests_allowed
def timeline_data(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """All rows that the filter leaves, for the chart; 304 when they are what the browser has."""
    project, reader = access.get_project(request.member, pk), reader_of(request)
    page = read_page(request, project, reader, kind="timeline")
    frozen = frozen_plan(project, Place.read(request.GET))
    drawn = drawn_timeline(page, project, reader, frozen)
    may_edit = access.may(request.member, "add task", project) and not page.asked.wanted.is_archived
    bases = baseline_bars(project, reader.member, frozen) if frozen else {}
    told = timeline_json(drawn, reader, may_edit=may_edit, bases=bases)
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":"), cls=DjangoJSONEncoder).encode()
    etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    same = request.headers.get("If-None-Match") == etag
    response = HttpResponse(status=304) if same else HttpResponse(body, content_type="application/json")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def frozen_plan(project: Project, place: Place) -> Baseline | None:
    """That which the address names; none, when it is not this project's any more."""
    return project.baselines.filter(pk=place.baseline).first() if place.baseline else None
