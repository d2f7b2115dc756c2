"""Subtasks on a task's sheet: the list, its quick add, a tick, the parent, and checklist items that become subtasks."""

from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linkstar.lib.forms import problems
from linkstar.members.models import Member
from linkstar.workspaces.access import guests_allowed, members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.edits import NotShareable
from projects.actions.family_limits import MOST_LEVELS, NotItsParent, path_to
from projects.actions.finishing import finish_task, reopen_task
from projects.actions.refusals import MoveRefused
from projects.actions.subtasks import (
    WorkedOnSince,
    create_subtasks,
    promote_item,
    set_parent,
    take_promotion_back,
)
from projects.families import Family, possible_parents
from projects.models import ChecklistItem, Task
from projects.quicklines import LineReader
from projects.views.adding import AddTasksForm
from projects.views.beginning import hold
from projects.views.boards import refused
from projects.views.moving import why_no_subtask, why_not
from projects.views.sheet import TaskSheet, answer, offer_undo, show_sheet, trigger

_PARTS = "projects/_task_subtasks.jinja"
_ROWS, _ADDED = "projects/_task_subtask_rows.jinja", "projects/_task_subtasks_added.jinja"
_SIDE = ["projects/_task_parent.jinja", "projects/_task_path.jinja"]
PARENTS_PER_PAGE = 12


@require_safe
@guests_allowed
def subtasks(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """A further page of a long list, `?page=`; without htmx the sheet with that page in it."""
    sheet = TaskSheet(access.get_task(request.member, pk), request.member)
    page = request.GET.get("page", "")
    sheet.family.page = int(page) if page.isascii() and page.isdigit() and len(page) < 4 else 1
    if not request.htmx:
        return show_sheet(request, sheet)
    return render(request, f"{_PARTS}#rows", {"sheet": sheet, "task": sheet.task, "project": sheet.task.project})


@require_POST
@members_only
def subtask_add(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Lines become subtasks, read as quick add reads them; the answer is the empty field and the new rows."""
    task, now = access.get_task(request.member, pk, to="edit"), timezone.now()
    sheet = TaskSheet(task, request.member)
    reader = LineReader(request.member, task.project, now=now, language=get_language() or "en")
    column, deepest = next(iter(reader.columns.values())), max(MOST_LEVELS - len(path_to(task)) - 1, 0)
    form = AddTasksForm(request.POST, reader=reader, column=column, deepest=deepest)
    made: list[Task] = []
    if form.is_valid():
        try:
            made = create_subtasks(task, form.new, actor=request.member, now=now)
        except NotItsParent as error:
            form.add_error("titles", why_no_subtask(error, request.member))
        except MoveRefused as error:
            form.add_error("titles", why_not(error, request.member))
        except NotShareable:
            form.add_error("titles", _("This step is internal by its SOP: no guest can be put on it or shown it."))
    if form.errors:
        sheet.errors["subtasks"] = problems(form)
        sheet.typed = {"subtasks": form.data.get("titles", "")}
    also = [f"{_PARTS}#progress", _ADDED]
    lines = [sheet.family.line(each) for each in made if each.parent_id == task.pk]
    return answer(request, sheet, f"{_PARTS}#adder", also=also, now=now, made=lines)


@require_POST
@guests_allowed
def subtask_tick(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """`is_done=1` finishes a subtask, its absence opens it again; answered as the row of its parent's list."""
    task, now = access.get_task(request.member, pk, to="move"), timezone.now()
    if task.parent_id is None:
        raise Http404
    parent = access.get_task(request.member, task.parent_id)
    sheet = TaskSheet(parent, request.member)
    is_done, change = request.POST.get("is_done") == "1", None
    try:
        change = (finish_task if is_done else reopen_task)(task, actor=request.member, now=now)
    except MoveRefused as error:
        sheet.errors["subtask"] = why_not(error, request.member)
        row = replace(sheet.family.line(access.get_task(request.member, pk)), is_oob=True)
        context = {"sheet": TaskSheet(parent, request.member), "subs": [row]}
        held = hold(request, task, error, {}, beside=render_to_string(_ROWS, context, request))
        if held is not None:
            return held
    parent.refresh_from_db(fields=["subtask_count", "subtask_done_count"])
    sub = sheet.family.line(task)
    response = answer(request, sheet, _ROWS, also=[f"{_PARTS}#progress"], now=now, subs=[sub])
    trigger(response, "task:changed", {"task": parent.pk, "also": [task.pk]})
    offer_undo(
        response, change, (_("Done: %(title)s") if is_done else _("Open again: %(title)s")) % {"title": task.title}
    )
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def task_parent(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """A dialog that finds the task to hang this one under, `?q=` by words; POST hangs it, and with an empty `parent`
    takes it out. The undo of a toast says the parent in its address.
    """
    task, now = access.get_task(request.member, pk, to="edit"), timezone.now()
    if request.method != "POST":
        return _choose_parent(request, task)
    given = request.POST.get("parent", request.GET.get("parent", ""))
    before = task.parent_id
    try:
        set_parent(task, _asked_parent(request.member, task, given), actor=request.member, now=now)
    except NotItsParent as error:
        return _choose_parent(request, task, why_no_subtask(error, request.member))
    if not request.htmx:
        return redirect(task)
    return _hung(request, access.get_task(request.member, pk), before)


def _hung(request: WorkspaceRequest, task: Task, before: int | None) -> HttpResponse:
    """Nothing to draw where the dialog stood; the sheet below takes the new parent, and a toast can put it back."""
    sheet = TaskSheet(task, request.member)
    context = {"sheet": sheet, "task": task, "project": task.project, "oob": True}
    response = HttpResponse("".join(render_to_string(part, context, request) for part in _SIDE))
    parent = sheet.family.parent
    message = (
        _("It is now a part of “%(parent)s”.") % {"parent": parent.title}
        if parent
        else _("“%(title)s” is a task of its own now.") % {"title": task.title}
    )
    undo = f"{reverse('projects:task-parent', args=[task.pk])}?parent={before or ''}"
    trigger(response, "toast", {"message": message, **({"undo_url": undo} if before != task.parent_id else {})})
    others = [pk for pk in (before, task.parent_id) if pk]
    trigger(response, "task:changed", {"task": task.pk, "also": others})
    trigger(response, "dialog:close", {})
    return response


def _asked_parent(member: Member, task: Task, given: str) -> Task | None:
    """Raises NotItsParent for what is no task of this project that the member sees."""
    if not given:
        return None
    is_pk = given.isascii() and given.isdigit() and len(given) <= 9
    seen = access.tasks_of(member, task.project).select_related("project", "column__board")
    parent = seen.filter(pk=int(given)).first() if is_pk else None
    if parent is None:
        raise NotItsParent
    if parent.is_archived:
        raise PermissionDenied
    return parent


def _choose_parent(request: WorkspaceRequest, task: Task, error: str = "") -> HttpResponse:
    words = request.GET.get("q", "")
    found = Paginator(possible_parents(task, request.member, words), PARENTS_PER_PAGE)
    context = {
        "task": task,
        "project": task.project,
        "page": found.get_page(request.GET.get("page")),
        "q": words,
        "error": error,
        "family": Family(task, request.member),
    }
    name = "projects/task_parent.html"
    if request.htmx:
        name += "#found" if request.htmx.target == "parents-found" else "#dialog"
    return render(request, name, context, status=422 if error else 200)


@require_POST
@members_only
def item_promote(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """A checklist item becomes a subtask; the answer takes its line away and adds the row."""
    item, now = access.get_item(request.member, pk, to="edit"), timezone.now()
    task = access.get_task(request.member, item.task_id, to="edit")
    item.task = task
    sheet = TaskSheet(task, request.member)
    try:
        made = promote_item(item, actor=request.member, now=now)
    except ChecklistItem.DoesNotExist as error:
        raise Http404 from error
    except NotItsParent as error:
        return refused(why_no_subtask(error, request.member)) if request.htmx else redirect(task)
    except MoveRefused as error:
        return refused(why_not(error, request.member)) if request.htmx else redirect(task)
    also = [_ADDED, f"{_PARTS}#progress"]
    context: dict[str, Any] = {"made": [sheet.family.line(made)], "oob": True}
    response = answer(request, sheet, "projects/_task_checklist.jinja#progress", also=also, now=now, **context)
    message = _("“%(title)s” is a subtask now.") % {"title": made.title}
    trigger(response, "toast", {"message": message, "undo_url": reverse("projects:promotion-undo", args=[made.pk])})
    trigger(response, "board:changed", {})
    return response


@require_POST
@members_only
def promotion_undo(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The subtask goes back into the checklist it came from, unless somebody has put work into it."""
    task, now = access.get_task(request.member, pk, to="delete"), timezone.now()
    try:
        parent = take_promotion_back(task, actor=request.member, now=now)
    except WorkedOnSince:
        why = _("“%(title)s” has been worked on since; it stays a task.") % {"title": task.title}
        return refused(why) if request.htmx else redirect(task)
    if not request.htmx:
        return redirect(parent)
    parent = access.get_task(request.member, parent.pk)
    context = {"sheet": TaskSheet(parent, request.member), "task": parent, "project": parent.project, "oob": True}
    parts = ("projects/_task_checklist.jinja#checklist", f"{_PARTS}#subtasks")
    response = HttpResponse("".join(render_to_string(part, context, request) for part in parts))
    trigger(response, "task:changed", {"task": parent.pk, "also": [task.pk]})
    return response
