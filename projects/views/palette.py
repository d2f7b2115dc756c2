"""The command palette: one list of what there is to jump to and to do, for what was typed."""

from collections.abc import Iterable, Iterator
from itertools import chain
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from linkstar.members.models import Member
from linkstar.workspaces.access import guests_allowed
from linkstar.workspaces.http import WorkspaceRequest
from projects import palette, palette_acts
from projects.models import Column, Label, Project, Task
from projects.palette import Group, Open, Option, Query


@require_safe
@guests_allowed
def command_palette(request: WorkspaceRequest) -> HttpResponse:
    """`?q=` is what was typed and `?path=` the page below; without htmx a page of its own with the same list."""
    query = Query.read(request.GET.get("q", ""))
    here = _what_is_open(request.member, request.GET.get("path", ""))
    groups = [group for group in _groups(request, query, here) if group.options]
    context = {"groups": groups, "q": request.GET.get("q", "")[:300], "path": request.GET.get("path", "")[:300]}
    response = render(request, "projects/palette.html" + ("#options" if request.htmx else ""), context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _what_is_open(member: Member, path: str) -> Open:
    """The task or project that an address of ours shows; nothing when there is none that the reader may see."""
    try:
        found = resolve(path)
    except Resolver404:
        return Open()
    pk = found.kwargs.get("pk")
    if found.namespace != "projects" or not isinstance(pk, int):
        return Open()
    if found.route.startswith("tasks/"):
        tasks = Task.objects.visible_to(member).select_related("project__owner", "column")
        task = tasks.filter(pk=pk).first()
        if task is None:
            return Open()
        columns = Column.objects.filter(board=task.column.board_id).order_by("position") if member.is_insider else []
        return Open(task, task.project, list(columns))
    if found.route.startswith("projects/"):
        return Open(project=Project.objects.visible_to(member).filter(pk=pk).first())
    return Open()


def _groups(request: WorkspaceRequest, query: Query, here: Open) -> Iterator[Group]:
    member, text = request.member, query.text
    if query.asks_for("actions"):
        yield from _actions(request, query, here)
    if not text and not query.scope:
        yield palette.group(pgettext("palette", "Recent tasks"), map(palette.task_option, palette.my_tasks(member)))
    if query.asks_for("projects"):
        name = _("Projects") if text or query.scope else _("Recent projects")
        yield palette.group(name, map(palette.project_option, palette.projects_like(member, text)))
    if text and query.scope in ("", "labels"):
        yield palette.group(_("Tasks"), map(palette.task_option, palette.tasks_like(member, text, now=timezone.now())))
    if query.scope == "people" or (text and not query.scope):
        yield palette.group(_("Members"), map(palette.person_option, palette.people_like(member, text)))
    if query.scope == "labels" or (text and not query.scope):
        options = (_label_option(label, here) for label in palette.labels_like(member, text))
        yield palette.group(_("Labels"), options)
    if not query.scope:
        found = _fitting(palette_acts.pages(member, request.workspace.modules), text)
        yield palette.group(pgettext("palette", "Pages"), found, most=12)
    if text and not query.scope and member.is_insider:
        below = palette_acts.subtask_named(here, member, text)
        yield palette.group(pgettext("palette", "Create"), [*below, _create_option(text, here)])
    if text and not query.scope:
        title = _("Search everything for “%(text)s”") % {"text": text}
        yield palette.group(_("Search"), [Option(title, _search_url(text), "search")])


def _actions(request: WorkspaceRequest, query: Query, here: Open) -> Iterator[Group]:
    """First what can be done with what is open; all there is only when it is asked for."""
    member, text, is_asked = request.member, query.text, query.scope == "actions"
    if here.task is not None:
        name = _("Task #%(number)d") % {"number": here.task.number}
        options = _fitting(palette_acts.task_actions(here, member), text)
        yield palette.group(name, options, most=20 if is_asked or text else 4)
    if is_asked or text:
        rest = chain(palette_acts.new_options(member), palette_acts.board_actions(here, member))
        options = _fitting(chain(rest, palette_acts.own_actions(request)), text)
        yield palette.group(pgettext("palette", "Actions"), options, most=20)


def _fitting(options: Iterable[Option], text: str) -> list[Option]:
    """What is nearly meant is offered only when nothing is meant exactly."""
    every = list(options)
    exact = [option for option in every if palette.fits(option, text, typos=False)]
    return exact or [option for option in every if palette.fits(option, text)]


def _label_option(label: Label, here: Open) -> Option:
    """To the cards that wear it: on the board that is open, otherwise wherever they are."""
    if here.project is not None:
        url = f"{reverse('projects:board', args=[here.project.pk])}?{urlencode({'label': label.pk})}"
        return Option(label.name, url, "", note=here.project.name, label=label)
    return Option(label.name, _search_url(f'label:"{label.name}"'), "", label=label)


def _search_url(text: str) -> str:
    return f"{reverse('projects:search')}?{urlencode({'q': text})}"


def _create_option(text: str, here: Open) -> Option:
    given = {"line": text, **({"project": str(here.project.pk)} if here.project else {})}
    title = _("Create the task “%(title)s”") % {"title": text}
    return Option(title, f"{reverse('projects:quick')}?{urlencode(given)}", "plus", dialog=True)
