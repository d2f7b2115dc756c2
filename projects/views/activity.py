"""The trace of a whole project."""

from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from linkstar.members.models import Member
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.models import Activity
from projects.stream import Cursor, trace_entry, with_changes
from projects.trace_kinds import KINDS

PAGE = 50


@require_safe
@members_only
def activity(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Newest first. `?person=` and `?kind=` filter, `?before=` is where the page before ended."""
    project = access.get_project(request.member, pk, to="see activity")
    wanted = _wanted(request.GET)
    found = Activity.objects.filter(project=project).visible_to(request.member).filter(wanted)
    rows = list(with_changes(found).select_related("task").order_by("-created_at", "-pk")[: PAGE + 1])
    lines = [(row, trace_entry(row, request.member)) for row in rows[:PAGE]]
    context: dict[str, Any] = {
        "project": project,
        "lines": lines,
        "earlier": lines[-1][1].cursor if len(rows) > PAGE else None,
        "kinds": [(key, name) for key, (name, _verbs) in KINDS.items()],
        "kind": request.GET.get("kind", ""),
        "person": request.GET.get("person", ""),
        "is_filtered": bool(request.GET.get("kind") or request.GET.get("person")),
    }
    is_more = bool(request.htmx and request.GET.get("before"))
    if not is_more:
        acted = Activity.objects.filter(project=project).values("actor")
        context["people"] = Member.objects.filter(pk__in=acted).order_by("display_name", "pk")
    response = render(request, "projects/activity.html#lines" if is_more else "projects/activity.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _wanted(query: QueryDict) -> Q:
    """Raises BadRequest for what the page's own controls cannot say."""
    wanted = Q()
    kind, person, before = query.get("kind", ""), query.get("person", ""), Cursor.read(query.get("before", ""))
    if kind:
        if kind not in KINDS:
            raise BadRequest("kind")
        wanted &= Q(verb__in=KINDS[kind][1])
    if person:
        if not (person.isascii() and person.isdigit() and len(person) < 10):
            raise BadRequest("person")
        wanted &= Q(actor=int(person))
    if before:
        wanted &= Q(created_at__lt=before.at) | Q(created_at=before.at, pk__lt=before.pk)
    return wanted
