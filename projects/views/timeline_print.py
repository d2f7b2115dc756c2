"""The timeline as a PDF, with Chinese glyphs in it, whatever the reader's machine has."""

from functools import cache
from typing import Any, NoReturn

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linkstar.lib.deadlines import Deadline, describe
from linkstar.lib.zones import zone_name
from linkstar.workspaces.access import guests_allowed
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects import timeline_print as sheets
from projects.cards import Reader
from projects.models import Project
from projects.timeline import Timeline
from projects.views.asking import read_page
from projects.views.boards import reader_of
from projects.views.timeline import Place, drawn_timeline, frozen_plan


class CannotPrint(RuntimeError):
    """WeasyPrint does not find Pango, which draws its text, on this machine."""


@require_safe
@guests_allowed
def timeline_print(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """What the timeline of this address shows, on `?paper=` a4 or a3; its zoom says how wide a day is."""
    project, reader, place = access.get_project(request.member, pk), reader_of(request), Place.read(request.GET)
    page = read_page(request, project, reader, kind="timeline", place=place.params)
    drawn = drawn_timeline(page, project, reader, frozen_plan(project, place))
    paper = sheets.PAPERS.get(request.GET.get("paper", ""), sheets.PAPERS["a4"])
    try:
        content = pdf_of(html_of(project, drawn, reader, paper, place.zoom))
    except sheets.TooManySheets as error:
        messages.error(request, _too_many(error))
        return redirect(page.address)
    except CannotPrint:
        return render(request, "projects/timeline_print_missing.html", {"project": project, "page": page}, status=503)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, f"{project.name}.pdf") or "inline"
    response["Cache-Control"] = "private, no-store"
    return response


def html_of(project: Project, drawn: Timeline, reader: Reader, paper: sheets.Paper, zoom: str) -> str:
    laid = sheets.sheets_of(drawn, reader, paper, zoom)
    as_of = Deadline.from_instant(reader.now.replace(second=0), project.time_zone)
    label = describe(as_of, reader_zone=reader.zone, language=reader.language, now=reader.now)
    offsets = ", ".join(dict.fromkeys(offset.text for offset in drawn.axis.offsets()))
    context: dict[str, Any] = {
        "project": project,
        "language": reader.language,
        "sheets": laid,
        "paper": paper,
        "margin": sheets.MARGIN,
        "head": sheets.HEAD,
        "scale": sheets.SCALE,
        "row": sheets.ROW,
        "titles": sheets.TITLES,
        "dates": sheets.DATES,
        "clock": _("Days in %(zone)s (%(offsets)s)")
        % {"zone": zone_name(project.time_zone, reader.language, reader.now), "offsets": offsets},
        "as_of": _("As of %(moment)s") % {"moment": label.at_text},
        "page_text": lambda number: _("Sheet %(number)s of %(all)s") % {"number": number, "all": len(laid)},
        "legend": _(
            "Light bar: to do. Full bar: in progress. Bar with a tick: done. Thick red edge: critical. Dotted line:"
            " slack. Dashed edge: only one end is dated. Diamond: milestone. Upright line: now. Grey: weekend. Band"
            " above: holiday in China. Band below: holiday in the US."
        ),
    }
    return str(get_template("projects/timeline_print.jinja", using="jinja").render(context))


def pdf_of(html: str) -> bytes:
    """Raises CannotPrint. Nothing is fetched: what is drawn stands in the HTML."""
    page = _weasyprint().HTML(string=html, url_fetcher=_fetch_nothing)
    return bytes(page.write_pdf())


@cache
def _weasyprint() -> Any:
    """Looked up when somebody prints first: loading it takes a third of a second, and Pango may be missing."""
    try:
        import weasyprint
    except OSError as error:
        raise CannotPrint(str(error)) from error
    return weasyprint


def can_print() -> bool:
    try:
        _weasyprint()
    except CannotPrint:
        return False
    return True


def _fetch_nothing(url: str, *args: Any, **kwargs: Any) -> NoReturn:
    raise ValueError(f"a printed timeline names {url[:100]}")


def _too_many(error: sheets.TooManySheets) -> str:
    return _(
        "This would take %(count)d sheets; up to %(most)d are printed at once. Look from further away, filter the"
        " tasks, or choose A3."
    ) % {"count": error.count, "most": sheets.MOST_SHEETS}
