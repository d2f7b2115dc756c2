"""The time that people have put into a task: a dialog with its entries, and one's own to add, change and take back."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from linkstar.lib.text import clean_line
from linkstar.workspaces.access import guests_allowed
from linkstar.workspaces.http import WorkspaceRequest
from projects import access, access_work
from projects.actions.effort import edit_entry, log_time, remove_entry
from projects.models import Task, TimeEntry
from projects.stream import left_at
from projects.views.lengths import DurationField
from projects.views.sheet import TaskSheet, trigger

PER_PAGE = 12
NOTE_LIMIT = 300
# What was worked longer ago has been reported by other means.
_OLDEST = timedelta(days=366)


class TimeForm(forms.Form):
    """The day is the worker's own; the future has not been worked yet."""

    length = DurationField(most=TimeEntry.MOST_MINUTES, error_messages={"required": gettext_lazy("Type how long.")})
    spent_on = forms.DateField(error_messages={"invalid": gettext_lazy("This is not a date.")})
    note = forms.CharField(required=False)

    def clean_spent_on(self) -> date:
        day, today = self.cleaned_data["spent_on"], timezone.localdate()
        if day > today:
            raise ValidationError(_("This day is still ahead: log the work when it is done."))
        if day < today - _OLDEST:
            raise ValidationError(_("Work of more than a year ago cannot be logged."))
        return day

    def clean_note(self) -> str:
        note = clean_line(self.cleaned_data["note"], NOTE_LIMIT + 1)
        if len(note) > NOTE_LIMIT:
            raise ValidationError(_("A note has up to %(most)d characters."), params={"most": NOTE_LIMIT})
        return note


@require_http_methods(["GET", "HEAD", "POST"])
@guests_allowed
def task_time(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """GET shows the entries, `?edit=` with one's own open in the form; POST logs one."""
    if request.method != "POST":
        return _show(request, _readable(request, pk), edit=_own(request, pk, request.GET.get("edit", "")))
    task, now = access.get_task(request.member, pk, to="log time"), timezone.now()
    form = TimeForm(request.POST)
    if not form.is_valid():
        return _show(request, task, form=form)
    log_time(task, **_values(form), actor=request.member, now=now)
    return _changed(request, task, now)


@require_POST
@guests_allowed
def time_edit(request: WorkspaceRequest, pk: int) -> HttpResponse:
    entry, now = access_work.get_time_entry(request.member, pk, to="edit"), timezone.now()
    form = TimeForm(request.POST)
    if not form.is_valid():
        return _show(request, entry.task, form=form, edit=entry)
    try:
        edit_entry(entry, **_values(form), now=now)
    except TimeEntry.DoesNotExist as error:
        raise Http404 from error
    return _changed(request, entry.task, now)


@require_POST
@guests_allowed
def time_remove(request: WorkspaceRequest, pk: int) -> HttpResponse:
    entry, now = access_work.get_time_entry(request.member, pk, to="remove"), timezone.now()
    remove_entry(entry, actor=request.member, now=now)
    return _changed(request, entry.task, now)


def _readable(request: WorkspaceRequest, pk: int) -> Task:
    """A guest opens the time of what they work on only."""
    task = access.get_task(request.member, pk)
    if request.member.is_guest and not access.may_task(request.member, "log time", task):
        raise PermissionDenied
    return task


def _own(request: WorkspaceRequest, task: int, given: str) -> TimeEntry | None:
    if not (given.isascii() and given.isdigit() and len(given) <= 9):
        return None
    entry = access_work.get_time_entry(request.member, int(given), to="edit")
    return entry if entry.task_id == task else None


def _values(form: TimeForm) -> dict[str, Any]:
    return {"minutes": form.cleaned_data["length"], **{name: form.cleaned_data[name] for name in ("spent_on", "note")}}


def _context(request: WorkspaceRequest, task: Task) -> dict[str, Any]:
    entries = task.time_entries.visible_to(request.member).select_related("member").order_by("-spent_on", "-pk")
    return {
        "task": task,
        "project": task.project,
        "sheet": TaskSheet(task, request.member),
        "page": Paginator(entries, PER_PAGE).get_page(request.GET.get("page")),
        "today": timezone.localdate(),
        "earliest": timezone.localdate() - _OLDEST,
        "may_log": access.may_task(request.member, "log time", task),
    }


def _show(
    request: WorkspaceRequest, task: Task, *, form: TimeForm | None = None, edit: TimeEntry | None = None
) -> HttpResponse:
    context = {**_context(request, task), "form": form, "edit": edit}
    name = "projects/task_time.html#dialog" if request.htmx else "projects/task_time.html"
    return render(request, name, context, status=422 if form is not None else 200)


def _changed(request: WorkspaceRequest, task: Task, now: Any) -> HttpResponse:
    """The dialog as it stands now; out of band the sums on the sheet below and the line in the trace."""
    if not request.htmx:
        return redirect("projects:task-time", task.pk)
    task = access.get_task(request.member, task.pk)
    context = _context(request, task)
    pieces = [render_to_string("projects/task_time.html#dialog", context, request)]
    pieces.append(render_to_string("projects/_task_effort.jinja#effort", {**context, "oob": True}, request))
    if left := left_at(task, request.member, now):
        pieces.append(render_to_string("projects/_task_left.jinja", {**context, "entries": left}, request))
    response = HttpResponse("".join(pieces))
    trigger(response, "task:changed", {"task": task.pk})
    return response
