"""The health check: of one project, and of all that are at risk."""

from datetime import datetime

from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from linkstar.members.models import Member
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.forecasts.shown import show
from projects.health.calls import call_text, people_to_call, propose
from projects.health.checks import NAMES, SHOWN, Health, health_of, lacks, open_tasks
from projects.health.pulse import pulse_of
from projects.health.questions import questions_of
from projects.models import Forecast, Project, Task
from projects.views.boards import reader_of

PER_PAGE = 25


@require_safe
@members_only
def project_health(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Three tasks with their last updates, what the project lacks, what to ask, and when everybody could talk."""
    project = access.get_project(request.member, pk, to="check health")
    reader, tasks = reader_of(request), Task.objects.visible_to(request.member).filter(project=pk)
    health = health_of([project], tasks, now=reader.now)[pk]
    asked = pulse_of(project, tasks, reader)
    people = people_to_call(project.owner, [one.task for one in asked])
    call = propose(people, now=reader.now)
    forecast = Forecast.objects.filter(project=project).first()
    context = {
        "project": project,
        "forecast": show(forecast, reader) if forecast else None,
        "health": health,
        "asked": asked,
        "checks": [(check_text(name, getattr(health, name)), getattr(health, name)) for name in NAMES],
        "lacking": _lacking(health, open_tasks(tasks, now=reader.now), reader.now),
        "questions": questions_of(project, asked, health),
        "people": people,
        "call": call,
        "call_text": call_text(call, people, reader.zone, reader.language) if call else "",
    }
    return render(request, "projects/health.html", context)


@require_safe
@members_only
def health(request: WorkspaceRequest) -> HttpResponse:
    """Running projects, those that will be late first; `?page=`."""
    reader = reader_of(request)
    page = Paginator(_worst_first(request.member), PER_PAGE).get_page(request.GET.get("page"))
    found = health_of(page.object_list, Task.objects.visible_to(request.member), now=reader.now)
    rows = [(project, found[project.pk], _said(found[project.pk])) for project in page.object_list]
    return render(request, "projects/health_all.html", {"page": page, "rows": rows})


def _worst_first(member: Member) -> QuerySet[Project]:
    ranks = {Forecast.State.RED: 0, Forecast.State.AMBER: 1}
    rank = Case(
        *(When(forecast__state=state, then=Value(place)) for state, place in ranks.items()),
        default=Value(len(ranks)),
        output_field=IntegerField(),
    )
    running = Project.objects.visible_to(member).filter(state=Project.State.ACTIVE)
    return running.select_related("owner", "forecast").order_by(rank, "owner_opened_at", "pk")


def _lacking(found: Health, tasks: QuerySet[Task], now: datetime) -> list[tuple[str, list[Task]]]:
    """What is missing, in words, and the first tasks that miss it: a statement a check that found some."""
    tasks = tasks.select_related("owner").order_by("due_at", "pk")
    return [
        (check_text(name, getattr(found, name)), list(tasks.filter(lacks(name, now=now))[:SHOWN]))
        for name in NAMES
        if getattr(found, name)
    ]


def _said(found: Health) -> list[str]:
    said = [check_text(name, getattr(found, name)) for name in NAMES if getattr(found, name)]
    return [*said, unopened_text(found.unopened_days)] if found.is_unopened else said


def check_text(name: str, count: int) -> str:
    """What a check counted, in words."""
    texts = {
        "no_owner": ngettext("%(count)s task without an owner", "%(count)s tasks without an owner", count),
        "no_deadline": ngettext("%(count)s task without a deadline", "%(count)s tasks without a deadline", count),
        "no_action": ngettext(
            "%(count)s task in progress with nothing to show", "%(count)s tasks in progress with nothing to show", count
        ),
        "overdue": ngettext("%(count)s overdue task", "%(count)s overdue tasks", count),
        "silent": ngettext(
            "%(count)s task in progress untouched for a week", "%(count)s tasks in progress untouched for a week", count
        ),
    }
    return texts[name] % {"count": count}


def unopened_text(days: int) -> str:
    return _("Its owner has not opened it for %(days)s days") % {"days": days}
