"""A task that is to be begun or finished, but is a draft or waits for others: what is missing is asked for at once."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linkstar.lib.forms import problems, set_queryset
from linkstar.members.models import Member
from linkstar.workspaces.access import guests_allowed
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.deadlines import StartAfterDue
from projects.actions.edits import NotShareable
from projects.actions.finishing import begin_task
from projects.actions.refusals import MoveRefused, StillBlocked, StillDraft, Withheld, is_held_back
from projects.blocking import open_links
from projects.cards import Reader
from projects.chains import open_chain
from projects.dependencies import links_of
from projects.holding import Hold, holds_on
from projects.models import Change, Column, Task
from projects.views.date_words import start_text
from projects.views.deadlines import DeadlineForm, zones_for
from projects.views.moving import MoveTaskForm, why_not
from projects.views.sheet import trigger


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


class WhyForm(forms.Form):
    """Why it goes on although what it waits for is not done."""

    reason = forms.CharField(
        max_length=500,
        error_messages={
            "required": gettext_lazy("Say in a few words why it goes on all the same."),
            "max_length": gettext_lazy("Say it in up to 500 characters."),
        },
    )


class WaiveForm(forms.Form):
    """Why it is done although something holds it; asked of those who may say so."""

    waived = forms.CharField(
        max_length=500,
        error_messages={
            "required": gettext_lazy("Say in a few words why it is done all the same."),
            "max_length": gettext_lazy("Say it in up to 500 characters."),
        },
    )


class Beginning:
    """What is asked and what was answered: forms only for what the task lacks on this way, and for the place."""

    def __init__(self, task: Task, member: Member, data: QueryDict) -> None:
        self.task, self.member, self.data = task, member, data
        others = access.tasks_of(member, task.project).exclude(pk=task.pk)
        self.place = MoveTaskForm(data, columns=list(task.column.board.columns.order_by("position")), tasks=others)
        column = _column_of(task, data)
        needs_all = column is None or not column.is_done
        self.who = WhoForm(data, task) if needs_all and task.owner_id is None else None
        self.when = DeadlineForm(data, now=timezone.now()) if needs_all and task.due_on is None else None
        self.why = WhyForm(data) if column is not None and is_held_back(open_links(task), task.column, column) else None
        is_held = bool(_holds(task, column, member)) and access.may_waive(member)
        self.waive = WaiveForm(data) if is_held else None
        self.change: Change | None = None

    def carry_out(self) -> dict[str, str]:
        """Begin the task; what is wrong, by field, and nothing done when there is something."""
        errors = {name: problems(form) for name, form in self._forms().items() if not form.is_valid()}
        if errors:
            return errors
        try:
            self.change = begin_task(
                self.task,
                owner=self.who.cleaned_data["owner"] if self.who else None,
                deadline=self.when.deadline if self.when else None,
                despite=self.why.cleaned_data["reason"] if self.why else "",
                waived=self.waive.cleaned_data["waived"] if self.waive else "",
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
        asked = {"place": self.place, "who": self.who, "when": self.when, "why": self.why, "waive": self.waive}
        return {name: form for name, form in asked.items() if form is not None}


@require_http_methods(["GET", "HEAD", "POST"])
@guests_allowed
def task_begin(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """GET asks for what is missing, with `?column=` and `?before=` for the place; POST saves it and moves the card."""
    task = access.get_task(request.member, pk, to="move")
    if not request.GET.get("column") and not request.POST.get("column") and (task.is_done or task.column.is_doing):
        return _has_begun(request, task)
    if request.method != "POST":
        if _lacks(task, request.GET) and not access.may_task(request.member, "edit", task):
            raise PermissionDenied
        return ask(request, task, request.GET)
    beginning = Beginning(task, request.member, request.POST)
    if (beginning.who or beginning.when) and not access.may_task(request.member, "edit", task):
        raise PermissionDenied
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
    # An open sheet draws itself anew.
    trigger(response, "task:undone", {"task": pk})
    if beginning.change is not None:
        undo = reverse("projects:change-undo", args=[beginning.change.pk])
        message = _("Moved to “%(column)s”.") % {"column": task.column.name}
        trigger(response, "toast", {"message": message, "undo_url": undo})
    return response


def _has_begun(request: WorkspaceRequest, task: Task) -> HttpResponse:
    """Nothing is asked of a task that is in hand or done already: an old link led here."""
    said = _("“%(title)s” is done already.") if task.is_done else _("Work on “%(title)s” has begun already.")
    if not request.htmx:
        messages.info(request, said % {"title": task.title})
        return redirect(task)
    response = HttpResponse(status=204)
    trigger(response, "dialog:close", {})
    trigger(response, "toast", {"message": said % {"title": task.title}})
    trigger(response, "task:changed", {"task": task.pk})
    return response


def hold(
    request: WorkspaceRequest, task: Task, error: MoveRefused, data: Mapping[str, Any], *, beside: str = ""
) -> HttpResponse | None:
    """The dialog for a task that a column would take if something were said, or None where nothing can be.

    `data` names the place, as the dialog's own address does, and `beside` is what of the page goes back to how it was.
    A plain form is led to the page that asks.
    """
    is_draft = isinstance(error, StillDraft) and access.may_task(request.member, "edit", task)
    is_known = isinstance(error, Withheld) and not request.member.is_guest
    if not isinstance(error, StillBlocked) and not is_draft and not is_known:
        return None
    # As it stands: the refused action has changed it in memory.
    task = access.get_task(request.member, task.pk)
    assert isinstance(error, StillBlocked | StillDraft | Withheld)  # noqa: S101 - one of those just asked for
    place = {"column": str(error.column.pk), "before": data.get("before", "")}
    if not request.htmx:
        return redirect(f"{reverse('projects:task-begin', args=[task.pk])}?{urlencode(place)}")
    response = ask(request, task, place, status=422)
    response.content += beside.encode()
    return response


def _column_of(task: Task, data: Mapping[str, Any]) -> Column | None:
    """The column that the place names, of the task's board; where it names none, the first one of doing."""
    columns = list(task.column.board.columns.order_by("position"))
    given = str(data.get("column", ""))
    if not given:
        return next((column for column in columns if column.is_doing), None)
    return next((column for column in columns if str(column.pk) == given), None)


def _holds(task: Task, column: Column | None, reader: Member) -> Sequence[Hold]:
    """What keeps it from being done there; a guest is not told."""
    if column is None or not column.is_done or task.is_done or reader.is_guest:
        return []
    return holds_on([task], now=timezone.now()).get(task.pk, [])


def _lacks(task: Task, data: Mapping[str, Any]) -> bool:
    column = _column_of(task, data)
    return task.is_draft and (column is None or not column.is_done)


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
    column, lacks = _column_of(task, data), _lacks(task, data)
    place["column"] = place["column"] or (str(column.pk) if column else "")
    is_blocked = column is not None and is_held_back(open_links(task), task.column, column)
    chain = open_chain(task, _reader(request)) if is_blocked else []
    context: dict[str, Any] = {
        "column": column,
        "lacks_owner": lacks and task.owner_id is None,
        "lacks_deadline": lacks and task.due_on is None,
        "holds": _holds(task, column, request.member),
        "may_waive": access.may_waive(request.member),
        "chain": chain,
        "lags": [line for line in links_of(task, _reader(request)).waits_for if line.until] if is_blocked else [],
        "task": task,
        "project": task.project,
        "place": place,
        "typed": data,
        "errors": errors or {},
        "people": access.owners_for(task) if lacks and task.owner_id is None else [],
        "zones": zones_for(task) if lacks and task.due_on is None else [],
        "url": reverse("projects:task-begin", args=[task.pk]),
    }
    if not request.htmx:
        return render(request, "projects/task_begin.html", context, status=status)
    response = render(request, "projects/task_begin.html#dialog", context, status=status)
    response["HX-Retarget"], response["HX-Reswap"] = "#dialog", "innerHTML"
    return response


def _reader(request: WorkspaceRequest) -> Reader:
    zone = timezone.get_current_timezone_name()
    return Reader(request.member, zone, get_language() or "en", timezone.now())
