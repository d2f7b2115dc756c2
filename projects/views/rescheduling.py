"""A task is moved: what moves with it is shown first, by the policy that is chosen, and then done in one go."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from linkstar.calendars.days import NoWorkingDays
from linkstar.lib.deadlines import Deadline, note_text
from linkstar.lib.forms import problems
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.rescheduling import PreviewChanged, apply
from projects.actions.slips import Cause
from projects.models import Change, Project, Slip, Task
from projects.scheduling.load import waiting_for
from projects.scheduling.moving import InACircle, Wish, examine_moves
from projects.scheduling.preview import Dates, Preview, Stays
from projects.views import previews
from projects.views.boards import reader_of
from projects.views.deadlines import DeadlineForm
from projects.views.reasons import WhyForm
from projects.views.sheet import asking_why, trigger
from projects.wording import listed

PAGE = "projects/reschedule.html"
MOST_DAYS = 1_000
_OTHERS = (Stays.FIXED, Stays.PINNED, Stays.BEGUN, Stays.ARCHIVED, Stays.RANGE)


class RescheduleForm(DeadlineForm):
    """A new deadline, or a start with so many working days from it; what is left out stays as it is."""

    start_on = forms.DateField(required=False, error_messages={"invalid": gettext_lazy("This is not a date.")})
    start_time = forms.TimeField(required=False, error_messages={"invalid": gettext_lazy("This is not a time of day.")})
    duration_days = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_DAYS,
        error_messages={
            "invalid": gettext_lazy("Type the duration as a whole number of working days."),
            "min_value": gettext_lazy("A task takes at least one working day. Make it a milestone if it takes none."),
            "max_value": gettext_lazy("A task takes at most 1,000 working days. Split it into smaller ones."),
        },
    )
    whole = forms.BooleanField(required=False)
    policy = forms.ChoiceField(choices=Project.SchedulePolicy.choices, required=False)

    def __init__(self, data: QueryDict | Mapping[str, Any], *, task: Task, now: datetime) -> None:
        given = QueryDict(mutable=True)
        given.update({name: str(value) for name, value in data.items()})
        # A drag names what it moves and nothing else.
        given.setdefault("zone", task.due_zone or task.project.time_zone)
        if not given.get("typed") and not given.get("on") and task.due_on:
            given["on"] = task.due_on.isoformat()
            given.setdefault("time", task.due_time.isoformat() if task.due_time else "")
        elif not given.get("typed") and not given.get("on") and given.get("duration_days"):
            given["on"] = given.get("start_on", "")
        super().__init__(given, now=now)
        self.task = task

    @property
    def chosen_policy(self) -> str:
        return str(self.cleaned_data.get("policy") or self.task.project.schedule_policy)

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("start_on") == self.task.start_on:
            # As it stood in the field: nobody asked for it.
            self.cleaned_data["start_on"] = None
        start, deadline = self.cleaned_data.get("start_on"), self.deadline
        if start and deadline and start > deadline.on and not self.cleaned_data.get("duration_days"):
            self.add_error("start_on", _("It would start after its deadline."))

    def wish(self) -> Wish:
        given = self.cleaned_data
        start_on: date | None = given["start_on"] or self.task.start_on
        start_time: time | None = given["start_time"] or self.task.start_time
        dates = Dates(start_on, start_time, self.deadline)
        return Wish(dates, given["duration_days"], given["whole"] and not given["start_on"])


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def task_reschedule(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """GET or POST says what would move; with `step=apply` and the seal of that it moves, `alone` without the others."""
    task, now = access.get_task(request.member, pk, to="edit"), timezone.now()
    is_asked = request.method == "POST" or bool(request.GET)
    form = RescheduleForm(request.POST if request.method == "POST" else request.GET, task=task, now=now)
    if not form.is_valid():
        return _draw(request, task, form, None, errors=form.errors if is_asked else {})
    why = WhyForm(request.POST, may_wait=True)
    examine = partial(
        examine_moves,
        {task.pk: form.wish()},
        project=task.project,
        actor=request.member,
        now=now,
        policy=form.chosen_policy,  # type: ignore[arg-type]
    )
    try:
        if request.method != "POST" or request.POST.get("step") not in ("apply", "alone"):
            return _draw(request, task, form, examine())
        if not why.is_valid():
            return _draw(request, task, form, examine(), why=why)
        return _carry_out(request, task, form, examine, now, why.why)
    except InACircle as error:
        return _draw(request, task, form, None, errors={"circle": [circle_text(error)]})
    except NoWorkingDays:
        said = _("Whose calendar it goes by has no working day in four years. Look at their hours and their leave.")
        return _draw(request, task, form, None, errors={"circle": [said]})


def _carry_out(
    request: WorkspaceRequest, task: Task, form: RescheduleForm, examine: Callable[[], Preview], now: datetime,
    why: Cause,
) -> HttpResponse:  # fmt: skip
    is_alone = request.POST["step"] == "alone"
    seal = request.POST.get("seal_alone" if is_alone else "seal", "")
    asked = (lambda: examine().alone()) if is_alone else examine
    try:
        preview, change = apply(asked, seal=seal, actor=request.member, now=now, why=why)
    except PreviewChanged:
        task = access.get_task(request.member, task.pk, to="edit")
        return _draw(request, task, form, examine(), has_changed=True)
    return done(request, task, preview, change, now)


def asks_first(request: WorkspaceRequest, task: Task, deadline: Deadline, now: datetime) -> HttpResponse | None:
    """The question, when others would move with a task that is drawn to another day; None when it moves alone.

    A calendar draws itself as it was, behind the question.
    """
    if not request.htmx or not waiting_for(task):
        return None
    typed = {
        "on": deadline.on.isoformat(),
        "time": deadline.time.isoformat() if deadline.time else "",
        "zone": deadline.zone,
    }
    form = RescheduleForm(typed, task=task, now=now)
    if not form.is_valid():
        return None
    policy = form.chosen_policy
    try:
        preview = examine_moves(
            {task.pk: form.wish()},
            project=task.project,
            actor=request.member,
            now=now,
            policy=policy,  # type: ignore[arg-type]
        )
    except InACircle:
        return None
    if not preview.others and not preview.stays and not preview.barred:
        return None
    response = _draw(request, task, form, preview)
    response["HX-Retarget"], response["HX-Reswap"] = "#dialog", "innerHTML"
    trigger(response, "board:changed", {})
    return response


def done(request: WorkspaceRequest, task: Task, preview: Preview, change: Change | None, now: datetime) -> HttpResponse:
    """What happened, with the way back."""
    said = moved_text(preview)
    undo = reverse("projects:change-undo", args=[change.pk]) if change else ""
    if not request.htmx:
        messages.success(request, said, extra_tags=undo)
        return redirect(task)
    response = HttpResponse()
    trigger(response, "toast", {"message": said, **({"undo_url": undo} if undo else {}), **asking_why(change)})
    also = [move.task.pk for move in preview.moves if move.task.pk != task.pk]
    trigger(response, "task:changed", {"task": task.pk, "also": also[:100]})
    for event in ("board:changed", "dialog:close"):
        trigger(response, event, {})
    return response


def moved_text(preview: Preview) -> str:
    count = len(preview.moves)
    if not count:
        return _("Nothing was to be moved.")
    return ngettext("%(count)d task moved.", "%(count)d tasks moved.", count) % {"count": count}


def circle_text(error: InACircle) -> str:
    names = listed(f"#{task.number} {task.title}" for task in error.tasks)
    if not names:
        return _("Tasks wait for each other in a circle, so nothing can be planned.")
    return _("These wait for each other in a circle, so nothing can be planned: %(tasks)s.") % {"tasks": names}


def _draw(
    request: WorkspaceRequest,
    task: Task,
    form: RescheduleForm,
    preview: Preview | None,
    *,
    errors: Any = None,
    has_changed: bool = False,
    why: WhyForm | None = None,
) -> HttpResponse:
    reader = reader_of(request)
    given = form.data
    context: dict[str, Any] = {
        "task": task,
        "project": task.project,
        "form": form,
        "given": given,
        # A start that goes along is shown in the table, and left open here so that it may.
        "start_now": "" if given.get("whole") or task.start_on is None else task.start_on.isoformat(),
        "policies": Project.SchedulePolicy.choices,
        "policy": given.get("policy") or task.project.schedule_policy,
        "errors": {name: " ".join(str(line) for line in lines) for name, lines in (errors or {}).items()},
        "preview": preview,
        "has_changed": has_changed,
        "reasons": Slip.Reason.choices,
        "why_error": problems(why) if why is not None else "",
    }
    if preview is not None:
        rows = previews.rows(preview, reader)
        context |= {
            "headline": previews.headline(preview),
            "facts": previews.facts(preview, reader),
            "rows": rows,
            "more": len(preview.moves) - len(rows),
            "kept": previews.stay_rows(preview, reader, *_OTHERS),
            "seal_alone": preview.alone().seal,
            "others": len(preview.others),
            "note": note_text(form.resolved, reader.language) if form.resolved else "",
            "when": previews.label(form.deadline, reader),
        }
    elif errors:
        context["problem"] = problems(form) or context["errors"].get("circle", "")
    status = 409 if has_changed else 422 if errors or why is not None else 200
    return render(request, f"{PAGE}#dialog" if request.htmx else PAGE, context, status=status)
