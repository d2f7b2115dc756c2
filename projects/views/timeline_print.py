"""The timeline as a PDF, with Chinese glyphs in it, whatever the reader's machine has."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linkstar.lib.deadlines import Deadline, describe
from linkstar.lib.zones import clock_name
from linkstar.workspaces.access import guests_allowed
from linkstar.workspaces.http import WorkspaceRequest
from projects import access, tasks
from projects import timeline_print as sheets
from projects.actions.printouts import KEPT_HOURS, MOST_WAITING, TooManyWaiting, ask_for_printout
from projects.cards import Reader
from projects.models import Project
from projects.pdf import can_print, pdf_of
from projects.timeline import Timeline
from projects.views.asking import TaskPage, read_page
from projects.views.boards import reader_of
from projects.views.timeline import Place, drawn_timeline, frozen_plan


@require_http_methods(["GET", "HEAD", "POST"])
@guests_allowed
def timeline_print(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """What the timeline of this address shows, on `?paper=` a4 or a3; its zoom says how wide a day is.

    Few sheets come at once. Of more, the page says how many, and its button leaves them to a worker.
    """
    project, reader, place = access.get_project(request.member, pk), reader_of(request), Place.read(request.GET)
    page = read_page(request, project, reader, kind="timeline", place=place.params)
    drawn = drawn_timeline(page, project, reader, frozen_plan(project, place))
    paper = sheets.PAPERS.get(request.GET.get("paper", ""), sheets.PAPERS["a4"])
    try:
        laid = sheets.sheets_of(drawn, reader, paper, place.zoom)
    except sheets.TooManySheets as error:
        messages.error(request, _too_many(error))
        return redirect(page.address)
    if not can_print():
        return render(request, "projects/timeline_print_missing.html", {"project": project, "page": page}, status=503)
    if request.method == "POST":
        return _left_to_a_worker(request, project, page, html_of(project, drawn, reader, laid, paper), len(laid))
    if len(laid) > sheets.AT_ONCE:
        context = {"project": project, "page": page, "count": len(laid), "most": sheets.AT_ONCE}
        return render(request, "projects/timeline_print_later.html", {**context, "hours": KEPT_HOURS})
    response = HttpResponse(pdf_of(html_of(project, drawn, reader, laid, paper)), content_type="application/pdf")
    return _as_file(response, project, is_attached=False)


def _left_to_a_worker(
    request: WorkspaceRequest, project: Project, page: TaskPage, html: str, count: int
) -> HttpResponse:
    try:
        asked = ask_for_printout(project, html=html, sheets=count, actor=request.member, now=timezone.now())
    except TooManyWaiting:
        messages.error(
            request,
            _("%(most)d printouts are being made for you already. Wait until one is ready.") % {"most": MOST_WAITING},
        )
        return redirect(page.address)
    tasks.make_printout.delay_on_commit(asked.pk)
    messages.success(request, _("The sheets are being made. Your inbox tells you when the file is ready."))
    return redirect(page.address)


@require_safe
@guests_allowed
def printout(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The file, for the one who asked for it."""
    found = access.get_printout(request.member, pk)
    response = FileResponse(default_storage.open(found.key), content_type="application/pdf")
    return _as_file(response, found.project, is_attached=True)


def _as_file(response: HttpResponseBase, project: Project, *, is_attached: bool) -> HttpResponse:
    named = content_disposition_header(is_attached, f"{project.name}.pdf")
    response["Content-Disposition"] = named or ("attachment" if is_attached else "inline")
    response["Cache-Control"] = "private, no-store"
    return response  # type: ignore[return-value]


def html_of(
    project: Project, drawn: Timeline, reader: Reader, laid: Sequence[sheets.Sheet], paper: sheets.Paper
) -> str:
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
        % {"zone": clock_name(project.time_zone, reader.language), "offsets": offsets},
        "as_of": _("As of %(moment)s") % {"moment": label.at_text},
        "page_text": lambda number: _("Sheet %(number)s of %(all)s") % {"number": number, "all": len(laid)},
        "legend": _(
            "Light bar: to do. Full bar: in progress. Bar with a tick: done. Thick red edge: critical. Dotted line:"
            " slack. Dashed edge: only one end is dated. Diamond: milestone. Upright line: now. Grey: weekend. Band"
            " above: holiday in China. Band below: holiday in the US."
        ),
    }
    return str(get_template("projects/timeline_print.jinja", using="jinja").render(context))


def _too_many(error: sheets.TooManySheets) -> str:
    return _(
        "This would take %(count)d sheets; up to %(most)d are made. Look from further away, filter the"
        " tasks, or choose A3."
    ) % {"count": error.count, "most": sheets.MOST_SHEETS}
