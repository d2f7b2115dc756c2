"""What a task's sheet shows of the passports that it waits for."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from linkstar.compliance.holding import papers_lacking, standings_for
from linkstar.compliance.shown import shown_passport
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access


@require_safe
@members_only
def task_passport(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """A line a passport, and what holds the task; 404 for a task that needs none."""
    task = access.get_task(request.member, pk)
    if not task.needs_passport:
        raise Http404
    now = timezone.now()
    rows = [shown_passport(standing) for standing in standings_for(task, now=now)]
    known = {row.sku for row in rows}
    others = [hold for hold in papers_lacking([task], now=now).get(task.pk, []) if hold.subject not in known]
    return render(request, "compliance/_task_passport.html", {"task": task, "rows": rows, "others": others})
