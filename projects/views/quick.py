"""Quick add from anywhere: a line, and the project it goes to."""

import json
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from linkstar.lib.forms import problems
from linkstar.lib.text import clean_line
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects.models import Project
from projects.quicklines import LineReader
from projects.views.adding import LINE_LIMIT, AddTasksForm, add_or_say_why, first_column, reading
from projects.views.boards import MOST_LINES

MOST_PROJECTS = 100
_REMEMBERED = "quick_project"
_YEAR = 365 * 24 * 3600


class Place:
    """The projects that take tasks, as something last happened in them, and which of them is meant.

    That is what the form says, else the page it was opened on, else where this browser last added something.
    """

    def __init__(self, request: WorkspaceRequest) -> None:
        self.request = request

    @cached_property
    def projects(self) -> list[Project]:
        recent = Project.objects.visible_to(self.request.member).open().order_by("-last_activity_at", "pk")
        return list(recent.select_related("board")[:MOST_PROJECTS])

    @property
    def chosen(self) -> Project | None:
        by_pk = {str(project.pk): project for project in self.projects}
        said = self.request.POST.get("project") or self.request.GET.get("project") or ""
        for pk in (said, self.request.COOKIES.get(_REMEMBERED, "")):
            if pk in by_pk:
                return by_pk[pk]
        return self.projects[0] if self.projects else None

    def reader(self, project: Project) -> LineReader:
        language = get_language() or "en"
        member, now = self.request.member, timezone.now()
        return LineReader(member, project, now=now, language=language, projects=self.projects)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def quick(request: WorkspaceRequest) -> HttpResponse:
    """GET opens the dialog, `?line=` and `?project=` already in it; POST adds and leaves it open for the next."""
    place = Place(request)
    project = place.chosen
    if request.method == "POST" and project is not None:
        return _add(request, place, project)
    line = clean_line(request.GET.get("line", ""), LINE_LIMIT)
    return _page(request, {"place": place, "chosen": project, "line": line})


def _page(request: WorkspaceRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    name = "projects/quick.html" + ("#dialog" if request.htmx else "")
    response = render(request, name, {"most": MOST_LINES, **context}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _add(request: WorkspaceRequest, place: Place, project: Project) -> HttpResponse:
    reader = place.reader(project)
    form = AddTasksForm(request.POST, reader=reader, column=first_column(reader))
    made = add_or_say_why(form, request.member)
    if request.htmx:
        context = {"made": made, "form": form}
        response = render(request, "projects/quick.html#made", context, status=422 if form.errors else 200)
    elif form.errors:
        messages.error(request, problems(form))
        return _page(request, {"place": place, "chosen": project, "line": request.POST.get("titles", "")}, status=422)
    else:
        response = redirect(reverse("projects:quick"))
    if made:
        response["HX-Trigger"] = json.dumps({"board:changed": {}, "tasks:added": {"tasks": [task.pk for task in made]}})
        response.set_cookie(_REMEMBERED, str(made[-1].project_id), max_age=_YEAR, samesite="Lax", httponly=True)
    return response


@require_safe
@members_only
def quick_read(request: WorkspaceRequest) -> HttpResponse:
    """What a line would become in the project that is chosen, or that it names itself."""
    place = Place(request)
    project, line = place.chosen, clean_line(request.GET.get("line", ""), LINE_LIMIT)
    if project is None:
        return HttpResponse()
    reader = place.reader(project).of_line(line)
    return render(request, "projects/_quick_read.html", reading(reader.read(line), reader))
