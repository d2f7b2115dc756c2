"""Deadlines that have moved: the list of a project, and the question why, for one of them or all of one act."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linkstar.lib.csv_text import CONTENT_TYPE, csv_text
from linkstar.lib.forms import problems
from linkstar.workspaces.access import guests_allowed, members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.slips import explain_slips
from projects.models import Slip, Task
from projects.slips import PER_PAGE, UNSAID, csv_head, csv_rows, read_slips, slips_of, totals, with_people
from projects.views.boards import reader_of
from projects.views.reasons import WhyForm
from projects.views.sheet import TaskSheet, trigger

_REASONS = (*Slip.Reason.values, UNSAID)


@require_safe
@guests_allowed
def slips(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """`?reason=` is a code or "none"; with `?csv` the same as a file."""
    project, reader = access.get_project(request.member, pk), reader_of(request)
    asked = request.GET.get("reason", "")
    reason = asked if asked in _REASONS else ""
    found = slips_of(request.member, project, reason=reason)
    if "csv" in request.GET:
        response = HttpResponse(csv_text(csv_head(), csv_rows(found, reader)), content_type=CONTENT_TYPE)
        name = _("%(project)s moved deadlines") % {"project": project.name}
        response["Content-Disposition"] = content_disposition_header(True, f"{name}.csv")
        return response
    page = Paginator(with_people(found), PER_PAGE).get_page(request.GET.get("page"))
    by_reason = totals(request.member, project)
    context = {
        "project": project,
        "page": page,
        "rows": read_slips(page.object_list, reader),
        "totals": by_reason,
        "most": max((abs(total.days) for total in by_reason), default=0),
        "count": sum(total.number for total in by_reason),
        "days": sum(total.days for total in by_reason),
        "reason": reason,
        "reasons": Slip.Reason.choices,
    }
    return render(request, "projects/slips.html", context)


@require_POST
@members_only
def slip_explain(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """One tap says why: on the list of the project, or on the sheet of the task (`on=sheet`)."""
    slip = get_object_or_404(with_people(Slip.objects.all()), pk=pk)
    task = access.get_task(request.member, slip.task_id, to="edit")
    form = WhyForm(request.POST)
    if form.is_valid():
        explain_slips([slip], form.why, actor=request.member, now=timezone.now())
        slip.refresh_from_db(fields=["reason", "note"])
    error = "" if form.is_valid() else problems(form)
    if not request.htmx:
        if error:
            messages.error(request, error)
        return redirect("projects:slips", task.project_id)
    return _answered(request, task, slip, error)


def _answered(request: WorkspaceRequest, task: Task, slip: Slip, error: str) -> HttpResponse:
    status = 422 if error else 200
    if request.POST.get("on") == "sheet":
        sheet = TaskSheet(task, request.member)
        sheet.errors = {"slips": error} if error else {}
        sheet.typed = request.POST.dict() if error else {}
        context: dict[str, Any] = {"sheet": sheet, "task": task, "project": task.project}
        return HttpResponse(render_to_string("projects/_task_slips.jinja", context, request), status=status)
    [row] = read_slips([slip], reader_of(request))
    context = {"row": row, "project": task.project, "reasons": Slip.Reason.choices, "error": error}
    return render(
        request, "projects/slips.html#row", {**context, "typed": request.POST if error else {}}, status=status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def change_reason(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Why the deadlines of one act have moved, said once for all of them that this person may edit."""
    found = list(with_people(Slip.objects.filter(change=pk, reason="")).order_by("pk"))
    seen = set(Task.objects.visible_to(request.member).filter(slips__in=found).values_list("pk", flat=True))
    found = [slip for slip in found if slip.task_id in seen]
    if not found:
        raise Http404
    if not all(access.may_task(request.member, "edit", slip.task) for slip in found):
        raise PermissionDenied
    project, error = found[0].task.project, ""
    if request.method == "POST":
        form = WhyForm(request.POST)
        if form.is_valid():
            explain_slips(found, form.why, actor=request.member, now=timezone.now())
            return _explained(request, found)
        error = problems(form)
    context = {
        "project": project,
        "url": reverse("projects:change-reason", args=[pk]),
        "count": len(found),
        "first": read_slips(found[:1], reader_of(request))[0],
        "reasons": Slip.Reason.choices,
        "typed": request.POST,
        "error": error,
    }
    name = "projects/slip_reason.html"
    return render(request, f"{name}#dialog" if request.htmx else name, context, status=422 if error else 200)


def _explained(request: WorkspaceRequest, found: list[Slip]) -> HttpResponse:
    if not request.htmx:
        return redirect("projects:slips", found[0].task.project_id)
    response = HttpResponse()
    trigger(response, "dialog:close", {})
    trigger(response, "toast", {"message": _("The reason is kept.")})
    trigger(response, "task:undone", {"task": found[0].task_id})
    return response
