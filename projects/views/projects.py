"""One project as a whole: a new one, the overview, settings, archive and who owns it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linkstar.lib.clock_text import day_text
from linkstar.lib.forms import set_choices, set_queryset
from linkstar.lib.text import clean_line
from linkstar.lib.zones import city_name, zone_choices, zone_name
from linkstar.members.models import Member
from linkstar.workspaces.access import guests_allowed, members_only
from linkstar.workspaces.http import WorkspaceRequest, posted
from projects import access
from projects.actions.opening import note_opened
from projects.actions.projects import (
    archive_project,
    create_project,
    edit_project,
    finish_project,
    restore_project,
    resume_project,
)
from projects.actions.resting import keep_going, snooze_rest
from projects.actions.zones import has_deadlines_on_its_clock
from projects.archiving import ArchiveHeld, is_done, what_holds
from projects.cards import Reader
from projects.creating import why_not
from projects.forecasts.shown import ShownForecast, show
from projects.models import Project, Task
from projects.overview import Counts, counts_of, work_rows
from projects.resting import rest_of
from projects.views.boards import reader_of
from projects.views.ownership import open_offer

MILESTONES = 12


class ProjectForm(forms.ModelForm):
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy(
            "A deadline without a time ends with the day there. When it changes, you are asked what deadlines keep."
        ),
        widget=forms.Select(attrs={"class": "select"}),
    )

    class Meta:
        model = Project
        fields = ["name", "description", "channel", "store", "time_zone"]
        labels = {
            "name": gettext_lazy("Project name"),
            "store": gettext_lazy("Shop"),
            "schedule_policy": gettext_lazy("When a task is moved, what waits for it"),
        }
        widgets = {
            "name": forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
            "description": forms.Textarea(attrs={"class": "textarea", "rows": 4}),
            "channel": forms.Select(attrs={"class": "select"}),
            "store": forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
            "schedule_policy": forms.Select(attrs={"class": "select"}),
        }
        help_texts = {"store": gettext_lazy("As your team calls it, for instance HEYFINCH US. It can stay empty.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = zone_choices(get_language() or "en")
        current = self.instance.time_zone if self.instance.pk else ""
        if current and all(current != zone for _group, zones in choices for zone, _label in zones):
            choices = [("", [(current, current)]), *choices]
        set_choices(self, "time_zone", choices)

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], 120)

    def clean_store(self) -> str:
        return clean_line(self.cleaned_data["store"], 60)


class SettingsForm(ProjectForm):
    class Meta(ProjectForm.Meta):
        fields = [*ProjectForm.Meta.fields, "schedule_policy"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["schedule_policy"].required = False

    def clean_schedule_policy(self) -> str:
        """Whoever does not say it leaves it."""
        return self.cleaned_data["schedule_policy"] or self["schedule_policy"].initial


class NewProjectForm(ProjectForm):
    owner = forms.ModelChoiceField(
        Member.objects.none(),
        label=gettext_lazy("Project owner"),
        empty_label=None,
        widget=forms.Select(attrs={"class": "select"}),
    )

    class Meta(ProjectForm.Meta):
        fields = ["name", "owner", "channel", "store", "time_zone", "description"]

    def __init__(self, *args: Any, owners: QuerySet[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_queryset(self, "owner", owners)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def project_new(request: WorkspaceRequest) -> HttpResponse:
    """A blank project; the page also leads to the SOP templates."""
    if barred := why_not(request.member):
        return render(request, "projects/project_barred.html", {"why": barred}, status=403)
    form = NewProjectForm(
        posted(request),
        owners=Member.objects.active().insiders().order_by("display_name", "pk"),
        initial={"owner": request.member, "time_zone": request.workspace.time_zone},
    )
    if request.method == "POST" and form.is_valid():
        project = create_project(
            **form.cleaned_data, actor=request.member, now=timezone.now(), language=get_language() or "en"
        )
        return redirect(project.board)
    return render(request, "projects/project_new.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@guests_allowed
def project(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Overview."""
    shown = access.get_project(request.member, pk)
    reader, tasks = reader_of(request), access.current_tasks_of(request.member, shown)
    note_opened(shown, actor=request.member, now=reader.now)
    ahead = tasks.filter(completed_at=None).exclude(due_at=None).order_by("due_at", "pk")[:8]
    counts = counts_of(tasks, now=reader.now).get(pk, Counts())
    is_owner = access.may(request.member, "archive", shown)
    rest = rest_of(shown, open_count=counts.open, count=counts.all, now=reader.now) if is_owner else None
    is_finished = is_owner and shown.state == Project.State.FINISHED
    is_over = is_finished or (rest is not None and rest.reason == "done")
    context = {
        "project": shown,
        "counts": counts,
        "rest": rest,
        "is_over": is_over,
        "hold": what_holds(shown) if is_over else None,
        "zone": zone_name(shown.time_zone, reader.language, reader.now),
        "city": city_name(shown.time_zone, reader.language),
        "anchor_text": day_text(shown.anchor_on, reader.language, with_year=True) if shown.anchor_on else "",
        "deadlines": work_rows(ahead, reader),
        "milestones": work_rows(_milestones(tasks), reader),
        "forecast": _forecast(shown, reader),
        "offer": open_offer(shown) if request.member.is_insider else None,
        **_rights(request.member, shown),
    }
    return render(request, "projects/overview.html", context)


def _forecast(project: Project, reader: Reader) -> ShownForecast | None:
    found = getattr(project, "forecast", None)
    return show(found, reader) if found is not None and access.may(reader.member, "see forecast", project) else None


def _milestones(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """By their dates; a project with more than these is looked at in the list."""
    return tasks.filter(is_milestone=True).order_by(F("due_at").asc(nulls_last=True), "pk")[:MILESTONES]


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def project_edit(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Settings. An archived project is read-only, but its archive switch still stands here."""
    shown = access.get_project(request.member, pk, to="edit")
    form = SettingsForm(posted(request), instance=shown)
    if request.method == "POST" and form.is_valid():
        # The form has written into its instance; the action compares with what stands in the database.
        fresh, given = access.get_project(request.member, pk, to="edit"), dict(form.cleaned_data)
        zone = given["time_zone"]
        is_asked = zone != fresh.time_zone and has_deadlines_on_its_clock(fresh)
        if is_asked:
            # The rest is saved; what the deadlines keep is asked on a page of its own.
            del given["time_zone"]
        edit_project(fresh, **given, actor=request.member, now=timezone.now())
        return redirect(f"{reverse('projects:project-zone', args=[pk])}?to={zone}") if is_asked else redirect(fresh)
    if form.errors:
        shown = access.get_project(request.member, pk, to="edit")
    context = {
        "project": shown,
        "is_done": is_done(shown),
        "form": form,
        "counts": counts_of(access.current_tasks_of(request.member, shown), now=timezone.now()).get(pk, Counts()),
        **_rights(request.member, shown),
    }
    return render(request, "projects/project_settings.html", context, status=422 if form.errors else 200)


@require_POST
@members_only
def project_archive(request: WorkspaceRequest, pk: int) -> HttpResponse:
    shown = access.get_project(request.member, pk, to="archive")
    as_done = is_done(shown)
    try:
        archive_project(shown, actor=request.member, now=timezone.now())
    except ArchiveHeld as held:
        messages.error(request, held.hold.text)
        return redirect(held.hold.url)
    words = _("“%(project)s” is archived.") if as_done else _("“%(project)s” is archived as called off.")
    messages.success(request, words % {"project": shown.name})
    return redirect("projects:project-list")


@require_POST
@members_only
def project_finish(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The goal is reached: on to looking back. With `resume` a finished project runs again."""
    shown = access.get_project(request.member, pk, to="finish")
    if "resume" in request.POST:
        resume_project(shown, actor=request.member, now=timezone.now())
        return redirect(shown)
    finish_project(shown, actor=request.member, now=timezone.now())
    hold = what_holds(shown)
    return redirect(hold.url if hold else shown)


@require_POST
@members_only
def project_restore(request: WorkspaceRequest, pk: int) -> HttpResponse:
    shown = access.get_project(request.member, pk, to="archive")
    restore_project(shown, actor=request.member, now=timezone.now())
    return redirect(shown)


@require_POST
@members_only
def project_rest(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The owner's answer to whether the project is over: `answer` is "keep" or "snooze"; archiving has its own."""
    shown = access.get_project(request.member, pk, to="archive")
    answer = request.POST.get("answer", "")
    if answer not in ("keep", "snooze"):
        raise BadRequest("answer")
    (keep_going if answer == "keep" else snooze_rest)(shown, actor=request.member, now=timezone.now())
    return redirect(shown)


def _rights(member: Member, project: Project) -> dict[str, bool]:
    words = {"may_edit": "edit", "may_archive": "archive", "may_hand_over": "hand over"}
    return {name: access.may(member, word, project) for name, word in words.items()}
