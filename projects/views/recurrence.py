"""How a task comes again: the dialog that sets the rule, its preview, skipping and stopping."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linkstar.lib.clock_text import WEEKDAYS_EN, WEEKDAYS_ZH, day_text
from linkstar.lib.deadlines import DeadlineOutOfRange, check_range, describe, note_text
from linkstar.lib.forms import problems, set_choices
from linkstar.lib.recurrence import LAST, Rule, rule_text
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.recurrence import NothingToSkip, repeat_task, skip_occurrence, stop_repeating
from projects.models import Recurrence, Task
from projects.views.date_words import range_text
from projects.views.deadlines import zones_for
from projects.views.sheet import TaskSheet, answer, trigger

_PART = "projects/_task_repeat.jinja#repeat"
SHOWN = 5
MOST_WINDOW_DAYS = 60
_NTH = ((1, gettext_lazy("first")), (2, gettext_lazy("second")), (3, gettext_lazy("third")),
        (4, gettext_lazy("fourth")), (LAST, gettext_lazy("last")))  # fmt: skip


class RepeatForm(forms.Form):
    """A rule, when copies appear, and when it ends. Only what belongs to the chosen unit is looked at."""

    unit = forms.ChoiceField(choices=Recurrence.Unit.choices)
    every = forms.IntegerField(
        min_value=1,
        max_value=99,
        required=False,
        error_messages={
            "invalid": gettext_lazy("Type a whole number from 1 to 99."),
            "min_value": gettext_lazy("Type a whole number from 1 to 99."),
            "max_value": gettext_lazy("Type a whole number from 1 to 99."),
        },
    )
    weekdays = forms.TypedMultipleChoiceField(choices=[(day, str(day)) for day in range(7)], coerce=int, required=False)
    month_day = forms.TypedChoiceField(choices=[(day, str(day)) for day in range(1, 32)], coerce=int, required=False)
    nth = forms.TypedChoiceField(choices=_NTH, coerce=int, required=False)
    weekday = forms.TypedChoiceField(choices=[(day, str(day)) for day in range(7)], coerce=int, required=False)
    calendar = forms.ChoiceField(choices=Task.Calendar.choices, required=False)
    time = forms.TimeField(required=False, error_messages={"invalid": gettext_lazy("This is not a time of day.")})
    zone = forms.ChoiceField(error_messages={"invalid_choice": gettext_lazy("Choose a time zone.")})
    window_days = forms.IntegerField(
        min_value=0,
        max_value=MOST_WINDOW_DAYS,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), gettext_lazy("Type a whole number from 0 to 60.")
        ),
    )
    ends = forms.ChoiceField(choices=[("never", ""), ("on", ""), ("count", "")], required=False)
    ends_on = forms.DateField(required=False, error_messages={"invalid": gettext_lazy("This is not a date.")})
    most_copies = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=1000,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), gettext_lazy("Type a whole number from 1 to 1000.")
        ),
    )

    def __init__(self, data: QueryDict, *, task: Task, zones: Any, today: date) -> None:
        super().__init__(data)
        self.task, self.today = task, today
        self.rule: Rule | None = None
        set_choices(self, "zone", zones)

    def clean_ends_on(self) -> date | None:
        ends_on: date | None = self.cleaned_data["ends_on"]
        if ends_on is not None:
            try:
                check_range(ends_on, today=self.today)
            except DeadlineOutOfRange as error:
                raise forms.ValidationError(range_text(error)) from error
        return ends_on

    def clean(self) -> None:
        given = self.cleaned_data
        unit, ends = given.get("unit"), given.get("ends")
        if unit == "weeks" and not given.get("weekdays") and "weekdays" not in self.errors:
            self.add_error("weekdays", _("Choose at least one day of the week."))
        if unit == "workdays" and not given.get("calendar"):
            self.add_error("calendar", _("Choose whose working days count."))
        if ends == "on" and not given.get("ends_on") and "ends_on" not in self.errors:
            self.add_error("ends_on", _("Choose the last day."))
        if ends == "count" and not given.get("most_copies") and "most_copies" not in self.errors:
            self.add_error("most_copies", _("Say after how many copies it ends."))
        if not self.errors:
            self.rule = self._rule(given)

    def settings(self) -> dict[str, Any]:
        """What repeat_task takes beside the task; of a valid form."""
        given = self.cleaned_data
        return {
            "rule": self.rule,
            "window_days": given["window_days"],
            "ends_on": given["ends_on"] if given["ends"] == "on" else None,
            "most_copies": given["most_copies"] if given["ends"] == "count" else None,
        }

    def _rule(self, given: dict[str, Any]) -> Rule:
        unit = given["unit"]
        weekdays = given["weekdays"] if unit == "weeks" else [given["weekday"] or 0] if unit == "month_weekday" else []
        return Rule(
            unit=unit,
            anchor=self.task.occurrence_on or self.task.due_on or self.today,
            zone=given["zone"],
            at=given["time"],
            every=(given["every"] or 1) if unit in ("days", "weeks", "month_day", "month_weekday") else 1,
            weekdays=tuple(sorted(int(day) for day in weekdays)),
            month_day=given["month_day"] or 1,
            nth=given["nth"] or 1,
            calendar=given["calendar"] if unit == "workdays" else "",
        )


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def task_repeat(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The dialog, or a page of its own; POST sets or changes the rule."""
    task, now = access.get_task(request.member, pk, to="edit"), timezone.now()
    if request.method != "POST":
        return _dialog(request, task, _initial(task), {})
    form = _form(request.POST, task)
    if not form.is_valid():
        errors = {field: " ".join(str(message) for message in found) for field, found in form.errors.items()}
        return _dialog(request, task, request.POST, errors)
    repeat_task(task, **form.settings(), actor=request.member, now=now)
    response = _answer(request, task, now, also=["projects/_task_deadline.jinja#deadline"])
    if request.htmx:
        trigger(response, "dialog:close", True)
    return response


@require_safe
@members_only
def repeat_preview(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The rule in words and its next days in both clocks, before anything is saved."""
    task, now = access.get_task(request.member, pk, to="edit"), timezone.now()
    form, language = _form(request.GET, task), get_language() or "en"
    context: dict[str, Any] = {"task": task}
    if form.is_valid() and form.rule is not None:
        rule, settings = form.rule, form.settings()
        after = task.occurrence_on or task.due_on or rule.anchor - timedelta(days=1)
        days = _coming(rule, after, now, settings)
        context |= {
            "text": rule_text(rule, language),
            "days": [_shown(rule, day, language, now) for day in days],
            "opens": day_text(days[0] - timedelta(days=settings["window_days"]), language) if days else "",
        }
    else:
        context["error"] = problems(form)
    return render(request, "projects/repeat.html#preview", context)


@require_POST
@members_only
def repeat_stop(request: WorkspaceRequest, pk: int) -> HttpResponse:
    task, now = _recurring(request, pk), timezone.now()
    stop_repeating(task, actor=request.member, now=now)
    return _answer(request, task, now)


@require_POST
@members_only
def repeat_skip(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The open copy, if any, goes into the archive, and so the sheet that shows it closes."""
    task, now = _recurring(request, pk), timezone.now()
    try:
        day = skip_occurrence(task, actor=request.member, now=now)
    except NothingToSkip:
        return _answer(request, task, now)
    said = _("Skipped: %(day)s.") % {"day": day_text(day, get_language() or "en")}
    task.refresh_from_db(fields=["archived_at"])
    if not request.htmx:
        messages.success(request, said)
        return redirect(task)
    if task.archived_at != now:
        response = _answer(request, task, now)
    else:
        response = HttpResponse()
        trigger(response, "task:changed", {"task": task.pk})
        trigger(response, "sheet:close", {})
    trigger(response, "toast", {"message": said})
    return response


def _recurring(request: WorkspaceRequest, pk: int) -> Task:
    """A copy that may be archived itself: what was skipped still leads to the switch that stops it all."""
    task = access.get_task(request.member, pk, to="archive")
    if task.recurrence_id is None:
        raise Http404
    return task


def _answer(
    request: WorkspaceRequest, task: Task, now: datetime, *, also: tuple[str, ...] | list[str] = ()
) -> HttpResponse:
    return answer(request, TaskSheet(task, request.member), _PART, also=also, now=now)


def _form(data: QueryDict, task: Task) -> RepeatForm:
    return RepeatForm(data, task=task, zones=zones_for(task), today=timezone.localdate())


def _initial(task: Task) -> dict[str, Any]:
    """The rule as it is, or what a task of this deadline most likely means: the same weekday every week."""
    recurrence = task.recurrence
    if recurrence is None:
        on = task.due_on or timezone.localdate()
        return {
            "unit": "weeks", "every": 1, "weekdays": [on.weekday()], "weekday": on.weekday(), "month_day": on.day,
            "nth": min((on.day - 1) // 7 + 1, 4), "calendar": task.calendar or "cn", "time": task.due_time,
            "zone": task.due_zone or task.project.time_zone, "window_days": 3, "ends": "never",
        }  # fmt: skip
    ends = "on" if recurrence.ends_on else "count" if recurrence.most_copies else "never"
    return {
        "unit": recurrence.unit, "every": recurrence.every, "weekdays": recurrence.weekdays,
        "weekday": recurrence.weekdays[0] if recurrence.weekdays else 0, "month_day": recurrence.month_day,
        "nth": recurrence.nth, "calendar": recurrence.calendar or "cn", "time": recurrence.at_time,
        "zone": recurrence.zone, "window_days": recurrence.window_days, "ends": ends, "ends_on": recurrence.ends_on,
        "most_copies": recurrence.most_copies,
    }  # fmt: skip


def _dialog(request: WorkspaceRequest, task: Task, given: Any, errors: dict[str, str]) -> HttpResponse:
    """The form with what it is or was: `given` are the typed texts after a refusal."""
    typed = isinstance(given, QueryDict)
    weekdays = given.getlist("weekdays") if typed else [str(day) for day in given["weekdays"]]
    names = WEEKDAYS_ZH if get_language() == "zh-hans" else WEEKDAYS_EN
    context = {
        "task": task,
        "project": task.project,
        "given": {key: _plain(given.get(key)) for key in RepeatForm.base_fields},
        "errors": errors,
        "units": Recurrence.Unit.choices,
        "days": [(str(day), name, str(day) in weekdays) for day, name in enumerate(names)],
        "month_days": [str(day) for day in range(1, 32)],
        "nths": [(str(value), name) for value, name in _NTH],
        "calendars": Task.Calendar.choices,
        "zones": zones_for(task),
        "most_window_days": MOST_WINDOW_DAYS,
    }
    name = "projects/repeat.html"
    response = render(request, f"{name}#dialog" if request.htmx else name, context, status=422 if errors else 200)
    if request.htmx and errors:
        response["HX-Retarget"], response["HX-Reswap"] = "#dialog", "innerHTML"
    return response


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat("minutes") if hasattr(value, "minute") else str(value)


def _coming(rule: Rule, after: date, now: datetime, settings: dict[str, Any]) -> list[date]:
    found: list[date] = []
    for day in rule.days(after=after):
        if (settings["ends_on"] and day > settings["ends_on"]) or len(found) == SHOWN:
            break
        if rule.resolve(day).instant > now:
            found.append(day)
    room = settings["most_copies"]
    return found if room is None else found[: max(room - 1, 0)]


def _shown(rule: Rule, day: date, language: str, now: datetime) -> dict[str, Any]:
    zone = timezone.get_current_timezone_name()
    return {
        "label": describe(rule.deadline(day), reader_zone=zone, language=language, now=now),
        "note": note_text(rule.resolve(day), language),
        "is_certain": rule.is_certain(day),
        "year": day.year,
    }
