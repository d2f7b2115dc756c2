"""The pilot: how it goes, beginning and changing it, and the decision."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linkstar.lib.clock_text import day_text
from linkstar.lib.forms import problems, set_queryset
from linkstar.lib.text import clean_line
from linkstar.lib.zones import get_zone
from linkstar.members.models import Member
from linkstar.pilot import access
from linkstar.pilot.actions.pilots import PilotRefused, begin_pilot, change_pilot, decide_pilot
from linkstar.pilot.adoption import TARGETS, Adoption, adoption_of
from linkstar.pilot.models import MOST_PROJECTS, Pilot
from linkstar.workspaces.access import admins_only, members_only
from linkstar.workspaces.http import WorkspaceRequest, posted
from projects.models import Project
from projects.views.boards import reader_of

_LONGEST, _USUAL = timedelta(days=182), timedelta(days=28)


class PilotForm(forms.Form):
    goal = forms.CharField(
        label=gettext_lazy("What it should show"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("For instance: Black Friday is prepared without one missed deadline."),
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("Type a day, as in 2026-11-27.")},
    )
    projects: "forms.ModelMultipleChoiceField[Project]" = forms.ModelMultipleChoiceField(
        None, label=gettext_lazy("Projects, one or two"), widget=forms.CheckboxSelectMultiple(attrs={"class": "tick"})
    )
    people: "forms.ModelMultipleChoiceField[Member]" = forms.ModelMultipleChoiceField(
        None, label=gettext_lazy("People who take part"), widget=forms.CheckboxSelectMultiple(attrs={"class": "tick"})
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        set_queryset(self, "projects", Project.objects.filter(state=Project.State.ACTIVE).order_by("name", "pk"))
        set_queryset(self, "people", Member.objects.active().order_by("display_name", "pk"))

    def clean_goal(self) -> str:
        return clean_line(self.cleaned_data["goal"], 300)

    def clean_ends_on(self) -> date:
        on: date = self.cleaned_data["ends_on"]
        if not self.today < on <= self.today + _LONGEST:
            raise ValidationError(_("A pilot ends after today, and within half a year."))
        return on

    def clean_projects(self) -> Any:
        chosen = self.cleaned_data["projects"]
        if len(chosen) > MOST_PROJECTS:
            raise ValidationError(_("Choose one or two projects: what is tried stays small enough to be judged."))
        return chosen


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(
        choices=[choice for choice in Pilot.Decision.choices if choice[0]],
        error_messages={
            "required": gettext_lazy("Choose: go, or no go."),
            "invalid_choice": gettext_lazy("Choose: go, or no go."),
        },
    )
    note = forms.CharField(max_length=500, required=False)


@require_safe
@members_only
def pilot(request: WorkspaceRequest) -> HttpResponse:
    """The figures of the pilot that runs, else of the last one."""
    access.require(request.member, "view")
    shown = Pilot.objects.order_by("-is_running", "-started_at").select_related("decided_by").first()
    if shown is None:
        may_run = access.may(request.member, "run")
        return render(request, "pilot/pilot.html", {"pilot": None, "may_run": may_run})
    return _page(request, shown)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def pilot_edit(request: WorkspaceRequest) -> HttpResponse:
    """Begin one, or change the one that runs."""
    access.require(request.member, "run")
    running = Pilot.objects.filter(is_running=True).first()
    today = timezone.now().astimezone(get_zone(request.workspace.time_zone)).date()
    initial: dict[str, Any] = {"ends_on": today + _USUAL}
    if running is not None:
        initial = {
            "goal": running.goal,
            "ends_on": running.ends_on,
            "projects": running.projects,
            "people": running.people,
        }
    form = PilotForm(posted(request), today=today, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "projects": list(form.cleaned_data["projects"])}
        given["people"] = list(form.cleaned_data["people"])
        try:
            if running is None:
                begin_pilot(**given, actor=request.member, now=timezone.now())
            else:
                change_pilot(running, **given)
        except PilotRefused:
            form.add_error(None, _("Somebody else has begun or ended a pilot meanwhile. Look at it before you go on."))
        else:
            return redirect("pilot:pilot")
    context = {"form": form, "running": running}
    return render(request, "pilot/pilot_edit.html", context, status=422 if form.errors else 200)


@require_POST
@admins_only
def pilot_decide(request: WorkspaceRequest) -> HttpResponse:
    access.require(request.member, "run")
    running = Pilot.objects.filter(is_running=True).first()
    if running is None:
        raise Http404
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, running, error=problems(form), typed=request.POST.get("note", ""), status=422)
    note = clean_line(form.cleaned_data["note"], 500)
    try:
        decide_pilot(
            running, decision=form.cleaned_data["decision"], note=note, actor=request.member, now=timezone.now()
        )
    except PilotRefused:
        messages.error(request, _("Somebody else has already decided."))
    return redirect("pilot:pilot")


def _page(
    request: WorkspaceRequest, shown: Pilot, *, error: str = "", typed: str = "", status: int = 200
) -> HttpResponse:
    reader = reader_of(request)
    adoption = adoption_of(shown, now=reader.now)
    context = {
        "pilot": shown,
        "adoption": adoption,
        "figures": _figures(adoption),
        "projects": Project.objects.visible_to(request.member).filter(pk__in=shown.projects),
        "ends": day_text(shown.ends_on, reader.language, with_year=True),
        "choices": [choice for choice in Pilot.Decision.choices if choice[0]],
        "may_run": access.may(request.member, "run"),
        "may_see_people": access.may(request.member, "see people"),
        "error": error,
        "typed": typed,
    }
    return render(request, "pilot/pilot.html", context, status=status)


def _figures(adoption: Adoption) -> list[tuple[str, str, str, bool | None]]:
    """Name, figure, target in words, and whether it is reached (None: there is no target, or nothing yet)."""
    percent, nothing = _("%(share)s %%"), _("nothing yet")

    def share(value: float | None) -> str:
        return nothing if value is None else percent % {"share": f"{value:g}"}

    def is_reached(name: str) -> bool | None:
        return None if getattr(adoption, name) is None else name in adoption.reached

    delay = nothing if adoption.delay is None else _("%(hours)s h") % {"hours": f"{adoption.delay:g}"}
    return [
        (
            _("Came this week"),
            share(adoption.active),
            _("at least %(value)s %%") % _value("active"),
            is_reached("active"),
        ),
        (
            _("From deadline to update"),
            delay,
            _("at most %(value)s h, half of the tasks") % _value("delay"),
            is_reached("delay"),
        ),
        (
            _("Late or missed"),
            share(adoption.overdue),
            _("at most %(value)s %%, of %(count)s that fell due") % {**_value("overdue"), "count": adoption.due},
            is_reached("overdue"),
        ),
        (
            _("Comments a person and week"),
            f"{adoption.comments:g}",
            _("at least %(value)s") % _value("comments"),
            is_reached("comments"),
        ),
        (_("Days by phone"), share(adoption.phone), _("of the days on which somebody came"), None),
    ]


def _value(name: str) -> dict[str, str]:
    return {"value": f"{TARGETS[name].value:g}"}
