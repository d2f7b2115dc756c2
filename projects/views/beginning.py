"""A draft that is to be begun: what it lacks is asked for in the same breath."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linkstar.lib.forms import problems, set_queryset
from linkstar.members.models import Member
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.deadlines import StartAfterDue
from projects.actions.edits import NotShareable
from projects.actions.finishing import begin_task
from projects.actions.refusals import MoveRefused
from projects.models import Task
from projects.views.deadlines import DeadlineForm, zones_for
from projects.views.moving import MoveTaskForm, why_not
from projects.views.sheet import trigger
from projects.views.task_fields import start_text


class WhoForm(forms.Form):
    owner: "forms.ModelChoiceField[Member]" = forms.ModelChoiceField(
        None,
        error_messages={
            "required": gettext_lazy("Choose who answers for it."),
            "invalid_choice": gettext_lazy("This person cannot be put on this task."),
        },
    )

    def __init__(self, data: QueryDict, task: Task) -> None:
        super().__init__(data)
        set_queryset(self, "owner", access.owners_for(task))


class Beginning:
    """What is asked of a draft and what was answered: forms only for what the task lacks, and for the place."""

    def __init__(self, task: Task, member: Member, data: QueryDict) -> None:
        self.task, self.member, self.data = task, member, data
        others = access.tasks_of(member, task.project).exclude(pk=task.pk)
        self.place = MoveTaskForm(data, columns=list(task.column.board.columns.order_by("position")), tasks=others)
        self.who = WhoForm(data, task) if task.owner_id is None else None
        self.when = DeadlineForm(data, now=timezone.now()) if task.due_on is None else None

    def carry_out(self) -> dict[str, str]:
        """Begin the task; what is wrong, by field, and nothing done when there is something."""
        errors = {name: problems(form) for name, form in self._forms().items() if not form.is_valid()}
        if errors:
            return errors
        try:
            begin_task(
                self.task,
                owner=self.who.cleaned_data["owner"] if self.who else None,
                deadline=self.when.deadline if self.when else None,
                actor=self.member,
                now=timezone.now(),
                **self.place.cleaned_data,
            )
        except StartAfterDue:
            return {"when": start_text(self.task)}
        except NotShareable:
            return {"who": _("This step is internal by its SOP: no guest can be put on it or shown it.")}
        except MoveRefused as error:
            return {"place": why_not(error, self.member)}
        return {}

    def _forms(self) -> dict[str, forms.Form]:
        asked = {"place": self.place, "who": self.who, "when": self.when}
        return {name: form for name, form in asked.items() if form is not None}


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def task_begin(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """GET asks who and by when, with `?column=` and `?before=` for the place; POST saves both and moves the card."""
    task = access.get_task(request.member, pk, to="edit")
    if request.method != "POST":
        return ask(request, task, request.GET)
    beginning = Beginning(task, request.member, request.POST)
    errors = beginning.carry_out()
    if errors:
        # What was saved before the refusal is taken back in the database; the page shows what was typed.
        return ask(request, access.get_task(request.member, pk), request.POST, errors, status=422)
    if not request.htmx:
        return redirect(task.column.board)
    response = HttpResponse()
    before = beginning.place.cleaned_data["before"]
    trigger(response, "dialog:close", {})
    trigger(response, "task:changed", {"task": pk})
    place = {"task": pk, "column": task.column_id, "before": before.pk if before else None}
    trigger(response, "task:placed", place)
    return response


def ask(
    request: WorkspaceRequest,
    task: Task,
    data: Mapping[str, Any],
    errors: dict[str, str] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """The dialog, wherever the request wanted its answer; a page of its own without htmx."""
    place = {name: data.get(name, "") for name in ("column", "before")}
    context: dict[str, Any] = {
        "task": task,
        "project": task.project,
        "place": place,
        "typed": data,
        "errors": errors or {},
        "people": access.owners_for(task) if task.owner_id is None else [],
        "zones": zones_for(task) if task.due_on is None else [],
        "url": reverse("projects:task-begin", args=[task.pk]),
    }
    if not request.htmx:
        return render(request, "projects/task_begin.html", context, status=status)
    response = render(request, "projects/task_begin.html#dialog", context, status=status)
    response["HX-Retarget"], response["HX-Reswap"] = "#dialog", "innerHTML"
    return response
