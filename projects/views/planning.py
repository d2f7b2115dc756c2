"""Plan a project anew: the question, what it comes to, and then doing it in one go."""

from datetime import date, datetime
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_http_methods

from linkstar.lib.deadlines import DeadlineOutOfRange, check_range
from linkstar.lib.forms import problems
from linkstar.lib.zones import get_zone, zone_name
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.rescheduling import PreviewChanged, apply
from projects.actions.slips import Cause
from projects.models import Project, Slip
from projects.scheduling.moving import InACircle
from projects.scheduling.planning import examine_plan
from projects.scheduling.preview import Preview, Stays
from projects.views import previews
from projects.views.boards import reader_of
from projects.views.date_words import range_text
from projects.views.rescheduling import circle_text

PAGE = "projects/project_reschedule.html"
_WAYS = [
    ("forward", pgettext_lazy("plan", "Forward from the day it begins")),
    ("backward", pgettext_lazy("plan", "Backward from the day it must be done")),
]
_STAYING = (Stays.FIXED, Stays.PINNED, Stays.BEGUN, Stays.RANGE)


class PlanForm(forms.Form):
    way = forms.ChoiceField(choices=_WAYS, widget=forms.RadioSelect)
    on = forms.DateField(
        label=gettext_lazy("Day"),
        widget=forms.DateInput(attrs={"type": "date", "class": "input"}, format="%Y-%m-%d"),
        error_messages={"required": gettext_lazy("Choose a day."), "invalid": gettext_lazy("This is not a date.")},
    )

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        try:
            check_range(day, today=timezone.localdate())
        except DeadlineOutOfRange as error:
            raise forms.ValidationError(range_text(error)) from error
        return day


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def project_reschedule(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """GET asks; POST says what would move, and with `step=apply` and the seal of that it moves."""
    project, now = access.get_project(request.member, pk, to="edit"), timezone.now()
    if request.method != "POST":
        return _draw(request, project, PlanForm(initial=_offered(project, now)), None)
    form = PlanForm(request.POST)
    if not form.is_valid():
        return _draw(request, project, form, None, problem=problems(form))
    given = form.cleaned_data
    examine = partial(examine_plan, project, way=given["way"], on=given["on"], actor=request.member, now=now)
    try:
        if request.POST.get("step") != "apply":
            return _draw(request, project, form, examine())
        preview, change = apply(
            examine,
            seal=request.POST.get("seal", ""),
            actor=request.member,
            now=now,
            verb="project planned",
            why=Cause(Slip.Reason.REPLAN),
        )
    except InACircle as error:
        return _draw(request, project, form, None, problem=circle_text(error))
    except PreviewChanged as error:
        return _draw(request, project, form, error.preview, has_changed=True)
    undo = reverse("projects:change-undo", args=[change.pk]) if change else ""
    messages.success(request, _planned_text(len(preview.moves)), extra_tags=undo)
    return redirect(project)


def _planned_text(count: int) -> str:
    if not count:
        return _("The plan is as it was.")
    return ngettext(
        "The project is planned anew, and %(count)d task moved.",
        "The project is planned anew, and %(count)d tasks moved.",
        count,
    ) % {"count": count}


def _offered(project: Project, now: datetime) -> dict[str, Any]:
    """Backward from the anchor where there is one that lies ahead, else forward from today, on the project's clock."""
    today = now.astimezone(get_zone(project.time_zone)).date()
    if project.anchor_on and project.anchor_on >= today:
        return {"way": "backward", "on": project.anchor_on}
    return {"way": "forward", "on": today}


def _draw(
    request: WorkspaceRequest,
    project: Project,
    form: PlanForm,
    preview: Preview | None,
    *,
    problem: str = "",
    has_changed: bool = False,
) -> HttpResponse:
    reader = reader_of(request)
    context: dict[str, Any] = {
        "project": project,
        "form": form,
        "clock": zone_name(project.time_zone, reader.language, reader.now),
        "preview": preview,
        "problem": problem,
        "has_changed": has_changed,
    }
    if preview is not None:
        rows = previews.rows(preview, reader)
        context |= {
            "headline": previews.headline(preview),
            "facts": previews.facts(preview, reader),
            "rows": rows,
            "more": len(preview.moves) - len(rows),
            "kept": previews.stay_rows(preview, reader, *_STAYING),
            "done_count": preview.stay_counts()[Stays.DONE],
        }
    status = 409 if has_changed else 422 if problem else 200
    return render(request, f"{PAGE}#plan" if request.htmx else PAGE, context, status=status)
