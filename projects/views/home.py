"""What is there for me: my work over all projects, what waits, and the projects in the rail."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linkstar.lib.zones import clock_name
from linkstar.workspaces.access import guests_allowed
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.finishing import finish_task
from projects.actions.refusals import MoveRefused
from projects.models import OwnerOffer, Project
from projects.views.beginning import hold
from projects.views.boards import reader_of
from projects.views.moving import still_open, why_not
from projects.views.sheet import trigger
from projects.waits import FOR_ME, FOR_OTHERS, KINDS, waiting
from projects.work import PER_PAGE, WorkFilter, WorkGroup, my_work

GROUP_NAMES = {
    "overdue": pgettext_lazy("my work", "Overdue"),
    "today": pgettext_lazy("my work", "Today"),
    "week": pgettext_lazy("my work", "This week"),
    "later": pgettext_lazy("my work", "Later"),
    "someday": gettext_lazy("Without a deadline"),
}
WAIT_NAMES = {
    "blocking": gettext_lazy("Somebody can begin once this is done"),
    "asked": gettext_lazy("You were asked"),
    "blocked": gettext_lazy("Your tasks that cannot begin"),
    "delegated": gettext_lazy("Overdue, made by you, owned by somebody else"),
    "offered": gettext_lazy("Projects you offered"),
}
RAIL_LENGTH = 8


@require_safe
@guests_allowed
def home(request: WorkspaceRequest) -> HttpResponse:
    """The filter stands in the address (WorkFilter); `?section=` shows one group alone, by pages."""
    reader, wanted = reader_of(request), WorkFilter.read(request.GET, request.member)
    groups = my_work(reader, wanted)
    offers = OwnerOffer.objects.filter(offered_to=request.member, state=OwnerOffer.State.OPEN)
    may_be_new = not groups and not wanted.is_on and not wanted.section
    context = {
        "groups": [(GROUP_NAMES[group.name], group) for group in groups],
        "wanted": wanted,
        "project_name": _project_name(request, wanted, groups),
        "channels": Project.Channel.choices[1:],
        "is_first_run": may_be_new and not Project.objects.visible_to(request.member).exists(),
        "offers": offers.select_related("project", "offered_by") if request.member.is_insider else [],
        "clock": clock_name(reader.zone, get_language() or "en"),
        **_pages(wanted, groups[0].count if groups else 0),
    }
    name = "projects/home.html"
    fragment = request.htmx and request.htmx.target == "work"
    response = render(request, f"{name}#work" if fragment else name, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _project_name(request: WorkspaceRequest, wanted: WorkFilter, groups: list[WorkGroup]) -> str:
    """The name of the project that is filtered by, "" for none and for one that the reader may not see."""
    if not wanted.project:
        return ""
    shown = next((row.project for group in groups for row in group.rows), "")
    if shown:
        return shown
    names = Project.objects.visible_to(request.member).filter(pk=int(wanted.project)).values_list("name", flat=True)
    return names.first() or ""


def _pages(wanted: WorkFilter, count: int) -> dict[str, Any]:
    """Of a section that stands alone: the pages before and after."""
    if not wanted.section:
        return {}
    after = wanted.page + 1 if count > wanted.page * PER_PAGE else None
    return {"before": wanted.page - 1 or None, "after": after}


@require_safe
@guests_allowed
def waits(request: WorkspaceRequest) -> HttpResponse:
    """Who waits for me and for whom I wait: a part of My work that loads by itself, and a page of its own."""
    reader, wanted = reader_of(request), WorkFilter.read(request.GET, request.member, KINDS)
    groups = waiting(reader, wanted)
    named = [(WAIT_NAMES[group.name], group) for group in groups]
    context = {
        "for_me": [pair for pair in named if pair[1].name in FOR_ME],
        "for_others": [pair for pair in named if pair[1].name in FOR_OTHERS],
        "wanted": wanted,
        **_pages(wanted, groups[0].count if groups else 0),
    }
    name = "projects/waits.html"
    fragment = request.htmx and request.htmx.target == "waits"
    response = render(request, f"{name}#waits" if fragment else name, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_POST
@guests_allowed
def task_check(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Finish a task from a list, which draws itself anew; the toast takes it back."""
    task, change, error = access.get_task(request.member, pk, to="move"), None, ""
    try:
        change = finish_task(task, actor=request.member, now=timezone.now())
    except MoveRefused as refusal:
        error = why_not(refusal, request.member)
        held = hold(request, task, refusal, {})
        if held is not None:
            return held
    done = [_("Done: %(title)s") % {"title": task.title}, still_open(task, request.member)]
    said = error or " ".join(filter(None, done))
    if not request.htmx:
        (messages.error if error else messages.success)(request, said)
        return redirect("projects:home")
    response = HttpResponse(status=422 if error else 200)
    response["HX-Trigger"] = json.dumps({"task:changed": {"task": pk}})
    if error:
        trigger(response, "toast", {"message": said, "level": "error"})
    elif change is not None:
        undo = reverse("projects:change-undo", args=[change.pk])
        trigger(response, "toast", {"message": said, "undo_url": undo})
    return response


@require_safe
@guests_allowed
def rail(request: WorkspaceRequest) -> HttpResponse:
    """The projects where something happened last, for the frame."""
    recent = Project.objects.visible_to(request.member).open().order_by("-last_activity_at", "pk")
    here = request.GET.get("here", "")
    context = {"projects": recent.only("pk", "name")[:RAIL_LENGTH], "here": int(here) if here.isdecimal() else None}
    return render(request, "projects/_rail_projects.html", context)
