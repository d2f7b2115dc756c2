"""Undo: what was just done is taken back, from a toast, the activity or a task's stream."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from linkstar.workspaces.access import guests_allowed
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.undo import AlreadyUndone, TooLate, Undone, undo
from projects.models import Change, Column
from projects.queries import moved_card
from projects.views.boards import count_found, drawing, reader_of, refused
from projects.views.sheet import trigger
from projects.wording import listed


@require_POST
@guests_allowed
def change_undo(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """`to` says which page a plain form came from: "activity", or else the board."""
    change = access.get_change(request.member, pk)
    try:
        undone = undo(change, actor=request.member, now=timezone.now())
    except AlreadyUndone as error:
        return _say(request, change, _who_was_first(error.change, request))
    except TooLate:
        return _say(
            request, change, _("This can be taken back for 10 minutes only. Nothing was changed."), is_wrong=True
        )
    if not undone.tasks and not undone.of_project:
        return _say(request, change, _summary(undone), is_wrong=True)
    if not request.htmx:
        return _say(request, change, _summary(undone))
    response = _moved_back(request, change, undone) or _everything()
    trigger(response, "toast", {"message": _summary(undone)})
    for task in undone.tasks[:1]:
        trigger(response, "task:undone", {"task": task.pk})
    return response


def _say(request: WorkspaceRequest, change: Change, message: str, *, is_wrong: bool = False) -> HttpResponse:
    if request.htmx:
        response = refused(message) if is_wrong else _everything()
        trigger(response, "toast", {"message": message, **({"level": "error"} if is_wrong else {})})
        return response
    (messages.error if is_wrong else messages.success)(request, message)
    return redirect(
        "projects:activity" if request.POST.get("to") == "activity" else "projects:board", change.project_id
    )


def _everything() -> HttpResponse:
    """Boards, lists and calendars draw themselves again."""
    response = HttpResponse()
    trigger(response, "board:changed", {})
    return response


def _moved_back(request: WorkspaceRequest, change: Change, undone: Undone) -> HttpResponse | None:
    """One card that goes back on an open board; None when that is not all there is to draw."""
    if len(undone.tasks) != 1:
        return None
    [task] = undone.tasks
    before, after = change.data[str(task.pk)]
    board = change.project.board.get_absolute_url()
    if "place" not in before or (request.htmx.current_url_abs_path or "").split("?")[0] != board:
        return None
    source = Column.objects.filter(pk=after["place"][0]).first()
    if source is None:
        return None
    moved = moved_card(task, reader_of(request), source=source, old_rank=after["place"][1])
    count_found(request, change.project, [moved.source, moved.target])
    columns = list(change.project.board.columns.order_by("position"))
    response = render(
        request, "projects/board.html#moved", {**drawing(request, change.project, columns), "moved": moved}
    )
    below = access.current_tasks_of(request.member, change.project).filter(column=task.column, rank__gt=task.rank)
    follower = below.order_by("rank").values_list("pk", flat=True).first()
    trigger(response, "task:placed", {"task": task.pk, "column": task.column_id, "before": follower})
    return response


def _summary(undone: Undone) -> str:
    """How much was put back, and why the rest was not: "3 of 5 put back. 2 were changed by others since."."""
    back, left = len(undone.tasks), sum(undone.left.values())
    if undone.of_project and not back and not left:
        return _("Put back as it was.")
    if not left:
        return ngettext("Put back as it was.", "%(count)d tasks put back as they were.", back) % {"count": back}
    if not back and left == undone.left["changed"] == 1 and undone.by:
        return _("%(names)s has changed it since, so it stays as it is now.") % {"names": listed(undone.by)}
    said = [_("%(back)d of %(all)d put back.") % {"back": back, "all": back + left}]
    why = {
        "changed": _changed_since(undone),
        "gone": ngettext(
            "%(count)d cannot go back: its place is gone.",
            "%(count)d cannot go back: their place is gone.",
            undone.left["gone"],
        ),
        "barred": ngettext(
            "%(count)d may not be changed any more.", "%(count)d may not be changed any more.", undone.left["barred"]
        ),
        "full": ngettext(
            "%(count)d stays: its column is full.", "%(count)d stay: their column is full.", undone.left["full"]
        ),
        "withheld": ngettext(
            "%(count)d stays open: it needs a passport that is not in order.",
            "%(count)d stay open: they need passports that are not in order.",
            undone.left["withheld"],
        ),
        "draft": ngettext(
            "%(count)d stays: work needs an owner and a deadline.",
            "%(count)d stay: work needs an owner and a deadline.",
            undone.left["draft"],
        ),
    }
    said += [words % {"count": undone.left[reason]} for reason, words in why.items() if undone.left[reason]]
    return " ".join(said)


def _changed_since(undone: Undone) -> str:
    count = undone.left["changed"]
    if not undone.by:
        return ngettext("%(count)d was changed since.", "%(count)d were changed since.", count)
    words = ngettext("%(count)d was changed since by %(names)s.", "%(count)d were changed since by %(names)s.", count)
    return words.replace("%(names)s", listed(undone.by).replace("%", "%%"))


def _who_was_first(change: Change, request: WorkspaceRequest) -> str:
    if change.undone_by is None or change.undone_by == request.member:
        return _("This is undone already.")
    return _("%(name)s has undone this already.") % {"name": change.undone_by.display_name}
