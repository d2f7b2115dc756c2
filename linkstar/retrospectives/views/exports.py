"""A retrospective as a file: PDF to print and send, Markdown to paste elsewhere."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linkstar.retrospectives import access
from linkstar.retrospectives.exports import facts, markdown_of
from linkstar.retrospectives.models import ProposedChange
from linkstar.retrospectives.shown import notes_of
from linkstar.retrospectives.views.retrospectives import report_for, results_for
from linkstar.retrospectives.wording import change_text
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects.models import Project
from projects.pdf import CannotPrint, pdf_of
from projects.views.boards import reader_of


@require_safe
@members_only
def markdown(request: WorkspaceRequest, pk: int) -> HttpResponse:
    project = access.get_project(request.member, pk)
    given = _given(request, project)
    text = markdown_of(**given, language=get_language() or "en")
    response = HttpResponse(text, content_type="text/markdown; charset=utf-8")
    return _named(response, project, "md", as_attachment=True)


@require_safe
@members_only
def pdf(request: WorkspaceRequest, pk: int) -> HttpResponse:
    project = access.get_project(request.member, pk)
    given, language = _given(request, project), get_language() or "en"
    said = facts(project, given["retrospective"], given["report"], language=language)
    context = {**given, "facts": said, "language": language}
    try:
        content = pdf_of(get_template("retrospectives/print.jinja", using="jinja").render(context))
    except CannotPrint:
        return render(request, "retrospectives/print_missing.html", {"project": project}, status=503)
    return _named(HttpResponse(content, content_type="application/pdf"), project, "pdf", as_attachment=False)


def _given(request: WorkspaceRequest, project: Project) -> dict[str, Any]:
    found = access.retrospective_of(project)
    proposals = ProposedChange.objects.filter(project=project).order_by("proposed_at", "pk")
    return {
        "project": project,
        "retrospective": found,
        "report": report_for(request, project, found),
        "groups": notes_of(project, reader_of(request), may_write=False, may_settle=False),
        "proposals": [(change, change_text(change)) for change in proposals],
        "results": results_for(request, project),
    }


def _named(response: HttpResponse, project: Project, ending: str, *, as_attachment: bool) -> HttpResponse:
    name = _("%(project)s retrospective") % {"project": project.name}
    header = content_disposition_header(as_attachment, f"{name}.{ending}") or "inline"
    response["Content-Disposition"] = header
    response["Cache-Control"] = "private, no-store"
    return response
