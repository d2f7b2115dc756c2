"""Splitting a coarse task: steps of the library that look like it, and room for one's own."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linkstar.lib.forms import problems
from linkstar.lib.text import split_lines
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access as projects_access
from projects.actions.family_limits import MOST_LEVELS, NotItsParent, TooDeep, TooManySubtasks
from projects.actions.subtasks import create_subtasks
from projects.granularity import clauses
from projects.models import Task
from projects.views.sheet import trigger
from templates_sop.splitting import suggestions

MOST_STEPS = 30
TITLE_LIMIT = 300


class SplitForm(forms.Form):
    """One step a line; what is too long is refused, never cut off."""

    lines = forms.CharField(
        max_length=MOST_STEPS * (TITLE_LIMIT + 2),
        strip=False,
        error_messages={"required": gettext_lazy("Write at least one step.")},
    )

    def clean_lines(self) -> list[str]:
        lines = split_lines(self.cleaned_data["lines"], limit=TITLE_LIMIT + 1)
        if not lines:
            raise ValidationError(_("Write at least one step."))
        if len(lines) > MOST_STEPS:
            raise ValidationError(
                _("%(count)d steps are too many for one task: up to %(most)d."),
                params={"count": len(lines), "most": MOST_STEPS},
            )
        if any(len(line) > TITLE_LIMIT for line in lines):
            raise ValidationError(
                _("A title has up to %(most)d characters. Put the rest into the description."),
                params={"most": TITLE_LIMIT},
            )
        return lines


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def task_split(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """GET shows what the task could be split into; POST makes each line a subtask."""
    task = projects_access.get_task(request.member, pk, to="edit")
    if request.method != "POST":
        return _show(request, task, lines=_first_lines(task))
    form = SplitForm(request.POST)
    error = problems(form) if not form.is_valid() else _try_to_split(request, task, form)
    if error:
        return _show(request, task, lines=request.POST.get("lines", ""), error=error, status=422)
    if not request.htmx:
        return redirect(task)
    made = len(form.cleaned_data["lines"])
    response = HttpResponse()
    trigger(response, "dialog:close", {})
    trigger(response, "task:changed", {"task": task.pk})
    trigger(response, "board:changed", True)
    trigger(response, "subtasks:changed", {"task": task.pk})
    words = ngettext("%(count)d step added.", "%(count)d steps added.", made) % {"count": made}
    trigger(response, "toast", {"message": words})
    return response


def _try_to_split(request: WorkspaceRequest, task: Task, form: SplitForm) -> str:
    try:
        create_subtasks(task, form.cleaned_data["lines"], actor=request.member, now=timezone.now())
    except TooManySubtasks as error:
        return ngettext(
            "This task has room for %(room)d more subtask.",
            "This task has room for %(room)d more subtasks.",
            error.room,
        ) % {"room": error.room}
    except TooDeep:
        return _("Subtasks go %(levels)d levels deep. Split the task above this one instead.") % {"levels": MOST_LEVELS}
    except NotItsParent:
        return _("This task is no longer there. Nothing was added.")
    return ""


def _first_lines(task: Task) -> str:
    """What the title itself lists, a line each; empty when it names one thing."""
    pieces = clauses(task.title)
    return "\n".join(pieces) if len(pieces) > 1 else ""


def _show(request: WorkspaceRequest, task: Task, *, lines: str, error: str = "", status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "task": task,
        "project": task.project,
        "suggestions": suggestions(task.title, language=get_language() or "en"),
        "lines": lines,
        "error": error,
        "most": MOST_STEPS,
    }
    name = "templates_sop/task_split.html"
    return render(request, f"{name}#dialog" if request.htmx else name, context, status=status)
