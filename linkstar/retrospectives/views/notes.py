"""What to keep, change and try: written by anybody in the team, edited by who wrote it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from linkstar.lib.forms import problems, set_queryset
from linkstar.retrospectives import access
from linkstar.retrospectives.actions.retrospectives import (
    MOST_NOTES,
    IsSettled,
    NoteChanged,
    TooManyNotes,
    add_note,
    delete_note,
    edit_note,
)
from linkstar.retrospectives.models import Note
from linkstar.retrospectives.views.retrospectives import draw, notes_context
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest, posted
from projects.access import tasks_of
from projects.filters import is_pk
from projects.models import Project, Task


class NoteForm(forms.Form):
    kind = forms.ChoiceField(choices=Note.Kind.choices)
    text = forms.CharField(max_length=2000, error_messages={"required": gettext_lazy("Write what it is about.")})
    task = forms.ModelChoiceField(Task.objects.none(), required=False, empty_label="")
    version = forms.IntegerField(min_value=1, required=False)

    def __init__(self, *args: Any, tasks: QuerySet[Task], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_queryset(self, "task", tasks)

    @property
    def given(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("kind", "text", "task")}


def tasks_for(request: WorkspaceRequest, project: Project) -> QuerySet[Task]:
    return tasks_of(request.member, project).order_by("number")


def settled_text() -> str:
    return _("Meanwhile it was closed. Your words are still here: whoever runs the project can open it again.")


@require_POST
@members_only
def note_add(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """With htmx the notes of all kinds come back, those of others too."""
    project = access.get_project(request.member, pk, to="write")
    form = NoteForm(request.POST, tasks=tasks_for(request, project))
    error = ""
    if form.is_valid():
        try:
            add_note(project, **form.given, author=request.member, now=timezone.now())
        except IsSettled:
            error = settled_text()
        except TooManyNotes:
            error = _("There are %(count)d notes already; that is as many as it holds.") % {"count": MOST_NOTES}
    else:
        error = problems(form)
    return _answer(request, project, error)


def _answer(request: WorkspaceRequest, project: Project, error: str) -> HttpResponse:
    typed = request.POST if error else {}
    status = 422 if error else 200
    if not request.htmx:
        return (
            draw(request, project, error=error, typed=typed, status=status)
            if error
            else redirect("retrospectives:retrospective", project.pk)
        )
    context = {"project": project, "error": error, "typed": typed}
    context |= notes_context(request, project, access.retrospective_of(project))
    return render(request, "retrospectives/_notes.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def note_edit(request: WorkspaceRequest, pk: int) -> HttpResponse:
    try:
        note = access.get_note(request.member, pk, to="edit")
    except Http404:
        return _anew(request)
    project = note.retrospective.project
    tasks = tasks_for(request, project)
    initial = {"kind": note.kind, "text": note.text, "task": note.task_id, "version": note.version}
    form = NoteForm(posted(request), initial=initial, tasks=tasks)
    error, stands = "", None
    if request.method == "POST":
        if not form.is_valid():
            error = problems(form)
        else:
            try:
                version = form.cleaned_data["version"] or note.version
                edit_note(note, version=version, **form.given, now=timezone.now())
                return redirect("retrospectives:retrospective", project.pk)
            except Note.DoesNotExist:
                return _anew(request)
            except IsSettled:
                error = settled_text()
            except NoteChanged as changed:
                stands = changed.note
                error = _("It was changed in another window. Both texts are below; saving keeps yours.")
    context = {
        "project": project,
        "note": note,
        "form": form,
        "kinds": Note.Kind.choices,
        "tasks": tasks.values_list("pk", "number", "title"),
        "error": error,
        "stands": stands,
        "version": (stands or note).version,
    }
    return render(request, "retrospectives/note.html", context, status=422 if error else 200)


def _anew(request: WorkspaceRequest) -> HttpResponse:
    """Somebody has deleted the note that was being edited: its words stand where a new one is written."""
    project = request.POST.get("project", "")
    if not is_pk(project):
        raise Http404
    error = _("It was deleted meanwhile. Your words are below: adding them makes a new note.")
    found = access.get_project(request.member, int(project), to="write")
    return draw(request, found, error=error, typed=request.POST, status=422)


@require_POST
@members_only
def note_delete(request: WorkspaceRequest, pk: int) -> HttpResponse:
    note = access.get_note(request.member, pk, to="delete")
    project = note.retrospective.project
    try:
        delete_note(note)
    except IsSettled:
        messages.error(request, _("Meanwhile it was closed, so the note stays."))
    return redirect("retrospectives:retrospective", project.pk)
