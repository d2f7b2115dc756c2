"""A bar of the timeline is moved or stretched: saved at once when it moves alone, else asked first.

The chart shows what is saved, whatever the answer; so these answers only say what happened.
"""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linkstar.lib.deadlines import describe
from linkstar.lib.forms import problems
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.rescheduling import PreviewChanged, apply
from projects.models import Activity, Task
from projects.scheduling.moving import InACircle, Wish, examine_moves, is_in_range
from projects.scheduling.preview import Dates, Move, Why
from projects.scheduling.times import Times
from projects.timeline_moves import Bar, NoDates
from projects.timeline_words import STAYS
from projects.views import previews
from projects.views.rescheduling import circle_text
from projects.views.sheet import asking_why

_MOST_MINUTES = 20 * 366 * 1440
_TOO_FAR = gettext_lazy("So far nothing can be moved at once.")


class MoveBarForm(forms.Form):
    """`by` counts minutes on the project's clock; `version` is that of the task that was looked at."""

    mode = forms.ChoiceField(choices=[(mode, mode) for mode in ("move", "start", "finish")])
    by = forms.IntegerField(
        min_value=-_MOST_MINUTES,
        max_value=_MOST_MINUTES,
        error_messages={"min_value": _TOO_FAR, "max_value": _TOO_FAR},
    )
    version = forms.IntegerField()


@require_POST
@members_only
def task_plan(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """200 with what was done, as a toast, or with the address of a `question`; 409 and 422 with why nothing was."""
    task, form = access.get_task(request.member, pk, to="edit"), MoveBarForm(request.POST)
    if not form.is_valid():
        return refused(problems(form))
    if form.cleaned_data["version"] != task.version:
        return refused(_stale_text(request, task), status=409)
    if why := why_it_stays(task):
        return refused(why)
    try:
        dates = Bar.of(task, task.project.time_zone).moved(form.cleaned_data["mode"], form.cleaned_data["by"])
    except NoDates:
        return refused(STAYS["undated"])
    except OverflowError:
        return refused(_("There is no such day."))
    if not is_in_range(dates, timezone.now()):
        return refused(_("It would leave the years in which dates are accepted."))
    if _is_reversed(dates):
        return refused(_("The start must not be after the deadline."))
    return _move(request, task, dates, is_stretched=form.cleaned_data["mode"] != "move")


def why_it_stays(task: Task) -> str:
    """As the chart says before anything is dragged; "" when it may move."""
    for reason, is_so in (("parent", task.subtask_count > 0), ("fixed", task.is_fixed), ("pinned", task.is_pinned)):
        if is_so:
            return str(STAYS[reason])
    return ""


def _move(request: WorkspaceRequest, task: Task, dates: Dates, *, is_stretched: bool) -> HttpResponse:
    now = timezone.now()
    before, wish = Dates.of(task), Wish(dates, _days(task, dates) if is_stretched else None)
    examine = partial(
        examine_moves,
        {task.pk: wish},
        project=task.project,
        actor=request.member,
        now=now,
        policy=task.project.schedule_policy,  # type: ignore[arg-type]
    )
    try:
        preview = examine()
        if preview.others or preview.stays or preview.barred:
            return JsonResponse({"question": _question(task, wish)})
        _preview, change = apply(examine, seal=preview.seal, actor=request.member, now=now)
    except InACircle as error:
        return refused(circle_text(error))
    except PreviewChanged:
        return refused(_("Somebody has changed these tasks meanwhile. This is how it stands now."), status=409)
    undo = {"undo_url": reverse("projects:change-undo", args=[change.pk])} if change else {}
    version = Task.objects.values_list("version", flat=True).get(pk=task.pk)
    off = previews.off_day_text(Move(task, before, dates, Why.CHOSEN), get_language() or "en")
    message = " ".join(filter(None, [_moved_text(task, dates), off]))
    said = {"message": message, "version": version, **undo, **asking_why(change)}
    return JsonResponse(said if change else {})


def _days(task: Task, dates: Dates) -> int | None:
    """What a stretched task takes from now on, where it says that it takes working days."""
    if task.duration_days is None or dates.start_on is None or dates.deadline is None:
        return None
    first, last = dates.start_on, dates.deadline.on
    times = Times.load([task.owner] if task.owner else [], first, last)
    return max(1, times.days_of(task).workdays_between(first, last))


def _question(task: Task, wish: Wish) -> str:
    deadline, dates = wish.dates.deadline, wish.dates
    given: dict[str, Any] = {
        "start_on": dates.start_on.isoformat() if dates.start_on else "",
        "start_time": dates.start_time.isoformat("minutes") if dates.start_time else "",
        "on": deadline.on.isoformat() if deadline else "",
        "time": deadline.time.isoformat() if deadline and deadline.time else "",
        "zone": deadline.zone if deadline else task.project.time_zone,
        "duration_days": wish.duration_days or "",
    }
    asked = urlencode({key: value for key, value in given.items() if value})
    return f"{reverse('projects:task-reschedule', args=[task.pk])}?{asked}"


def _is_reversed(dates: Dates) -> bool:
    if dates.start_on is None or dates.deadline is None:
        return False
    deadline = dates.deadline
    if dates.start_on == deadline.on and dates.start_time and deadline.time:
        return dates.start_time > deadline.time
    return dates.start_on > deadline.on


def _moved_text(task: Task, dates: Dates) -> str:
    if dates.deadline is None or dates.deadline == task.deadline:
        return _("The start has moved.")
    zone, language = timezone.get_current_timezone_name(), get_language() or "en"
    label = describe(dates.deadline, reader_zone=zone, language=language, now=timezone.now())
    return _("The deadline is now %(deadline)s.") % {"deadline": label.at_text}


def _stale_text(request: WorkspaceRequest, task: Task) -> str:
    last = Activity.objects.filter(task=task).select_related("actor").order_by("-pk").first()
    if last is None or last.actor is None or request.member.is_guest:
        return _("Somebody changed this meanwhile. The bar shows how it is now.")
    return _("%(name)s changed this meanwhile. The bar shows how it is now.") % {"name": last.actor.display_name}


def refused(message: Any, *, status: int = 422) -> HttpResponse:
    return JsonResponse({"message": str(message)}, status=status)
