"""What is said on a task."""

from django import forms
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linkstar.lib.forms import problems
from linkstar.lib.text import clean_line
from linkstar.members.replays import once_per_key
from linkstar.workspaces.access import guests_allowed, members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.comments import add_comment, delete_comment, edit_comment, react
from projects.mentions import quotation
from projects.models import Comment
from projects.reactions import SIGNS
from projects.stream import Entry, comment_entry
from projects.views.sheet import TaskSheet, answer, show_sheet, trigger

BODY_LIMIT = 20_000
MOST_NAMES = 8
_COMPOSER = "projects/_task_composer.jinja#composer"
_ENTRIES, _LEFT, _SIGNS = (f"projects/_task_{part}.jinja" for part in ("entries", "left", "signs"))


class CommentForm(forms.Form):
    body = forms.CharField(required=False, strip=False)
    is_shared = forms.BooleanField(required=False)

    def clean_body(self) -> str:
        body = str(self.cleaned_data["body"]).replace("\r\n", "\n").replace("\x00", "").strip()
        if not body:
            raise ValidationError(_("Write something first."))
        if len(body) > BODY_LIMIT:
            raise ValidationError(
                _("A comment has up to %(most)d characters and this one has %(count)d. Attach the rest as a file."),
                params={"most": BODY_LIMIT, "count": len(body)},
            )
        return body


@require_POST
@guests_allowed
@once_per_key
def comment_add(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The answer is an empty composer, and the comment at the end of the stream."""
    task, now = access.get_task(request.member, pk, to="comment"), timezone.now()
    sheet, form = TaskSheet(task, request.member), CommentForm(request.POST)
    if not form.is_valid():
        sheet.errors["comment"] = problems(form)
        sheet.typed = {"comment": form.data.get("body", ""), "is_shared": form.cleaned_data.get("is_shared")}
        return answer(request, sheet, _COMPOSER)
    comment = add_comment(task, **form.cleaned_data, author=request.member, now=now)
    entry = comment_entry(comment, request.member, [member.display_name for member in sheet.people])
    return answer(request, sheet, _COMPOSER, also=[_LEFT], entries=[entry], now=now)


@require_http_methods(["GET", "HEAD", "POST"])
@guests_allowed
def comment_edit(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """GET opens one's own comment for editing, or with `?read` shuts it again; POST saves it."""
    comment, now = access.get_comment(request.member, pk, to="edit"), timezone.now()
    sheet = TaskSheet(comment.task, request.member)
    if request.method != "POST":
        sheet.editing_pk, sheet.editing = pk, "" if "read" in request.GET else "comment"
        if not request.htmx:
            return show_sheet(request, sheet)
        return render(request, _ENTRIES, _context(sheet, comment))
    form = CommentForm(request.POST)
    if form.is_valid():
        edit_comment(comment, form.cleaned_data["body"], now=now)
    else:
        sheet.errors["note"] = problems(form)
        sheet.typed, sheet.editing, sheet.editing_pk = {"note": form.data.get("body", "")}, "comment", pk
    return answer(request, sheet, _ENTRIES, now=now, entries=[_entry(sheet, comment)])


@require_POST
@guests_allowed
def comment_delete(request: WorkspaceRequest, pk: int) -> HttpResponse:
    comment, now = access.get_comment(request.member, pk, to="delete"), timezone.now()
    delete_comment(comment, actor=request.member, now=now)
    if not request.htmx:
        return redirect(comment.task)
    return answer(request, TaskSheet(comment.task, request.member), "", now=now)


class ReactForm(forms.Form):
    sign = forms.ChoiceField(choices=[(sign, sign) for sign in SIGNS])


@require_POST
@guests_allowed
def comment_react(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Put a sign under a comment or take it back; the answer is the line of signs."""
    comment, now = access.get_comment(request.member, pk, to="react"), timezone.now()
    form = ReactForm(request.POST)
    if not form.is_valid():
        raise BadRequest("sign")
    react(comment, form.cleaned_data["sign"], member=request.member, now=now)
    if not request.htmx:
        return redirect(f"{comment.task.get_absolute_url()}#comment-{pk}")
    sheet = TaskSheet(comment.task, request.member)
    response = render(request, _SIGNS, _context(sheet, comment))
    trigger(response, "task:changed", {"task": comment.task_id})
    return response


@require_safe
@guests_allowed
def comment_quote(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """What a quotation of the comment looks like in the composer: as text for the page's own script, or a page."""
    comment = access.get_comment(request.member, pk, to="react")
    text = quotation(comment.author.display_name, comment.body)
    if request.headers.get("Accept", "").startswith("text/plain"):
        return HttpResponse(text, content_type="text/plain; charset=utf-8")
    sheet = TaskSheet(comment.task, request.member)
    sheet.typed = {"comment": text, "is_shared": False}
    return show_sheet(request, sheet)


@require_safe
@members_only
def people(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Whom an @ may mean on this task: those whose name holds `?q=`, as a list to choose from."""
    task = access.get_task(request.member, pk, to="comment")
    wanted = clean_line(request.GET.get("q", ""), 80)
    found = access.assignable_to(request.member, task, task.project).filter(display_name__icontains=wanted)
    return render(request, "projects/_people.html", {"people": found.exclude(pk=request.member.pk)[:MOST_NAMES]})


def _context(sheet: TaskSheet, comment: Comment) -> dict[str, object]:
    entry = _entry(sheet, comment)
    return {"sheet": sheet, "task": sheet.task, "entry": entry, "entries": [entry]}


def _entry(sheet: TaskSheet, comment: Comment) -> Entry:
    return comment_entry(comment, sheet.member, [member.display_name for member in sheet.people])
