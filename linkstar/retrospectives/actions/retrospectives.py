"""Close a retrospective, waive it with a reason, open it again; keep, change and try notes."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from linkstar.members.models import Member
from linkstar.retrospectives.figures import figures_of
from linkstar.retrospectives.models import Note, Retrospective
from projects.actions.trace import leave_trace
from projects.models import Project, Task

MOST_NOTES = 200


class IsSettled(RuntimeError):
    """It was closed or waived meanwhile: nothing is written into it any more."""


class TooManyNotes(ValueError):
    """It holds MOST_NOTES already."""


class NoteChanged(RuntimeError):
    """Somebody, or another window, has saved the note since it was opened; `note` is as it stands."""

    def __init__(self, note: Note) -> None:
        super().__init__(note.pk)
        self.note = note


@transaction.atomic
def close_retrospective(project: Project, *, actor: Member, now: datetime) -> Retrospective:
    """Keep the figures as they are now. Twice is once."""
    found = _lock(project)
    if not found.is_open:
        return found
    found.state, found.settled_by, found.settled_at = Retrospective.State.CLOSED, actor, now
    found.figures = figures_of(project, now=now)
    found.save()
    leave_trace("retrospective closed", project=project, actor=actor, now=now)
    return found


@transaction.atomic
def waive_retrospective(project: Project, *, because: str, actor: Member, now: datetime) -> Retrospective:
    """There will be none, for a reason that is a clean text and not empty. Twice is once."""
    found = _lock(project)
    if not found.is_open:
        return found
    found.state, found.settled_by, found.settled_at = Retrospective.State.WAIVED, actor, now
    found.waived_because, found.figures = because, figures_of(project, now=now)
    found.save()
    leave_trace("retrospective waived", project=project, actor=actor, now=now, reason=because)
    return found


@transaction.atomic
def reopen_retrospective(project: Project, *, actor: Member, now: datetime) -> None:
    """Its figures live again, and notes can be written."""
    found = _lock(project)
    if found.is_open:
        return
    found.state, found.settled_by, found.settled_at = Retrospective.State.OPEN, None, None
    found.waived_because, found.figures = "", {}
    found.save()
    leave_trace("retrospective reopened", project=project, actor=actor, now=now)


@transaction.atomic
def add_note(project: Project, *, kind: str, text: str, task: Task | None, author: Member, now: datetime) -> Note:
    """`text` is clean; the task, if any, is one of the project that the author sees. Raises IsSettled, TooManyNotes."""
    found = _lock(project)
    if not found.is_open:
        raise IsSettled
    if found.notes.count() >= MOST_NOTES:
        raise TooManyNotes
    return Note.objects.create(
        retrospective=found, kind=kind, text=text, task=task, author=author, created_at=now, updated_at=now
    )


@transaction.atomic
def edit_note(note: Note, *, version: int, kind: str, text: str, task: Task | None, now: datetime) -> None:
    """Raises NoteChanged when `version` is not the one that stands, IsSettled, and Note.DoesNotExist."""
    if not _lock(note.retrospective.project).is_open:
        raise IsSettled
    note.refresh_from_db()
    if note.version != version:
        raise NoteChanged(note)
    note.kind, note.text, note.task, note.updated_at, note.version = kind, text, task, now, F("version") + 1
    note.save(update_fields=["kind", "text", "task", "updated_at", "version"])
    note.refresh_from_db(fields=["version"])


@transaction.atomic
def delete_note(note: Note) -> None:
    """Raises IsSettled."""
    if not _lock(note.retrospective.project).is_open:
        raise IsSettled
    note.delete()


def _lock(project: Project) -> Retrospective:
    """Made if there is none: a note that is written while somebody closes it comes before, or not at all."""
    Retrospective.objects.get_or_create(project=project)
    return Retrospective.objects.select_for_update(no_key=True).get(project=project)
