"""The list of projects, which is the portfolio: one row a project; and the same as a table for a spreadsheet."""

from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from linkstar.lib.csv_text import CONTENT_TYPE, csv_text
from linkstar.lib.zones import offset_text
from linkstar.workspaces.access import guests_allowed
from linkstar.workspaces.http import WorkspaceRequest
from projects.cards import Reader
from projects.models import Project
from projects.portfolio import PortfolioFilter, PortfolioRow, portfolio, portfolio_choices, portfolio_rows
from projects.views.boards import reader_of

PER_PAGE = 50


@require_safe
@guests_allowed
def project_list(request: WorkspaceRequest) -> HttpResponse:
    """Filter, order and groups stand in the address (PortfolioFilter); `?page=` turns pages."""
    wanted, reader = PortfolioFilter.read(request.GET), reader_of(request)
    rows, page = _page(wanted, reader, request.GET.get("page", "1"))
    context: dict[str, Any] = {
        "rows": rows,
        "page": page,
        "wanted": wanted,
        "choices": portfolio_choices(reader),
        "states": {row.value: row.label for row in Project.State},
    }
    name = "projects/project_list.html"
    fragment = request.htmx and request.htmx.target == "portfolio"
    response = render(request, f"{name}#portfolio" if fragment else name, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _page(wanted: PortfolioFilter, reader: Reader, number: str) -> tuple[list[PortfolioRow], Page[Any]]:
    """When all rows fit on the first page, nobody needs to count them."""
    if number == "1":
        rows = portfolio_rows(wanted, reader, stop=PER_PAGE + 1)
        pages = Paginator(rows if len(rows) <= PER_PAGE else portfolio(wanted, reader), PER_PAGE)
        return rows[:PER_PAGE], pages.get_page(1)
    page = Paginator(portfolio(wanted, reader), PER_PAGE).get_page(number)
    start = (page.number - 1) * PER_PAGE
    return portfolio_rows(wanted, reader, start=start, stop=start + PER_PAGE), page


@require_safe
@guests_allowed
def project_csv(request: WorkspaceRequest) -> HttpResponse:
    """All rows that the filter lets through, the times on named clocks."""
    wanted, reader = PortfolioFilter.read(request.GET), reader_of(request)
    rows = portfolio_rows(wanted, reader)
    head = [
        pgettext("column", "Project"), _("Channel"), _("Shop"), _("Project owner"), pgettext("column", "State"),
        _("Tasks with owner and deadline"), _("Of these done"), pgettext("column", "Overdue"), _("Next task"),
        _("Next deadline"), _("Its time zone"), _("UTC offset"), _("On your clock"),
    ]  # fmt: skip
    if reader.member.is_insider:
        head += [_("Last activity"), _("Days without activity")]
    content = csv_text(head, [_cells(row, reader) for row in rows])
    day = timezone.localtime(reader.now).date().isoformat()
    disposition = f'attachment; filename="projects-{day}.csv"'
    return HttpResponse(content, content_type=CONTENT_TYPE, headers={"Content-Disposition": disposition})


def _cells(row: PortfolioRow, reader: Reader) -> list[object]:
    counts = row.counts
    cells: list[object] = [
        row.name, row.channel_name if row.channel else "", row.store, row.owner.name,
        str(Project.State(row.state).label), counts.all, counts.done, counts.overdue,
    ]  # fmt: skip
    if row.next is None:
        cells += ["", "", "", "", ""]
    else:
        deadline = row.next.deadline
        wall = deadline.on.isoformat() if deadline.time is None else f"{deadline.wall:%Y-%m-%d %H:%M}"
        cells += [row.next.title, wall, deadline.zone, offset_text(deadline.zone, deadline.instant)]
        cells.append(_yours(deadline.instant))
    return cells if row.silent_days is None else [*cells, _yours(row.last_activity_at), row.silent_days]


def _yours(instant: datetime) -> str:
    return f"{timezone.localtime(instant):%Y-%m-%d %H:%M}"
