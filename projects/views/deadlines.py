"""A task's deadline: read as it was typed, shown in both clocks, then saved."""

import re
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linkstar.lib import dateparse_words
from linkstar.lib.dateparse import guess_text, parse_deadline
from linkstar.lib.deadlines import (
    Deadline,
    DeadlineOutOfRange,
    Resolved,
    check_range,
    describe,
    note_text,
    resolve,
)
from linkstar.lib.forms import problems
from linkstar.lib.zones import Choices, find_zone, is_zone, zone_choices
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.deadlines import StartAfterDue, set_deadline, starts_after
from projects.actions.refusals import StillDraft
from projects.actions.slips import UNSAID, Cause
from projects.models import Task
from projects.scheduling.load import waiting_for
from projects.undo_words import changed_words
from projects.views.date_words import range_text, start_text
from projects.views.moving import why_not
from projects.views.reasons import WhyForm
from projects.views.sheet import TaskSheet, answer, offer_undo, show_sheet

_PART = "projects/_task_deadline.jinja#deadline"
SELLERS_ZONES = ("America/Los_Angeles", "America/New_York", "Asia/Shanghai")
# Typed like this the whole day is meant, also where a time stands in the field beside it.
_ENDS_DAY = re.compile(dateparse_words.choose([*dateparse_words.DAY_ENDS, "全天", "all day"]), re.IGNORECASE)


class DeadlineForm(forms.Form):
    """Words, or a day with perhaps a time, in a zone. Words win; what they leave open is taken from the fields.

    After cleaning, `deadline` is what will be stored and `resolved` says what clock changes did to it.
    """

    typed = forms.CharField(required=False)
    on = forms.DateField(required=False, error_messages={"invalid": gettext_lazy("This is not a date.")})
    time = forms.TimeField(required=False, error_messages={"invalid": gettext_lazy("This is not a time of day.")})
    zone = forms.CharField(error_messages={"required": gettext_lazy("Choose a time zone.")})

    def __init__(self, data: QueryDict, *, now: datetime) -> None:
        super().__init__(data)
        self.now, self.language = now, get_language() or "en"
        self.deadline: Deadline | None = None
        self.resolved: Resolved | None = None
        self.guess = ""

    def clean_zone(self) -> str:
        typed = self.cleaned_data["zone"].strip()
        zone = typed if is_zone(typed) else find_zone(typed)
        if zone is None:
            raise ValidationError(_("“%(zone)s” is not a time zone that we know."), params={"zone": typed[:60]})
        return zone

    def clean(self) -> None:
        given = self.cleaned_data
        if self.errors:
            return
        on, at, zone = given.get("on"), given.get("time"), given["zone"]
        if given["typed"]:
            on, at, zone = self._read(given["typed"], at, zone)
        elif on is None:
            self.add_error("typed", _("Type a deadline or choose a day."))
        if on is None:
            return
        try:
            check_range(on, today=timezone.localdate())
        except DeadlineOutOfRange as error:
            self.add_error("typed" if given["typed"] else "on", range_text(error))
            return
        self.resolved = resolve(on, at, zone)
        wall = self.resolved.wall
        # A skipped time is stored as the one that clocks show instead.
        is_moved = self.resolved.note == "skipped"
        self.deadline = Deadline(wall.date(), wall.time() if at else None, zone) if is_moved else Deadline(on, at, zone)

    def _read(self, typed: str, at: Any, zone: str) -> tuple[Any, Any, str]:
        parsed = parse_deadline(typed, now=self.now, zone=zone, language=self.language)
        if parsed is None:
            self.add_error(
                "typed", _("This was not understood. Try “tomorrow 18:00”, “fri 5pm PT”, “11-27 23:59” or “+3d”.")
            )
            return None, None, zone
        self.guess = guess_text(parsed, self.language)
        keeps_time = parsed.time is None and not _ENDS_DAY.search(typed)
        return parsed.on, at if keeps_time else parsed.time, parsed.zone


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def task_deadline(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """GET opens the editor, or with `?read` shuts it; POST saves, or removes the deadline when `clear` was pressed."""
    task, now = access.get_task(request.member, pk, to="edit"), timezone.now()
    sheet = TaskSheet(task, request.member)
    if request.method != "POST":
        sheet.editing = "" if "read" in request.GET else "deadline"
        if not request.htmx:
            return _with_zones(request, sheet)
        return render(request, _PART, {"sheet": sheet, "task": task, "zones": zones_for(task)})
    if "clear" in request.POST:
        return _save(request, sheet, None, now)
    form = DeadlineForm(request.POST, now=now)
    if not form.is_valid():
        return _refuse(request, sheet, form.errors)
    why = WhyForm(request.POST, may_wait=True)
    if not why.is_valid():
        return _refuse(request, sheet, {"why": [problems(why)]})
    return _save(request, sheet, form.deadline, now, why.why, note=_note(form.resolved))


@require_safe
@members_only
def deadline_preview(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """What the fields come to, in both clocks, before anything is saved."""
    task, now = access.get_task(request.member, pk, to="edit"), timezone.now()
    form = DeadlineForm(request.GET, now=now)
    context: dict[str, Any] = {"task": task}
    if form.is_valid() and form.deadline is not None and form.resolved is not None:
        language = form.language
        context |= {
            "label": describe(
                form.deadline, reader_zone=timezone.get_current_timezone_name(), language=language, now=now
            ),
            "note": note_text(form.resolved, language),
            "guess": form.guess,
            "is_past": form.deadline.instant < now,
            "is_before_start": starts_after(task, form.deadline),
            "start_text": start_text(task),
            "waiting": 0 if task.deadline == form.deadline else waiting_for(task),
        }
    elif request.GET.get("typed") or request.GET.get("on"):
        context["error"] = problems(form)
    return render(request, "projects/_deadline_preview.html", context)


def zones_for(task: Task) -> Choices:
    """The project's zone first, then those that sellers think in, the reader's own, and all others."""
    own = task.due_zone or task.project.time_zone
    first = (task.project.time_zone, *SELLERS_ZONES, timezone.get_current_timezone_name(), own)
    return zone_choices(get_language() or "en", first=tuple(dict.fromkeys(first)))


def _note(resolved: Resolved | None) -> str:
    return note_text(resolved, get_language() or "en") if resolved else ""


def _save(
    request: WorkspaceRequest,
    sheet: TaskSheet,
    deadline: Deadline | None,
    now: datetime,
    why: Cause = UNSAID,
    note: str = "",
) -> HttpResponse:
    """`note` is what a clock change did to the time that was asked for."""
    try:
        change = set_deadline(sheet.task, deadline, actor=request.member, now=now, why=why)
    except StartAfterDue:
        return _refuse(request, sheet, {"typed": [start_text(sheet.task)]})
    except StillDraft as error:
        return _refuse(request, sheet, {"typed": [why_not(error, request.member)]})
    sheet.saved = "deadline"
    also = ["projects/_task_properties.jinja#reminders", "projects/_task_properties.jinja#start"]
    also.append("projects/_task_slips.jinja")
    response = answer(request, sheet, _PART, also=also, now=now)
    offer_undo(response, change, f"{changed_words(change.verb)} {note}" if change and note else "")
    return response


def _refuse(request: WorkspaceRequest, sheet: TaskSheet, errors: Any) -> HttpResponse:
    """422, the editor open, with what was typed and what is wrong beside the field it is about."""
    sheet.errors = {f"deadline_{field}": " ".join(messages) for field, messages in errors.items()}
    sheet.typed, sheet.editing = request.POST.dict(), "deadline"
    if request.htmx:
        return answer(request, sheet, _PART, zones=zones_for(sheet.task))
    return _with_zones(request, sheet, status=422)


def _with_zones(request: WorkspaceRequest, sheet: TaskSheet, *, status: int = 200) -> HttpResponse:
    return show_sheet(request, sheet, status=status, zones=zones_for(sheet.task))
