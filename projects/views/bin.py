"""The bin of a project."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.bin import KEPT_DAYS
from projects.binned import binned_keys, binned_rows

PAGE = 30


@require_safe
@members_only
def project_bin(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Tasks and files with who put them there; whoever sees them may take them out, but not in an archived project."""
    project = access.get_project(request.member, pk, to="see bin")
    page = Paginator(binned_keys(request.member, project), PAGE).get_page(request.GET.get("page"))
    context = {
        "project": project,
        "page": page,
        "rows": binned_rows(project, page),
        "may_restore": not project.is_archived,
        "days": KEPT_DAYS,
    }
    return render(request, "projects/bin.html", context)
