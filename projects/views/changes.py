"""For pages that stay open: what has changed, and the cards of a board as they are now."""

from django.core.exceptions import BadRequest
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from linkstar.lib.snapshots import Cursor
from linkstar.workspaces.access import guests_allowed
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.changes import changes_since
from projects.filters import TaskFilter, is_pk
from projects.queries import board_changes
from projects.views.boards import asked_again, drawing, reader_of

MOST_CARDS = 30
# A page on which nothing happens gets a new cursor before its own is too old.
_FRESH_SECONDS = 3600


@require_safe
@guests_allowed
def changes(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """`?since=` the cursor of the page, or of the last answer; 304 with it as the ETag when nothing has changed."""
    project, now = access.get_project(request.member, pk), timezone.now()
    since = Cursor.read(request.GET.get("since", ""))
    found = changes_since(since, project, request.member, now=now)
    same = since if since is not None and found.is_nothing and now.timestamp() - since.at < _FRESH_SECONDS else None
    cursor = same or found.cursor
    if same is not None and request.headers.get("If-None-Match") == _etag(same):
        response = HttpResponse(status=304)
    else:
        told = {"cursor": str(cursor), "tasks": found.tasks, "gone": found.gone, "whole": found.is_whole}
        response = JsonResponse(told)
    response["ETag"] = _etag(cursor)
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
@guests_allowed
def board_cards(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """`?ids=` of up to 30 cards and the board's filter: those that stand on it, where they stand, and all counts."""
    project = access.get_project(request.member, pk)
    ids = [int(word) for word in request.GET.get("ids", "").split(",") if is_pk(word)]
    if len(ids) > MOST_CARDS:
        raise BadRequest("ids")
    if not request.htmx:
        return redirect(project.board)
    wanted = TaskFilter.read(request.GET)
    asked = asked_again(request, project, wanted)
    shown = board_changes(project, project.board, asked, reader_of(request), ids=ids)
    context = {**drawing(request, project, shown.columns), "placed": shown.placed, "wanted": wanted}
    return render(request, "projects/board.html#live", context)


def _etag(cursor: Cursor) -> str:
    return f'"{cursor}"'
