"""The properties of a task, each saved on its own: a form, the action that saves it, and what else that changes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from linkstar.lib.deadlines import DeadlineOutOfRange, check_range
from linkstar.lib.forms import problems, set_choices, set_queryset
from linkstar.lib.text import clean_line
from linkstar.members.models import Member
from linkstar.workspaces.access import guests_allowed
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.deadlines import StartAfterDue, set_reminders, set_start
from projects.actions.edits import (
    NotShareable,
    make_label,
    set_helpers,
    set_labels,
    set_milestone,
    set_owner,
    set_passport_need,
    set_priority,
    set_visibility,
)
from projects.actions.effort import set_estimate, set_faster_way
from projects.actions.refusals import MoveRefused, StillBlocked, Withheld
from projects.actions.tasks import move_task
from projects.models import Change, Column, Label, Task
from projects.views.beginning import hold
from projects.views.boards import refused
from projects.views.date_words import range_text
from projects.views.lengths import DurationField
from projects.views.moving import why_not
from projects.views.sheet import HOURS, TaskSheet, answer, offer_undo

LABEL_LIMIT = 40
_NOT_THIS_PERSON = gettext_lazy("This person cannot be put on this task.")
_PROPERTIES = "projects/_task_properties.jinja"
_MOST_DAYS, _NOTE_LIMIT = 1000, 120


class FieldForm(forms.Form):
    """One property; `task` is the one it is of, and `change` what saving it has changed."""

    change: Change | None = None

    def __init__(self, data: QueryDict, task: Task) -> None:
        super().__init__(data)
        self.task = task
        self.prepare()

    def prepare(self) -> None:
        """Fill in the choices that depend on the task."""


class ColumnForm(FieldForm):
    column: "forms.ModelChoiceField[Column]" = forms.ModelChoiceField(
        None, error_messages={"invalid_choice": gettext_lazy("This column is not on this board.")}
    )

    def prepare(self) -> None:
        set_queryset(self, "column", self.task.column.board.columns.all())


class OwnerForm(FieldForm):
    owner: "forms.ModelChoiceField[Member]" = forms.ModelChoiceField(
        None, required=False, error_messages={"invalid_choice": _NOT_THIS_PERSON}
    )

    def prepare(self) -> None:
        set_queryset(self, "owner", access.owners_for(self.task))


class HelpersForm(FieldForm):
    helpers: "forms.ModelMultipleChoiceField[Member]" = forms.ModelMultipleChoiceField(
        None, required=False, error_messages={"invalid_choice": _NOT_THIS_PERSON}
    )

    def prepare(self) -> None:
        set_queryset(self, "helpers", access.helpers_for(self.task))


class PriorityForm(FieldForm):
    priority = forms.TypedChoiceField(choices=Task.Priority.choices, coerce=int)


class MilestoneForm(FieldForm):
    """No tick is an answer, too."""

    milestone = forms.BooleanField(required=False)


class PassportForm(FieldForm):
    """No tick is an answer, too."""

    passport = forms.BooleanField(required=False)


class EstimateForm(FieldForm):
    """Empty: nobody has said."""

    estimate = DurationField(required=False)


class FasterForm(FieldForm):
    """Empty: there is no faster way. How it is done and what it costs stands in the note."""

    days = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=_MOST_DAYS,
        error_messages={
            "invalid": gettext_lazy("Give whole working days."),
            "min_value": gettext_lazy("A faster way takes at least one working day."),
            "max_value": gettext_lazy("A faster way takes up to 1000 working days."),
        },
    )
    note = forms.CharField(required=False)

    def clean_note(self) -> str:
        note = clean_line(self.cleaned_data["note"], _NOTE_LIMIT + 1)
        if len(note) > _NOTE_LIMIT:
            raise ValidationError(_("A note has up to %(most)d characters."), params={"most": _NOTE_LIMIT})
        return note


class LabelsForm(FieldForm):
    """`new` is a name that is made into a label when there is none of it yet."""

    labels = forms.ModelMultipleChoiceField(
        Label.objects.all(), required=False, error_messages={"invalid_choice": gettext_lazy("This label is gone.")}
    )
    new = forms.CharField(required=False)

    def clean_new(self) -> str:
        name = clean_line(self.cleaned_data["new"], 1000)
        if len(name) > LABEL_LIMIT:
            raise ValidationError(_("A label has up to %(most)d characters."), params={"most": LABEL_LIMIT})
        return name


class StartForm(FieldForm):
    """A day, and perhaps a time on the deadline's clock, or else on the project's."""

    start_time = forms.TimeField(required=False, error_messages={"invalid": gettext_lazy("This is not a time of day.")})
    start = forms.DateField(required=False, error_messages={"invalid": gettext_lazy("This is not a date.")})

    def clean_start(self) -> Any:
        start = self.cleaned_data["start"]
        if start is not None:
            try:
                check_range(start)
            except DeadlineOutOfRange as error:
                raise ValidationError(range_text(error)) from error
        return start


class RemindersForm(FieldForm):
    hours = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def prepare(self) -> None:
        known = {*HOURS, *self.task.remind_hours_before}
        set_choices(self, "hours", [(hours, str(hours)) for hours in known])


class VisibilityForm(FieldForm):
    visibility = forms.ChoiceField(choices=Task.Visibility.choices)


Save = Callable[[Task, dict[str, Any], Member, datetime], Change | None]


def _save_column(task: Task, given: dict[str, Any], actor: Member, now: datetime) -> Change | None:
    return move_task(task, column=given["column"], before=None, actor=actor, now=now)


def _save_labels(task: Task, given: dict[str, Any], actor: Member, now: datetime) -> Change | None:
    labels = list(given["labels"])
    if given["new"]:
        labels.append(make_label(given["new"]))
    return set_labels(task, labels, actor=actor, now=now)


class Property(NamedTuple):
    """`also` are the parts of the sheet that this changes besides its own; `to` is what the person must be allowed.

    `part` is its own part, "" for the one of its name among the properties.
    """

    form: type[FieldForm]
    save: Save
    also: tuple[str, ...] = ()
    to: str = "edit"
    part: str = ""


_PEOPLE = (f"{_PROPERTIES}#visibility", "projects/_task_composer.jinja#readers")
PROPERTIES = {
    "column": Property(
        ColumnForm, _save_column, ("projects/_task.jinja#state", "projects/_task_deadline.jinja#deadline"), to="move"
    ),
    "owner": Property(
        OwnerForm, lambda task, given, actor, now: set_owner(task, given["owner"], actor=actor, now=now), _PEOPLE
    ),
    "helpers": Property(
        HelpersForm,
        lambda task, given, actor, now: set_helpers(task, list(given["helpers"]), actor=actor, now=now),
        _PEOPLE,
    ),
    "priority": Property(
        PriorityForm, lambda task, given, actor, now: set_priority(task, given["priority"], actor=actor, now=now)
    ),
    "labels": Property(LabelsForm, _save_labels),
    "estimate": Property(
        EstimateForm,
        lambda task, given, actor, now: set_estimate(task, given["estimate"], actor=actor, now=now),
        ("projects/_task_size.jinja#size",),
        part="projects/_task_effort.jinja#effort",
    ),
    "faster": Property(
        FasterForm,
        lambda task, given, actor, now: set_faster_way(task, given["days"], given["note"], actor=actor, now=now),
    ),
    "milestone": Property(
        MilestoneForm,
        lambda task, given, actor, now: set_milestone(task, given["milestone"], actor=actor, now=now),
    ),
    "passport": Property(
        PassportForm,
        lambda task, given, actor, now: set_passport_need(task, given["passport"], actor=actor, now=now),
    ),
    "start": Property(
        StartForm,
        lambda task, given, actor, now: set_start(task, given["start"], given["start_time"], actor=actor, now=now),
    ),
    "reminders": Property(
        RemindersForm, lambda task, given, actor, now: set_reminders(task, given["hours"], actor=actor, now=now)
    ),
    "visibility": Property(
        VisibilityForm,
        lambda task, given, actor, now: set_visibility(task, given["visibility"], actor=actor, now=now),
        ("projects/_task_composer.jinja#readers",),
        to="share",
    ),
}


@require_POST
@guests_allowed
def task_set(request: WorkspaceRequest, pk: int, field: str) -> HttpResponse:
    """Save one property; the answer is that property as it stands, or 422 with what is wrong beside it."""
    if field not in PROPERTIES:
        raise Http404
    prop, now = PROPERTIES[field], timezone.now()
    task = access.get_task(request.member, pk, to=prop.to)
    sheet = TaskSheet(task, request.member)
    form = prop.form(request.POST, task)
    try:
        error = try_to_save(prop, form, request.member, now)
    except (StillBlocked, Withheld) as refusal:
        return _held(request, task, refusal)
    if error:
        sheet.errors[field], sheet.typed = error, request.POST
    else:
        sheet.saved = field
    response = answer(request, sheet, prop.part or f"{_PROPERTIES}#{field}", also=prop.also, now=now)
    offer_undo(response, form.change)
    return response


def _held(request: WorkspaceRequest, task: Task, refusal: StillBlocked | Withheld) -> HttpResponse:
    """The dialog that asks why; on the sheet the field goes back to where the task stands."""
    sheet = TaskSheet(access.get_task(request.member, task.pk), request.member)
    context = {"sheet": sheet, "task": sheet.task, "project": sheet.task.project, "oob": True}
    is_on_sheet = request.htmx and request.htmx.target == "prop-column"
    beside = render_to_string(f"{_PROPERTIES}#column", context, request) if is_on_sheet else ""
    held = hold(request, task, refusal, {}, beside=beside)
    return held if held is not None else refused(why_not(refusal, request.member))


def try_to_save(prop: Property, form: FieldForm, actor: Member, now: datetime) -> str:
    """Save what was chosen and return "", or say why not. Raises StillBlocked and Withheld, which can be answered."""
    if not form.is_valid():
        return problems(form)
    try:
        form.change = prop.save(form.task, form.cleaned_data, actor, now)
    except (StillBlocked, Withheld):
        raise
    except MoveRefused as error:
        return why_not(error, actor)
    except StartAfterDue:
        return _("The start must not be after the deadline.")
    except NotShareable:
        return _("This step is internal by its SOP: no guest can be put on it or shown it.")
    return ""
