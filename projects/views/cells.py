"""A cell of a list as an editor, and what was typed into it saved: the row again, or the editor with what is wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linkstar.lib.deadlines import describe
from linkstar.lib.forms import problems
from linkstar.members.models import Member
from linkstar.workspaces.access import guests_allowed
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.deadlines import StartAfterDue, set_deadline
from projects.actions.edits import StaleEdit, edit_text
from projects.actions.refusals import MoveRefused, StillBlocked, Withheld
from projects.list_columns import BY_KEY
from projects.models import Change, Label, Task
from projects.views.beginning import hold
from projects.views.date_words import start_text
from projects.views.deadlines import DeadlineForm
from projects.views.lists import row_again
from projects.views.moving import why_not
from projects.views.sheet import TaskSheet, offer_undo, trigger
from projects.views.task_fields import PROPERTIES, try_to_save
from projects.views.tasks import TitleForm


@dataclass
class Editor:
    """`was` is the value the person had before them; `theirs` is what somebody else has made of it meanwhile."""

    task: Task
    cell: str
    sheet: TaskSheet
    was: str
    typed: QueryDict = field(default_factory=QueryDict)
    error: str = ""
    theirs: str = ""
    change: Change | None = None

    @property
    def status(self) -> int:
        return 409 if self.theirs else 422 if self.error else 200

    @property
    def labels_typed(self) -> list[str]:
        return self.typed.getlist("labels")

    @property
    def deadline_zone(self) -> str:
        return self.task.due_zone or self.task.project.time_zone


@require_http_methods(["GET", "HEAD", "POST"])
@guests_allowed
def task_cell(request: WorkspaceRequest, pk: int, cell: str) -> HttpResponse:
    """GET opens the cell for editing, POST saves it; both are parts of a list, and lead to the task without scripts."""
    if cell not in _SAVES:
        raise Http404
    task = access.get_task(request.member, pk, to=BY_KEY[cell].to)
    editor = Editor(task, cell, TaskSheet(task, request.member), value_of(task, cell))
    if request.method == "POST":
        editor.typed = request.POST
        try:
            _save(editor, request.member, timezone.now())
        except (StillBlocked, Withheld) as refusal:
            held = hold(request, task, refusal, {}, beside="")
            if held is not None:
                return held
            editor.error = why_not(refusal, request.member)
    if not request.htmx:
        return redirect(task)
    if request.method == "POST" and editor.status == 200:
        response = HttpResponse(row_again(request, task))
        response["HX-Reswap"] = "none"
        trigger(response, "row:saved", {"task": task.pk, "cell": cell})
        offer_undo(response, editor.change)
        return response
    return render(request, "projects/_cell.html", {"editor": editor, "task": task}, status=editor.status)


def value_of(task: Task, cell: str) -> str:
    """What stands in the cell, as text to compare."""
    match cell:
        case "title":
            return task.title
        case "due":
            return "|".join(str(part) for part in (task.due_on, task.due_time, task.due_zone) if part)
        case "labels":
            return ",".join(str(pk) for pk in task.labels.order_by("pk").values_list("pk", flat=True))
        case _:
            return str(getattr(task, "priority" if cell == "priority" else f"{cell}_id") or "")


def _words(task: Task, cell: str) -> str:
    """The same for people."""
    match cell:
        case "title":
            return task.title
        case "due":
            zone, now = timezone.get_current_timezone_name(), timezone.now()
            given = task.deadline
            return (
                describe(given, reader_zone=zone, language=get_language() or "en", now=now).at_text
                if given
                else _("No deadline")
            )
        case "labels":
            return ", ".join(Label.objects.filter(tasks=task).order_by("name").values_list("name", flat=True)) or "–"
        case "owner":
            return task.owner.display_name if task.owner else _("Nobody yet")
        case "column":
            return task.column.name
        case _:
            return str(task.get_priority_display())


def _save(editor: Editor, actor: Member, now: datetime) -> None:
    """Save, or say in the editor why not. Nothing is written over what the person has not seen."""
    if "was" in editor.typed and editor.typed["was"] != editor.was and editor.cell != "title":
        editor.theirs = _words(editor.task, editor.cell)
        return
    try:
        editor.error = _SAVES[editor.cell](editor, actor, now)
    except (StillBlocked, Withheld):
        raise
    except MoveRefused as error:
        editor.error = why_not(error, actor)
    except StartAfterDue:
        editor.error = start_text(editor.task)
    except StaleEdit as stale:
        editor.theirs, editor.was = stale.theirs, stale.theirs


def _save_title(editor: Editor, actor: Member, now: datetime) -> str:
    form = TitleForm(editor.typed)
    if not form.is_valid():
        return problems(form)
    given = form.cleaned_data
    editor.change = edit_text(editor.task, "title", given["text"], was=given["was"], actor=actor, now=now)
    return ""


def _save_due(editor: Editor, actor: Member, now: datetime) -> str:
    if "clear" in editor.typed:
        editor.change = set_deadline(editor.task, None, actor=actor, now=now)
        return ""
    form = DeadlineForm(editor.typed, now=now)
    if not form.is_valid():
        return problems(form)
    editor.change = set_deadline(editor.task, form.deadline, actor=actor, now=now)
    return ""


def _save_property(editor: Editor, actor: Member, now: datetime) -> str:
    prop = PROPERTIES[editor.cell]
    form = prop.form(editor.typed, editor.task)
    error = try_to_save(prop, form, actor, now)
    editor.change = form.change
    return error


_SAVES: dict[str, Callable[[Editor, Member, datetime], str]] = {
    "title": _save_title,
    "due": _save_due,
    "column": _save_property,
    "owner": _save_property,
    "priority": _save_property,
    "labels": _save_property,
}
