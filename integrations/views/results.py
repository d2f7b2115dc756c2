"""The Results of a project: what was done to shops, and what came of it."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from integrations import access
from integrations.results import results_of
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access as projects_access

PER_PAGE = 30


@require_safe
@members_only
def project_results(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Everybody in the team sees what was done; verdicts are for those who see finances."""
    project = projects_access.get_project(request.member, pk)
    results = results_of(project, request.member, now=timezone.now())
    context = {
        "project": project,
        "results": results,
        "page": Paginator(results.lines, PER_PAGE).get_page(request.GET.get("page")),
        "sees_numbers": access.may(request.member, "numbers"),
        "has_shops": results.has_shops,
        "may_add": projects_access.may(request.member, "add task", project),
    }
    return render(request, "integrations/project_results.html", context)
