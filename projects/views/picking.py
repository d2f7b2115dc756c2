"""One field of a task in a popover beside its card or row, for whoever works by keys."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from linkstar.workspaces.access import guests_allowed
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.views.sheet import TaskSheet

# What the person must be allowed, what the popover is called, and where its form goes.
FIELDS = {
    "owner": ("edit", _("Owner"), "task-set"),
    "labels": ("edit", _("Labels"), "task-set"),
    "priority": ("edit", _("Priority"), "task-set"),
    "deadline": ("edit", _("Deadline"), "task-deadline"),
    "column": ("move", _("Move to"), "task-move"),
}


@require_safe
@guests_allowed
def task_pick(request: WorkspaceRequest, pk: int, field: str) -> HttpResponse:
    """The form alone, for a card or with `?row` for a row of a list; without htmx the task's own page has the same."""
    if field not in FIELDS:
        raise Http404
    right, name, action = FIELDS[field]
    task = access.get_task(request.member, pk, to=right)
    if not request.htmx:
        return redirect(task)
    if field == "column" and "row" in request.GET:
        # A move is answered with the cards of a board, which a list has not.
        action = "task-set"
    given = [pk, field] if action == "task-set" else [pk]
    context = {
        "task": task,
        "sheet": TaskSheet(task, request.member),
        "field": field,
        "name": name,
        "is_move": action == "task-move",
        "url": reverse(f"projects:{action}", args=given),
        "zone": task.due_zone or task.project.time_zone,
    }
    return render(request, "projects/_pick.html", context)
