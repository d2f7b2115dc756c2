"""One task: its sheet, its words, and what is done with it as a whole."""

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linkstar.lib.forms import problems
from linkstar.lib.text import clean_line
from linkstar.members.replays import once_per_key
from linkstar.workspaces.access import guests_allowed, members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.bin import KEPT_DAYS
from projects.actions.edits import StaleEdit, accept_size, edit_text
from projects.actions.finishing import finish_task, reopen_task
from projects.actions.refusals import MoveRefused
from projects.actions.tasks import RemovedForGood, delete_task, restore_task
from projects.models import Task
from projects.stream import Cursor
from projects.trace import moment
from projects.views.beginning import hold
from projects.views.moving import still_open, why_not
from projects.views.sheet import TaskSheet, answer, offer_undo, show_sheet, trigger

TITLE_LIMIT = 300
DESCRIPTION_LIMIT = 50_000

_SIZE = "projects/_task_size.jinja#size"


@require_safe
@guests_allowed
def task_show(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The sheet; `?only=comments` leaves the trace out, `?before=` goes back in the stream."""
    return show_sheet(request, _sheet(request, access.get_task(request.member, pk)))


@require_safe
@guests_allowed
def task_stream(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The stream alone: switched to comments, or an earlier page of it."""
    task = access.get_task(request.member, pk)
    if not request.htmx:
        return redirect(f"{task.get_absolute_url()}?{request.GET.urlencode()}#stream-title")
    part = "earlier" if request.GET.get("before") else "stream"
    return render(request, f"projects/_task_stream.jinja#{part}", {"sheet": _sheet(request, task), "task": task})


@require_safe
@guests_allowed
def task_properties(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The right-hand side again, and the state, after an undo in a toast."""
    task = access.get_task(request.member, pk)
    if not request.htmx:
        return redirect(task)
    context = {"sheet": _sheet(request, task), "task": task, "project": task.project}
    state = render_to_string("projects/_task.jinja#state", {**context, "oob": True}, request)
    return HttpResponse(render_to_string("projects/_task_properties.jinja", context, request) + state)


class TextForm(forms.Form):
    """`was` is what the person had read before changing it; without it nothing is compared.

    An empty text is an answer, and a missing one is none: nothing is emptied by a request that got lost on its way.
    """

    text = forms.CharField(required=False, strip=False)
    was = forms.CharField(required=False, strip=False)
    field: str

    def clean(self) -> None:
        if "text" not in self.data:
            raise BadRequest("text")
        self.cleaned_data["was"] = self.cleaned_data.get("was", "") if "was" in self.data else None


class TitleForm(TextForm):
    field = "title"

    def clean_text(self) -> str:
        title = clean_line(self.cleaned_data["text"], DESCRIPTION_LIMIT)
        if not title:
            raise forms.ValidationError(_("A task needs a title."))
        if len(title) > TITLE_LIMIT:
            raise forms.ValidationError(
                _("A title has up to %(most)d characters; this one has %(count)d. Put the rest into the description."),
                params={"most": TITLE_LIMIT, "count": len(title)},
            )
        return title


class DescriptionForm(TextForm):
    field = "description"

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n").replace("\x00", "").rstrip()
        if len(text) > DESCRIPTION_LIMIT:
            raise forms.ValidationError(
                _("A description has up to %(most)d characters and this one has %(count)d. Attach the rest as a file."),
                params={"most": DESCRIPTION_LIMIT, "count": len(text)},
            )
        return text


@require_POST
@members_only
def task_title(request: WorkspaceRequest, pk: int) -> HttpResponse:
    return _save_text(request, access.get_task(request.member, pk, to="edit"), TitleForm(request.POST))


@require_POST
@members_only
def task_size_fine(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The hint that it could be split goes away."""
    task = access.get_task(request.member, pk, to="edit")
    accept_size(task)
    return answer(request, _sheet(request, task), _SIZE)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def task_description(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """GET opens the description for editing, or with `?read` shuts it again; POST saves it."""
    task = access.get_task(request.member, pk, to="edit")
    if request.method == "POST":
        return _save_text(request, task, DescriptionForm(request.POST))
    sheet = _sheet(request, task)
    sheet.editing = "" if "read" in request.GET else "description"
    if not request.htmx:
        return show_sheet(request, sheet)
    return render(request, "projects/_task_texts.jinja#description", {"sheet": sheet, "task": task})


@require_POST
@guests_allowed
@once_per_key
def task_finish(request: WorkspaceRequest, pk: int) -> HttpResponse:
    task, now, change = access.get_task(request.member, pk, to="move"), timezone.now(), None
    sheet = _sheet(request, task)
    try:
        change = finish_task(task, actor=request.member, now=now)
    except MoveRefused as error:
        held = hold(request, task, error, {})
        if held is not None:
            return held
        sheet.errors["state"] = why_not(error, request.member)
    response = _answer_state(request, sheet, now)
    said = [_("Done: %(title)s") % {"title": task.title}, still_open(task, request.member)]
    offer_undo(response, change, " ".join(filter(None, said)))
    return response


@require_POST
@guests_allowed
@once_per_key
def task_reopen(request: WorkspaceRequest, pk: int) -> HttpResponse:
    task, now, change = access.get_task(request.member, pk, to="move"), timezone.now(), None
    sheet = _sheet(request, task)
    try:
        change = reopen_task(task, actor=request.member, now=now)
    except MoveRefused as error:
        sheet.errors["state"] = why_not(error, request.member)
    response = _answer_state(request, sheet, now)
    offer_undo(response, change, _("Open again: %(title)s") % {"title": task.title})
    return response


@require_POST
@members_only
def task_delete(request: WorkspaceRequest, pk: int) -> HttpResponse:
    task = access.get_task(request.member, pk, to="delete")
    change = delete_task(task, actor=request.member, now=timezone.now())
    if not request.htmx:
        return redirect("projects:task-restore", task.pk)
    response = HttpResponse()
    undo = {"undo_url": reverse("projects:change-undo", args=[change.pk])} if change else {}
    trigger(response, "toast", {"message": _("Moved to the bin: %(title)s") % {"title": task.title}, **undo})
    trigger(response, "task:changed", {"task": task.pk})
    trigger(response, "sheet:close", {})
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def task_restore(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """GET says that the task is in the bin and offers to take it out; POST does it."""
    task, now = access.get_binned_task(request.member, pk), timezone.now()
    if request.method != "POST":
        context = {"task": task, "project": task.project, "deleted": moment(task.deleted_at or now), "days": KEPT_DAYS}
        return render(request, "projects/task_binned.html", context)
    try:
        restore_task(task, actor=request.member, now=now)
    except RemovedForGood as error:
        raise Http404 from error
    if not request.htmx:
        messages.success(request, _("“%(title)s” is back.") % {"title": task.title})
        return redirect(task)
    response = HttpResponse()
    trigger(response, "toast", {"message": _("“%(title)s” is back.") % {"title": task.title}})
    trigger(response, "task:changed", {"task": task.pk})
    # Its card is on no board that is open, so no card can ask for itself.
    trigger(response, "board:changed", {})
    trigger(response, "task:undone", {"task": task.pk})
    return response


def _sheet(request: WorkspaceRequest, task: Task) -> TaskSheet:
    before = Cursor.read(request.GET.get("before", ""))
    only = request.GET.get("only", "")
    if only not in ("", "comments"):
        raise BadRequest("only")
    return TaskSheet(task, request.member, before=before, only_comments=only == "comments")


def _answer_state(request: WorkspaceRequest, sheet: TaskSheet, now: object) -> HttpResponse:
    also = ["projects/_task_properties.jinja#column", "projects/_task_deadline.jinja#deadline"]
    return answer(request, sheet, "projects/_task.jinja#state", also=also, now=now)


def _save_text(request: WorkspaceRequest, task: Task, form: TextForm) -> HttpResponse:
    sheet, now, field = TaskSheet(task, request.member), timezone.now(), form.field
    if not form.is_valid():
        sheet.errors[field] = problems(form)
        sheet.typed, sheet.editing = {field: form.data.get("text", ""), "was": form.data.get("was", "")}, field
        return answer(request, sheet, f"projects/_task_texts.jinja#{field}")
    try:
        text, was = form.cleaned_data["text"], form.cleaned_data["was"]
        change = edit_text(task, field, text, was=was, actor=request.member, now=now)
    except StaleEdit as stale:
        return _show_both(request, sheet, stale)
    sheet.saved = field
    response = answer(request, sheet, f"projects/_task_texts.jinja#{field}", also=[_SIZE], now=now)
    offer_undo(response, change)
    return response


def _show_both(request: WorkspaceRequest, sheet: TaskSheet, stale: StaleEdit) -> HttpResponse:
    """409: what somebody else has written meanwhile, with their name, beside what this person wanted to write."""
    changes = sheet.task.activity.filter(verb=f"{stale.field} changed").select_related("actor")
    last = changes.order_by("-created_at", "-pk").first()
    context = {
        "sheet": sheet,
        "task": sheet.task,
        "project": sheet.task.project,
        "field": stale.field,
        "theirs": stale.theirs,
        "mine": stale.mine,
        "who": last.actor if last else None,
        "when": moment(last.created_at) if last else "",
    }
    template = "projects/_task_stale.html" if request.htmx else "projects/task_stale.html"
    return render(request, template, context, status=409)
