"""Changes made in a calendar: a task moved to another day, and one added on a day."""

import json
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from linkstar.lib.day_grid import moved_to
from linkstar.lib.deadlines import Deadline, DeadlineOutOfRange, check_range, describe
from linkstar.lib.forms import problems, set_queryset
from linkstar.lib.text import clean_line
from linkstar.lib.zones import clock_name, is_zone
from linkstar.members.models import Member
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.days import FixedByMarketplace, move_deadline
from projects.actions.deadlines import StartAfterDue
from projects.actions.refusals import MoveRefused
from projects.actions.tasks import create_task
from projects.models import Change, Column, Project, Task
from projects.views.boards import TITLE_LIMIT
from projects.views.date_words import range_text, start_text
from projects.views.moving import why_not
from projects.views.rescheduling import asks_first
from projects.views.sheet import asking_why, trigger


class DayForm(forms.Form):
    """A day of the calendar in `zone`."""

    on = forms.DateField(
        error_messages={
            "required": gettext_lazy("Choose a day."),
            "invalid": gettext_lazy("This is not a date."),
        }
    )
    zone = forms.CharField()

    def clean_zone(self) -> str:
        zone: str = self.cleaned_data["zone"]
        if not is_zone(zone):
            raise ValidationError(_("“%(zone)s” is not a time zone that we know."), params={"zone": zone[:60]})
        return zone

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        try:
            check_range(day, today=timezone.localdate())
        except DeadlineOutOfRange as error:
            raise ValidationError(range_text(error)) from error
        return day

    def deadline_for(self, task: Task) -> Deadline:
        given = self.cleaned_data
        if task.deadline is None:
            return Deadline(given["on"], None, task.project.time_zone)
        return moved_to(task.deadline, given["on"], given["zone"])


@require_POST
@members_only
def task_day(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Move a deadline to another day of a calendar; its time of day stays (lib/day_grid)."""
    task, now, change, error = access.get_task(request.member, pk, to="edit"), timezone.now(), None, ""
    form = DayForm(request.POST)
    if form.is_valid():
        deadline = form.deadline_for(task)
        if not task.is_fixed and (question := asks_first(request, task, deadline, now)):
            return question
        try:
            change = move_deadline(task, deadline, actor=request.member, now=now)
        except FixedByMarketplace:
            error = _("The marketplace fixes this moment. When the marketplace moved it, change it in the task.")
        except StartAfterDue:
            error = start_text(task)
    else:
        error = problems(form)
    if not request.htmx:
        if error:
            messages.error(request, error)
        kept = {"on": (task.due_on or timezone.localdate(now)).isoformat()}
        kept["zone"] = form.cleaned_data.get("zone", task.project.time_zone)
        return redirect(f"{reverse('projects:calendar', args=[task.project_id])}?{urlencode(kept)}")
    response = HttpResponse(status=422 if error else 200)
    trigger(response, "task:changed", {"task": task.pk})
    if error:
        trigger(response, "toast", {"message": error, "level": "error"})
    elif change is not None and task.deadline is not None:
        trigger(response, "toast", _moved_toast(task.deadline, change, now))
    return response


def _moved_toast(deadline: Deadline, change: Change, now: datetime) -> dict[str, str]:
    zone, language = timezone.get_current_timezone_name(), get_language() or "en"
    label = describe(deadline, reader_zone=zone, language=language, now=now)
    undo = reverse("projects:change-undo", args=[change.pk])
    return {
        "message": _("The deadline is now %(deadline)s.") % {"deadline": label.at_text},
        "undo_url": undo,
        **asking_why(change),
    }


class DatedTaskForm(forms.Form):
    """A task on a day. A time is one of the calendar's zone; without one the day ends in the project's."""

    title = forms.CharField(
        label=gettext_lazy("What is to be done"),
        max_length=TITLE_LIMIT,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off", "autofocus": True}),
        error_messages={"required": gettext_lazy("Type a title first.")},
    )
    project = forms.ModelChoiceField(
        Project.objects.none(),
        label=gettext_lazy("Project"),
        empty_label=gettext_lazy("Choose a project"),
        widget=forms.Select(attrs={"class": "select"}),
        error_messages={"required": gettext_lazy("Choose a project.")},
    )
    owner = forms.ModelChoiceField(
        Member.objects.none(),
        label=gettext_lazy("Owner"),
        required=False,
        empty_label=gettext_lazy("Nobody yet"),
        widget=forms.Select(attrs={"class": "select"}),
    )
    on = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"class": "input", "type": "date"}))
    time = forms.TimeField(
        label=gettext_lazy("Time"),
        required=False,
        widget=forms.TimeInput(attrs={"class": "input", "type": "time"}),
        help_text=gettext_lazy("Without a time it is due when that day ends."),
    )
    zone = forms.CharField(widget=forms.HiddenInput)

    clean_zone = DayForm.clean_zone
    clean_on = DayForm.clean_on

    def __init__(self, *args: Any, project: Project | None, projects: QuerySet[Project], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.given = project
        if project is not None:
            del self.fields["project"]
        else:
            set_queryset(self, "project", projects)
        set_queryset(self, "owner", Member.objects.active().insiders().order_by("display_name", "pk"))

    def clean_title(self) -> str:
        title = clean_line(self.cleaned_data["title"], TITLE_LIMIT)
        if not title:
            raise ValidationError(_("Type a title first."))
        return title

    @property
    def deadline(self) -> Deadline:
        given = self.cleaned_data
        at: time | None = given["time"]
        zone = given["zone"] if at is not None else self.chosen.time_zone
        return Deadline(given["on"], at, zone)

    @property
    def chosen(self) -> Project:
        project: Project = self.given or self.cleaned_data["project"]
        return project


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def calendar_add(request: WorkspaceRequest, pk: int | None = None) -> HttpResponse:
    """`?on=` and `?zone=` say where somebody clicked; without a pk the form asks for the project."""
    project = access.get_project(request.member, pk, to="add task") if pk is not None else None
    form = _form(request, project)
    if request.method == "POST" and form.is_valid():
        try:
            task = create_task(
                title=form.cleaned_data["title"],
                column=_first_column(form.chosen),
                owner=form.cleaned_data["owner"],
                deadline=form.deadline,
                actor=request.member,
                now=timezone.now(),
            )
        except MoveRefused as error:
            form.add_error("title", why_not(error, request.member))
        else:
            return _added(request, task, form)
    zone = str(form["zone"].value() or "")
    language = get_language() or "en"
    context = {
        "form": form,
        "project": project,
        "action": request.path,
        "clock": clock_name(zone, language) if is_zone(zone) else "",
    }
    name = "projects/calendar_add.html"
    template = f"{name}#dialog" if request.htmx else name
    return render(request, template, context, status=422 if form.errors else 200)


def _form(request: WorkspaceRequest, project: Project | None) -> DatedTaskForm:
    projects = Project.objects.visible_to(request.member).open().order_by("-last_activity_at", "pk")
    offered = {
        "on": request.GET.get("on", ""),
        "zone": request.GET.get("zone", timezone.get_current_timezone_name()),
        "owner": request.member.pk,
    }
    data: QueryDict | None = request.POST if request.method == "POST" else None
    return DatedTaskForm(data, project=project, projects=projects, initial=offered)


def _first_column(project: Project) -> Column:
    """New work waits in the first column of what is to do, or in the first one where a team keeps none."""
    columns = list(project.board.columns.order_by("position"))
    return next((column for column in columns if column.status == Column.Status.TODO), columns[0])


def _added(request: WorkspaceRequest, task: Task, form: DatedTaskForm) -> HttpResponse:
    said = _("Added: %(title)s") % {"title": task.title}
    if not request.htmx:
        messages.success(request, said)
        kept = urlencode({"on": form.cleaned_data["on"].isoformat(), "zone": form.cleaned_data["zone"]})
        here = reverse("projects:calendar", args=[task.project_id]) if form.given else reverse("projects:calendar-all")
        return redirect(f"{here}?{kept}")
    response = HttpResponse()
    events = {"dialog:close": {}, "task:changed": {"task": task.pk}, "toast": {"message": said}}
    response["HX-Trigger"] = json.dumps(events)
    return response
