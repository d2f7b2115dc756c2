"""What happens to tasks and files that lie in the bin: after 30 days they are removed for good.

A removed file goes with its versions and their bytes, and the workspace gets its room back. A removed task loses its
words and all that hangs on it, but keeps its row: number, people and sensitivity are what decides who may read its
trace, and the trace is never erased. Its empty title, which no other task has, says that it is removed.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import F, Q

from linkstar.workspaces import due
from linkstar.workspaces.models import Workspace
from projects.actions.search_index import forget, forget_task
from projects.actions.trace import mark
from projects.models import Activity, Dependency, FileVersion, SearchEntry, StoredFile, Task
from projects.models.changes import NO_TASK

KEPT_DAYS = 30
KEPT = timedelta(days=KEPT_DAYS)
TASK, FILE = "binned_task", "binned_file"


def promise_removal(kind: str, pk: int, *, binned_at: datetime) -> None:
    """Part of putting something into the bin; before its row is written, as workers do (see due.lock)."""
    promise_removals(kind, [pk], binned_at=binned_at)


def promise_removals(kind: str, pks: Iterable[int], *, binned_at: datetime) -> None:
    """The same for several, in one statement."""
    due.schedule_many((kind, pk, binned_at + KEPT) for pk in pks)


def take_back_removal(kind: str, pk: int) -> None:
    """Part of taking something out; waits for a worker that is removing it just now."""
    take_back_removals(kind, [pk])


def take_back_removals(kind: str, pks: Iterable[int]) -> None:
    """The same for several, in one statement."""
    due.cancel(kind, *pks)


@due.handles(TASK)
def remove_task(task_id: int, *, now: datetime) -> None:
    """Nothing happens to a task that was taken out of the bin, or is removed already."""
    task = Task.objects.select_for_update().in_bin().filter(pk=task_id).first()
    if task is None or task.deleted_at is None:
        return
    if task.deleted_at + KEPT > now:
        promise_removal(TASK, task.pk, binned_at=task.deleted_at)
        return
    title = task.title
    forget_task(task)
    _remove_files(task.files.all())
    task.checklist.all().delete()
    task.comments.all().delete()
    task.time_entries.all().delete()
    task.products.all().delete()
    Dependency.objects.filter(Q(blocker=task) | Q(blocked=task)).delete()
    task.labels.clear()
    task.title = task.description = ""
    task.field_values = {}
    task.checklist_count = task.checklist_done_count = task.comment_count = task.file_count = 0
    task.logged_minutes = task.product_count = 0
    task.version += 1
    task.updated_at = now
    task.save()
    _leave_trace("task removed", task.project_id, task.pk, now, title=title)


@due.handles(FILE)
def remove_file(file_id: int, *, now: datetime) -> None:
    """Nothing happens to a file that was taken out of the bin, or went with its task."""
    file = StoredFile.objects.select_for_update().exclude(deleted_at=None).filter(pk=file_id).first()
    if file is None or file.deleted_at is None:
        return
    if file.deleted_at + KEPT > now:
        promise_removal(FILE, file.pk, binned_at=file.deleted_at)
        return
    _remove_files([file])
    _leave_trace("file removed", file.project_id, file.task_id, now, name=file.name)


def _remove_files(files: Iterable[StoredFile]) -> None:
    """Rows, room, and once the rows are gone the bytes: a row never points to nothing."""
    ids = [file.pk for file in files]
    versions = list(FileVersion.objects.filter(file__in=ids).values_list("key", "size_bytes"))
    StoredFile.objects.filter(pk__in=ids).delete()
    forget(SearchEntry.Kind.FILE, *ids)
    freed = sum(size for _key, size in versions)
    if freed:
        room = Workspace.objects.filter(pk=connection.tenant.pk)
        room.update(storage_used_bytes=F("storage_used_bytes") - freed)
    for key, _size in versions:
        # Robust: one object that the storage will not give up, which is logged, keeps none of the others.
        transaction.on_commit(partial(default_storage.delete, key), robust=True)


def _leave_trace(verb: str, project_id: int, task_id: int | None, now: datetime, **data: str) -> None:
    """LinkStar did it. The project is not woken, as by people's traces: nobody was at work on it."""
    Activity.objects.create(project_id=project_id, task_id=task_id, actor=None, verb=verb, data=data, created_at=now)
    mark(project_id, [task_id or NO_TASK])
