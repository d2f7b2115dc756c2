"""On the page of a date of the retail year: the projects that count from it, and the offer to move their anchor."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from linkstar.calendars.market import entry_of
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from templates_sop.events import anchored_at


@require_safe
@members_only
def anchored(request: WorkspaceRequest, key: str, year: int) -> HttpResponse:
    """A fragment; empty for dates that no template counts from."""
    projects = anchored_at(key, year, member=request.member)
    entry = entry_of(key, year) if projects else None
    rows = [
        {
            "project": project,
            "differs": entry is not None and entry.first is not None and project.anchor_on != entry.first,
            "may_move": access.may(request.member, "edit", project),
        }
        for project in projects
    ]
    return render(request, "templates_sop/_anchored.html", {"rows": rows, "entry": entry})
