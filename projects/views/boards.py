"""The board: its page, the next cards of a column, and moving a card."""

import json
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linkstar.lib.forms import problems
from linkstar.lib.text import clean_line
from linkstar.members.models import Member
from linkstar.workspaces.access import guests_allowed
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.refusals import MoveRefused
from projects.actions.tasks import move_task
from projects.asking import Asked, as_asked, choices_for, settle
from projects.cards import Reader
from projects.filters import TaskFilter
from projects.models import Change, Column, Project, Task
from projects.queries import ShownColumn, board_columns, column_page, columns_of, moved_card, recount_found
from projects.views.asking import answer_part, page_context, read_page
from projects.views.beginning import hold
from projects.views.moving import MoveTaskForm, still_open, why_not

TITLE_LIMIT = 300
MOST_LINES = 100


def reader_of(request: WorkspaceRequest) -> Reader:
    """The person who reads, in their zone and language, now."""
    zone = timezone.get_current_timezone_name()
    return Reader(request.member, zone, get_language() or "en", timezone.now())


@require_safe
@guests_allowed
def board(request: WorkspaceRequest, pk: int) -> HttpResponse:
    project = access.get_project(request.member, pk)
    reader = reader_of(request)
    page = read_page(request, project, reader, kind="board")
    columns = board_columns(project, project.board, page.asked, reader)
    context = {
        **drawing(request, project, columns),
        **page_context(page),
        "total": sum(column.total for column in columns),
        "found": sum(column.found for column in columns),
    }
    if request.htmx and request.htmx.target == "board":
        return answer_part(request, "projects/board.html#board", context, page)
    response = render(request, "projects/board.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@guests_allowed
def column_cards(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The cards after `?after=`, the rank of the last one shown; without htmx the whole board, which has the first."""
    column = access.get_column(request.member, pk)
    if not request.htmx:
        return redirect(column.board)
    wanted, after = TaskFilter.read(request.GET), clean_line(request.GET.get("after", ""), 60)
    project, reader = column.board.project, reader_of(request)
    columns = list(column.board.columns.order_by("position"))
    shown = column_page(column, asked_again(request, project, wanted), reader, after=after)
    context = {**drawing(request, project, columns), "wanted": wanted, "column": shown}
    return render(request, "projects/board.html#more", context)


def asked_again(request: WorkspaceRequest, project: Project, wanted: TaskFilter) -> Asked:
    """The filter of an open board; of custom fields it is asked anew what their values mean."""
    if not wanted.fields and not request.member.is_guest:
        return as_asked(wanted)
    columns = project.board.columns.order_by("position")
    return settle(wanted, choices_for(request.member, project, columns), reader_of(request))


def count_found(request: WorkspaceRequest, project: Project, columns: Sequence[ShownColumn]) -> None:
    """Beside a card that is drawn alone: what the filter of the board that asks leaves of its columns."""
    path, _between, query = (request.htmx.current_url_abs_path or "").partition("?") if request.htmx else ("", "", "")
    wanted = TaskFilter.read(QueryDict(query[:8000]))
    if wanted.is_on and path == project.board.get_absolute_url():
        recount_found(columns, project, asked_again(request, project, wanted), reader_of(request))


@require_POST
@guests_allowed
def task_move(request: WorkspaceRequest, pk: int) -> HttpResponse:
    task = access.get_task(request.member, pk, to="move", beside=["project", "column__board"])
    source, old_rank, home = task.column, task.rank, task.column.board
    columns = columns_of(home.pk)
    others = access.current_tasks_of(request.member, task.project).exclude(pk=pk)
    form = MoveTaskForm(request.POST, columns=columns, tasks=others)
    change, error, refusal = _try_to_move(form, task, request.member)
    held = hold(request, task, refusal, form.data) if refusal is not None else None
    if held is not None:
        return held
    if not request.htmx:
        if error:
            messages.error(request, error)
        return redirect(home)
    if error:
        return refused(error)
    moved = moved_card(task, reader_of(request), source=source, old_rank=old_rank)
    count_found(request, task.project, [moved.source, moved.target])
    context = {**drawing(request, task.project, columns), "moved": moved}
    response = render(request, "projects/board.html#moved", context)
    before = form.cleaned_data["before"]
    events: dict[str, Any] = {
        "task:placed": {"task": task.pk, "column": task.column_id, "before": before.pk if before else None}
    }
    if change is not None:
        said = [_("Moved to “%(column)s”.") % {"column": task.column.name}, still_open(task, request.member)]
        undo = reverse("projects:change-undo", args=[change.pk])
        events["toast"] = {"message": " ".join(filter(None, said)), "undo_url": undo}
        if task.parent_id is not None:
            events["task:changed"] = {"task": task.parent_id}
    response["HX-Trigger"] = json.dumps(events)
    return response


def _try_to_move(form: MoveTaskForm, task: Task, actor: Member) -> tuple[Change | None, str, MoveRefused | None]:
    """Move the card: what can be taken back, or why it stays where it is."""
    if not form.is_valid():
        return None, problems(form), None
    try:
        return move_task(task, **form.cleaned_data, actor=actor, now=timezone.now()), "", None
    except MoveRefused as error:
        return None, why_not(error, actor), error


def refused(error: str) -> HttpResponse:
    """Nothing to draw: the page puts things back as they were, and a toast says why."""
    response = HttpResponse(status=422)
    response["HX-Trigger"] = json.dumps({"toast": {"message": error, "level": "error"}})
    return response


def drawing(request: WorkspaceRequest, project: Project, columns: Sequence[Column | ShownColumn]) -> dict[str, Any]:
    """What every part of the board needs; `columns` are the ones a card can be moved to, in their order."""
    return {
        "project": project,
        "columns": columns,
        "board_url": reverse("projects:board", args=[project.pk]),
        "targets": [(column.pk, column.name) for column in columns],
        "most": MOST_LINES,
        "may_add": access.may(request.member, "add task", project),
        "may_edit_board": access.may(request.member, "edit board", project),
    }


@require_safe
@guests_allowed
def task_card(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """A card as it is now, for a board that has it open; one that is gone takes itself off the page."""
    task = _shown_task(request.member, pk)
    if task is None:
        return HttpResponse(f'<article id="task-{pk}" hx-swap-oob="delete"></article>')
    columns = list(task.column.board.columns.order_by("position"))
    moved = moved_card(task, reader_of(request), source=task.column, old_rank=task.rank)
    count_found(request, task.project, [moved.source, moved.target])
    context = {**drawing(request, task.project, columns), "moved": moved}
    response = render(request, "projects/board.html#moved", context)
    place = {"task": pk, "column": task.column_id, "before": moved.was_before}
    response["HX-Trigger"] = json.dumps({"task:placed": place})
    return response


def _shown_task(member: Member, pk: int) -> Task | None:
    tasks = Task.objects.visible_to(member).current().select_related("project", "column__board")
    return tasks.filter(pk=pk).first()
