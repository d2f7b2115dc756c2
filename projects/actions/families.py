"""A task and its subtasks: who is locked with whom, how many they are, and who goes into the bin with whom.

How many subtasks a task has, and how many are done, is kept on the task, so that a board of cards counts nothing. What
is binned does not count, nor what was archived unfinished: it was given up; what was finished first stays done. Who
changes one of these numbers holds the lock of the board, and those of both rows before the first trace (lock_family).
The tasks of a project stand on one board: under its lock nobody else hangs them elsewhere, counts them or bins them.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import connection

from linkstar.members.models import Member
from projects.actions.trace import lock_tasks
from projects.models import Task

_RECOUNT = """
WITH counted_anew AS (
    UPDATE projects_task parent
    SET subtask_count = counted.count, subtask_done_count = counted.done, version = version + 1, updated_at = %(now)s
    FROM (
        SELECT asked.id, count(child.id) AS count, count(child.completed_at) AS done
        FROM unnest(%(parents)s::bigint[]) AS asked (id)
        LEFT JOIN projects_task child ON child.parent_id = asked.id AND child.deleted_at IS NULL
            AND (child.archived_at IS NULL OR child.completed_at IS NOT NULL)
        GROUP BY asked.id
    ) counted
    WHERE parent.id = counted.id AND (subtask_count, subtask_done_count) <> (counted.count, counted.done)
    RETURNING parent.id, parent.project_id
)
INSERT INTO projects_changemark (project_id, xid, task_id)
SELECT project_id, pg_current_xact_id()::text::bigint, id FROM counted_anew
ON CONFLICT DO NOTHING
"""


def lock_family(*tasks: Task) -> None:
    """The rows of these tasks and of their parents, by pk, under the board's lock."""
    lock_tasks(Task.objects.filter(pk__in={pk for task in tasks for pk in (task.pk, task.parent_id) if pk}))


def recount(parents: Collection[int | None], *, now: datetime) -> None:
    """Count the subtasks of these tasks (pks) anew, in one statement; None among them is no task.

    Their cards change with it, wherever they are open (models/changes.py).
    """
    asked = sorted({pk for pk in parents if pk is not None})
    if asked:
        with connection.cursor() as cursor:
            cursor.execute(_RECOUNT, {"parents": asked, "now": now})


def taken_along(task: Task, *, actor: Member) -> list[Task]:
    """What goes into the bin with a task: its subtasks at any depth, as far as the actor sees them, by number.

    What they may not see they do not throw away either: it stays, with all that stands under it.
    """
    found = Task.objects.visible_to(actor).under(task.pk).order_by("number")
    return _hanging_together(task, list(found))


def binned_with(task: Task) -> list[Task]:
    """What went into the bin with a task: one act, one instant. Comes out with it, too."""
    found = Task.objects.in_bin().under(task.pk).filter(deleted_at=task.deleted_at).order_by("number")
    return _hanging_together(task, list(found))


def _hanging_together(root: Task, found: list[Task]) -> list[Task]:
    """Those of `found` that are joined to the root by others of them."""
    joined = {root.pk}
    while more := {task.pk for task in found if task.parent_id in joined} - joined:
        joined |= more
    return [task for task in found if task.pk in joined]
