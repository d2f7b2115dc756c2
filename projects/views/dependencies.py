"""Links between tasks, on the sheet of one of them: find the other, say how, change it, let it go; and the chain."""

from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import F
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from linkstar.lib.forms import problems
from linkstar.workspaces.access import guests_allowed, members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.dependencies import MOST_LAG_DAYS, LinkRefused, edit_link, link_tasks, unlink_tasks
from projects.chains import Chain
from projects.dependencies import read_tasks
from projects.filters import is_pk
from projects.models import Change, Dependency, Task
from projects.search import search
from projects.views.boards import reader_of
from projects.views.link_refusals import why_no_link
from projects.views.sheet import TaskSheet, trigger

_PART = "projects/_task_links.jinja"
FOUND_PER_PAGE = 10
_PLAIN = {"kind": Dependency.Kind.FINISH_START.value, "lag_days": "0"}
_OUT_OF_RANGE = gettext_lazy("A lag is between −365 and 365 days.")


class LinkForm(forms.Form):
    """How one task waits for the other. Without a lag it is none."""

    kind = forms.ChoiceField(choices=Dependency.Kind.choices, initial=Dependency.Kind.FINISH_START)
    lag_days = forms.IntegerField(
        required=False,
        min_value=-MOST_LAG_DAYS,
        max_value=MOST_LAG_DAYS,
        error_messages={
            "invalid": gettext_lazy("Give the lag as a whole number of days."),
            "min_value": _OUT_OF_RANGE,
            "max_value": _OUT_OF_RANGE,
        },
    )
    lag_is_working = forms.BooleanField(required=False)

    def clean_lag_days(self) -> int:
        return self.cleaned_data["lag_days"] or 0


class NewLinkForm(LinkForm):
    """`side` says which of the two waits: "waits" this task, "holds" the other."""

    side = forms.ChoiceField(choices=[("waits", ""), ("holds", "")])


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def link_add(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """GET finds the other task, `?q=` by words, number or pinyin, in every project; POST links the two."""
    task = access.get_task(request.member, pk, to="edit")
    if request.method != "POST":
        return _choose(request, task, request.GET)
    form = NewLinkForm(request.POST)
    if not form.is_valid():
        return _choose(request, task, request.POST, problems(form))
    other = _other(request, request.POST.get("other", ""))
    if other is None:
        return _choose(request, task, request.POST, _("This task is not there any more. Choose another one."))
    given = dict(form.cleaned_data)
    pair = (other, task) if given.pop("side") == "waits" else (task, other)
    try:
        _link, change = link_tasks(*pair, **given, actor=request.member, now=timezone.now())
    except LinkRefused as error:
        return _choose(request, task, request.POST, why_no_link(error, request.member))
    return _drawn(request, task, other, change, _("Linked with “%(title)s”.") % {"title": other.title})


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def link_edit(request: WorkspaceRequest, pk: int, link: int) -> HttpResponse:
    """How the two are linked, seen from the task of the address: `remove` takes the link away."""
    task = access.get_task(request.member, pk, to="edit")
    found = _link_of(task, link)
    other = found.blocker if found.blocked_id == task.pk else found.blocked
    shown = Task.objects.visible_to(request.member).filter(pk=other.pk).first()
    if request.method != "POST":
        return _edit(request, task, found, shown, None)
    now = timezone.now()
    try:
        if "remove" in request.POST:
            change: Change | None = unlink_tasks(found, actor=request.member, now=now)
            return _drawn(request, task, other, change, _("They are not linked any more."))
        form = LinkForm(request.POST)
        if not form.is_valid():
            return _edit(request, task, found, shown, request.POST, problems(form))
        change = edit_link(found, **form.cleaned_data, actor=request.member, now=now)
    except LinkRefused as error:
        return _edit(request, task, found, shown, request.POST, why_no_link(error, request.member))
    return _drawn(request, task, other, change, _("The link is changed."))


@require_safe
@guests_allowed
def task_chain(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Everything before and after the task, with dates and people; `?before=` and `?after=` are pages."""
    task = access.get_task(request.member, pk)
    chain = Chain(task, reader_of(request), before_page=_page(request, "before"), after_page=_page(request, "after"))
    rows = [*chain.before.rows, *read_tasks([task.pk], chain.reader, task.project), *chain.after.rows]
    context = {"task": task, "project": task.project, "chain": chain, "rows": rows}
    name = "projects/task_chain.html"
    response = render(request, f"{name}#dialog" if request.htmx else name, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _page(request: WorkspaceRequest, key: str) -> int:
    given = request.GET.get(key, "")
    return max(int(given), 1) if given.isascii() and given.isdigit() and len(given) < 4 else 1


def _other(request: WorkspaceRequest, given: str) -> Task | None:
    seen = Task.objects.visible_to(request.member).select_related("project")
    return seen.filter(pk=int(given)).first() if is_pk(given) else None


def _link_of(task: Task, pk: int) -> Dependency:
    links = Dependency.objects.select_related("blocker__project", "blocked__project").filter(pk=pk)
    found = links.filter(blocked=task).first() or links.filter(blocker=task).first()
    if found is None:
        raise Http404
    return found


def _choose(request: WorkspaceRequest, task: Task, data: QueryDict, error: str = "") -> HttpResponse:
    words = data.get("q", "")[:200]
    context: dict[str, Any] = {
        "task": task,
        "project": task.project,
        "q": words,
        "typed": {**_PLAIN, **data.dict()},
        "side": "holds" if data.get("side") == "holds" else "waits",
        "kinds": Dependency.Kind.choices,
        "error": error,
        **_found(request, task, words, data),
    }
    name = "projects/link_add.html"
    if request.htmx:
        name += "#found" if request.htmx.target == "links-found" else "#dialog"
    return render(request, name, context, status=422 if error else 200)


def _found(request: WorkspaceRequest, task: Task, words: str, data: QueryDict) -> dict[str, Any]:
    """By words all that the person may see; without words what of this project comes next."""
    if not words.strip():
        page = _next_in_project(request, task, data)
        return {"others": page.object_list, "page": page}
    reader, cursor = reader_of(request), data.get("cursor", "")[:200]
    found = search(
        request.member, words, now=reader.now, limit=FOUND_PER_PAGE, cursor=cursor, kinds=["tasks"], zone=reader.zone,
        language=reader.language,
    )  # fmt: skip
    group = found.groups[0] if found.groups else None
    hits = [hit for hit in group.hits if hit.pk != task.pk] if group else []
    return {"hits": hits, "cursor": group.cursor if group else "", "instead": found.instead}


def _next_in_project(request: WorkspaceRequest, task: Task, data: QueryDict) -> "Page[Task]":
    others = access.current_tasks_of(request.member, task.project).unfinished().exclude(pk=task.pk)
    others = others.order_by(F("due_at").asc(nulls_last=True), "pk")
    return Paginator(others, FOUND_PER_PAGE).get_page(data.get("page"))


def _edit(
    request: WorkspaceRequest,
    task: Task,
    link: Dependency,
    other: Task | None,
    typed: QueryDict | None,
    error: str = "",
) -> HttpResponse:
    kept = {"kind": link.kind, "lag_days": link.lag_days, "lag_is_working": link.lag_is_working}
    context = {
        "task": task,
        "project": task.project,
        "link": link,
        "other": other,
        "is_waiting": link.blocked_id == task.pk,
        "typed": typed or kept,
        "kinds": Dependency.Kind.choices,
        "error": error,
    }
    name = "projects/link_edit.html"
    return render(request, f"{name}#dialog" if request.htmx else name, context, status=422 if error else 200)


def _drawn(request: WorkspaceRequest, task: Task, other: Task, change: Change | None, message: str) -> HttpResponse:
    """The links of the sheet anew, and a toast that takes it back."""
    if not request.htmx:
        return redirect(task)
    sheet = TaskSheet(access.get_task(request.member, task.pk), request.member)
    context = {"sheet": sheet, "task": sheet.task, "project": sheet.task.project, "oob": True}
    response = HttpResponse(render_to_string(_PART, context, request))
    undo = {"undo_url": reverse("projects:change-undo", args=[change.pk])} if change is not None else {}
    trigger(response, "dialog:close", {})
    trigger(response, "task:changed", {"task": task.pk, "also": [other.pk]})
    trigger(response, "toast", {"message": message, **undo})
    return response
