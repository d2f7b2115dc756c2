"""Write the search index of a workspace that was there before it, or anew: batch by batch, each one safe to repeat."""

import time
from datetime import datetime, timedelta

from django.db import OperationalError, connection, transaction
from django.db.models import Exists, OuterRef
from psycopg.errors import LockNotAvailable

from linkstar.workspaces import due
from projects.actions.search_index import (
    comment_entry,
    file_entry,
    item_entry,
    product_entry,
    project_entry,
    task_entry,
    write,
)
from projects.models import ChecklistItem, Comment, ProductLink, Project, SearchEntry, StoredFile, Task

BUILD = "search_build"
_BATCH = 100
# Less than the second after which PostgreSQL looks for rings of waiters: it is never an edit that has to give up.
_PATIENCE = "200ms"
_AGAIN = timedelta(seconds=5)


class Busy(RuntimeError):
    """Somebody is at work on one of the tasks: nothing of the batch was written, and it can be tried again."""


@due.handles(BUILD)
def build_on(after: int, *, now: datetime) -> None:
    """One batch, and the promise of the next; the migration that made the index made the first promise."""
    try:
        last = build_batch(after)
    except Busy:
        due.schedule(BUILD, after, now + _AGAIN)
        return
    if last is not None:
        due.schedule(BUILD, last, now)


def build_all() -> int:
    """Every batch, one transaction each, and away with what is gone; how many entries there are then."""
    after: int | None = 0
    while after is not None:
        try:
            after = build_batch(after)
        except Busy:
            time.sleep(_AGAIN.total_seconds())
    _sweep()
    return SearchEntry.objects.count()


def build_batch(after: int) -> int | None:
    """The next tasks by pk with all that lies in them; returns the last pk, after all of them None. Raises Busy."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [_PATIENCE])
            last = _write_batch(after)
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
            return last
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise Busy from error
        raise


def _write_batch(after: int) -> int | None:
    # Locked, so that nobody changes the words between being read and being written.
    rows = Task.objects.filter(pk__gt=after).exclude(title="").order_by("pk").select_for_update(no_key=True)
    tasks = list(rows[:_BATCH])
    if not tasks:
        write(project_entry(project) for project in Project.objects.order_by("pk"))
        write(file_entry(file) for file in StoredFile.objects.filter(task=None).order_by("pk"))
        return None
    ids = [task.pk for task in tasks]
    write(task_entry(task) for task in tasks)
    comments = Comment.objects.filter(task__in=ids, deleted_at=None).select_related("task")
    write(comment_entry(comment) for comment in comments)
    write(item_entry(item) for item in ChecklistItem.objects.filter(task__in=ids).select_related("task"))
    write(file_entry(file) for file in StoredFile.objects.filter(task__in=ids))
    write(product_entry(product) for product in ProductLink.objects.filter(task__in=ids).select_related("task"))
    return ids[-1]


@transaction.atomic
def _sweep() -> None:
    kinds = {
        SearchEntry.Kind.TASK: Task.objects.exclude(title=""),
        SearchEntry.Kind.COMMENT: Comment.objects.filter(deleted_at=None),
        SearchEntry.Kind.ITEM: ChecklistItem.objects.all(),
        SearchEntry.Kind.FILE: StoredFile.objects.all(),
        SearchEntry.Kind.PRODUCT: ProductLink.objects.all(),
        SearchEntry.Kind.PROJECT: Project.objects.all(),
    }
    for kind, rows in kinds.items():
        SearchEntry.objects.filter(~Exists(rows.filter(pk=OuterRef("ref"))), kind=kind).delete()
