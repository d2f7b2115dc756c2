"""The archive of a project's tasks, and the way in and out of it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.archive import archive_task, unarchive_task
from projects.models import Change, Task
from projects.overview import work_rows
from projects.views.boards import reader_of
from projects.views.sheet import trigger

PAGE = 30


@require_safe
@members_only
def archived_tasks(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Last put away first."""
    project = access.get_project(request.member, pk)
    found = access.tasks_of(request.member, project).in_archive().order_by("-archived_at", "-pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = [(task.pk, task.number, task.archived_at) for task in page]
    rows = {
        row.pk: row for row in work_rows(found.filter(pk__in=[pk for pk, _number, _at in shown]), reader_of(request))
    }
    context = {
        "project": project,
        "page": page,
        "rows": [(rows[pk], number, at) for pk, number, at in shown if pk in rows],
        "may_restore": not project.is_archived,
    }
    return render(request, "projects/archive.html", context)


@require_POST
@members_only
def task_archive(request: WorkspaceRequest, pk: int) -> HttpResponse:
    task = access.get_task(request.member, pk, to="archive")
    change = archive_task(task, actor=request.member, now=timezone.now())
    return _answer(request, task, change, _("Archived: %(title)s") % {"title": task.title})


@require_POST
@members_only
def task_unarchive(request: WorkspaceRequest, pk: int) -> HttpResponse:
    task = access.get_task(request.member, pk, to="archive")
    change = unarchive_task(task, actor=request.member, now=timezone.now())
    return _answer(request, task, change, _("Taken out of the archive: %(title)s") % {"title": task.title})


def _answer(request: WorkspaceRequest, task: Task, change: Change | None, message: str) -> HttpResponse:
    if not request.htmx:
        messages.success(request, message)
        is_from_archive = request.POST.get("to") == "archive"
        return redirect("projects:archived-tasks", task.project_id) if is_from_archive else redirect(task)
    response = HttpResponse()
    undo = {"undo_url": reverse("projects:change-undo", args=[change.pk])} if change else {}
    trigger(response, "toast", {"message": message, **undo})
    trigger(response, "board:changed", {})
    trigger(response, "sheet:close", {})
    return response
