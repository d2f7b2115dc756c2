"""The list of a project: its page, the rows that follow, one row again, and the columns that a person chose."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast
from urllib.parse import urlencode

from django.forms import Form
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from django_tenants.utils import tenant_context

from linkstar.members.models import Member
from linkstar.workspaces.access import guests_allowed, members_only
from linkstar.workspaces.http import WorkspaceRequest
from linkstar.workspaces.models import Workspace
from projects import access
from projects.arrangement import NOT_FOR_GUESTS
from projects.list_columns import ListColumn, keys_of, offered_to, shown_to
from projects.list_csv import csv_lines
from projects.list_rows import ListPage, list_page, read_rows
from projects.models import Column, CustomField, Project, Task
from projects.views.asking import TaskPage, answer_part, page_context, read_columns, read_page
from projects.views.boards import MOST_LINES, reader_of

SORT_NAMES = [
    ("rank", _("Order of the board")),
    ("due", _("Deadline, next first")),
    ("-due", _("Deadline, last first")),
    ("-priority", _("Urgent first")),
    ("priority", _("Urgent last")),
    ("title", _("Title")),
    ("-title", _("Title, from the end")),
    ("owner", _("By owner")),
    ("-owner", _("By owner, from the end")),
    ("estimate", _("Smallest estimate first")),
    ("-estimate", _("Largest estimate first")),
    ("number", _("Number")),
    ("-number", _("Number, newest first")),
    ("-updated", _("Changed last")),
    ("updated", _("Unchanged longest")),
    ("-created", _("Created last")),
    ("created", _("Created first")),
    ("-rank", _("Order of the board, from the end")),
]
GROUP_NAMES = [
    ("column", _("Grouped by column")),
    ("status", _("Grouped by status")),
    ("owner", _("Grouped by owner")),
    ("label", _("Grouped by label")),
    ("priority", _("Grouped by priority")),
    ("due", _("Grouped by deadline")),
    ("milestone", _("Grouped by milestone")),
    ("none", _("Not grouped")),
]


@require_safe
@guests_allowed
def task_list(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """`?after=` is the cursor of the page before; asked for by the row that stands for the rest, rows alone come."""
    project, reader = access.get_project(request.member, pk), reader_of(request)
    columns = list(project.board.columns.order_by("position"))
    page = read_page(request, project, reader, kind="list", columns=columns)
    fields = access.fields_of(request.member, project)
    shown = shown_columns(request.member, page.columns, fields)
    rows = list_page(
        project,
        page.asked,
        page.arrangement,
        reader,
        cursor=request.GET.get("after", ""),
        columns=columns,
        fields=among(fields, shown),
    )
    context = _drawing(request.member, page, rows, columns, shown, fields)
    target = request.htmx.target if request.htmx else ""
    if target == "list":
        return answer_part(request, "projects/list.html#list", context, page)
    response = render(request, "projects/list.html#rows" if target == "list-more" else "projects/list.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@guests_allowed
def list_csv(request: WorkspaceRequest, pk: int) -> StreamingHttpResponse:
    """What the list of this address shows, all pages of it, as a file for spreadsheets."""
    project, reader = access.get_project(request.member, pk), reader_of(request)
    page = read_page(request, project, reader, kind="list")
    tasks = page.asked.narrow(page.asked.scope(request.member, project), reader)
    fields = access.fields_of(request.member, project)
    shown = shown_columns(request.member, page.columns, fields)
    lines = csv_lines(tasks, page.arrangement, reader, shown, among(fields, shown))
    response = StreamingHttpResponse(
        _inside(cast("Workspace", request.tenant), lines), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = content_disposition_header(True, f"{project.name}.csv")
    return response


def _inside(workspace: Workspace, lines: Iterator[str]) -> Iterator[str]:
    """Each piece read in the workspace: by then the connection may serve another one."""
    while True:
        with tenant_context(workspace):
            line = next(lines, None)
        if line is None:
            return
        yield line


def _drawing(
    member: Member, page: TaskPage, rows: ListPage, columns: list[Column], shown: list[ListColumn],
    fields: list[CustomField],
) -> dict[str, Any]:  # fmt: skip
    return {
        **page_context(page),
        "project": page.project,
        "rows": rows,
        "shown": shown,
        "offered": offered_to(member, fields),
        "heads": [_head(column, page) for column in shown],
        "more_url": f"{page.url}?{_with(page.asked.query, after=rows.next)}" if rows.next else "",
        "columns": columns,
        "sorts": sort_names(member, fields),
        "groups": GROUP_NAMES,
        "row_may": row_may(member),
        "most": MOST_LINES,
        "may_add": page.project is not None and access.may(member, "add task", page.project),
    }


def sort_names(member: Member, fields: Iterable[CustomField]) -> list[tuple[str, str]]:
    names = [
        (sort, str(name)) for sort, name in SORT_NAMES if member.is_insider or sort.lstrip("-") not in NOT_FOR_GUESTS
    ]
    for field in fields:
        back = gettext("%(field)s, from the end") % {"field": field.name}
        names += [(f"f{field.pk}", field.name), (f"-f{field.pk}", back)]
    return names


def row_may(member: Member) -> str:
    """What may be done in the cells of a row that the member may move: insiders edit all of it."""
    return "edit" if member.is_insider else "move"


def _with(query: str, **more: str) -> str:
    return "&".join(part for part in (query, urlencode(more)) if part)


def _head(column: ListColumn, page: TaskPage) -> dict[str, Any]:
    """A column's head; `url` sorts by it, `direction` says that the rows are."""
    arrangement = page.arrangement
    if not column.sort:
        return {"column": column, "url": "", "direction": ""}
    kept = [pair for pair in page.asked.kept if pair[0] not in ("sort", "group")]
    query = urlencode([*page.asked.wanted.params, *arrangement.sorted_by(column.sort).params, *kept])
    direction = ("descending" if arrangement.is_down else "ascending") if arrangement.sort == column.sort else ""
    return {"column": column, "url": f"{page.url}?{query}" if query else page.url, "direction": direction}


def among(fields: list[CustomField], shown: list[ListColumn]) -> list[CustomField]:
    """The custom fields that are columns of the list."""
    keys = {column.key for column in shown}
    return [field for field in fields if f"f{field.pk}" in keys]


def shown_columns(member: Member, asked: list[str] | None, fields: list[CustomField]) -> list[ListColumn]:
    """Those that the address asks for, else those that the person has chosen, else the usual ones."""
    if asked is None and member.is_insider:
        asked = member.list_columns
    return shown_to(member, asked or None, fields)


@require_POST
@members_only
def list_columns(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Keep which columns this person's lists show; what the address asked for instead is dropped from it."""
    project = access.get_project(request.member, pk)
    fields = access.fields_of(request.member, project)
    chosen = keys_of(shown_to(request.member, request.POST.getlist("columns"), fields))
    chosen = [] if "reset" in request.POST else chosen
    request.member.list_columns = chosen
    request.member.save(update_fields=["list_columns"])
    query = QueryDict(request.POST.get("query", "")[:4000], mutable=True)
    query.pop("columns", None)
    url = reverse("projects:list", args=[project.pk])
    return redirect(f"{url}?{query.urlencode()}" if query else url)


@require_safe
@guests_allowed
def task_row(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """A row as it is now, for a list that has it open; one that is gone takes itself off the page."""
    task = Task.objects.visible_to(request.member).select_related("project").filter(pk=pk).first()
    if task is None:
        return HttpResponse(f'<table><tr id="row-{pk}" hx-swap-oob="delete"></tr></table>')
    return HttpResponse(row_again(request, task))


def row_again(request: WorkspaceRequest, task: Task) -> str:
    """A row with the columns of the list that asks."""
    return render_to_string("projects/list.html#row", _rows_of(request, task.project, [task]), request)


def is_on_list(request: WorkspaceRequest, project: Project) -> bool:
    """Whether the page that asks is the project's list."""
    return _current(request)[0] == reverse("projects:list", args=[project.pk])


def rows_added(request: WorkspaceRequest, made: Sequence[Task], column: Column, form: Form) -> HttpResponse:
    """Rows that were just made, for the foot of the list, whatever it is filtered by; or why there are none."""
    context = {**_rows_of(request, column.board.project, made), "column": column, "form": form}
    return render(request, "projects/list.html#added", context, status=422 if form.errors else 200)


def _rows_of(request: WorkspaceRequest, project: Project, tasks: Sequence[Task]) -> dict[str, Any]:
    asked = access.tasks_of(request.member, project).filter(pk__in=[task.pk for task in tasks]).order_by("pk")
    columns, fields = QueryDict(_current(request)[1]).get("columns", ""), access.fields_of(request.member, project)
    shown = shown_columns(request.member, read_columns(columns), fields)
    reader, is_readonly = reader_of(request), project.is_archived
    read = read_rows(asked, reader, is_readonly=is_readonly, fields=among(fields, shown)) if tasks else []
    return {"rows": [row for row, _values in read], "shown": shown, "row_may": row_may(request.member)}


def _current(request: WorkspaceRequest) -> tuple[str, str]:
    """Path and query of the page that asks, as its browser says."""
    path, _between, query = (request.htmx.current_url_abs_path or "").partition("?") if request.htmx else ("", "", "")
    return path, query
